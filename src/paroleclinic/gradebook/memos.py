"""What the gradebook knows of memos, in plain values, and the marks of a second marker, which are never scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from nbgrader.api import Assignment, BaseCell, GradeCell, Notebook
from sqlalchemy import Connection, delete, insert, select

from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.ledger import SCORED_BY_HAND, SECOND_MARK
from paroleclinic.gradebook.tables import COMMENT, GRADE, NOTEBOOK, STUDENT, SUBMISSION

Kind = Literal["second", "again"]


class MemoRow(NamedTuple):
    """A memo in the gradebook. `notebook` is nbgrader's id; `first` the mark it has, None for none; `at` when it was first set (UTC),
    and `marker` the account that set it last; empty where that is not known."""

    learner: str
    name: str
    case: str
    notebook: str
    most: float
    first: float | None
    blank: bool
    waits: bool
    comment: str
    at: datetime | None
    marker: str = ""


class SecondMark(NamedTuple):
    """A second marker's points by criterion id, or the first marker's own on a second reading (`again`)."""

    kind: Kind
    marker: str
    unit: str
    case: str
    learner: str
    points: dict[str, float]
    note: str = ""

    @property
    def total(self) -> float:
        """The sum of the points."""
        return sum(self.points.values())


def memo_rows(book: Book, unit: str) -> list[MemoRow]:
    """Every memo of a unit that was handed in, by case and learner. Raises Busy."""
    return book.read(lambda db: _rows(db, unit))


def _rows(db: Connection, unit: str) -> list[MemoRow]:
    parts = select(Notebook.id, Notebook.name).join(Assignment, Assignment.id == Notebook.assignment_id)
    of_unit = db.execute(parts.where(Assignment.name == unit)).all()
    case_of: dict[str, str] = dict(of_unit)
    asked = select(GradeCell.id, GradeCell.name, GradeCell.max_score, GradeCell.notebook_id)
    cells = {
        id_: (name, most)
        for id_, name, most, notebook in db.execute(asked.where(GradeCell.notebook_id.in_(case_of)))
        if name != case_of[notebook]
    }
    handed_in = (
        select(
            NOTEBOOK.c.id, NOTEBOOK.c.notebook_id, SUBMISSION.c.student_id, STUDENT.c.first_name, STUDENT.c.last_name
        )
        .join(SUBMISSION, SUBMISSION.c.id == NOTEBOOK.c.assignment_id)
        .join(STUDENT, STUDENT.c.id == SUBMISSION.c.student_id)
        .where(NOTEBOOK.c.notebook_id.in_(case_of))
    )
    whose = {
        id_: (case_of[of], learner, f"{first or ''} {last or ''}".strip())
        for id_, of, learner, first, last in db.execute(handed_in)
    }
    comments = _comments(db, case_of, {name for name, _ in cells.values()})
    columns = (GRADE.c.id, GRADE.c.notebook_id, GRADE.c.cell_id, GRADE.c.auto_score, GRADE.c.manual_score,
               GRADE.c.needs_manual_grade)  # fmt: skip
    grades = db.execute(select(*columns).where(GRADE.c.cell_id.in_(cells))).all()
    noted = _noted(db, [row[0] for row in grades])
    found = []
    for grade, notebook, cell, auto, manual, waits in grades:
        if notebook not in whose:
            continue
        case, learner, name = whose[notebook]
        blank = manual is None and auto is not None
        says = comments.get((notebook, cells[cell][0]), "")
        at, marker = noted.get(grade, (None, ""))
        most = cells[cell][1]
        found.append(MemoRow(learner, name, case, notebook, most, manual, blank, bool(waits), says, at, marker))
    return sorted(found, key=lambda row: (row.case, row.learner))


def _comments(db: Connection, notebooks: dict[str, str], cells: set[str]) -> dict[tuple[str, str], str]:
    """(submitted notebook, cell) -> what the marker wrote."""
    asked = select(BaseCell.id, BaseCell.name).where(BaseCell.notebook_id.in_(notebooks), BaseCell.name.in_(cells))
    known = db.execute(asked).all()
    name_of: dict[str, str] = dict(known)
    said = select(COMMENT.c.notebook_id, COMMENT.c.cell_id, COMMENT.c.manual_comment)
    said = said.where(COMMENT.c.cell_id.in_(name_of), COMMENT.c.manual_comment.is_not(None))
    return {(notebook, name_of[cell]): says for notebook, cell, says in db.execute(said) if says.strip()}


def _noted(db: Connection, grades: Sequence[str]) -> dict[str, tuple[datetime, str]]:
    """Grade -> when a person first gave it a score, and who did so last, where that was noted."""
    found: dict[str, tuple[datetime, str]] = {}
    table = SCORED_BY_HAND.c
    for start in range(0, len(grades), 500):
        some = table.grade_id.in_(grades[start : start + 500])
        asked = select(table.grade_id, table.at, table.marker).where(some, table.score.is_not(None))
        for grade, at, marker in db.execute(asked.order_by(table.id)):
            found[grade] = found.get(grade, (at,))[0], marker or ""
    return found


def keep_second_marks(book: Book, marks: Sequence[SecondMark], at: datetime) -> int:
    """Keep a second marker's marks; of the same memo, marker and kind the latest counts. How many were there before. Raises Busy."""

    def work(db: Connection) -> int:
        before = 0
        for one in marks:
            same = (SECOND_MARK.c.kind == one.kind, SECOND_MARK.c.marker == one.marker, SECOND_MARK.c.unit == one.unit,
                    SECOND_MARK.c.case == one.case, SECOND_MARK.c.learner == one.learner)  # fmt: skip
            before += db.execute(delete(SECOND_MARK).where(*same)).rowcount
        rows = [
            {
                "kind": one.kind, "marker": one.marker, "unit": one.unit, "case": one.case, "learner": one.learner,
                "points": json.dumps(one.points), "total": one.total, "note": one.note, "taken": at,
            }
            for one in marks
        ]  # fmt: skip
        if rows:
            db.execute(insert(SECOND_MARK), rows)
        return before

    return book.change(work)


def second_marks(book: Book, unit: str, kind: Kind) -> list[SecondMark]:
    """The second marks of a unit, in the order they were taken. Raises Busy."""
    asked = select(SECOND_MARK).where(SECOND_MARK.c.unit == unit, SECOND_MARK.c.kind == kind).order_by(SECOND_MARK.c.id)
    rows = book.read(lambda db: db.execute(asked).all())
    return [
        SecondMark(row.kind, row.marker, row.unit, row.case, row.learner, json.loads(row.points), row.note)
        for row in rows
    ]
