"""The scores, names, times and comments of many hand-ins of a unit, in six queries.

Cells are asked for by id, and each with the notebooks that it stands in: SQLite then finds each grade by its index. By their
names it reads every grade of the gradebook each time, and without their notebooks it looks for every cell in every notebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from nbgrader.api import Assignment, BaseCell, GradeCell, Notebook
from sqlalchemy import Connection, and_, select

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
    worth = connection.execute(select(GradeCell.id, GradeCell.max_score).where(of_unit)).all()
    most: dict[str, float] = dict(worth)
    known = connection.execute(select(*BASE).where(of_unit)).all()
    cells = {id_: (case_of[notebook], name) for id_, name, notebook, _ in known}
    commented = [id_ for id_, _, _, kind in known if kind != GradeCell.__name__]

    def rows(*columns: Any) -> Any:
        return select(*columns).where(SUBMISSION.c.assignment_id.in_(units), who.in_(learners))

    def rows_of(table: Any, of: Iterable[str], *columns: Any) -> Any:
        asked = rows(who, CELL.c.id, *columns).where(CELL.c.id.in_(of))
        asked = asked.join(NOTEBOOK, NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
        asked = asked.join(CELL, CELL.c.notebook_id == NOTEBOOK.c.notebook_id)
        return asked.join(table, and_(table.c.notebook_id == NOTEBOOK.c.id, table.c.cell_id == CELL.c.id))

    comments: dict[tuple[str, str], list[tuple[str, str]]] = {}
    said = rows_of(COMMENT, commented, COMMENT.c.manual_comment).where(COMMENT.c.manual_comment.is_not(None))
    for learner, id_, says in connection.execute(said):
        if says.strip():
            case, cell = cells[id_]
            comments.setdefault((learner, case), []).append((cell, says))
    answers: dict[tuple[str, str], tuple[Score, float]] = {}
    memos: dict[tuple[str, str], Score] = {}
    for learner, id_, late, auto, manual, extra, waits in connection.execute(rows_of(GRADE, most, *SCORE)).all():
        case, cell = cells[id_]
        score = Score(most[id_], auto, manual, extra or 0.0, bool(waits))
        if cell == case:
            answers[learner, case] = score, late or 0.0
        else:
            memos[learner, case] = score
    cases: dict[str, dict[str, CaseScore]] = {}
    for (learner, case), (score, late) in answers.items():
        noted = tuple(says for _, says in sorted(comments.get((learner, case), ())))
        cases.setdefault(learner, {})[case] = CaseScore(score, memos.get((learner, case)), late, noted)
    asked = rows(STUDENT.c.id, STUDENT.c.first_name, STUDENT.c.last_name, SUBMISSION.c.timestamp)
    return {
        learner: Scored(learner, " ".join(part for part in (first, last) if part), at, cases.get(learner, {}))
        for learner, first, last, at in connection.execute(asked.join(STUDENT, STUDENT.c.id == SUBMISSION.c.student_id))
    }


CELL: Any = BaseCell.__table__
BASE = (BaseCell.id, BaseCell.name, BaseCell.notebook_id, BaseCell.type)
SCORE = (
    NOTEBOOK.c.late_submission_penalty, GRADE.c.auto_score, GRADE.c.manual_score, GRADE.c.extra_credit,
    GRADE.c.needs_manual_grade,
)  # fmt: skip
