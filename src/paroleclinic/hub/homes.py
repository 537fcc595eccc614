"""The learners' homes: each a learner kit, kept, with what is new in the kit put in without touching what the learner made."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp

import psutil  # type: ignore[import-untyped]

from paroleclinic import reach
from paroleclinic.course import Course
from paroleclinic.hub.backups import wanted
from paroleclinic.hub.places import Places
from paroleclinic.kit import make

LEFT_OUT = ("src/", "start", "start.", "pyproject.toml", "uv.lock", "README.md")  # of the kit: the hub has its own
LARGEST = 20_000_000  # bytes of a file of the kit
NOTEBOOK = ".ipynb"
STAMP = "kit.stamp"
UNREADABLE = "?"


def kit_made(course: Course, places: Places) -> bool:
    """Make the kit that homes are filled from, unless it is there and the course has not changed. Raises CannotMake."""
    stamp = _stamp(course)
    kept = places.hub / STAMP
    if places.kit.is_dir() and kept.is_file() and kept.read_text(encoding="utf-8") == stamp:
        return False
    aside = places.hub / "kit.part"
    shutil.rmtree(aside, ignore_errors=True)
    made = make(course, aside)
    shutil.rmtree(places.kit, ignore_errors=True)
    made.folder.rename(places.kit)
    shutil.rmtree(aside)
    kept.write_text(stamp, encoding="utf-8")
    return True


def kit_files(places: Places, units: Mapping[str, bool]) -> dict[str, bytes]:
    """What of the kit goes into a home, path -> bytes; `units` tells which units are open."""
    found = {}
    for path in sorted(places.kit.rglob("*")):
        name = path.relative_to(places.kit).as_posix()
        parts = PurePosixPath(name).parts
        if not path.is_file() or name.startswith(LEFT_OUT):
            continue
        if parts[0] != "exercises" or units.get(parts[1], False):
            found[name] = path.read_bytes()
    return found


def filled(places: Places, name: str, files: Mapping[str, bytes]) -> list[str]:
    """Put into a learner's home what it lacks and what is newer in the kit; returns the paths that could not be written.

    A file that the kit has not changed since it was given stays as the learner left it. A notebook that the learner has
    changed is kept beside the new one.
    """
    home, given = places.home(name), places.given / f"{name}.json"
    home.mkdir(parents=True, exist_ok=True)
    before = _given(given)
    now: dict[str, str] = {}
    failed = []
    for path, data in files.items():
        sum_ = hashlib.sha256(data).hexdigest()
        try:
            _put(home, path, data, sum_, before.get(path, ""))
            now[path] = sum_
        except OSError:
            failed.append(path)
    aside = given.with_suffix(".part")
    aside.write_text(json.dumps(before | now), encoding="utf-8")
    aside.replace(given)
    return failed


def renewed(places: Places, name: str) -> Path | None:
    """Make a home that is too full anew: answers, progress and hand-ins go over, the kit comes at the next start, all else is removed.

    Returns the folder with what could not be removed, if there is any. Raises OSError, and nothing has changed.
    """
    home, aside = places.home(name), Path(mkdtemp(dir=places.hub, prefix="renew-"))
    try:
        new = aside / "new"
        new.mkdir()
        for path, most in wanted(home):
            with suppress(FileNotFoundError):
                reach.write(new, path, reach.read(home, path, most))
        home.rename(aside / "old")
        new.rename(home)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    (places.given / f"{name}.json").unlink(missing_ok=True)
    left = [aside / "old"]
    while left:  # a folder may be closed even to its owner
        with suppress(OSError):
            folder = left.pop()
            folder.chmod(0o700)
            left += [Path(entry.path) for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    shutil.rmtree(aside, ignore_errors=True)
    return aside if aside.exists() else None


def used(places: Places, name: str) -> bool:
    """Whether a server runs in a learner's home."""
    return any(str(places.home(name)) in (one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"]))


def _put(home: Path, path: str, data: bytes, sum_: str, before: str) -> None:
    try:
        there = hashlib.sha256(reach.read(home, path, LARGEST)).hexdigest()
    except FileNotFoundError:
        there = ""
    except OSError:
        there = UNREADABLE
    if there == sum_ or (there not in ("", UNREADABLE) and before == sum_):
        return
    if there not in ("", before) and path.endswith(NOTEBOOK):
        stem = PurePosixPath(path).stem
        with suppress(OSError):
            reach.keep_aside(home, path, f"{stem} - as I left it{NOTEBOOK}")
    reach.write(home, path, data)


def _given(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _stamp(course: Course) -> str:
    """What tells whether the course has changed: the names, sizes and times of its files."""
    seen = hashlib.sha256()
    tops = (
        "law",
        "questions",
        "consultations",
        "specimens",
        "glossary",
        "notebooks",
        "exercises",
        "scenarios",
        "local",
        "src/paroleclinic",
    )
    for top in (*tops, "course.yaml"):
        where = course.root / top
        for path in [where] if where.is_file() else sorted(where.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                about = path.stat()
                seen.update(f"{path.relative_to(course.root)} {about.st_size} {about.st_mtime_ns}\n".encode())
    return seen.hexdigest()
