"""Answers on disk: one JSON line each, appended and never rewritten. The last line for a question counts.

A line is `{"v": 1, "at": "2026-11-24T10:15:30.123Z", "case": …, "question": …, "answer": …}`, with `"certainty": "low"`,
`"medium"` or `"high"` where the learner said how sure they were; or, for something that happened, `{…, "event": "opened"}` and `{…, "event": "shown"}` (the learner looked at the key).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path

from paroleclinic.lines import append, entries, name, stamp

FILE_NAME = "answers.jsonl"
CERTAINTIES = ("low", "medium", "high")
LARGEST_FILE = 20_000_000  # bytes
MOST_LINES = 300_000  # more than as many answers as fit into that


class NotReadable(ValueError):
    """The file cannot be used at all; the message says why and what to do."""


class NotReadableNow(NotReadable):
    """The file is there and could not be read this time, through no fault of its own."""


@dataclass(frozen=True)
class Answered:
    """The answers of one file. `cases` maps case -> question -> answer; `problems` names lines passed over."""

    cases: dict[str, dict[str, object]] = field(default_factory=dict)
    tries: dict[tuple[str, str], int] = field(default_factory=dict)
    certainty: dict[tuple[str, str], str] = field(default_factory=dict)
    events: dict[str, set[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def of(self, case: str) -> dict[str, object]:
        """Question id -> answer, for one case."""
        return self.cases.get(case, {})

    def happened(self, case: str, event: str) -> bool:
        """Whether `event` stands in the file for that case."""
        return event in self.events.get(case, ())


def is_blank(answer: object) -> bool:
    """Whether nothing was answered: an empty text or choice, or one that was taken back."""
    return not answer.strip() if isinstance(answer, str) else answer in (None, [], {})


def record(path: Path, at: datetime, case: str, question: str, answer: object, certainty: str | None = None) -> None:
    """Append one answer and return when its bytes are on disk; `certainty` is one of CERTAINTIES. Raises NotSaved."""
    sure = {"certainty": certainty} if certainty in CERTAINTIES else {}
    append(path, {"v": 1, "at": stamp(at), "case": case, "question": question, "answer": answer, **sure})


def record_event(path: Path, at: datetime, case: str, event: str) -> None:
    """Append that `event` ("opened" or "shown") happened. Raises NotSaved."""
    append(path, {"v": 1, "at": stamp(at), "case": case, "event": event})


def read_answers(path: Path) -> Answered:
    """All answers in the file. Torn, foreign and unreadable lines are passed over and named.

    Raises NotReadable when there is no such file, or nothing in it can be an answer.
    """
    return answers_in(answer_bytes(path))


def answer_bytes(path: Path) -> bytes:
    """What the file holds, unread. Raises NotReadable when there is no such file, or it is empty or far too large."""
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
        return path.read_bytes()
    except OSError as error:
        raise NotReadableNow(f"{FILE_NAME} cannot be read: {error.strerror}") from None


def answers_in(data: bytes) -> Answered:
    """The answers in the bytes of a file. Raises NotReadable when nothing in them can be an answer."""
    found = Answered()
    for number, entry in entries(BytesIO(data)):
        if number > MOST_LINES:
            found.problems.append(f"what follows line {MOST_LINES:,} was not read")
            break
        if isinstance(entry, str):
            name(found.problems, entry)
        else:
            _take(found, number, entry)
    if not found.cases and not found.events:
        first = found.problems[0] if found.problems else "it holds blank lines only"
        raise NotReadable(f"nothing in {FILE_NAME} is an answer ({first})")
    return found


def _take(found: Answered, number: int, entry: dict[str, object]) -> None:
    case, question = entry.get("case"), entry.get("question")
    if isinstance(case, str) and isinstance(entry.get("event"), str):
        found.events.setdefault(case, set()).add(str(entry["event"]))
    elif isinstance(case, str) and isinstance(question, str) and "answer" in entry:
        found.cases.setdefault(case, {})[question] = entry["answer"]
        found.tries[case, question] = found.tries.get((case, question), 0) + 1
        found.certainty.pop((case, question), None)
        if entry.get("certainty") in CERTAINTIES:
            found.certainty[case, question] = str(entry["certainty"])
    else:
        name(found.problems, f"line {number} is not an answer")
