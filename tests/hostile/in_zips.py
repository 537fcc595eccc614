"""Attacks and accidents in what is given to `paroleclinic collect`: files of every kind that are not an honest hand-in."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from entries import UNIT, script
from in_notebooks import PICKLE

from paroleclinic.answers import FILE_NAME

ANSWERS = f"{UNIT}/{FILE_NAME}"
LEADS_OUT = "leads out of it"
SPECIAL = "a link or a device"
MANIFEST = "its manifest cannot be read"
HALF = "it is no whole zip"


@dataclass(frozen=True)
class Zip:
    """What a file is, how it is made of the honest answers, and the words it is refused with."""

    what: str
    make: Callable[[bytes], bytes]
    why: str


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in members:
            archive.writestr(name, data, how)
    return out.getvalue()


def with_manifest(good: bytes, **change: object) -> bytes:
    """A hand-in as the button makes it, but for a change in its manifest."""
    about = {
        "v": 1, "unit": UNIT, "name": "Eve", "at": "2026-11-24T10:00:00.000Z", "course": "0", "law": "2026-11-23",
        "files": {ANSWERS: hashlib.sha256(good).hexdigest()}, **change,
    }  # fmt: skip
    return packed(("manifest.json", json.dumps(about).encode()), (ANSWERS, good))


def special(kind: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(ANSWERS)
    info.external_attr = (kind | 0o777) << 16
    return info


def locked(good: bytes) -> bytes:
    data = bytearray(packed((ANSWERS, good)))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + place] |= 1
    return bytes(data)


def overlapping(good: bytes) -> bytes:
    """Every entry of the table points at one member."""
    data = packed((ANSWERS, good), how=zipfile.ZIP_STORED)
    at = data.index(b"PK\x01\x02")
    row, end = data[at:-22], data[-22:]
    table = b"".join(row.replace(ANSWERS.encode(), ANSWERS.replace("b", chr(97 + n), 1).encode()) for n in range(20))
    return data[:at] + table + end[:8] + struct.pack("<HHI", 20, 20, len(table)) + end[16:]


def lying(good: bytes) -> bytes:
    """The table says that the member is small; it unpacks to 60 MB."""
    data = bytearray(packed((ANSWERS, b"0" * 60_000_000)))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 1000)
    return bytes(data)


def nested(good: bytes, deep: int) -> bytes:
    data = packed((FILE_NAME, good))
    for _ in range(deep):
        data = packed(("inner.zip", data))
    return data


def bit_flipped(good: bytes) -> bytes:
    data = bytearray(packed((ANSWERS, good)))
    data[60] ^= 0xFF
    return bytes(data)


ZIPS: dict[str, Zip] = {
    "out-by-dots": Zip("a path that goes up", lambda good: packed((f"../../../{FILE_NAME}", good)), LEADS_OUT),
    "out-by-root": Zip("a path from the root", lambda good: packed((f"/etc/{FILE_NAME}", good)), LEADS_OUT),
    "out-by-drive": Zip("a path with a drive", lambda good: packed((f"C:\\{FILE_NAME}", good)), LEADS_OUT),
    "out-by-backslash": Zip("dots behind backslashes", lambda good: packed((f"a\\..\\..\\{FILE_NAME}", good)), LEADS_OUT),
    "link": Zip("a link", lambda good: packed((special(stat.S_IFLNK), b"/etc/passwd")), SPECIAL),
    "device": Zip("a device", lambda good: packed((special(stat.S_IFBLK), good)), SPECIAL),
    "pipe": Zip("a pipe", lambda good: packed((special(stat.S_IFIFO), good)), SPECIAL),
    "socket": Zip("a socket", lambda good: packed((special(stat.S_IFSOCK), good)), SPECIAL),
    "bomb": Zip("60 MB of zeros", lambda good: packed((ANSWERS, b"0" * 60_000_000)), "far more than it holds"),
    "lying": Zip("60 MB that say they are 1 KB", lying, "damaged"),
    "overlapping": Zip("twenty members in one place", overlapping, "lie over one another"),
    "crowd": Zip("20,001 members", lambda good: packed(*((f"{n}.txt", b"") for n in range(20_001))), "more than 20,000 files"),
    "twice": Zip("two members whose names are one", lambda good: packed((ANSWERS, good), (ANSWERS.replace("/", "\\"), good)), "two files of one name"),
    "locked": Zip("a password", locked, "locked with a password"),
    "packed-strangely": Zip("LZMA, which unpacks without a limit", lambda good: packed((ANSWERS, good), how=zipfile.ZIP_LZMA), "packed in a way"),
    "nested": Zip("zips five deep", lambda good: nested(good, 5), "is not opened"),
    "cut": Zip("half a zip", lambda good: packed((ANSWERS, good))[:-30], HALF),
    "bit-flipped": Zip("a byte that changed on the way", bit_flipped, "damaged"),
    "no-zip": Zip("a pickle called a zip", lambda good: PICKLE, HALF),
    "empty": Zip("no bytes", lambda good: b"", HALF),
    "page": Zip("a page", lambda good: script().encode(), HALF),
    "manifest-deep": Zip("a manifest of brackets", lambda good: packed(("manifest.json", b"[" * 90_000)), MANIFEST),
    "manifest-list": Zip("a manifest that is a list", lambda good: packed(("manifest.json", b"[1]")), MANIFEST),
    "manifest-no-text": Zip("a manifest that is no text", lambda good: packed(("manifest.json", b"\xff\xfe")), MANIFEST),
    "manifest-time": Zip("a time that is none", lambda good: with_manifest(good, at="yesterday"), MANIFEST),
    "manifest-name": Zip("a name that is a list", lambda good: with_manifest(good, name=["Eve"]), MANIFEST),
    "manifest-sum": Zip("a checksum that is another", lambda good: with_manifest(good, files={ANSWERS: "0"}), "checksum differs"),
    "manifest-file": Zip("a file that is not there", lambda good: with_manifest(good, files={"../../etc/passwd": "0"}), "is not there"),
    "manifest-unit": Zip("a unit that is a path", lambda good: with_manifest(good, unit="../../x", files={}), FILE_NAME),
    "manifest-stranger": Zip("somebody whom nobody knows", lambda good: with_manifest(good, name="<script>alert(1)</script>"), "roster"),
    "manifest-formula": Zip("a name that is a formula", lambda good: with_manifest(good, name="=cmd|' /C calc'!A0"), "roster"),
    "manifest-markup": Zip("a name that is markup of the terminal", lambda good: with_manifest(good, name="[bold]x[/nothing]\x1b[2J\n"), "roster"),
}  # fmt: skip


def written(folder: Path, name: str, good: bytes) -> Path:
    """The file of an entry in a folder."""
    path = folder / f"{name}.zip"
    path.write_bytes(ZIPS[name].make(good))
    return path


def no_files(folder: Path) -> list[Path]:
    """Places that are no files, or lead to other ones."""
    os.mkfifo(folder / "a-pipe")
    (folder / "a-link").symlink_to("/etc/passwd")
    return [folder / "a-pipe", folder / "a-link", folder / "not-there"]
