"""What a restore would change: the gradebook and the files as they are now beside those of a backup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, MetaData, func, select

from paroleclinic.care.database import database, tables_of
from paroleclinic.care.manifest import Manifest

Key = tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """One gradebook in figures; times are UTC. `marks` is (learner, unit, case, cell) -> the points a person gave."""

    learners: frozenset[str] = frozenset()
    hand_ins: Mapping[Key, datetime | None] = field(default_factory=dict)
    marks: Mapping[Key, float] = field(default_factory=dict)
    scores: Mapping[Key, float] = field(default_factory=dict)
    comments: Mapping[Key, str] = field(default_factory=dict)
    corrections: frozenset[str] = frozenset()
    newest_hand_in: datetime | None = None
    newest_correction: datetime | None = None


@dataclass(frozen=True)
class Lost:
    """What is there now and would not be there, or not so, after a restore."""

    learners: tuple[str, ...]
    hand_ins: tuple[Key, ...]
    marks: tuple[Key, ...]
    scores: tuple[Key, ...]
    comments: tuple[Key, ...]
    corrections: int
    files: tuple[str, ...]

    def __bool__(self) -> bool:
        return any((self.learners, self.hand_ins, self.marks, self.scores, self.comments, self.corrections, self.files))


def side(file: Path | None) -> Side:
    """A SQLite gradebook in figures; an empty one when there is none. Raises Stopped."""
    if file is None:
        return Side()
    with database(f"sqlite:///{file}") as engine, engine.connect() as db:
        return _side(db, tables_of(engine))


def lost(now: Side, then: Side, files: Mapping[str, tuple[int, float]], manifest: Manifest) -> Lost:
    """What would be gone. `files` is path -> (bytes, time) of those that are there now."""
    kept = {one.path: one for one in manifest.files}
    gone = [
        path
        for path, (size, mtime) in files.items()
        if path not in kept or (kept[path].size, round(kept[path].mtime)) != (size, round(mtime))
    ]
    return Lost(
        tuple(sorted(now.learners - then.learners)),
        tuple(sorted(key for key, at in now.hand_ins.items() if key not in then.hand_ins or then.hand_ins[key] != at)),
        _other(now.marks, then.marks), _other(now.scores, then.scores), _other(now.comments, then.comments),
        len(now.corrections - then.corrections), tuple(gone),
    )  # fmt: skip


def _other(now: Mapping[Key, object], then: Mapping[Key, object]) -> tuple[Key, ...]:
    return tuple(sorted(key for key, value in now.items() if then.get(key) != value))


def _side(db: Connection, meta: MetaData) -> Side:
    tables = meta.tables
    needed = (
        "student",
        "assignment",
        "notebook",
        "base_cell",
        "submitted_assignment",
        "submitted_notebook",
        "grade",
        "comment",
    )
    if any(name not in tables for name in needed):
        return side(None)
    assignment, notebook, cell, hand_in, part, grade, comment = (tables[name] for name in needed[1:])
    learners = frozenset(db.execute(select(tables["student"].c.id)).scalars())
    asked = select(hand_in.c.student_id, assignment.c.name, hand_in.c.timestamp)
    rows = db.execute(asked.join(assignment, assignment.c.id == hand_in.c.assignment_id)).all()
    hand_ins: dict[Key, datetime | None] = {(who, unit): at for who, unit, at in rows}
    unit_of: dict[str, str] = {row[0]: row[1] for row in db.execute(select(assignment.c.id, assignment.c.name))}
    case_of = {
        id_: (unit_of.get(unit, ""), name)
        for id_, name, unit in db.execute(select(notebook.c.id, notebook.c.name, notebook.c.assignment_id))
    }
    who_of: dict[str, str] = {row[0]: row[1] for row in db.execute(select(hand_in.c.id, hand_in.c.student_id))}
    whose: dict[str, Key] = {
        id_: (who_of.get(of, ""), *case_of.get(case, ("", "")))
        for id_, of, case in db.execute(select(part.c.id, part.c.assignment_id, part.c.notebook_id))
    }
    name_of: dict[str, str] = {row[0]: row[1] for row in db.execute(select(cell.c.id, cell.c.name))}
    marks: dict[Key, float] = {}
    scores: dict[Key, float] = {}
    for of, where, auto, manual in db.execute(
        select(grade.c.notebook_id, grade.c.cell_id, grade.c.auto_score, grade.c.manual_score)
    ):
        key = (*whose.get(of, ()), name_of.get(where, ""))
        if manual is not None:
            marks[key] = manual
        if auto is not None:
            scores[key] = auto
    comments = {
        (*whose.get(of, ()), name_of.get(where, "")): says
        for of, where, says in db.execute(select(comment.c.notebook_id, comment.c.cell_id, comment.c.manual_comment))
        if says
    }
    batches: frozenset[str] = frozenset()
    newest = None
    if "paroleclinic_change" in tables:
        change = tables["paroleclinic_change"]
        batches = frozenset(db.execute(select(change.c.batch).distinct()).scalars())
        newest = db.execute(select(func.max(change.c.at))).scalar()
    times = [at for at in hand_ins.values() if at]
    return Side(learners, hand_ins, marks, scores, comments, batches, max(times, default=None), newest)
