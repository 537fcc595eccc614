"""What nbgrader's tables have no place for, kept beside them: each question's mark, and every score that was changed.

`paroleclinic_graded` says of each graded notebook by which hand-in and which key, and how each question was marked.
`paroleclinic_change` is the history of corrected scores; its lines are added and marked as undone, never deleted.
`paroleclinic_scored_by_hand` says when a person set a score, and whose account it was. `paroleclinic_second_mark` holds a second marker's points for
memos, which are never scores.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    insert,
    inspect,
    select,
    text,
)

from paroleclinic.marking import QuestionMark

TABLES = MetaData()
GRADED = Table(
    "paroleclinic_graded",
    TABLES,
    Column("notebook_id", String(32), primary_key=True),
    Column("hand_in", String(16), nullable=False),
    Column("key", String(16), nullable=False),
    Column("marks", Text, nullable=False),
)
CHANGE = Table(
    "paroleclinic_change",
    TABLES,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("batch", String(32), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("unit", String(128), nullable=False),
    Column("learner", String(128), nullable=False),
    Column("case", String(128), nullable=False),
    Column("notebook_id", String(32), nullable=False),
    Column("grade_id", String(32), nullable=False),
    Column("before", Float),
    Column("after", Float),
    Column("late_before", Float),
    Column("kept_before", Text, nullable=False),
    Column("kept_after", Text, nullable=False),
    Column("most_before", Text, nullable=False),
    Column("undone", DateTime),
)
SCORED_BY_HAND = Table(
    "paroleclinic_scored_by_hand",
    TABLES,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("grade_id", String(32), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("score", Float),
    Column("marker", String(128)),
)
SECOND_MARK = Table(
    "paroleclinic_second_mark",
    TABLES,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("marker", String(128), nullable=False),
    Column("unit", String(128), nullable=False),
    Column("case", String(128), nullable=False),
    Column("learner", String(128), nullable=False),
    Column("points", Text, nullable=False),
    Column("total", Float, nullable=False),
    Column("note", Text, nullable=False),
    Column("taken", DateTime, nullable=False),
)


class Kept(NamedTuple):
    """What is kept of one graded notebook: fingerprints of hand-in and key, and question id -> mark."""

    hand_in: str
    key: str
    marks: Mapping[str, QuestionMark]


def make_tables(engine: Engine) -> None:
    """Make our tables where they are missing, and the column that an earlier version did not have."""
    TABLES.create_all(engine)
    with engine.begin() as connection:
        make_scored_by_hand(connection)


def make_scored_by_hand(connection: Connection) -> None:
    """The same for the one table that formgrader writes, inside a transaction."""
    SCORED_BY_HAND.create(connection, checkfirst=True)
    if not any(column["name"] == "marker" for column in inspect(connection).get_columns(SCORED_BY_HAND.name)):
        connection.execute(text(f"ALTER TABLE {SCORED_BY_HAND.name} ADD COLUMN marker VARCHAR(128)"))


def keep(engine: Engine, graded: Mapping[str, tuple[str, str, Mapping[str, QuestionMark]] | None]) -> None:
    """Keep what graded notebooks were graded by; None forgets one."""
    make_tables(engine)
    with engine.begin() as connection:
        write_kept(connection, {notebook: Kept(*one) if one else None for notebook, one in graded.items()})


def write_kept(connection: Connection, graded: Mapping[str, Kept | None]) -> None:
    """The same inside a transaction. Notebook ids are nbgrader's."""
    connection.execute(delete(GRADED).where(GRADED.c.notebook_id.in_(list(graded))))
    rows = [
        {"notebook_id": notebook, "hand_in": one.hand_in, "key": one.key, "marks": as_text(one.marks)}
        for notebook, one in graded.items()
        if one
    ]
    if rows:
        connection.execute(insert(GRADED), rows)


def read_kept(connection: Connection, notebooks: Collection[str]) -> dict[str, Kept]:
    """Notebook id -> what is kept of it."""
    rows = connection.execute(select(GRADED).where(GRADED.c.notebook_id.in_(list(notebooks))))
    return {row.notebook_id: Kept(row.hand_in, row.key, from_text(row.marks)) for row in rows}


def as_text(marks: Mapping[str, QuestionMark]) -> str:
    """Marks as JSON: question -> [verdict, points, harmful]."""
    return json.dumps({question: list(mark) for question, mark in marks.items()}, ensure_ascii=False)


def from_text(text: str) -> dict[str, QuestionMark]:
    """The marks that `as_text` wrote."""
    return marks_from([text])[0]


def marks_from(texts: Iterable[str]) -> list[dict[str, QuestionMark]]:
    """The marks of many such texts, read in one go."""
    found = json.loads(f"[{','.join(texts)}]")
    return [dict(zip(marks, map(tuple, marks.values()), strict=True)) for marks in found]


def kept_as_text(kept: Kept | None) -> str:
    """What is kept of a notebook as JSON; empty for nothing."""
    return json.dumps([kept.hand_in, kept.key, as_text(kept.marks)]) if kept else ""


def kept_from_text(text: str) -> Kept | None:
    """What `kept_as_text` wrote."""
    if not text:
        return None
    hand_in, key, marks = json.loads(text)
    return Kept(hand_in, key, from_text(marks))
