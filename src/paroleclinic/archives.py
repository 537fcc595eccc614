"""Zips from strangers: what no honest one holds is refused before anything is unpacked, and members are read up to limits."""

from __future__ import annotations

import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

MOST_MEMBERS = 20_000
MOST_BYTES = 2_000_000_000  # unpacked, of one download
STEEPEST = 200  # times that a member may grow when it is unpacked
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what platforms use; the other ways unpack without a limit
STEEP_FROM = 20_000_000  # bytes, unpacked, from which that holds for all members together


class NotHonest(ValueError):
    """Why a file is refused."""


@dataclass
class Room:
    """The bytes that a download may yet unpack to."""

    left: int = MOST_BYTES


def members_of(
    archive: zipfile.ZipFile, most_members: int = MOST_MEMBERS, most_bytes: int = MOST_BYTES, steepest: int = STEEPEST
) -> dict[str, zipfile.ZipInfo]:
    """The files in a zip by name. Raises NotHonest for what no honest zip holds."""
    found: dict[str, zipfile.ZipInfo] = {}
    total = packed = 0
    if len(archive.infolist()) > most_members:
        raise NotHonest(f"it holds more than {most_members:,} files")
    for member in archive.infolist():
        name, kind = member.filename, stat.S_IFMT(member.external_attr >> 16)
        path = PurePosixPath(name.replace("\\", "/"))
        packed += member.compress_size
        if packed > archive.start_dir:
            raise NotHonest("its files lie over one another")
        if not path.name and member.is_dir() and ".." not in path.parts:
            continue  # the folder itself, as some programs write it
        if not path.name:
            raise NotHonest("it holds a file without a name")
        if path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", name) or "\0" in name:
            raise NotHonest(f"it holds a path that leads out of it: {name[:80]!r}")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise NotHonest(f"it holds a link or a device: {name[:80]!r}")
        if member.flag_bits & 0x1:
            raise NotHonest(f"it is locked with a password: {name[:80]!r}")
        if member.is_dir() or path.parts[0] == "__MACOSX":
            continue  # macOS adds a shadow of each file
        total += member.file_size
        if member.file_size > max(1_000_000, steepest * max(1, member.compress_size)) or total > most_bytes:
            raise NotHonest(f"it would unpack to far more than it holds: {name[:80]!r}")
        if str(path) in found:
            raise NotHonest(f"it holds two files of one name: {name[:80]!r}")
        found[str(path)] = member
    if total > max(STEEP_FROM, steepest * packed):
        raise NotHonest("it would unpack to far more than it holds")
    return found


def content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int, room: Room) -> bytes:
    """A member, read no further than `most` and than there is room for, whatever its head says.

    Raises NotHonest, and whatever zipfile has for damage.
    """
    if member.file_size > most:
        raise NotHonest(f"{member.filename[:80]!r} has more than {most / 1e6:.0f} MB")
    if member.file_size > room.left:
        raise NotHonest("it would unpack to far more than it holds")
    if member.compress_type not in PACKED:
        raise NotHonest(f"{member.filename[:80]!r} is packed in a way that is not read here")
    room.left -= member.file_size
    with archive.open(member) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise NotHonest(f"{member.filename[:80]!r} has more than {most / 1e6:.0f} MB")
    return data
