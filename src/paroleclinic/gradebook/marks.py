"""What an export reads from the gradebook besides scores: people, questions' marks, points; each in one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import Assignment, GradeCell, Notebook
from sqlalchemy import Connection, select
from sqlalchemy.engine import make_url

from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.ledger import GRADED, Kept, marks_from
from paroleclinic.gradebook.setup import course_directory, settings
from paroleclinic.gradebook.tables import NOTEBOOK, STUDENT, SUBMISSION
from paroleclinic.holding import half_restored


class Person(NamedTuple):
    """A learner as the gradebook knows one; what it does not know is empty. `lms` is the id in the school's system."""

    id: str
    first: str = ""
    last: str = ""
    email: str = ""
    lms: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}".strip()


def there_is_a_gradebook(root: Path) -> bool:
    """Whether the course at `root` has a gradebook, without making one. A database server is taken to have one.

    So is a course that is half restored, of which `Book` says what to do.
    """
    if half_restored(root):
        return True
    url = make_url(course_directory(settings(root)).db_url)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


def people(book: Book) -> dict[str, Person]:
    """Learner -> person, of everybody in the gradebook. Raises Busy."""
    columns = (STUDENT.c.id, STUDENT.c.first_name, STUDENT.c.last_name, STUDENT.c.email, STUDENT.c.lms_user_id)
    rows = book.read(lambda db: db.execute(select(*columns)).all())
    return {row[0]: Person(*(cell or "" for cell in row)) for row in rows}


def units_in(book: Book) -> set[str]:
    """The units that somebody's hand-in is in the gradebook of. Raises Busy."""
    asked = select(Assignment.name).distinct().join(SUBMISSION, SUBMISSION.c.assignment_id == Assignment.id)
    return set(book.read(lambda db: db.execute(asked).scalars().all()))


def most_points(book: Book) -> dict[tuple[str, str], dict[str, float]]:
    """(unit, case) -> cell -> the points it is worth in the gradebook. Raises Busy."""
    asked = (
        select(Assignment.name, Notebook.name, GradeCell.name, GradeCell.max_score)
        .join(Notebook, Notebook.assignment_id == Assignment.id)
        .join(GradeCell, GradeCell.notebook_id == Notebook.id)
    )
    found: dict[tuple[str, str], dict[str, float]] = {}
    for unit, case, cell, most in book.read(lambda db: db.execute(asked).all()):
        found.setdefault((unit, case), {})[cell] = most
    return found


def kept_marks(book: Book, unit: str, learners: Sequence[str]) -> Mapping[tuple[str, str], Kept]:
    """(learner, case) -> by what it was graded and each question's mark, of those that are graded. Raises Busy."""

    def ask(db: Connection) -> list[tuple[str, str, str, str, str]]:
        parts = select(Assignment.id, Notebook.id, Notebook.name).join(
            Notebook, Notebook.assignment_id == Assignment.id
        )
        found = db.execute(parts.where(Assignment.name == unit)).all()
        case_of = {notebook: case for _, notebook, case in found}
        asked = (
            select(SUBMISSION.c.student_id, NOTEBOOK.c.notebook_id, GRADED.c.hand_in, GRADED.c.key, GRADED.c.marks)
            .join(NOTEBOOK, NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
            .join(GRADED, GRADED.c.notebook_id == NOTEBOOK.c.id)
            .where(
                SUBMISSION.c.assignment_id.in_({id_ for id_, _, _ in found}), SUBMISSION.c.student_id.in_(learners),
                NOTEBOOK.c.notebook_id.in_(case_of),
            )
        )  # fmt: skip
        return [(who, case_of[of], hand_in, key, marks) for who, of, hand_in, key, marks in db.execute(asked).all()]

    rows = book.read(ask)
    every = marks_from([marks for *_, marks in rows])
    return {
        (learner, case): Kept(hand_in, key, marks)
        for (learner, case, hand_in, key, _), marks in zip(rows, every, strict=True)
    }
