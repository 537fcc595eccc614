"""The scores, names, times and comments of many hand-ins of a unit, in seven queries.

Notebooks and cells are asked for by id: in one join with their names, SQLite reads every grade of the gradebook each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from nbgrader.api import Assignment, BaseCell, GradeCell, Notebook
from sqlalchemy import Connection, select

from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.tables import COMMENT, GRADE, NOTEBOOK, STUDENT, SUBMISSION
from paroleclinic.scores import CaseScore, Score, Scored


def scored(book: Book, unit: str, learners: Sequence[str]) -> dict[str, Scored]:
    """Learner -> what the gradebook says of that hand-in, for those it knows. Raises Busy."""
    return book.read(lambda connection: _scored(connection, unit, learners))


def _scored(connection: Connection, unit: str, learners: Sequence[str]) -> dict[str, Scored]:
    who = SUBMISSION.c.student_id
    asked = select(Assignment.id, Notebook.id, Notebook.name).join(Notebook, Notebook.assignment_id == Assignment.id)
    parts = connection.execute(asked.where(Assignment.name == unit)).all()
    units = {id_ for id_, _, _ in parts}
    case_of = {notebook: case for _, notebook, case in parts}
    of_unit = BaseCell.notebook_id.in_(case_of)
    cells = {id_: (name, most) for id_, name, most in connection.execute(select(*GRADED_CELL).where(of_unit))}
    known = connection.execute(select(BaseCell.id, BaseCell.name).where(of_unit)).all()
    name_of: dict[str, str] = dict(known)

    def rows(*columns: Any) -> Any:
        return select(*columns).where(SUBMISSION.c.assignment_id.in_(units), who.in_(learners))

    asked = rows(NOTEBOOK.c.id, who, NOTEBOOK.c.notebook_id, NOTEBOOK.c.late_submission_penalty)
    asked = asked.join(NOTEBOOK, NOTEBOOK.c.assignment_id == SUBMISSION.c.id).where(NOTEBOOK.c.notebook_id.in_(case_of))
    notebooks = {id_: (learner, case_of[of], late) for id_, learner, of, late in connection.execute(asked)}

    def rows_of(table: Any, of: Iterable[str], *columns: Any) -> Any:
        asked = select(table.c.notebook_id, table.c.cell_id, *columns)
        return asked.where(table.c.cell_id.in_(of), table.c.notebook_id.in_(notebooks))

    scores: dict[str, dict[str, Score]] = {}
    for notebook, id_, auto, manual, extra, waits in connection.execute(
        rows_of(GRADE, cells, *(GRADE.c[name] for name in COLUMNS))
    ):
        cell, most = cells[id_]
        scores.setdefault(notebook, {})[cell] = Score(most, auto, manual, extra or 0.0, bool(waits))
    comments: dict[str, list[tuple[str, str]]] = {}
    said = rows_of(COMMENT, name_of, COMMENT.c.manual_comment).where(COMMENT.c.manual_comment.is_not(None))
    for notebook, id_, says in connection.execute(said):
        if says.strip():
            comments.setdefault(notebook, []).append((name_of[id_], says))
    cases: dict[str, dict[str, CaseScore]] = {}
    for notebook, (learner, name, late) in notebooks.items():
        found = scores.get(notebook, {})
        if answers := found.pop(name, None):
            memo = next(iter(found.values()), None)
            noted = tuple(says for _, says in sorted(comments.get(notebook, ())))
            cases.setdefault(learner, {})[name] = CaseScore(answers, memo, late or 0.0, noted)
    asked = rows(STUDENT.c.id, STUDENT.c.first_name, STUDENT.c.last_name, SUBMISSION.c.timestamp)
    return {
        learner: Scored(learner, " ".join(part for part in (first, last) if part), at, cases.get(learner, {}))
        for learner, first, last, at in connection.execute(asked.join(STUDENT, STUDENT.c.id == SUBMISSION.c.student_id))
    }


GRADED_CELL = (GradeCell.id, GradeCell.name, GradeCell.max_score)
COLUMNS = ("auto_score", "manual_score", "extra_credit", "needs_manual_grade")
