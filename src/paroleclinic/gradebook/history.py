"""The corrections of a unit's scores: what was changed when and why, and how to take the last one back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from nbgrader.api import Assignment, GradeCell, Notebook
from sqlalchemy import Connection, case, func, select, update

from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.ledger import CHANGE, kept_as_text, kept_from_text, read_kept, write_kept
from paroleclinic.gradebook.tables import GRADE, NOTEBOOK


class Batch(NamedTuple):
    """One correction: how many scores it changed, how many learners' pages, and when it was taken back, if it was."""

    id: str
    at: datetime
    reason: str
    scores: int
    learners: int
    undone: datetime | None


class Undone(NamedTuple):
    """A correction taken back: the learners whose scores are as before, and those left alone since they handed in anew."""

    batch: str
    restored: tuple[str, ...]
    left: tuple[str, ...]


def corrections(book: Book, unit: str) -> list[Batch]:
    """The corrections of a unit, oldest first. Raises Busy."""
    asked = (
        select(
            CHANGE.c.batch,
            CHANGE.c.at,
            CHANGE.c.reason,
            func.sum(case((CHANGE.c.before.is_distinct_from(CHANGE.c.after), 1), else_=0)),
            func.count(CHANGE.c.learner.distinct()),
            func.max(CHANGE.c.undone),
        )
        .where(CHANGE.c.unit == unit)
        .group_by(CHANGE.c.batch, CHANGE.c.at, CHANGE.c.reason)
        .order_by(CHANGE.c.at, CHANGE.c.batch)
    )

    return book.read(lambda connection: [Batch(*row) for row in connection.execute(asked)])


def undo(book: Book, batch: str, at: datetime) -> Undone:
    """Put scores, points, penalties and question marks back to what they were before a correction. Raises Busy."""
    return book.change(lambda connection: _undo(connection, batch, at))


def _undo(connection: Connection, batch: str, at: datetime) -> Undone:
    asked = select(CHANGE).where(CHANGE.c.batch == batch, CHANGE.c.undone.is_(None)).order_by(CHANGE.c.id.desc())
    restored, left, points = [], [], {}
    for row in connection.execute(asked).all():
        now = read_kept(connection, [row.notebook_id]).get(row.notebook_id)
        if now is None or kept_as_text(now) != row.kept_after:
            left.append(row.learner)
            continue
        connection.execute(update(GRADE).where(GRADE.c.id == row.grade_id).values(auto_score=row.before))
        late = {"late_submission_penalty": row.late_before}
        connection.execute(update(NOTEBOOK).where(NOTEBOOK.c.id == row.notebook_id).values(late))
        write_kept(connection, {row.notebook_id: kept_from_text(row.kept_before)})
        points[row.unit, row.case] = json.loads(row.most_before)
        restored.append(row.learner)
    for (unit, notebook), cells in points.items():
        _worth(connection, unit, notebook, cells)
    connection.execute(update(CHANGE).where(CHANGE.c.batch == batch).values(undone=at))
    restored, left = sorted({*restored} - {*left}), sorted({*left})
    return Undone(batch, tuple(restored), tuple(left))


def _worth(connection: Connection, unit: str, notebook: str, cells: Mapping[str, float]) -> None:
    asked = (
        select(GradeCell.name, GradeCell.id)
        .join(Notebook, Notebook.id == GradeCell.notebook_id)
        .join(Assignment, Assignment.id == Notebook.assignment_id)
        .where(Assignment.name == unit, Notebook.name == notebook)
    )
    table = GradeCell.__table__
    for name, id_ in connection.execute(asked).all():
        if name in cells:
            connection.execute(update(table).where(table.c.id == id_).values(max_score=cells[name]))
