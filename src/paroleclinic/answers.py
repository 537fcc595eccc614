"""Answers on disk: one JSON line each, appended and never rewritten. The last line for a question counts.

A line is `{"v": 1, "at": "2026-11-24T10:15:30.123Z", "case": …, "question": …, "answer": …}` or, for something that
happened, `{…, "event": "opened"}` and `{…, "event": "shown"}` (the learner looked at the key).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

FILE_NAME = "answers.jsonl"
LONGEST_LINE = 200_000  # bytes
LARGEST_FILE = 20_000_000  # bytes
LOCK_AT = 0x7FFF_FFFE  # a byte far past any answer: locking it keeps writers apart and hides nothing from readers


class NotSaved(OSError):
    """The answer is not on disk; the message says why, in words for the learner."""


class NotReadable(ValueError):
    """The file cannot be used at all; the message says why and what to do."""


@dataclass(frozen=True)
class Answered:
    """The answers of one file. `cases` maps case -> question -> answer; `problems` names lines passed over."""

    cases: dict[str, dict[str, object]] = field(default_factory=dict)
    tries: dict[tuple[str, str], int] = field(default_factory=dict)
    events: dict[str, set[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def of(self, case: str) -> dict[str, object]:
        """Question id -> answer, for one case."""
        return self.cases.get(case, {})

    def happened(self, case: str, event: str) -> bool:
        """Whether `event` stands in the file for that case."""
        return event in self.events.get(case, ())


def record(path: Path, at: datetime, case: str, question: str, answer: object) -> None:
    """Append one answer and return when its bytes are on disk. Raises NotSaved; earlier lines stay as they are."""
    _append(path, {"v": 1, "at": stamp(at), "case": case, "question": question, "answer": answer})


def record_event(path: Path, at: datetime, case: str, event: str) -> None:
    """Append that `event` ("opened" or "shown") happened. Raises NotSaved."""
    _append(path, {"v": 1, "at": stamp(at), "case": case, "event": event})


def stamp(at: datetime) -> str:
    """A moment as UTC text to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_answers(path: Path) -> Answered:
    """All answers in the file. Torn, foreign and unreadable lines are passed over and named.

    Raises NotReadable when there is no such file, or nothing in it can be an answer.
    """
    found = Answered()
    try:
        if path.is_symlink() or not path.is_file():
            raise NotReadable(
                f"there is no {FILE_NAME} in the hand-in; ask the learner for the file beside the notebook"
            )
        size = path.stat().st_size
        if size == 0:
            raise NotReadable(f"{FILE_NAME} is empty; ask the learner to hand in again")
        if size > LARGEST_FILE:
            raise NotReadable(
                f"{FILE_NAME} has {size / 1e6:,.0f} MB, more than the {LARGEST_FILE / 1e6:,.0f} MB a whole course can fill"
            )
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    found.problems.append(f"line {number} is longer than {LONGEST_LINE:,} bytes")
                    while line and not line.endswith(b"\n"):
                        line = file.readline(LONGEST_LINE)
                elif line.strip():
                    _take(found, number, line)
    except OSError as error:
        raise NotReadable(f"{FILE_NAME} cannot be read: {error.strerror}") from None
    if not found.cases and not found.events:
        first = found.problems[0] if found.problems else "it holds blank lines only"
        raise NotReadable(f"nothing in {FILE_NAME} is an answer ({first})")
    return found


def _take(found: Answered, number: int, line: bytes) -> None:
    try:
        entry = json.loads(line.decode("utf-8"))
        json.dumps(entry, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        found.problems.append(f"line {number} is not UTF-8 text")
        return
    except (ValueError, RecursionError):
        found.problems.append(f"line {number} is cut off or not JSON")
        return
    if not isinstance(entry, dict) or not isinstance(entry.get("case"), str):
        found.problems.append(f"line {number} is not an answer")
        return
    case = entry["case"]
    if isinstance(entry.get("event"), str):
        found.events.setdefault(case, set()).add(entry["event"])
    elif isinstance(entry.get("question"), str) and "answer" in entry:
        found.cases.setdefault(case, {})[entry["question"]] = entry["answer"]
        key = (case, entry["question"])
        found.tries[key] = found.tries.get(key, 0) + 1
    else:
        found.problems.append(f"line {number} is not an answer")


def _append(path: Path, entry: dict[str, object]) -> None:
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
