"""What was asked and how the room voted, saved for the report: counts only, nobody's name."""

from __future__ import annotations

import csv
import io
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from paroleclinic.lines import stamp
from paroleclinic.poll.ballot import Ballot, reasons
from paroleclinic.poll.tally import Tally
from paroleclinic.questions import Question

FOLDER = "reports"
HEAD = (
    "lesson",
    "question",
    "item",
    "vote",
    "at",
    "letter",
    "answer",
    "right",
    "harmful",
    "cards",
    "screens",
    "people",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Voted(Protocol):
    """One vote: when it was opened, raised cards, own screens."""

    @property
    def at(self) -> datetime: ...
    @property
    def cards(self) -> Tally: ...
    @property
    def screens(self) -> Tally: ...


class Put(Protocol):
    """A question that was put to the room, with its votes."""

    @property
    def lesson(self) -> str: ...
    @property
    def question(self) -> Question: ...
    @property
    def item(self) -> str: ...
    @property
    def ballot(self) -> Ballot: ...
    @property
    def votes(self) -> Sequence[Voted]: ...


def rows(session: Sequence[Put]) -> list[dict[str, Any]]:
    """One row an answer and vote, under the names of HEAD."""
    return [
        {
            "lesson": one.lesson,
            "question": one.question.id,
            "item": one.item,
            "vote": number,
            "at": stamp(vote.at),
            "letter": reason.letter,
            "answer": reason.text,
            "right": reason.right,
            "harmful": reason.harm,
            "cards": vote.cards.counts.get(reason.letter, 0),
            "screens": vote.screens.counts.get(reason.letter, 0),
            "people": vote.cards.people + vote.screens.people,
        }
        for one in session
        for number, vote in enumerate(one.votes, 1)
        for reason in reasons(one.question, one.item)
    ]


def free(root: Path, at: datetime) -> Path:
    """Where a session is saved: `reports/poll-DAY.json`, with a number where that name is taken."""
    day = at.astimezone().date()
    names = [f"poll-{day}", *(f"poll-{day}-{number}" for number in range(2, 1000))]
    return next(path for name in names if not (path := root / FOLDER / f"{name}.json").exists())


def save(path: Path, title: str, session: Sequence[Put], at: datetime) -> None:
    """Write the session as JSON, and the same as CSV beside it. Raises OSError."""
    found = rows(session)
    path.parent.mkdir(exist_ok=True)
    _write(path, json.dumps({"v": 1, "course": title, "saved": stamp(at), "rows": found}, ensure_ascii=False, indent=1))
    _write(path.with_suffix(".csv"), _csv(found))


def _csv(found: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    writer.writerows([_cell(row[name]) for name in HEAD] for row in found)
    return text.getvalue()


def _cell(value: object) -> object:
    """No text is a formula to a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _write(path: Path, text: str) -> None:
    beside = path.with_name(f".{secrets.token_hex(4)}.tmp")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
