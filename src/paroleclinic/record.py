"""The record of study: what was learned, when and how well, as data with a checksum. Pure; the moment is given.

The checksum shows that a page was not changed since it was made. It is not a signature: it does not prove who studied.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from paroleclinic.content import Outline
from paroleclinic.lines import stamp
from paroleclinic.progress import Progress
from paroleclinic.standing import counted, counting, hours, steps

Record = dict[str, Any]
HOLDER = re.compile(r'<script type="application/json" id="record">(.*?)</script>', re.S)
BEST_FIRST = ("good", "mixed", "bad")
SUM = re.compile(r"[0-9a-f]{64}")


class NotARecord(ValueError):
    """The page holds no record of study."""


def record(
    outline: Outline,
    progress: Progress,
    questions: Mapping[str, Sequence[str]],
    titles: Mapping[str, str],
    at: datetime,
    version: str,
) -> Record:
    """The record as plain data. `titles` maps case and consultation ids to titles; `at` is aware."""
    lessons = [
        {"title": step.lesson.title, "right": step.right, "questions": step.questions, "done": step.done}
        for step in steps(outline, progress, questions)
        if step.begun
    ]
    cases = [
        {
            "title": titles.get(one.case, one.case),
            "earned": one.earned,
            "points": one.points,
            "day": one.day.isoformat(),
        }
        for one in progress.first_looks.values()
    ]
    tests = []
    for form, sittings in sorted(progress.tests.items(), reverse=True):  # the pre-test before the post-test
        sitting = counting(sittings)
        if sitting:
            share = counted(sitting)
            tests.append({"form": form, "right": share.right, "of": share.of, "day": sitting.day.isoformat()})
    consulted = [
        {"title": titles.get(name, name), "ending": min((way.ending for way in ways), key=BEST_FIRST.index)}
        for name, ways in progress.consulted.items()
    ]
    days = sorted(progress.days)
    return {
        "v": 1, "name": progress.name, "role": progress.role, "made": stamp(at), "day": f"{at.astimezone():%Y-%m-%d}", "course": outline.title,
        "version": version, "law": outline.as_of.isoformat(), "hours": round(hours(progress), 1),
        "first": days[0].isoformat() if days else "", "last": days[-1].isoformat() if days else "",
        "lessons": lessons, "tests": tests, "cases": cases,
        "interviews": [
            {"title": titles.get(one.case, one.case), "total": one.best} for one in progress.met.values()
        ],
        "consultations": consulted,
    }  # fmt: skip


def checksum(record: Record) -> str:
    """The SHA-256 of the record, written with sorted keys and no blanks."""
    return hashlib.sha256(_plain(record).encode()).hexdigest()


def held(record: Record) -> str:
    """The record as a page carries it, for `opened` to read back."""
    data = _plain(record).replace("<", "\\u003c")
    return f'<script type="application/json" id="record">{data}</script>'


def opened(page: str) -> tuple[Record, str]:
    """The record that a page carries, and the checksum printed on it. Raises NotARecord."""
    found = HOLDER.search(page)
    text = html.unescape(HOLDER.sub("", page))
    printed = SUM.search(text)
    try:
        record = json.loads(found.group(1)) if found else None
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or printed is None:
        raise NotARecord("This file is not a record of study of this course.")
    return record, printed.group()


def _plain(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
