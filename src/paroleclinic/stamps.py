"""What the names and stamps of files tell about a hand-in: whose it is on a platform, when it was made, whether it is one at all."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

SYSTEMS_OWN = {"thumbs.db", "desktop.ini", "__macosx"}  # beside the hidden ones, whose names begin with a dot
NEVER_ONE = {".ipynb", ".csv"}  # what belongs to a hand-in, or to whoever collects
UNKNOWN_MOMENT = datetime(1980, 1, 1, tzinfo=UTC)  # where a zip's own time begins
MOODLE = re.compile(r"^(?P<who>.+)_(?P<number>[0-9]+)_assignsubmission_file_?(?P<rest>.*)$")
CANVAS = re.compile(r"^(?P<who>[^\W_]+)(?:_LATE)?_(?P<number>[0-9]+)_[0-9]+_(?P<rest>.+)$")


def meant_as_one(name: str) -> bool:
    """Whether somebody may have meant a file of that name as a hand-in."""
    path = PurePosixPath(name)
    parts = {part.lower() for part in path.parts}
    return not (path.suffix.lower() in NEVER_ONE or parts & SYSTEMS_OWN or any(part.startswith(".") for part in parts))


def platform(name: str) -> tuple[tuple[str, ...], str]:
    """Whose file it is by the naming of Moodle or Canvas, if it is theirs: name and number there; and its own name."""
    stem = PurePosixPath(name).name
    if found := MOODLE.match(stem):
        return (found["who"], f"moodle:{found['number']}"), found["rest"]
    if found := CANVAS.match(stem):
        return (found["who"], f"canvas:{found['number']}"), found["rest"]
    return (), stem


def stamped(member: zipfile.ZipInfo, otherwise: datetime) -> datetime:
    try:
        return datetime(*member.date_time, tzinfo=UTC)
    except ValueError:
        return otherwise


def moment(path: Path) -> datetime:
    changed = path.stat().st_mtime
    try:
        return datetime.fromtimestamp(changed, UTC)
    except (ValueError, OverflowError, OSError):
        return UNKNOWN_MOMENT  # no such year
