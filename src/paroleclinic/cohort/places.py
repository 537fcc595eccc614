"""Where hand-ins lie and where graded notebooks go. A folder is made aside and moved into its place whole."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from paroleclinic.answers import FILE_NAME
from paroleclinic.fingerprint import BAD_TIMESTAMP, TIMESTAMP

SUBMITTED, AUTOGRADED, FEEDBACK = "submitted", "autograded", "feedback"
COLLECTED = "collected"  # every version, as `paroleclinic.filing` keeps them
REGRADED = "regraded"  # graded folders that corrections replaced
PART = ".part"
READ_ONLY = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
SKIPPED = frozenset((".ipynb_checkpoints", "__pycache__", "feedback"))
FIRST = (FILE_NAME, TIMESTAMP, BAD_TIMESTAMP)
MOST_FILES = 1000  # carried along with one hand-in
MOST_BYTES = 100_000_000  # the same
DEEPEST = 20  # folder in folder


def handed_in(root: Path, unit: str, inside: str = SUBMITTED) -> list[str]:
    """Learners with a folder of that unit in `submitted/`, or `inside` another, in order."""
    place = root / inside
    if not place.is_dir():
        return []
    with os.scandir(place) as entries:
        names = [entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
    return sorted(name for name in names if (place / name / unit).is_dir())


def learners_in(root: Path) -> list[str]:
    """Everybody with a folder of hand-ins, graded notebooks or pages, in order."""
    places = [root / name for name in (SUBMITTED, COLLECTED, AUTOGRADED, FEEDBACK)]
    places += [one for one in (root / REGRADED).glob("*") if one.is_dir()]
    found = {one.name for place in places if place.is_dir() for one in place.iterdir() if one.is_dir()}
    return sorted(name for name in found if not name.startswith("."))


def other_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """What nbgrader carries along with the notebooks: each file's name inside the folder, and its path.

    Links are left, and what is more than an honest hand-in holds. What was graded comes first.
    """
    left, room, waiting = MOST_FILES, MOST_BYTES, [folder]
    while waiting:
        here = waiting.pop()
        with os.scandir(here) as entries:
            found = sorted(entries, key=lambda entry: (here != folder or entry.name not in FIRST, entry.name))
        for entry in found:
            if entry.name in SKIPPED or entry.is_symlink():
                continue
            if entry.is_dir() and len(here.relative_to(folder).parts) < DEEPEST:
                waiting.append(here / entry.name)
            elif entry.is_file() and not entry.name.lower().endswith((".ipynb", ".pyc")):
                left, room = left - 1, room - entry.stat().st_size
                if left < 0 or room < 0:
                    return
                yield (here / entry.name).relative_to(folder).as_posix(), here / entry.name


def put_aside(
    target: Path,
    files: Mapping[str, str | bytes],
    along: Iterable[tuple[str, Path]] = (),
    permissions: int = READ_ONLY,
) -> Path:
    """Write a folder beside `target`, its files read-only unless told otherwise, ready to be moved into its place."""
    part = target.with_name(f".{target.name}{PART}")
    remove(part)
    try:
        part.mkdir(parents=True)
        for name, source in along:
            if name.partition("/")[0] in files:
                continue  # a folder named as a graded notebook
            path = part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, path)
            path.chmod(permissions)
        for name, content in files.items():
            path = part / name
            path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
            path.chmod(permissions)
    except BaseException:  # Ctrl-C, too, leaves nothing half made
        with suppress(OSError):
            remove(part)
        raise
    return part


def move_in(part: Path, target: Path, keep: Path | None = None) -> None:
    """Put a folder made by `put_aside` in the place of what was there, which is taken away, or kept at `keep`.

    What was kept there before stays, since it is older. When the move fails, the old folder is back in its place.
    """
    if not (target.exists() or target.is_symlink()):
        part.rename(target)
        return
    old = keep if keep and not keep.exists() else target.with_name(f".{target.name}.old")
    if old != keep:
        remove(old)
    old.parent.mkdir(parents=True, exist_ok=True)
    target.rename(old)
    try:
        part.rename(target)
    except BaseException:
        old.rename(target)
        raise
    if old != keep:
        remove(old)


def remove(folder: Path) -> None:
    """Take a folder away, read-only files and all; nothing when it is not there."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.is_dir():
        if os.name == "nt":
            for path in folder.rglob("*"):
                path.chmod(stat.S_IWRITE)
        shutil.rmtree(folder)


def clear_leftovers(root: Path, unit: str, *inside: str) -> None:
    """Undo what a crash left half done: a folder made aside goes, one moved out of the way comes back."""
    for place in (root / name for name in inside or (AUTOGRADED, FEEDBACK)):
        for part in place.glob(f"*/.{unit}{PART}"):
            remove(part)
        for old in place.glob(f"*/.{unit}.old"):
            target = old.with_name(unit)
            remove(old) if target.exists() else old.rename(target)
