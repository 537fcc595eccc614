"""JSON lines on disk: each entry is one line, appended and never rewritten.

A crash, a second tab or a full disk never costs an earlier line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

LONGEST_LINE = 200_000  # bytes
MOST_PROBLEMS = 200  # lines passed over that are named
LOCK_AT = 0x7FFF_FFFE  # a byte far past any line: locking it keeps writers apart and hides nothing from readers


class NotSaved(OSError):
    """The entry is not on disk; the message says why, in words for the learner."""


def stamp(at: datetime) -> str:
    """A moment as UTC text to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entries(file: BinaryIO, before: int = 0) -> Iterator[tuple[int, dict[str, object] | str]]:
    """Each line with its number: its entry, or what is wrong with it. Blank lines are passed over.

    `before` is the number of lines that were read already.
    """
    number = before
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            yield number, f"line {number} is longer than {LONGEST_LINE:,} bytes"
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)
        elif line.strip():
            yield number, _entry(number, line)


def name(problems: list[str], says: str) -> None:
    """Add to the problems of a file, as long as they are few enough to read."""
    if len(problems) < MOST_PROBLEMS:
        problems.append(says)
    elif len(problems) == MOST_PROBLEMS:
        problems.append("more lines were passed over")


def _entry(number: int, line: bytes) -> dict[str, object] | str:
    try:
        entry = json.loads(line.decode("utf-8"))
        if b"\\u" in line or not line.isascii():
            json.dumps(entry, ensure_ascii=False).encode("utf-8")  # half a character cannot be written again
    except UnicodeError:
        return f"line {number} is not UTF-8 text"
    except (ValueError, RecursionError):
        return f"line {number} is cut off or not JSON"
    return entry if isinstance(entry, dict) else f"line {number} is not an answer"


def append(path: Path, entry: Mapping[str, object]) -> None:
    """Append one entry and return when its bytes are on disk. Raises NotSaved; earlier lines stay as they are."""
    line = json.dumps(entry, ensure_ascii=True).encode("ascii") + b"\n"
    if len(line) > LONGEST_LINE:
        raise NotSaved("the text is too long")
    try:
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        try:
            with _alone(handle):
                end = os.lseek(handle, 0, os.SEEK_END)
                if end and _byte(handle, end - 1) != b"\n":
                    line = b"\n" + line  # a crash tore the last line: keep it apart from this one
                _write(handle, line, end)
                os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise NotSaved(error.strerror or type(error).__name__) from error


def _byte(handle: int, at: int) -> bytes:
    os.lseek(handle, at, os.SEEK_SET)
    return os.read(handle, 1)


def _write(handle: int, line: bytes, end: int) -> None:
    try:
        written = 0
        while written < len(line):
            written += os.write(handle, line[written:])
    except OSError:
        os.ftruncate(handle, end)  # a full disk: take back the half line, so that "not saved" is the truth
        raise


@contextmanager
def _alone(handle: int) -> Iterator[None]:
    """Hold the file against other writers, such as a second tab."""
    if os.name == "nt":
        import msvcrt

        os.lseek(handle, LOCK_AT, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
        try:
            yield
        finally:
            os.lseek(handle, LOCK_AT, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
