"""A backup of what cannot be made again, written aside, read back, and only then given its name.

Graded notebooks and pages for learners are left out: `paroleclinic grade` and `feedback` make them from the rest.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from paroleclinic.care import bundle, database
from paroleclinic.care.ages import kept
from paroleclinic.care.bundle import Source
from paroleclinic.care.disk import digest_of, on_disk
from paroleclinic.care.manifest import FOLDERS, FORMAT, GRADEBOOK, PSEUDONYMS, Gradebook, Manifest, at_the_top
from paroleclinic.filing import BadRoster, roster
from paroleclinic.holding import Stopped

BACKUPS = "backups"
NAME = re.compile(r"backup-(\d{8}-\d{6})(?:-\d+)?\.zip")
TIME = "%Y%m%d-%H%M%S"
PART = ".part-"
SPARE = 20_000_000  # bytes of free disk that stay free
PACKAGES = ("paroleclinic", "nbgrader", "SQLAlchemy")
Say = Callable[[str, float], None]  # what is being done, and how much of it, from 0 to 1


@dataclass(frozen=True)
class Backup:
    """A backup's file and when it was made (UTC), by its name."""

    path: Path
    at: datetime


@dataclass(frozen=True)
class Made:
    """A backup that was made and read back; `linked` are links and other no files, which were left out."""

    path: Path
    manifest: Manifest
    size: int
    linked: tuple[str, ...]


def backups(root: Path) -> list[Backup]:
    """The backups of a course, oldest first."""
    place = root / BACKUPS
    found = []
    for path in place.iterdir() if place.is_dir() else ():
        if said := NAME.fullmatch(path.name):
            with suppress(ValueError):
                found.append(Backup(path, datetime.strptime(said[1], TIME).replace(tzinfo=UTC)))
    return sorted(found, key=lambda one: (one.at, len(one.path.name), one.path.name))


def make(root: Path, title: str, now: datetime, say: Say) -> Made:
    """Make a backup of the course; the caller holds the course (`holding.alone`).

    Raises Stopped, NotWhole or OSError; nothing half made is left then.
    """
    place = root / BACKUPS
    place.mkdir(mode=0o700, exist_ok=True)
    for left in place.glob(f"{PART}*"):  # of a run that was cut off
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    with TemporaryDirectory(dir=place, prefix=PART) as made:
        folder = Path(made)
        url = database.url_of(root)
        sources, folders, linked = found_in(root)
        total = sum(one.size for one in sources)
        room_for(place, total // 2 + 2 * size_of(database.file_of(url)))
        gradebook = None
        if database.there(url):
            copy = folder / GRADEBOOK
            database.snapshot(url, copy, lambda share: say("The gradebook", share))
            gradebook = described(copy, database.file_of(url) is not None), copy
        part = folder / "backup.zip"
        total += gradebook[0].size if gradebook else 0
        bundle.write(part, gradebook, sources, folders, head(title, now), lambda share: say("Packing", share), total)
        manifest = bundle.verify(part, folder, lambda share: say("Reading it back", share))
        size = part.stat().st_size
        target = _free(place, now)
        part.replace(target)
        on_disk(place)
    return Made(target, manifest, size, tuple(linked))


def head(title: str, now: datetime) -> Manifest:
    """A manifest without its lists."""
    versions = {name: version(name) for name in PACKAGES}
    versions |= {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    at = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return Manifest(format=FORMAT, course=title, made_at=at, versions=versions, gradebook=None, files=(), folders=())


def described(copy: Path, of_a_file: bool) -> Gradebook:
    """What a manifest says of a copy of the gradebook. Raises Damaged when it is not whole."""
    database.look_through(copy)
    size, digest = digest_of(copy)
    return Gradebook(
        kind="sqlite" if of_a_file else "server", size=size, sha256=digest, stamp=database.stamp_of(copy),
        rows=database.counts(copy),
    )  # fmt: skip


def found_in(root: Path) -> tuple[list[Source], list[str], list[str]]:
    """The files to back up, the folders with nothing in them, and what is left out since it is a link or no file."""
    sources = [_source(root, path) for path in sorted(root.iterdir()) if path.is_file() and _at_the_top(path)]
    empty: list[str] = []
    linked: list[str] = []
    waiting = [root / name for name in FOLDERS if (root / name).is_dir()]
    while waiting:
        here = waiting.pop()
        with os.scandir(here) as entries:
            there = sorted(entries, key=lambda entry: entry.name)
        if not there:
            empty.append(here.relative_to(root).as_posix())
        for entry in there:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                sources.append(_source(root, Path(entry.path)))
            else:
                linked.append(Path(entry.path).relative_to(root).as_posix())
    return sources, empty, linked


def _at_the_top(path: Path) -> bool:
    return at_the_top(path.name) and (path.name == PSEUDONYMS or is_roster(path))


def is_roster(path: Path) -> bool:
    """Whether a CSV file is a list of people."""
    try:
        return path.suffix.lower() == ".csv" and bool(roster(path))
    except BadRoster:
        return False


def thinned(root: Path, now: datetime, made: Path) -> list[Path]:
    """Delete the backups that have grown too old to be kept beside others; `made` has just been read back. What went."""
    there = backups(root)
    sure = [one.at for one in there if one.path == made]
    stay = kept([one.at for one in there], now, sure)
    gone = [one.path for one in there if one.at not in stay]
    for path in gone:
        path.unlink()
    return gone


def size_of(path: Path | None) -> int:
    """The bytes of a file, 0 when there is none."""
    return path.stat().st_size if path and path.is_file() else 0


def room_for(place: Path, number: int) -> None:
    """Raises Stopped when the disk has no room for so many bytes."""
    free = shutil.disk_usage(place).free
    if free < number + SPARE:
        raise Stopped(
            f"the disk has {free / 1e6:,.0f} MB free and this may need {(number + SPARE) / 1e6:,.0f} MB; make room and run again"
        )


def _source(root: Path, path: Path) -> Source:
    seen = path.stat()
    return Source(
        path.relative_to(root).as_posix(), seen.st_size, seen.st_mode & 0o777, seen.st_mtime, lambda: path.open("rb")
    )


def _free(place: Path, now: datetime) -> Path:
    name = f"backup-{now.astimezone(UTC):{TIME}}"
    path, number = place / f"{name}.zip", 1
    while path.exists():
        number += 1
        path = place / f"{name}-{number}.zip"
    return path
