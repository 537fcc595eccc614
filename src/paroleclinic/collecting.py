"""Hand-ins as they arrive: hand-in files, downloads of a learning platform, loose folders. Recognised by content, never by name.

Nothing is unpacked to disk before it is known to be harmless: members are read one by one, up to limits, and only answer files
and notebooks are kept.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from paroleclinic import sittings
from paroleclinic.answers import FILE_NAME, LARGEST_FILE
from paroleclinic.archives import NotHonest, Room, content, members_of
from paroleclinic.handin import MANIFEST, code
from paroleclinic.lines import entries
from paroleclinic.stamps import meant_as_one, moment, platform, stamped

MOST_BYTES_INSIDE = 500_000_000  # unpacked, of one zip inside another with all that is in it
LARGEST_NOTEBOOK = 5_000_000
LARGEST_MANIFEST = 1_000_000
UNREADABLE_MANIFEST = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, OSError)
LARGEST_ZIP = 100_000_000  # one inside another
DEEPEST = 3  # zip in zip
DEEPEST_FOLDER = 50  # folder in folder
MOST_UNREADABLE = 1000  # lines that name no case of the course, after which the others are no longer looked for
SOME = 3  # lines that a refusal names
SHORTEST_LINE = 20  # bytes, on average; an answer takes four times as many
LONGEST_PLACE, LONGEST_REASON, LONGEST_NAME = 900, 300, 150  # characters shown
NO_HAND_IN = "it is no hand-in; if it came as one, ask for the zip that *Hand in* makes"
HALF_A_ZIP = "it is no whole zip: it was cut off or changed on its way; ask for it again"


@dataclass(frozen=True)
class Found:
    """One learner's work on one unit, or results of the tests. `who` are the names it came with, the most trustworthy first."""

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

    @property
    def tests(self) -> bool:
        """Whether `answers` are results of the pre-test and the post-test."""
        return self.unit == sittings.UNIT


@dataclass(frozen=True)
class Refused:
    """Something that is not taken, and why; `foreign` is what has nothing of a hand-in in it."""

    where: str
    why: str
    foreign: bool = False


@dataclass
class _Download(Room):
    """What one download is read with: the course's units, and the bytes that it may yet unpack to."""

    units: Mapping[str, str] = field(default_factory=dict)


def read(path: Path, units: Mapping[str, str], now: datetime) -> Iterator[Found | Refused]:
    """Everything handed in under `path`, a file or a folder; `units` maps case ids to their units.

    Nothing counts as handed in after `now`, whatever a learner's clock said. What a file says of itself comes as one line
    that can be shown.
    """
    for one in _read(path, units):
        where = _shown(one.where, LONGEST_PLACE)
        if isinstance(one, Refused):
            yield replace(one, where=where, why=_shown(one.why, LONGEST_REASON))
        elif not one.tests and one.unit not in units.values():
            yield Refused(where, f"this course has no unit {_shown(one.unit, LONGEST_NAME)!r}")
        else:
            names = (_shown(who, LONGEST_NAME, " ").strip() for who in one.who)
            yield replace(one, where=where, who=tuple(filter(None, names)), at=min(one.at, now))


def _shown(text: str, most: int, instead: str = "\ufffd") -> str:
    cut = text if len(text) <= most else f"{text[:most]} …"
    return "".join(sign if sign.isprintable() else instead for sign in cut)


def _read(path: Path, units: Mapping[str, str], depth: int = 0) -> Iterator[Found | Refused]:
    if path.is_symlink():
        yield Refused(str(path), "it is a link")
    elif path.is_dir():
        yield from _folder(path, units, depth)
    elif not path.exists():
        yield Refused(str(path), "there is no such file")
    elif not path.is_file():
        yield Refused(str(path), "it is not a file")
    else:
        try:
            with path.open("rb") as file:
                yield from _file(file, path.name, path.name, (), _Download(units=units), moment(path), 0)
        except OSError as error:
            yield Refused(str(path), f"it cannot be read: {error.strerror}")


def _folder(path: Path, units: Mapping[str, str], depth: int) -> Iterator[Found | Refused]:
    if depth >= DEEPEST_FOLDER:
        yield Refused(str(path), f"it lies in more than {DEEPEST_FOLDER} folders")
        return
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
                yield from _folder(one, units, depth + 1)
            elif one.name == FILE_NAME and one.is_file():
                yield from _loose_file(one, here, units)
            elif one.suffix != ".ipynb" and one.is_file() and (_is_zip(one) or _named_zip(one.name)):
                yield from _read(one, units)
            elif one.is_file() and meant_as_one(one.name) and not (one.name == MANIFEST and _holds_answers(path)):
                yield Refused(str(one), NO_HAND_IN, foreign=True)
        except OSError as error:
            yield Refused(str(one), f"it cannot be read: {error.strerror}")


def _holds_answers(folder: Path) -> bool:
    return next(folder.glob(f"*/{FILE_NAME}"), None) is not None or (folder / FILE_NAME).is_file()


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
    data = path.read_bytes()
    yield from _loose(str(path), data, notebooks, parents, units, _noted_moment(path, data) or moment(path))


def _noted_moment(path: Path, data: bytes) -> datetime | None:
    """When an answer file out of an unpacked hand-in was handed in, if the manifest beside it is of just these bytes."""
    for folder in (path.parent.parent, path.parent):
        beside = folder / MANIFEST
        try:
            if beside.is_symlink() or beside.stat().st_size > LARGEST_MANIFEST:
                continue
            manifest = json.loads(beside.read_bytes())
            if hashlib.sha256(data).hexdigest() in manifest["files"].values():
                return datetime.fromisoformat(manifest["at"]).astimezone(UTC)
        except UNREADABLE_MANIFEST:
            continue
    return None


def _file(
    file: BinaryIO, where: str, name: str, who: tuple[str, ...], download: _Download, at: datetime, depth: int
) -> Iterator[Found | Refused]:
    if _is_zip(file):
        file.seek(0)
        try:
            with zipfile.ZipFile(file) as archive:
                yield from _with_something(where, _zip(archive, where, who or platform(name)[0], download, at, depth))
        except NotHonest as error:
            yield Refused(where, str(error))
        except Exception as error:  # a damaged zip fails in as many ways as zipfile and zlib have
            yield Refused(where, f"the zip is damaged ({type(error).__name__}); ask for it again")
        return
    file.seek(0)
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        yield Refused(where, f"it has more than {LARGEST_FILE / 1e6:.0f} MB")
    elif _named_zip(name) and not data.lstrip().startswith(b"{"):
        yield Refused(where, HALF_A_ZIP)
    else:
        yield from _loose(where, data, {}, who or platform(name)[0], download.units, at)


def _with_something(where: str, inside: Iterator[Found | Refused]) -> Iterator[Found | Refused]:
    """What came out of a zip. When nothing in it is of a hand-in, the zip itself is named: it may be a text with pictures."""
    foreign, more = [], False
    for one in inside:
        if isinstance(one, Refused) and one.foreign:
            foreign.append(one)
        else:
            more = True
            yield one
    yield from foreign if more else [Refused(where, NO_HAND_IN, foreign=True)]


def _named_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def _is_zip(file: BinaryIO | Path) -> bool:
    try:
        return zipfile.is_zipfile(file)
    except zipfile.BadZipFile:
        return True  # it is one, of several disks


def _zip(
    archive: zipfile.ZipFile, where: str, who: tuple[str, ...], download: _Download, at: datetime, depth: int
) -> Iterator[Found | Refused]:
    members = members_of(archive)
    if MANIFEST in members:
        yield from _handed_in(archive, members, where, who, download)
        return
    if depth >= DEEPEST:
        raise NotHonest("a zip in a zip in a zip in a zip is not opened")
    folders: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for name, member in members.items():
        folders.setdefault(str(PurePosixPath(name).parent), {})[PurePosixPath(name).name] = member
    for folder, files in folders.items():
        yield from _zipped_folder(archive, folder, files, where, who, download, at, depth)


def _zipped_folder(
    archive: zipfile.ZipFile, folder: str, files: Mapping[str, zipfile.ZipInfo], where: str, who: tuple[str, ...],
    download: _Download, at: datetime, depth: int,
) -> Iterator[Found | Refused]:  # fmt: skip
    parts = PurePosixPath(folder).parts
    owner = who or next((found for part in parts if (found := platform(part)[0])), ())
    notebooks = _notebooks(archive, files, download)
    for name, member in files.items():
        inside, at_member = f"{where} / {member.filename}", stamped(member, at)
        mine, plain = platform(name)
        names = owner or mine or parts[-2:]
        try:
            if plain == FILE_NAME or plain.endswith(".jsonl"):
                answers = content(archive, member, LARGEST_FILE, download)
                yield from _loose(inside, answers, notebooks.get(mine, {}), names, download.units, at_member)
            elif not name.endswith(".ipynb"):
                data = BytesIO(content(archive, member, LARGEST_ZIP, download))
                if not _is_zip(data) and _named_zip(plain):
                    yield Refused(inside, HALF_A_ZIP)
                elif _is_zip(data):
                    inner = _Download(room := min(download.left, MOST_BYTES_INSIDE), download.units)
                    yield from _file(data, inside, name, owner or mine, inner, at_member, depth + 1)
                    download.left -= room - inner.left
                elif meant_as_one(plain if mine else member.filename):
                    yield Refused(inside, NO_HAND_IN, foreign=True)
        except NotHonest as error:
            yield Refused(inside, str(error))
        except Exception as error:  # one damaged member costs itself only
            yield Refused(inside, f"it is damaged ({type(error).__name__})")


def _notebooks(
    archive: zipfile.ZipFile, files: Mapping[str, zipfile.ZipInfo], download: _Download
) -> dict[tuple[str, ...], dict[str, bytes]]:
    """The notebooks of a folder by the person whose name they bear, if any; one that cannot be read is left out."""
    found: dict[tuple[str, ...], dict[str, bytes]] = {}
    for name, member in files.items():
        if name.endswith(".ipynb") and member.file_size <= LARGEST_NOTEBOOK:
            mine, plain = platform(name)
            with suppress(Exception):  # as many ways to be damaged as zipfile and zlib have
                found.setdefault(mine, {})[plain] = content(archive, member, LARGEST_NOTEBOOK, download)
    return found


def _handed_in(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], where: str, who: tuple[str, ...], download: _Download
) -> Iterator[Found | Refused]:  # fmt: skip
    about = content(archive, members[MANIFEST], LARGEST_MANIFEST, download)
    try:
        manifest = json.loads(about)
        unit, name, sums = manifest["unit"], manifest["name"], manifest["files"]
        if not isinstance(unit, str) or not isinstance(name, str) or not isinstance(sums, dict):
            raise TypeError
        made = datetime.fromisoformat(manifest["at"]).astimezone(UTC)
    except UNREADABLE_MANIFEST:
        yield Refused(where, "its manifest cannot be read; ask the learner to hand in again")
        return
    file, most = (sittings.FILE_NAME, sittings.LARGEST_FILE) if unit == sittings.UNIT else (FILE_NAME, LARGEST_FILE)
    held: dict[str, bytes] = {}
    for path in sums:
        if path not in members:
            yield Refused(where, f"{path[:80]} is named in the manifest and is not there")
            return
        data = content(archive, members[path], most, download)
        if hashlib.sha256(data).hexdigest() != sums[path]:
            yield Refused(where, f"{path[:80]} was changed after it was handed in (its checksum differs)")
            return
        if path == f"{unit}/{file}" or (path.endswith(".ipynb") and unit != sittings.UNIT):
            held[path] = data
    answers = held.pop(f"{unit}/{file}", None)
    if answers is None:
        yield Refused(where, f"it holds no {file}; ask the learner to open a case, answer, and press *Hand in* again")
        return
    notebooks = {PurePosixPath(path).name: data for path, data in held.items()}
    found = Found(where, unit, (*who, name), made, answers, notebooks, code(about))
    yield from _tests(found) if found.tests else (found,)


def _tests(found: Found) -> Iterator[Found | Refused]:
    """The results of tests that can be used, and a line on those that cannot."""
    good, problems = sittings.checked(found.answers)
    if problems:
        more = f"; and {len(problems) - SOME} more" if len(problems) > SOME else ""
        yield Refused(found.where, f"results that are left out: {'; '.join(problems[:SOME])}{more}")
    if good:
        yield replace(found, answers=good)
    elif not problems:
        yield Refused(found.where, "it holds no result of a test")


def _loose(
    where: str,
    data: bytes,
    notebooks: Mapping[str, bytes],
    who: tuple[str, ...],
    units: Mapping[str, str],
    at: datetime,
) -> Iterator[Found | Refused]:
    """An answer file without a manifest: its unit is that of the cases it answers."""
    if data.count(b"\n") > MOST_UNREADABLE + len(data) // SHORTEST_LINE:
        yield Refused(where, "its lines are too short to be answers")
        return
    cases: set[str] = set()
    unreadable = 0
    for _, entry in entries(BytesIO(data)):
        if isinstance(entry, dict) and isinstance(case := entry.get("case"), str) and case in units:
            cases.add(case)
        elif (unreadable := unreadable + 1) > MOST_UNREADABLE:
            break
    found = sorted({units[case] for case in cases})
    if not found:
        yield Refused(where, "it holds no answer to a case of this course; ask for the zip that *Hand in* makes")
    for unit in found:
        names = tuple(name for name in who if name and name != unit)
        yield Found(where, unit, names, at, data, notebooks)
