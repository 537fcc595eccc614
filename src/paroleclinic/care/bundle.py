"""A backup's file: one zip with the gradebook, the folders, and a manifest that says what each of them has to be."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from paroleclinic.archives import PACKED, NotHonest, members_of
from paroleclinic.care import database
from paroleclinic.care.database import Tell
from paroleclinic.care.disk import BLOCK, private
from paroleclinic.care.manifest import GRADEBOOK, PLAIN, File, Gradebook, Manifest, manifest_in, spelled, unspelled
from paroleclinic.holding import Stopped

MANIFEST = "manifest.json"
FILES = "files"  # the folder in the zip with the course's files, by their own names
ODD = "odd"  # the one with those whose name a zip may not hold
LARGEST_MANIFEST = 500_000_000  # bytes
MOST_MEMBERS = 5_000_000
STEEPEST = 1100  # times that a member grows; this way of packing cannot do more
FAULTS = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeError, NotHonest, ValueError, RecursionError,
)  # fmt: skip


class NotWhole(Stopped):
    """A file that is no backup, or no longer what it was when it was made; the message says why."""


@dataclass(frozen=True)
class Source:
    """A file to be packed: its path in the course's folder, and how to open it."""

    path: str
    size: int
    mode: int
    mtime: float
    open: Callable[[], IO[bytes]]


def write(
    to: Path, gradebook: tuple[Gradebook, Path] | None, sources: Iterable[Source], folders: Iterable[str], head: Manifest,
    tell: Tell = lambda _: None, total: int = 1,
) -> Manifest:  # fmt: skip
    """Write a backup, readable by its owner only, and see that it is on the disk; `head` is the manifest without its lists.

    What is no longer there when its turn comes is left out. `total` is the number of bytes to tell by. Raises OSError.
    """
    files: list[File] = []
    done = 0
    with private(to) as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        if gradebook:
            with gradebook[1].open("rb") as book:
                _pack(archive, GRADEBOOK, book, time.time())
            done += gradebook[0].size
        for number, one in enumerate(sources):
            try:
                source = one.open()
            except FileNotFoundError:
                continue
            member = _member(one.path, number)
            with source:
                size, digest = _pack(archive, member, source, one.mtime)
            files.append(
                File(name=spelled(one.path), member=member, size=size, sha256=digest, mode=one.mode, mtime=one.mtime)
            )
            done += size
            tell(min(1.0, done / max(1, total)))
        manifest = head.model_copy(
            update={
                "gradebook": gradebook[0] if gradebook else None, "files": tuple(files), "folders": tuple(map(spelled, folders)),
            }
        )  # fmt: skip
        archive.writestr(MANIFEST, json.dumps(manifest.model_dump(), indent=1))
    return manifest


def read(path: Path) -> Manifest:
    """What a backup says it holds, without reading all of it. Raises NotWhole or OSError."""
    with _opened(path) as (_, _, manifest):
        return manifest


def verify(path: Path, beside: Path, tell: Tell = lambda _: None) -> Manifest:
    """Read a backup from first byte to last, and its gradebook as SQLite does, in a folder made for that in `beside`.

    Raises NotWhole, Stopped or OSError.
    """
    with _opened(path) as (archive, members, manifest):
        done, total = 0, max(1, sum(one.size for one in manifest.files))
        for one in manifest.files:
            for block in _blocks(archive, members, path, one.member, one.size, one.sha256):
                done += len(block)
                tell(done / total)
        if manifest.gradebook:
            with TemporaryDirectory(dir=beside, prefix=".part-") as folder:
                _gradebook(archive, members, path, manifest.gradebook, Path(folder) / GRADEBOOK)
    return manifest


def unpack(path: Path, to: Path, tell: Tell = lambda _: None) -> Manifest:
    """Write what a backup holds into the folder `to`, the gradebook as `gradebook.sqlite` beside a folder `files`.

    Each file is compared with the manifest on the way. Raises NotWhole, Stopped or OSError.
    """
    with _opened(path) as (archive, members, manifest):
        done, total = 0, max(1, sum(one.size for one in manifest.files))
        place = to / FILES
        place.mkdir(parents=True)
        for name in map(unspelled, manifest.folders):
            (place / name).mkdir(parents=True, exist_ok=True)
        for one in manifest.files:
            target = place / one.path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                for block in _blocks(archive, members, path, one.member, one.size, one.sha256):
                    file.write(block)
                    done += len(block)
                    tell(done / total)
            target.chmod(stat.S_IMODE(one.mode) & 0o777)
            os.utime(target, (one.mtime, one.mtime))
        if manifest.gradebook:
            _gradebook(archive, members, path, manifest.gradebook, to / GRADEBOOK)
    return manifest


def rewrite(
    path: Path, to: Path, gradebook: tuple[Gradebook, Path] | None, stays: Callable[[str], bool],
    change: Callable[[str, bytes], bytes], tell: Tell = lambda _: None,
) -> Manifest:  # fmt: skip
    """Write a backup anew with another gradebook, without files whose path does not stay, those at the top changed.

    Raises NotWhole, Stopped or OSError.
    """
    with _opened(path) as (archive, members, manifest):

        def source(one: File) -> Source:
            def opened() -> IO[bytes]:
                if "/" in one.path:
                    return archive.open(members[one.member])
                return BytesIO(change(one.path, archive.read(members[one.member])))

            return Source(one.path, one.size, one.mode, one.mtime, opened)

        left = [one for one in manifest.files if stays(one.path)]
        folders = [name for name in map(unspelled, manifest.folders) if stays(name)]
        return write(to, gradebook, map(source, left), folders, manifest, tell, sum(one.size for one in left))


def text_of(path: Path, name: str) -> bytes:
    """The bytes of one of a backup's files, by its path in the course's folder. Raises NotWhole or OSError."""
    with _opened(path) as (archive, members, manifest):
        return archive.read(members[next(one.member for one in manifest.files if one.path == name)])


def extract_gradebook(path: Path, to: Path) -> None:
    """Write the gradebook in a backup to a file. Raises NotWhole, Stopped or OSError."""
    with _opened(path) as (archive, members, manifest):
        if manifest.gradebook:
            _gradebook(archive, members, path, manifest.gradebook, to)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo], Manifest]]:
    """A backup's zip, its members and its manifest; whatever is wrong with any of them is NotWhole."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = members_of(archive, MOST_MEMBERS, 1 << 62, STEEPEST)
            head = members.get(MANIFEST)
            if head is None:
                raise NotHonest("it has no manifest, so it was not made by `paroleclinic backup`")
            if head.file_size > LARGEST_MANIFEST:
                raise NotHonest("its manifest is too large")
            yield archive, members, manifest_in(archive.read(head), members)
    except FAULTS as error:
        raise _not_whole(path, error) from None


def _not_whole(path: Path, error: Exception) -> NotWhole:
    return NotWhole(f"{path.name} cannot be used: {str(error).splitlines()[0] if str(error) else 'it is damaged'}")


def _member(path: str, number: int) -> str:
    """The member for a file: by its own path where every program that opens zips can have it."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return f"{ODD}/{number:08}"
    plain = all(PLAIN.fullmatch(part) and part not in (".", "..") for part in path.split("/"))
    return f"{FILES}/{path}" if plain and len(path.encode()) < 4000 else f"{ODD}/{number:08}"


def _pack(archive: zipfile.ZipFile, member: str, source: IO[bytes], mtime: float) -> tuple[int, str]:
    year = time.gmtime(mtime)[:6] if 315532800 <= mtime < 4354819200 else (1980, 1, 1, 0, 0, 0)
    head = zipfile.ZipInfo(member, year)
    head.compress_type, head.external_attr = zipfile.ZIP_DEFLATED, (stat.S_IFREG | 0o600) << 16
    size, seen = 0, sha256()
    with archive.open(head, "w", force_zip64=True) as target:
        while block := source.read(BLOCK):
            target.write(block)
            seen.update(block)
            size += len(block)
    return size, seen.hexdigest()


def _blocks(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], path: Path, member: str, size: int, digest: str
) -> Iterator[bytes]:
    """The bytes of a member, which are known to be right when the last one has come."""
    found = members[member]
    if found.file_size != size or found.compress_type not in PACKED:
        raise NotWhole(f"{path.name} cannot be used: {member[:80]!r} is not what the manifest says")
    seen, left = sha256(), size
    with archive.open(found) as file:
        while block := file.read(BLOCK):
            left -= len(block)
            if left < 0:
                break
            seen.update(block)
            yield block
    if left or seen.hexdigest() != digest:
        raise NotWhole(f"{path.name} cannot be used: {member[:80]!r} is not what the manifest says")


def _gradebook(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], path: Path, said: Gradebook, to: Path
) -> None:
    with private(to) as file:
        for block in _blocks(archive, members, path, GRADEBOOK, said.size, said.sha256):
            file.write(block)
    try:
        database.look_through(to)
        rows, stamp = database.counts(to), database.stamp_of(to)
    except (database.Damaged, sqlite3.Error) as error:
        raise NotWhole(f"{path.name} cannot be used: in it, {error}") from None
    if (rows, stamp) != (said.rows, said.stamp):
        raise NotWhole(f"{path.name} cannot be used: its gradebook does not have the rows that the manifest says")
