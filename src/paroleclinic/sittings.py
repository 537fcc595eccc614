"""Sittings of the pre-test and the post-test, and nothing else of a learner's progress: what is handed in, and read with suspicion.

A line is `{"v": 1, "at": …, "did": "tested", "form": …, "marks": {question: verdict}, "certainty": {question: low, medium or high}}`,
as it stands in progress.jsonl. What was answered is not in it, only whether it was right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO

from paroleclinic.lines import LONGEST_LINE, entries, name

UNIT = "test-results"  # stands where a hand-in names its unit, so no unit may be called so
FILE_NAME = "tests.jsonl"
FORMS = ("pre-test", "post-test")
VERDICTS = frozenset(("right", "partly", "wrong", "blank", "unreadable"))
CERTAINTIES = frozenset(("low", "medium", "high"))
LARGEST_FILE = 2_000_000  # bytes
MOST_SITTINGS = 500
MOST_QUESTIONS = 200  # of one form
YEARS = range(2020, 2200)
QUESTION = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
Dated = tuple[datetime, bytes]


class NoSitting(ValueError):
    """An entry is no sitting of a test; the message says what is wrong with it."""


def of_diary(data: bytes) -> bytes:
    """The sittings in the bytes of a progress.jsonl, each cut down to what belongs to a test."""
    return _lines(_read(data, [], diary=True))


def checked(data: bytes) -> tuple[bytes, list[str]]:
    """The sittings in what somebody handed in, each once, the earliest first; and what is wrong with other lines."""
    problems: list[str] = []
    return _lines(_read(data, problems)), problems


def merged(versions: Iterable[bytes]) -> bytes:
    """The sittings of several hand-ins, each once, the earliest first."""
    return _lines(one for version in versions for one in _read(version, []))


def _read(data: bytes, problems: list[str], *, diary: bool = False) -> Iterable[Dated]:
    found: list[Dated] = []
    for number, entry in entries(BytesIO(data)):
        if len(found) == MOST_SITTINGS:
            problems.append(f"what follows line {number - 1} was not read")
            break
        if diary and (isinstance(entry, str) or entry.get("did") != "tested"):
            continue
        try:
            if isinstance(entry, str):
                name(problems, entry)
            else:
                found.append(_sitting(entry))
        except NoSitting as error:
            name(problems, f"line {number}: {error}")
    return found


def _sitting(entry: Mapping[str, object]) -> Dated:
    """When it was, and its line with nothing in it that does not belong there. Raises NoSitting."""
    if entry.get("did") != "tested":
        raise NoSitting("it is no result of a test")
    form, text = entry.get("form"), entry.get("at")
    if form not in FORMS:
        raise NoSitting("it is of no form of the test")
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
        if at is None or at.utcoffset() is None or at.year not in YEARS:
            raise ValueError
    except (ValueError, OverflowError):
        raise NoSitting("its time cannot be read") from None
    marks = _table(entry.get("marks"), VERDICTS, "its marks")
    if not marks:
        raise NoSitting("it has no marks")
    sure = _table(entry.get("certainty") or {}, CERTAINTIES, "its certainty")
    if not sure.keys() <= marks.keys():
        raise NoSitting("its certainty is of other questions than its marks")
    line = json.dumps({"v": 1, "at": text, "did": "tested", "form": form, "marks": marks, "certainty": sure}).encode()
    if len(line) > LONGEST_LINE:
        raise NoSitting("it is too long")
    return at, line


def _table(value: object, allowed: frozenset[str], what: str) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MOST_QUESTIONS:
        raise NoSitting(f"{what} cannot be read")
    if any(not QUESTION.fullmatch(key) or not isinstance(one, str) or one not in allowed for key, one in value.items()):
        raise NoSitting(f"{what} cannot be read")
    return value


def _lines(found: Iterable[Dated]) -> bytes:
    lines = dict.fromkeys(line for _, line in sorted(found))
    return b"".join(line + b"\n" for line in [*lines][:MOST_SITTINGS])
