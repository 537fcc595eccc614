"""A look at the whole course: machine, folders, gradebook, backups. Nothing is ever changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from importlib.metadata import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, MetaData, select

from paroleclinic.care import bundle, database, machine
from paroleclinic.care.backup import BACKUPS, PART, backups, size_of
from paroleclinic.care.findings import Finding, broken, fine, look_at
from paroleclinic.care.purge import PURGING
from paroleclinic.cohort.places import AUTOGRADED, FEEDBACK, REGRADED, SUBMITTED, handed_in
from paroleclinic.course import Course
from paroleclinic.filing import COLLECTED
from paroleclinic.gradebook.schema import stamps
from paroleclinic.holding import LOCK, Stopped, half_restored, holder

PRIVATE = (SUBMITTED, COLLECTED, AUTOGRADED, FEEDBACK, REGRADED, "reports", BACKUPS)
LEFT = (
    "submitted/*/.*.part",
    "autograded/*/.*.part",
    "autograded/*/.*.old",
    "feedback/*/.*.part",
    "feedback/*/.*.old",
    ".gradebook.db.part",
    "collected/*/*/.*",
)
NAMED = 5  # that one line names
OLD = timedelta(days=1)  # of a backup, while the gradebook goes on


def findings(course: Course, now: datetime) -> Iterator[Finding]:
    """What there is to say of a course, in the order of the things: machine, folders, gradebook, backups."""
    root = course.root
    yield from _tried("Python", lambda: [machine.python(metadata("paroleclinic")["Requires-Python"] or ">=3.11")])
    yield from _tried("Packages", lambda: machine.packages(root))
    yield machine.alembic(os.environ.get("PATH", ""), Path(sys.executable).parent)
    yield machine.place(root, machine.mounts())
    yield from _tried("Folders", lambda: _folders(root))
    yield from _tried("Left over", lambda: _left_over(root))
    try:
        url = database.url_of(root)
    except Exception as error:  # a settings file is a program, and fails in any way
        yield broken(
            "Settings", f"nbgrader_config.py cannot be read ({error})", "mend it, or take it from the course again"
        )
        return
    file = database.file_of(url)
    yield from _tried("Disk", lambda: [machine.disk(shutil.disk_usage(root).free, 3 * size_of(file))])
    yield from _tried("Gradebook", lambda: _gradebook(course, url))
    yield from _tried("Backups", lambda: _backups(root, file, now))
    yield from _tried("Clock", lambda: [machine.clock(now, _newest(root, file))])


def _tried(what: str, look: Callable[[], Iterator[Finding] | list[Finding]]) -> Iterator[Finding]:
    """What a look finds; that it could not be had is a finding, too."""
    try:
        yield from look()
    except OSError as error:
        where = error.filename or "a file"
        yield broken(what, f"{where} cannot be read ({error.strerror or error})", "see who may read it, and run again")
    except Stopped as error:
        yield broken(what, str(error), "see whether the database is there and may be read")


def _folders(root: Path) -> Iterator[Finding]:
    there = [root / name for name in PRIVATE if (root / name).is_dir()]
    shut = [path.name or str(path) for path in (root, *there) if not os.access(path, os.W_OK | os.X_OK)]
    if shut:
        yield broken(
            "Folders", f"nothing can be written in: {', '.join(shut)}", "give yourself the right to write there"
        )
    else:
        yield fine("Folders", "can be written")
    if os.name != "posix":
        return
    books = [path for path in (root / "gradebook.db", root / ".pseudonyms", *there) if path.exists()]
    open_to_all = [path.name for path in books if _read_by_others(path, root)]
    if open_to_all:
        yield look_at(
            "Privacy", f"other people with an account on this machine can read {', '.join(open_to_all)}",
            f"`chmod -R go-rwx {' '.join(open_to_all)}` in the course's folder, unless only graders have accounts",
        )  # fmt: skip
    elif books:
        yield fine("Privacy", "only your account can read gradebook and hand-ins")


def _read_by_others(path: Path, root: Path) -> bool:
    """Whether every folder on the way lets others through and the last one lets them read."""
    way = [root, *root.parents]
    return bool(path.stat().st_mode & stat.S_IROTH) and all(one.stat().st_mode & stat.S_IXOTH for one in way)


def _left_over(root: Path) -> Iterator[Finding]:
    if half_restored(root):
        yield broken(
            "Restore", "a restore was cut off before its end",
            "`paroleclinic restore --go-on` ends it, `paroleclinic restore --undo` takes it back",
        )  # fmt: skip
    if (root / PURGING).exists():
        yield broken("Purge", "a purge was cut off before its end", "`paroleclinic purge --go-on` ends it")
    if _locked(root / LOCK):
        yield look_at("Runs", holder(root), "wait for its end; what follows may be half done")
        return
    left = sorted(path.relative_to(root).as_posix() for pattern in LEFT for path in root.glob(pattern))
    left += [f"{BACKUPS}/{path.name}" for path in (root / BACKUPS).glob(f"{PART}*")]
    if left:
        yield look_at(
            "Left over", f"{len(left)} from runs that were cut off: {_some(left)}",
            "run `paroleclinic grade` (or the command that was cut off) again: it takes them away",
        )  # fmt: skip
    else:
        yield fine("Left over", "nothing from runs that were cut off")


def _locked(path: Path) -> bool:
    """Whether a run holds the course; asked without changing the file."""
    if os.name != "posix" or not path.exists():
        return False
    import fcntl

    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def _gradebook(course: Course, url: str) -> Iterator[Finding]:
    file = database.file_of(url)
    if not database.there(url):
        waiting = sum(len(handed_in(course.root, unit.id)) for unit in course.outline.units)
        if waiting:
            yield look_at("Gradebook", f"there is none yet, and {waiting} hand-ins wait", "run `paroleclinic grade`")
        else:
            yield fine("Gradebook", "there is none yet; the first `paroleclinic grade` makes it")
        return
    if file is None:
        with database.database(url) as engine, engine.connect() as db:
            yield fine("Gradebook", f"the database server answers ({engine.dialect.name})")
            yield from _rows(course, db, database.tables_of(engine))
        return
    if hot := [end for end in database.SIDE_FILES if size_of(file.with_name(file.name + end))]:
        yield look_at(
            "Gradebook", f"something stands in {', '.join(file.name + end for end in hot)}",
            "a program writes now, or one was cut off: close formgrader, then run `paroleclinic grade`, which sets it right",
        )  # fmt: skip
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "gradebook.db"
        try:
            if hot:
                for end in ("", *database.SIDE_FILES):  # SQLite mends what it opens: let it mend a copy
                    if (beside := file.with_name(file.name + end)).exists():
                        shutil.copyfile(beside, copy.with_name(copy.name + end))
            else:
                database.snapshot(url, copy, lambda _: None)
            with closing(sqlite3.connect(copy)) as db:
                db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            database.look_through(copy)
        except (sqlite3.Error, database.Damaged) as error:
            newest = (
                f"`paroleclinic restore {BACKUPS}/{there[-1].path.name}`" if (there := backups(course.root)) else ""
            )
            yield broken("Gradebook", f"{error}", newest or "there is no backup; keep the file and ask for help")
            return
        yield fine("Gradebook", f"whole, {size_of(file) / 1e6:,.1f} MB")
        with database.database(f"sqlite:///{copy}") as engine, engine.connect() as rows:
            yield from _rows(course, rows, database.tables_of(engine))


def _rows(course: Course, db: Connection, meta: MetaData) -> Iterator[Finding]:
    yield _stamp(db, meta)
    wanted = {"assignment", "submitted_assignment", "submitted_notebook", "notebook"}
    if not wanted <= meta.tables.keys():
        yield broken("Tables", f"missing: {', '.join(sorted(wanted - meta.tables.keys()))}", "restore a backup")
        return
    assignment, hand_in = meta.tables["assignment"], meta.tables["submitted_assignment"]
    part, kept = meta.tables["submitted_notebook"], meta.tables.get("paroleclinic_graded")
    graded = set()
    if kept is not None:
        asked = select(part.c.assignment_id).join(kept, kept.c.notebook_id == part.c.id)
        graded = set(db.execute(asked.distinct()).scalars())
    wide = select(hand_in.c.student_id, assignment.c.name, hand_in.c.timestamp, hand_in.c.id)
    rows = db.execute(wide.join(assignment, assignment.c.id == hand_in.c.assignment_id)).all()
    known = {(who, unit) for who, unit, _, _ in rows}
    there = {(who, unit.id) for unit in course.outline.units for who in handed_in(course.root, unit.id)}
    if waiting := there - known:
        yield look_at("Hand-ins", f"{len(waiting)} not graded yet", "run `paroleclinic grade`")
    if lost := sorted(
        f"{who}/{unit}" for who, unit, at, id_ in rows if (who, unit) not in there and (at is not None or id_ in graded)
    ):
        yield look_at(
            "Hand-ins", f"{len(lost)} in the gradebook and not in {SUBMITTED}/: {_some(lost)}",
            "bring the folders back (a backup has them), or keep the scores as they are",
        )  # fmt: skip
    if not waiting and not lost:
        yield fine("Hand-ins", f"{len(there)} in {SUBMITTED}/, all in the gradebook")
    yield from _corrections(course.root, db, meta)


def _stamp(db: Connection, meta: MetaData) -> Finding:
    have = ""
    if database.STAMP in meta.tables:
        have = str(db.execute(select(meta.tables[database.STAMP].c.version_num)).scalar() or "")
    if have == stamps()[0]:
        return fine("Stamp", f"of today's nbgrader ({have})")
    if have in stamps():
        return broken("Stamp", f"of an earlier nbgrader ({have})", "`paroleclinic backup`, then `nbgrader db upgrade`")
    if not have:
        return broken(
            "Stamp",
            "the gradebook has none: it was half made",
            "see that PATH is fine, then restore a backup, or delete it if it is empty",
        )
    return broken(
        "Stamp",
        f"of an nbgrader that this one does not know ({have})",
        "install the nbgrader it was made with, or a newer one",
    )


def _corrections(root: Path, db: Connection, meta: MetaData) -> Iterator[Finding]:
    if "paroleclinic_change" in meta.tables:
        change = meta.tables["paroleclinic_change"]
        rows = db.execute(select(change.c.batch, change.c.unit, change.c.undone).distinct()).all()
        for batch, unit, undone in rows:
            if undone is not None and (root / REGRADED / batch).is_dir():
                yield look_at(
                    "Corrections", f"taking back a correction of {unit} was cut off before its end",
                    f"`paroleclinic regrade {unit} --undo` ends it",
                )  # fmt: skip
        known = {batch for batch, _, _ in rows}
        place = root / REGRADED
        if strange := sorted(one.name for one in place.iterdir() if one.name not in known) if place.is_dir() else []:
            yield look_at(
                "Corrections", f"{REGRADED}/ holds {len(strange)} that the gradebook does not know: {_some(strange)}",
                "they belong to another gradebook; keep them until you know which",
            )  # fmt: skip
    if "paroleclinic_graded" in meta.tables:
        kept, part = meta.tables["paroleclinic_graded"], meta.tables["submitted_notebook"]
        case, unit = meta.tables["notebook"], meta.tables["assignment"]
        asked = (
            select(unit.c.name, case.c.name, kept.c.key).select_from(kept).join(part, part.c.id == kept.c.notebook_id)
        )
        asked = asked.join(case, case.c.id == part.c.notebook_id).join(unit, unit.c.id == case.c.assignment_id)
        keys = Counter((one[0], one[1]) for one in db.execute(asked.distinct()))
        for unit_id in sorted({name for (name, _), number in keys.items() if number > 1}):
            yield look_at(
                "Corrections", f"some of {unit_id} are graded by an earlier key than others",
                f"`paroleclinic regrade {unit_id}` shows what the key changes; if it was cut off, run it again with the same reason",
            )  # fmt: skip


def _backups(root: Path, file: Path | None, now: datetime) -> Iterator[Finding]:
    there = backups(root)
    if not there:
        if size_of(file) or (file is None) or (root / SUBMITTED).is_dir():
            yield look_at("Backups", "there is none", "run `paroleclinic backup`")
        return
    last = there[-1]
    try:
        bundle.read(last.path)
    except bundle.NotWhole as error:
        yield broken(
            "Backups", f"the last one: {error}", "run `paroleclinic backup`; keep the damaged one until that is done"
        )
        return
    age = now - last.at
    says = f"{len(there)}; the last one is {_age(age)} old"
    changed = file is None or not file.exists() or machine.time_of(file) > last.at
    if changed and age > OLD:
        yield look_at("Backups", says, "run `paroleclinic backup`, after each day of grading")
    else:
        yield fine("Backups", says)


def _newest(root: Path, file: Path | None) -> dict[str, datetime]:
    found = {f"{BACKUPS}/{one.path.name}": one.at for one in backups(root)[-1:]}
    if file is not None and file.exists():
        found[file.name] = machine.time_of(file)
    for unit in (root / SUBMITTED).glob("*/*"):
        found[unit.relative_to(root).as_posix()] = machine.time_of(unit)
    return found


def _age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return (
        f"{hours / 24:,.0f} days"
        if hours > 48
        else f"{max(0.0, hours):,.0f} hours"
        if hours >= 1
        else "less than an hour"
    )


def _some(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")
