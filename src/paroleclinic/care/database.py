"""A gradebook as one SQLite file: taken from any database without stopping it, looked through, and put back."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    create_engine,
    delete,
    func,
    insert,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError

from paroleclinic.gradebook.schema import declared
from paroleclinic.gradebook.setup import course_directory, settings
from paroleclinic.holding import Stopped

Tell = Callable[[float], None]  # how much is done, from 0 to 1
STAMP = "alembic_version"
PATIENCE = 60  # seconds to wait for a gradebook that another program is writing to
PAGES = 2000  # of a SQLite file, copied at a time
ROWS = 2000  # copied at a time
SIDE_FILES = ("-journal", "-wal", "-shm")  # what SQLite keeps beside a file


class Damaged(Stopped):
    """A gradebook that cannot be read whole; the message says how it shows."""


def url_of(root: Path) -> str:
    """The address of the course's gradebook, as nbgrader's settings have it."""
    return str(course_directory(settings(root)).db_url)


def file_of(url: str) -> Path | None:
    """The file of a SQLite gradebook; None when a server holds it."""
    found = make_url(url)
    return Path(found.database) if found.get_backend_name() == "sqlite" and found.database else None


def there(url: str) -> bool:
    """Whether there is a gradebook. Raises Stopped when a server does not answer."""
    if (path := file_of(url)) is not None:
        return path.is_file() and path.stat().st_size > 0
    with database(url) as engine:
        return bool(inspect(engine).get_table_names())


@contextmanager
def database(url: str) -> Iterator[Engine]:
    """An engine for a while. What the database refuses is Stopped in one sentence."""
    engine = create_engine(url)
    try:
        yield engine
    except SQLAlchemyError as error:
        raise Stopped(f"the gradebook's database says: {_first_line(error)}") from None
    finally:
        engine.dispose()


def snapshot(url: str, to: Path, tell: Tell) -> None:
    """Write the gradebook as it is at one moment into a SQLite file that is not there yet.

    Raises Damaged, Stopped or OSError.
    """
    if (path := file_of(url)) is not None:
        _copy(path, to, tell)
    else:
        _dump(url, to, tell)


def look_through(path: Path) -> None:
    """Let SQLite read every page and index. Raises Damaged."""
    with _plain(path, "ro") as db:
        found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        raise Damaged(f"the gradebook is damaged ({found[0].splitlines()[-1]})")


def counts(path: Path) -> dict[str, int]:
    """Table -> how many rows it has, of a SQLite file. Raises Damaged."""
    with _plain(path, "ro") as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {
            name: db.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()[0]
            for name in names
            if not name.startswith("sqlite_")
        }


def stamp_of(path: Path) -> str:
    """Which version of nbgrader's tables a SQLite file has; empty when it does not say. Raises Damaged."""
    with _plain(path, "ro") as db:
        try:
            row = db.execute(f"SELECT version_num FROM {STAMP}").fetchone()
        except sqlite3.OperationalError:
            return ""
    return str(row[0]) if row else ""


def put_into_server(path: Path | None, url: str, tell: Tell) -> None:
    """Make the rows in a server's database those of a SQLite file, or none, in one transaction. Raises Stopped."""
    with database(url) as target, database(f"sqlite:///{path}" if path else "sqlite://") as source:
        there, here = tables_of(target), tables_of(source)
        for name in set(here.tables) - set(there.tables):
            here.tables[name].to_metadata(there)
        with target.begin() as into, source.connect() as out:
            there.create_all(into)
            for table in reversed(there.sorted_tables):
                into.execute(delete(table))
            done, total = 0, max(1, sum(_number(out, table) for table in here.sorted_tables))
            for table in there.sorted_tables:
                if table.name in here.tables:
                    for number in _move(out, here.tables[table.name], into, table):
                        done += number
                        tell(done / total)
                    _go_on_counting(into, table)


def tables_of(engine: Engine) -> MetaData:
    """The tables that are there, with the types that nbgrader and we declare where we know them."""
    found = MetaData()
    found.reflect(engine)
    known = {table.name: table for some in declared() for table in some.sorted_tables}
    for table in found.tables.values():
        for column in table.columns:
            column.server_default = None  # such as PostgreSQL's counters, which SQLite does not have
            if table.name in known and column.name in known[table.name].columns:
                column.type = known[table.name].columns[column.name].type
    return found


def swap(new: Path | None, path: Path, aside: Path) -> None:
    """Put a SQLite file, or none, in the place of the gradebook; what was there is kept as `aside`, side files and all.

    At every moment there is a whole gradebook in its place. Raises Stopped while another program writes to it.
    """
    if path.exists() and not aside.exists():
        with suppress(Damaged):
            settle(path)
        part = aside.with_name(f".{aside.name}.part")
        part.write_bytes(b"")
        part.chmod(0o600)
        with path.open("rb") as source, part.open("wb") as target:
            while block := source.read(1 << 20):
                target.write(block)
        part.replace(aside)
    for end in SIDE_FILES:
        if (beside := path.with_name(path.name + end)).exists():
            beside.replace(aside.with_name(aside.name + end))
    if new is not None:
        new.replace(path)
    else:
        path.unlink(missing_ok=True)


def settle(path: Path) -> None:
    """Let SQLite end what a run that was cut off left half done, and see that nobody is writing. Raises Damaged or Stopped."""
    with _plain(path, "rw") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("BEGIN EXCLUSIVE")
        db.execute("ROLLBACK")


@contextmanager
def _plain(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """A SQLite file opened as it is; what is wrong with it is Damaged, a lock or a full disk Stopped."""
    db: sqlite3.Connection | None = None
    try:
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=PATIENCE, isolation_level=None
        )
        yield db
    except sqlite3.Error as error:
        raise refusal(error) from None
    finally:
        if db is not None:
            db.close()


def refusal(error: sqlite3.Error) -> Stopped:
    """What SQLite refused, as a sentence."""
    says = str(error)
    if "locked" in says or "busy" in says:
        return Stopped("another program keeps the gradebook locked (is formgrader at work?); run again when it is done")
    if "full" in says or "disk I/O" in says:
        return Stopped(f"the gradebook could not be copied ({says}): is the disk full? Make room and run again")
    return Damaged(f"the gradebook cannot be read ({says})")


def _copy(path: Path, to: Path, tell: Tell) -> None:
    """SQLite's own online backup."""
    until = time.monotonic() + PATIENCE

    def heard(status: int, left: int, total: int) -> None:
        nonlocal until
        if status not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            until = time.monotonic() + PATIENCE
        elif time.monotonic() > until:
            raise sqlite3.OperationalError("database is locked")
        tell(1 - left / max(1, total))

    to.touch(0o600)
    with _plain(path, "rw") as source, _plain(to, "rw") as target:
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=PAGES, progress=heard, sleep=0.1)
        target.execute("PRAGMA journal_mode = DELETE")


def _dump(url: str, to: Path, tell: Tell) -> None:
    """All rows of a server's database as one transaction sees them."""
    to.touch(0o600)
    with database(url) as source, database(f"sqlite:///{to}") as target:
        found = tables_of(source)
        postgres = source.dialect.name == "postgresql"
        options = {"isolation_level": "REPEATABLE READ"} if postgres else {}
        with source.connect().execution_options(**options, stream_results=True) as out, target.begin() as into:
            made = MetaData()
            for table in found.sorted_tables:
                table.to_metadata(made)
            made.create_all(into)
            done, total = 0, max(1, sum(_number(out, table) for table in found.sorted_tables))
            for table in found.sorted_tables:
                for number in _move(out, table, into, made.tables[table.name]):
                    done += number
                    tell(done / total)


def _number(db: Connection, table: Table) -> int:
    return int(db.execute(select(func.count()).select_from(table)).scalar_one())


def _move(out: Connection, source: Table, into: Connection, target: Table) -> Iterator[int]:
    """Copy the rows of a table; how many, some at a time."""
    names = [name for name in source.columns.keys() if name in target.columns]  # noqa: SIM118
    rows = out.execute(select(*(source.columns[name] for name in names)))
    for some in rows.partitions(ROWS):
        into.execute(insert(target), [dict(zip(names, row, strict=True)) for row in some])
        yield len(some)


def _go_on_counting(into: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after those that were put in with their numbers."""
    key: Any = list(table.primary_key)
    if into.dialect.name != "postgresql" or len(key) != 1 or not isinstance(key[0].type, Integer):
        return
    where = {"table": f'"{table.name}"', "column": key[0].name}
    if sequence := into.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), where).scalar():
        last = into.execute(select(func.max(key[0]))).scalar()
        into.execute(select(func.setval(sequence, last or 1, last is not None)))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_line(error: SQLAlchemyError) -> str:
    return (str(getattr(error, "orig", error)).strip().splitlines() or ["no reason given"])[0]
