"""A unit's deadline as nbgrader's due date. It takes no points off: only a late penalty that the instructor set in nbgrader does."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from nbgrader.api import Assignment
from sqlalchemy import select, update

from paroleclinic.gradebook.book import Book

UNIT: Any = Assignment.__table__


def end_of(day: date) -> datetime:
    """The last second of a day by this computer's clock, as nbgrader keeps times (UTC, without zone)."""
    return datetime.combine(day, time(23, 59, 59)).astimezone(UTC).replace(tzinfo=None)


def keep_due(book: Book, unit: str, day: date) -> None:
    """Let the unit be due by the end of a day; an hour of that day that somebody set in nbgrader stays. Raises Busy."""
    this = UNIT.c.name == unit
    found = book.read(lambda db: db.execute(select(UNIT.c.duedate).where(this)).scalar())
    if found is None or found.replace(tzinfo=UTC).astimezone().date() != day:
        book.change(lambda db: db.execute(update(UNIT).where(this).values(duedate=end_of(day))))
