"""Forgetting a learner: every row, folder and line about somebody goes, in the course and in each of its backups.

What is to be done is noted first, in a file that names the learner and goes last; so a purge that was cut off can be ended.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from paroleclinic.care import bundle, database, room
from paroleclinic.care.arrivals import holds
from paroleclinic.care.backup import BACKUPS, PART, Say, described
from paroleclinic.care.disk import on_disk, replace
from paroleclinic.care.manifest import GRADEBOOK
from paroleclinic.care.shares import ASIDE, BY_LEARNER, Share, of_learner
from paroleclinic.care.traces import forget, named_in, pattern, without_lines, without_rows
from paroleclinic.cohort.places import REGRADED, remove
from paroleclinic.course import Course
from paroleclinic.holding import RESTORING, Stopped
from paroleclinic.hub.places import FOLDER

PURGING = ".purging"
LOG = "purged.log"
BOOKS = ("gradebook.db", "before.sqlite")  # that a restore put aside, or that lies there since before a server holds it
KEPT = (
    FOLDER,
    PURGING,
    *(book + end for book in BOOKS for end in ("", *database.SIDE_FILES)),
)  # a purge looks after them
CONTENT = frozenset((
    ".git", ".venv", "node_modules", "law", "questions", "glossary", "specimens", "scenarios", "consultations", "notebooks",
    "exercises", "solutions", "teaching", "src", "tests", "docs", "benchmarks", "screenshots", "local", BACKUPS, RESTORING,
    *BY_LEARNER, REGRADED,
))  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What a purge did: rows by table, how many folders and files, which backups; what it could not change and why; and
    the files that still name somebody and are not ours to change."""

    rows: Mapping[str, int]
    places: int
    backups: tuple[str, ...]
    failed: tuple[str, ...]
    left: tuple[str, ...]


def purge(course: Course, found: Iterable[Share], now: datetime, say: Say) -> Done:
    """Do it, backups first. The caller holds the course. Raises Stopped or OSError; run it again then, it goes on."""
    with room.closed(course.root):
        return _purge(course, found, now, say)


def _purge(course: Course, found: Iterable[Share], now: datetime, say: Say) -> Done:
    root, some = course.root, [one for one in found if one]
    _note(root, some)
    remove(root / RESTORING)
    for part in (root / BACKUPS).glob(f"{PART}*"):
        remove(part)
    learners = {one.learner for one in some}
    words = pattern(word for one in some for word in one.words)
    wanted = sorted({name for one in some for name in one.backups})
    failed = []
    for number, name in enumerate(wanted, 1):
        try:
            _rewrite(root / BACKUPS / name, learners)
        except bundle.NotWhole as error:
            failed.append(f"{error}. It may hold what was to go: delete it, if it can be spared")
        say("Backups", number / len(wanted))
    failed += room.forget(root, learners)
    gone: Counter[str] = Counter()
    url = database.url_of(root)
    if database.there(url):
        with database.database(url) as engine:
            gone += forget(engine, database.tables_of(engine), learners)
    for place in (root, *(root / BACKUPS).glob(ASIDE)):
        for name in BOOKS:
            if (place / name).is_file() and place / name != database.file_of(url):
                failed += _forget_aside(place / name, learners)
    places = 0
    for one in some:
        for path in (*one.folders, *one.files):
            if path.exists() or path.is_symlink():
                _unlock(path)
                remove(path)
                places += 1
    for path in {path for one in some for path in one.lines}:
        data = path.read_bytes()
        replace(path, without_rows(data, learners) if path.suffix.lower() == ".csv" else without_lines(data, words))
        places += 1
    with (root / LOG).open("a", encoding="utf-8") as log:
        for one in some:
            log.write(
                f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {one.pseudonym}: {sum(one.rows.values())} rows,"
                f" {len(one.folders) + len(one.files)} folders and files, {len(one.backups)} backups\n"
            )
        log.flush()
        os.fsync(log.fileno())
    (root / PURGING).unlink()
    on_disk(root)
    return Done(dict(gone), places, tuple(wanted), tuple(failed), tuple(left(course, some)))


def unfinished(root: Path) -> list[str]:
    """The learners of a purge that was cut off; nobody when there is none. Raises Stopped."""
    try:
        return [str(one) for one in json.loads((root / PURGING).read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError):
        raise Stopped(f"{PURGING} cannot be read; delete it and purge again") from None


def _rewrite(path: Path, learners: set[str]) -> None:
    """A backup without those learners, verified before it takes the old one's place."""
    with TemporaryDirectory(dir=path.parent, prefix=PART) as made:
        folder = Path(made)
        manifest = bundle.read(path)
        gradebook = None
        if manifest.gradebook:
            copy = folder / GRADEBOOK
            bundle.extract_gradebook(path, copy)
            with database.database(f"sqlite:///{copy}") as engine:
                forget(engine, database.tables_of(engine), learners)
            gradebook = described(copy, manifest.gradebook.kind == "sqlite"), copy
        part = folder / "backup.zip"
        bundle.rewrite(
            path, part, gradebook, lambda name: not any(of_learner(name, one) for one in learners),
            lambda name, data: without_rows(data, learners) if name.lower().endswith(".csv") else data,
        )  # fmt: skip
        bundle.verify(part, folder)
        part.replace(path)
        on_disk(path.parent)


def _forget_aside(file: Path, learners: set[str]) -> list[str]:
    try:
        database.look_through(file)
        with database.database(f"sqlite:///{file}") as engine:
            forget(engine, database.tables_of(engine), learners)
    except Stopped as error:
        return [f"{file.parent.name}/{file.name}: {error}. Delete it, if it can be spared"]
    return []


def left(course: Course, some: Iterable[Share], unseen: Iterable[str] = ()) -> Iterator[str]:
    """Files that name somebody, or hold their hand-in as it came, and that a purge leaves: none of the course's content, of
    others' work, or of the folders and files `unseen`."""
    some, root = list(some), course.root
    words = pattern(word for one in some for word in one.words)
    joined = pattern((word for one in some for word in one.words), joined=True)
    ids, marks = {one.learner for one in some}, {mark for one in some for mark in one.marks}
    ours = {path for one in some for path in (*one.files, *one.lines, *one.folders)}
    unseen = CONTENT.union(unseen)
    for here, folders, names in os.walk(root):
        if Path(here) == root:
            folders[:] = [name for name in folders if name not in unseen and not name.endswith("_cache")]
            names[:] = [name for name in names if name not in unseen]
        elif Path(here).name in ids and not ours & {Path(here), *Path(here).parents}:
            yield f"{Path(here).relative_to(root).as_posix()}/"
            folders.clear()
            continue
        for name in names:
            path = Path(here) / name
            if path.is_symlink() or path.name == LOG or ours & {path, *path.parents}:
                continue
            named = joined.search(name.encode("utf-8", "surrogateescape")) or named_in(path, words)
            if named or holds(path, course, marks):
                yield path.relative_to(root).as_posix()


def _unlock(folder: Path) -> None:
    """Let a folder be emptied whose folders somebody shut."""
    if folder.is_symlink() or not folder.is_dir():
        return
    folder.chmod(0o700)
    for here, folders, _ in os.walk(folder):
        for name in folders:
            if not (Path(here) / name).is_symlink():
                (Path(here) / name).chmod(0o700)


def _note(root: Path, some: list[Share]) -> None:
    learners = sorted({*(one.learner for one in some), *unfinished(root)})
    replace(root / PURGING, json.dumps(learners).encode())
