"""Everything readable inside bytes: texts in archives, in compressed data, in base64 and in hexadecimal, however deep."""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

DATABASE = b"SQLite format 3\x00"
BOMS = (b"\xff\xfe", b"\xfe\xff")
DEEPEST = 5
LARGEST = 64_000_000  # bytes that one member may unpack to
GZIP = b"\x1f\x8b\x08"
BASE64 = re.compile(r"""(?:[A-Za-z0-9+/_-]{32,}+(?:\\++[nr]|["',\s])*+)++[A-Za-z0-9+/_-]*={0,2}""")
BETWEEN = re.compile(r"""\\+[nr]|["',\s]""")
HEX = re.compile(r"(?:[0-9a-fA-F]{2}){32,}")
READABLE = re.compile(rb"[\x20-\x7e\xc2-\xf4\x80-\xbf\t\r\n]{24,}")


class Text(NamedTuple):
    """A text and where it stood, such as `kit.zip: lessons/a.ipynb: base64`."""

    place: str
    text: str


class Bad(NamedTuple):
    """Something that no learner may receive whatever it holds."""

    place: str
    says: str


def texts(place: str, data: bytes, depth: int = 0) -> Iterator[Text | Bad]:
    """Every text in the bytes; archives and compressed data are opened."""
    if depth > DEEPEST:
        yield Bad(place, "it is packed too deep to be looked into")
    elif data.startswith(DATABASE):
        yield Bad(place, "it is a database, such as a gradebook")
    elif data.startswith(b"PK\x03\x04"):
        yield from _members(place, data, depth)
    elif (unpacked := _unpacked(data)) is not None:
        if len(unpacked) > LARGEST:
            yield Bad(place, "it is too large to be looked into")
        yield from texts(f"{place}: unpacked", unpacked, depth + 1)
    elif data.startswith(GZIP):
        yield Bad(place, "it is a damaged archive")
    else:
        text = _decoded(data)
        yield Text(place, text)
        yield from _written_out(place, text, depth)


def _members(place: str, data: bytes, depth: int) -> Iterator[Text | Bad]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if archive.comment:
                yield Text(f"{place}: comment", archive.comment.decode("utf-8", "replace"))
            for member in archive.infolist():
                inside = f"{place}: {member.filename}"
                if member.comment or member.extra:
                    yield Text(inside, (member.comment + b" " + member.extra).decode("utf-8", "replace"))
                if member.flag_bits & 1 or member.file_size > LARGEST:
                    yield Bad(inside, "it is locked or too large to be looked into")
                elif not member.is_dir():
                    yield from texts(inside, archive.read(member), depth + 1)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error):
        yield Bad(place, "it is a damaged archive")


def _unpacked(data: bytes) -> bytes | None:
    try:
        if data.startswith(GZIP):
            with gzip.open(BytesIO(data)) as stream:
                return stream.read(LARGEST + 1)
        if data[:1] == b"\x78" and data[1:2] in (b"\x01", b"\x5e", b"\x9c", b"\xda"):
            return zlib.decompressobj().decompress(data, LARGEST + 1)
        if data.startswith(b"BZh"):
            return bz2.BZ2Decompressor().decompress(data, LARGEST + 1)
        if data.startswith((b"\xfd7zXZ", b"\x5d\x00\x00")):
            return lzma.LZMADecompressor().decompress(data, LARGEST + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError):
        return None
    return None


def _wide(data: bytes) -> bool:
    """Whether every second byte is mostly empty, as in UTF-16 of plain letters."""
    return data[1:400:2].count(0) > len(data[1:400:2]) * 0.6


def _decoded(data: bytes) -> str:
    if data.startswith(BOMS):
        return data.decode("utf-16", "replace")
    if _wide(data):
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(found.decode("utf-8", "replace") for found in READABLE.findall(data))


def _written_out(place: str, text: str, depth: int) -> Iterator[Text | Bad]:
    """What is written in base64 or hexadecimal inside a text."""
    for run in BASE64.finditer(text):
        pieces = {run[0], *re.split(r"""["',\s]+""", run[0])} if len(run[0]) < 4000 else {run[0]}
        for piece in pieces:
            letters = BETWEEN.sub("", piece).rstrip("=").translate(str.maketrans("-_", "+/"))
            if len(letters) < 40 or (letters.isalpha() and letters.islower()):
                continue
            try:
                data = base64.b64decode(letters + "=" * (-len(letters) % 4))
            except (binascii.Error, ValueError):
                continue
            if _worth_reading(data):
                yield from texts(f"{place}: base64", data, depth + 1)
    for found in HEX.finditer(text):
        data = bytes.fromhex(found[0])
        if _worth_reading(data):
            yield from texts(f"{place}: hexadecimal", data, depth + 1)


def _worth_reading(data: bytes) -> bool:
    """Whether bytes are packed or mostly text, and not a chance of letters such as a checksum."""
    if data.startswith((DATABASE, b"PK\x03\x04", *BOMS)) or _unpacked(data) is not None or _wide(data):
        return True
    return len(b"".join(READABLE.findall(data))) > len(data) / 4
