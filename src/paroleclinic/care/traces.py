"""Where a learner is named: words looked for in bytes, and the rows of a database that are about somebody."""

from __future__ import annotations

import csv
import html
import json
import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import ColumnElement, Connection, Engine, MetaData, String, Table, delete, func, or_, select

LARGEST = 200_000_000  # bytes of a file that is looked through
SOME = 500  # ids in one question to the database


def pattern(words: Iterable[str], joined: bool = False) -> re.Pattern[bytes]:
    """Finds any of the words, whole, as they are written in text, HTML, JSON and addresses; `joined` to others by a hyphen, too."""
    spelled = {
        form.encode("utf-8", "surrogatepass")
        for word in words
        if word
        for form in (word, html.escape(word), json.dumps(word)[1:-1], quote(word, errors="replace"))
    }
    letters = rb"[0-9A-Za-z_\x80-\xff" + (b"]" if joined else b"-]")
    some = b"|".join(map(re.escape, sorted(spelled, key=len, reverse=True))) or rb"(?!)"
    return re.compile(rb"(?<!" + letters + rb")(?:" + some + rb")(?!" + letters + rb")")


def named_in(path: Path, words: re.Pattern[bytes]) -> bool:
    """Whether a file names somebody, in its name or its bytes; zips and workbooks are looked into."""
    if words.search(path.name.encode("utf-8", "surrogateescape")):
        return True
    try:
        if path.stat().st_size > LARGEST:
            return False
        if words.search(path.read_bytes()):
            return True
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return any(
                    words.search(one.filename.encode("utf-8", "surrogatepass"))
                    or (one.file_size < LARGEST and words.search(archive.read(one)))
                    for one in archive.infolist()
                )
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError):
        return False
    return False


def without_rows(data: bytes, learners: Collection[str]) -> bytes:
    """A roster without the rows of those learners; all other bytes as they are."""
    text = data.decode("utf-8-sig", "surrogateescape")
    lines = text.splitlines(keepends=True)
    head = lines[0] if lines else ""
    rows = csv.reader(iter(lines), delimiter=";" if head.count(";") > head.count(",") else ",")
    kept: list[str] = []
    column, start = -1, 0
    for row in rows:
        if start == 0:
            column = next((at for at, name in enumerate(row) if name.strip().lower() == "id"), -1)
        if start == 0 or not 0 <= column < len(row) or row[column].strip() not in learners:
            kept += lines[start : rows.line_num]
        start = rows.line_num
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    return mark + "".join(kept).encode("utf-8", "surrogateescape")


def without_lines(data: bytes, words: re.Pattern[bytes]) -> bytes:
    """A log without the lines that name somebody."""
    return b"".join(line for line in data.splitlines(keepends=True) if not words.search(line))


def about(db: Connection, meta: MetaData, learners: Collection[str]) -> Counter[str]:
    """Table -> how many rows are about those learners."""
    found: Counter[str] = Counter()
    for table, columns in _owned(db, meta, learners).items():
        for some in columns:
            found[table.name] += db.execute(select(func.count()).select_from(table).where(some)).scalar_one()
    return +found


def forget(engine: Engine, meta: MetaData, learners: Collection[str]) -> Counter[str]:
    """Delete every row about those learners, so that no page of the database holds them any more; how many a table."""
    gone: Counter[str] = Counter()
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as db:
        if sqlite:
            db.exec_driver_sql("PRAGMA secure_delete = ON")
            db.commit()
        owned = _owned(db, meta, learners)
        for table in reversed(meta.sorted_tables):
            for some in owned.get(table, ()):
                gone[table.name] += db.execute(delete(table).where(some)).rowcount
        db.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        if sqlite:
            db.exec_driver_sql("VACUUM")
            db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        elif engine.dialect.name == "postgresql":
            for name in sorted(+gone):
                db.exec_driver_sql(f'VACUUM FULL "{name}"')
    return +gone


def _owned(db: Connection, meta: MetaData, learners: Collection[str]) -> dict[Table, list[ColumnElement[bool]]]:
    """Table -> which of its rows are theirs: by the learner, by the hand-in, by the notebook or by the score they belong to."""
    tables = meta.tables
    who = sorted(learners)
    ids: dict[str, list[str]] = {"learner": who, "student_id": who, "student": who}

    def of(name: str, column: str, owners: list[str]) -> list[str]:
        if name not in tables or column not in tables[name].columns:
            return []
        table = tables[name]
        asked = (select(table.c.id).where(table.columns[column].in_(some)) for some in _parts(owners))
        return [id_ for one in asked for id_ in db.execute(one).scalars()]

    ids["assignment_id"] = of("submitted_assignment", "student_id", who)
    ids["notebook_id"] = of("submitted_notebook", "assignment_id", ids["assignment_id"])
    ids["grade_id"] = of("grade", "notebook_id", ids["notebook_id"])
    found: dict[Table, list[ColumnElement[bool]]] = {}
    for table in meta.sorted_tables:
        if table.name == "student":
            conditions = [("id", who)]
        else:
            conditions = [(name, some) for name, some in ids.items() if name in table.columns and some]
        conditions = [(name, some) for name, some in conditions if isinstance(table.columns[name].type, String)]
        number = max((len(some) for _, some in conditions), default=0)
        parts = [
            or_(*(table.columns[name].in_(some[start : start + SOME]) for name, some in conditions if some[start:]))
            for start in range(0, number, SOME)
        ]
        if parts:
            found[table] = list(parts)
    return found


def _parts(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + SOME] for start in range(0, len(ids), SOME))
