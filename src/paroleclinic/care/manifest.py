"""What a backup says that it holds: each file and table, by size and fingerprint; and which paths it may name. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Container
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from paroleclinic.archives import NotHonest

FORMAT = 1
FOLDERS = ("submitted", "collected", "regraded", "local")  # of the course, all that lies in them
PSEUDONYMS = ".pseudonyms"
GRADEBOOK = "gradebook.sqlite"
PLAIN = re.compile(r"[^\\:\x00-\x1f\x7f]+")
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class File(_Strict):
    """A file of the course, by its path in the course's folder as `spelled`, and the member of the zip that holds it."""

    name: str
    member: str
    size: int
    sha256: Digest
    mode: int
    mtime: float

    @property
    def path(self) -> str:
        """Its path in the course's folder."""
        return unspelled(self.name)


class Gradebook(_Strict):
    """The gradebook in the zip: where it came from (sqlite, postgresql), its stamp, and table -> number of rows."""

    kind: str
    size: int
    sha256: Digest
    stamp: str
    rows: dict[str, int]


class Manifest(_Strict):
    """What a backup holds. `made_at` is UTC, as in 2026-11-24T10:00:00Z; `folders` are those that were empty, `spelled`."""

    format: int
    course: str
    made_at: str
    versions: dict[str, str]
    gradebook: Gradebook | None
    files: tuple[File, ...]
    folders: tuple[str, ...]


def manifest_in(data: bytes, members: Container[str]) -> Manifest:
    """The manifest of a backup with these members. Raises NotHonest."""
    try:
        found = Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][:2])
        raise NotHonest(f"its manifest cannot be read ({where}: {first['msg']})") from None
    if found.format != FORMAT:
        raise NotHonest(f"it was written by another version of this course (format {found.format}); update the course")
    seen: set[str] = set()
    for path in (*map(unspelled, found.folders), *(one.path for one in found.files)):
        if not inside(path):
            raise NotHonest(f"its manifest names a place outside of the course's folders: {path[:80]!r}")
        if path in seen:
            raise NotHonest(f"its manifest names a file twice: {path[:80]!r}")
        seen.add(path)
    if lacking := next((one.path for one in found.files if one.member not in members), None):
        raise NotHonest(f"{lacking[:80]!r} is missing in it")
    if found.gradebook and GRADEBOOK not in members:
        raise NotHonest("the gradebook is missing in it")
    return found


def inside(path: str) -> bool:
    """Whether a path of a manifest stays in the course's folder: in a folder that backups hold, or a plain file at its top."""
    pure = PurePosixPath(path)
    parts = path.split("/")
    fit = not pure.is_absolute() and "\0" not in path and not {"", ".", ".."} & {*parts}
    if os.name == "nt" and not all(PLAIN.fullmatch(part) for part in parts):
        return False
    return fit and (parts[0] in FOLDERS or (len(parts) == 1 and at_the_top(parts[0])))


def spelled(path: str) -> str:
    """A path as text that JSON can hold, bytes that are no text as %XX."""
    return re.sub("[\udc80-\udcff]", lambda sign: f"%{ord(sign[0]) - 0xDC00:02X}", path.replace("%", "%25"))


def unspelled(name: str) -> str:
    """The path that was `spelled`."""
    return unquote(name, errors="surrogateescape")


def at_the_top(name: str) -> bool:
    """Whether a file of that name beside course.yaml may go into a backup: rosters, and the secret behind pseudonyms."""
    return name == PSEUDONYMS or (name.lower().endswith(".csv") and not name.startswith("."))
