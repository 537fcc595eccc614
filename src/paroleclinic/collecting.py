"""Hand-ins as they arrive: hand-in files, downloads of a learning platform, loose folders. Recognised by content, never by name.

Nothing is unpacked to disk before it is known to be harmless: members are read one by one, up to limits, and only answer files
and notebooks are kept.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from paroleclinic.answers import FILE_NAME, LARGEST_FILE
from paroleclinic.handin import MANIFEST, code
from paroleclinic.lines import entries

MOST_MEMBERS = 20_000
MOST_BYTES = 2_000_000_000  # unpacked, of one download
LARGEST_NOTEBOOK = 5_000_000
LARGEST_ZIP = 100_000_000  # one inside another
DEEPEST = 3  # zip in zip
STEEPEST = 200  # times that a member may grow when it is unpacked
MOODLE = re.compile(r"^(?P<who>.+)_(?P<number>[0-9]+)_assignsubmission_file_?(?P<rest>.*)$")
CANVAS = re.compile(r"^(?P<who>[^\W_]+)(?:_LATE)?_[0-9]+_[0-9]+_(?P<rest>.+)$")


@dataclass(frozen=True)
class Found:
    """One learner's work on one unit. `who` are the names it came with, the most trustworthy first."""

    where: str
    unit: str
    who: tuple[str, ...]
    at: datetime
    answers: bytes
    notebooks: Mapping[str, bytes] = field(default_factory=dict)
    code: str = ""

    @property
    def mark(self) -> str:
        """What tells this version from others: the SHA-256 of its answers, shortened."""
        return hashlib.sha256(self.answers).hexdigest()[:16]


@dataclass(frozen=True)
class Refused:
    """Something that is not taken, and why."""

    where: str
    why: str


class _No(ValueError):
    """Why a file is refused."""


def read(path: Path, units: Mapping[str, str], now: datetime) -> Iterator[Found | Refused]:
    """Everything handed in under `path`, a file or a folder; `units` maps case ids to their units.

    Nothing counts as handed in after `now`, whatever a learner's clock said.
    """
    for one in _read(path, units):
        yield replace(one, at=min(one.at, now)) if isinstance(one, Found) else one


def _read(path: Path, units: Mapping[str, str]) -> Iterator[Found | Refused]:
    if path.is_symlink():
        yield Refused(str(path), "it is a link")
    elif path.is_dir():
        yield from _folder(path, units)
    elif not path.exists():
        yield Refused(str(path), "there is no such file")
    elif not path.is_file():
        yield Refused(str(path), "it is not a file")
    else:
        try:
            with path.open("rb") as file:
                yield from _file(file, path.name, path.name, (), units, _moment(path), 0)
        except OSError as error:
            yield Refused(str(path), f"it cannot be read: {error.strerror}")


def _folder(path: Path, units: Mapping[str, str]) -> Iterator[Found | Refused]:
    try:
        here = sorted(path.iterdir())
    except OSError as error:
        yield Refused(str(path), f"it cannot be read: {error.strerror}")
        return
    for one in here:
        try:
            if one.is_symlink():
                yield Refused(str(one), "it is a link")
            elif one.is_dir():
                yield from _folder(one, units)
            elif one.name == FILE_NAME and one.is_file():
                yield from _loose_file(one, here, units)
            elif one.suffix != ".ipynb" and one.is_file() and zipfile.is_zipfile(one):
                yield from _read(one, units)
        except OSError as error:
            yield Refused(str(one), f"it cannot be read: {error.strerror}")


def _loose_file(path: Path, beside: list[Path], units: Mapping[str, str]) -> Iterator[Found | Refused]:
    if path.stat().st_size > LARGEST_FILE:
        yield Refused(str(path), f"it has more than {LARGEST_FILE / 1e6:.0f} MB")
        return
    notebooks = {
        one.name: one.read_bytes()
        for one in beside
        if one.suffix == ".ipynb" and not one.is_symlink() and one.is_file() and one.stat().st_size <= LARGEST_NOTEBOOK
    }
    parents = (path.parent.parent.name, path.parent.name)  # nbgrader's own order is learner/unit
    yield from _loose(str(path), path.read_bytes(), notebooks, parents, units, _moment(path))


def _file(
    file: BinaryIO, where: str, name: str, who: tuple[str, ...], units: Mapping[str, str], at: datetime, depth: int
) -> Iterator[Found | Refused]:
    if zipfile.is_zipfile(file):
        file.seek(0)
        try:
            with zipfile.ZipFile(file) as archive:
                yield from _zip(archive, where, who or _platform(name)[0], units, at, depth)
        except _No as error:
            yield Refused(where, str(error))
        except Exception as error:  # a damaged zip fails in as many ways as zipfile and zlib have
            yield Refused(where, f"the zip is damaged ({type(error).__name__})")
        return
    file.seek(0)
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        yield Refused(where, f"it has more than {LARGEST_FILE / 1e6:.0f} MB")
    else:
        yield from _loose(where, data, {}, who or _platform(name)[0], units, at)


def _zip(
    archive: zipfile.ZipFile, where: str, who: tuple[str, ...], units: Mapping[str, str], at: datetime, depth: int
) -> Iterator[Found | Refused]:
    members = _members(archive)
    if MANIFEST in members:
        yield _handed_in(archive, members, where, who)
        return
    if depth >= DEEPEST:
        raise _No("a zip in a zip in a zip in a zip is not opened")
    folders: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for name, member in members.items():
        folders.setdefault(str(PurePosixPath(name).parent), {})[PurePosixPath(name).name] = member
    for folder, files in folders.items():
        yield from _zipped_folder(archive, folder, files, where, who, units, at, depth)


def _zipped_folder(
    archive: zipfile.ZipFile, folder: str, files: Mapping[str, zipfile.ZipInfo], where: str, who: tuple[str, ...],
    units: Mapping[str, str], at: datetime, depth: int,
) -> Iterator[Found | Refused]:  # fmt: skip
    parts = PurePosixPath(folder).parts
    owner = who or next((found for part in parts if (found := _platform(part)[0])), ())
    notebooks = {
        _platform(name)[1]: _bytes(archive, member, LARGEST_NOTEBOOK)
        for name, member in files.items()
        if name.endswith(".ipynb") and member.file_size <= LARGEST_NOTEBOOK
    }
    for name, member in files.items():
        inside, at_member = f"{where} / {member.filename}", _stamped(member, at)
        mine, plain = _platform(name)
        names = owner or mine or parts[-2:]
        try:
            if plain == FILE_NAME or plain.endswith(".jsonl"):
                yield from _loose(inside, _bytes(archive, member, LARGEST_FILE), notebooks, names, units, at_member)
            elif not name.endswith(".ipynb"):
                data = BytesIO(_bytes(archive, member, LARGEST_ZIP))
                if zipfile.is_zipfile(data):
                    yield from _file(data, inside, name, owner or mine, units, at_member, depth + 1)
        except _No as error:
            yield Refused(inside, str(error))
        except Exception as error:  # one damaged member costs itself only
            yield Refused(inside, f"it is damaged ({type(error).__name__})")


def _handed_in(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], where: str, who: tuple[str, ...]
) -> Found | Refused:
    about = _bytes(archive, members[MANIFEST], 1_000_000)
    try:
        manifest = json.loads(about)
        unit, name, sums = manifest["unit"], manifest["name"], manifest["files"]
        if not isinstance(unit, str) or not isinstance(name, str) or not isinstance(sums, dict):
            raise TypeError
        made = datetime.fromisoformat(manifest["at"]).astimezone(UTC)
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return Refused(where, "its manifest cannot be read; ask the learner to hand in again")
    held: dict[str, bytes] = {}
    for path in sums:
        if path not in members:
            return Refused(where, f"{path} is named in the manifest and is not there")
        held[path] = _bytes(archive, members[path], LARGEST_FILE)
        if hashlib.sha256(held[path]).hexdigest() != sums[path]:
            return Refused(where, f"{path} was changed after it was handed in (its checksum differs)")
    answers = held.pop(f"{unit}/{FILE_NAME}", None)
    if answers is None:
        return Refused(where, f"it holds no {FILE_NAME}")
    notebooks = {PurePosixPath(path).name: data for path, data in held.items() if path.endswith(".ipynb")}
    return Found(where, unit, (*who, name), made, answers, notebooks, code(about))


def _loose(
    where: str,
    data: bytes,
    notebooks: Mapping[str, bytes],
    who: tuple[str, ...],
    units: Mapping[str, str],
    at: datetime,
) -> Iterator[Found | Refused]:
    """An answer file without a manifest: its unit is that of the cases it answers."""
    cases = {
        entry["case"]
        for _, entry in entries(BytesIO(data))
        if isinstance(entry, dict) and isinstance(entry.get("case"), str)
    }
    found = sorted({units[str(case)] for case in cases if case in units})
    if not found:
        yield Refused(where, "it holds no answer to a case of this course")
    for unit in found:
        names = tuple(name for name in who if name and name != unit)
        yield Found(where, unit, names, at, data, notebooks)


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files in a zip by name. Raises _No for what no honest zip holds."""
    found: dict[str, zipfile.ZipInfo] = {}
    total = 0
    if len(archive.infolist()) > MOST_MEMBERS:
        raise _No(f"it holds more than {MOST_MEMBERS:,} files")
    for member in archive.infolist():
        name, kind = member.filename, stat.S_IFMT(member.external_attr >> 16)
        path = PurePosixPath(name.replace("\\", "/"))
        if not path.name:
            raise _No("it holds a file without a name")
        if path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", name) or "\0" in name:
            raise _No(f"it holds a path that leads out of it: {name[:80]!r}")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _No(f"it holds a link or a device: {name[:80]!r}")
        if member.flag_bits & 0x1:
            raise _No(f"it is locked with a password: {name[:80]!r}")
        if member.is_dir():
            continue
        total += member.file_size
        if member.file_size > max(1_000_000, STEEPEST * max(1, member.compress_size)) or total > MOST_BYTES:
            raise _No(f"it would unpack to far more than it holds: {name[:80]!r}")
        if str(path) in found:
            raise _No(f"it holds two files of one name: {name[:80]!r}")
        found[str(path)] = member
    return found


def _bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """A member, read no further than `most`, whatever its head says."""
    if member.file_size > most:
        raise _No(f"{member.filename[:80]!r} has more than {most / 1e6:.0f} MB")
    with archive.open(member) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise _No(f"{member.filename[:80]!r} has more than {most / 1e6:.0f} MB")
    return data


def _platform(name: str) -> tuple[tuple[str, ...], str]:
    """Whose file it is by the naming of Moodle or Canvas, if it is theirs, and its own name."""
    stem = PurePosixPath(name).name
    if found := MOODLE.match(stem):
        return (found["who"],), found["rest"]
    if found := CANVAS.match(stem):
        return (found["who"],), found["rest"]
    return (), stem


def _stamped(member: zipfile.ZipInfo, otherwise: datetime) -> datetime:
    try:
        return datetime(*member.date_time, tzinfo=UTC)
    except ValueError:
        return otherwise


def _moment(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
