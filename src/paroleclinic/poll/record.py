"""What was asked and how the room voted, saved for the report: counts only, nobody's name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from paroleclinic import whole
from paroleclinic.cells import harmless
from paroleclinic.lines import stamp
from paroleclinic.poll.asking import Asking
from paroleclinic.poll.ballot import reasons

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


def rows(session: Sequence[Asking]) -> list[dict[str, Any]]:
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


def save(path: Path, title: str, session: Sequence[Asking], at: datetime) -> None:
    """Write the session as JSON, and the same as CSV beside it. Raises OSError."""
    found = rows(session)
    whole.write(
        path, json.dumps({"v": 1, "course": title, "saved": stamp(at), "rows": found}, ensure_ascii=False, indent=1)
    )
    whole.write(path.with_suffix(".csv"), _csv(found))


def _csv(found: Sequence[Mapping[str, Any]]) -> str:
    """No text in it is a formula to a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    writer.writerows([harmless(cell) if isinstance(cell := row[name], str) else cell for name in HEAD] for row in found)
    return text.getvalue()
