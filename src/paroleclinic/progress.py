"""What a learner has done, in `progress.jsonl` beside course.yaml: one JSON line for each thing that happened.

A line is `{"v": 1, "at": "2026-11-24T10:15:30.123Z", "did": …, …}`. What may stand after `did`, with its other keys:

- `welcomed`: `name`, `role`, `language`; the last one counts
- `opened`: `page` (the id of a lesson or page, or `UNIT/CASE`)
- `read`: `page`, `section` (the slug of a heading that was scrolled through)
- `tried`: `page`, `question`, `verdict`, and `certainty`, `hints`, `harm` where there is one
- `tested`: `form`, `marks` (question -> verdict), `certainty` (question -> low, medium or high)
- `graded`: `unit`, `case`, `earned`, `points`, `harm` (the learner looked at the key of a case)
- `met`: `case`, `asked` (what was said, in order), `total` (of 100)
- `consulted`: `consultation`, `choices`, `scene`, `ending`
- `paused`: `what` (such as `interview:CASE`), `steps` (what was said or chosen so far, in order)
- `reviewed`: `card`, `day`, `rating` (1 to 4), `stability` (days), `difficulty` (1 to 10), `due` (a day)
- `worked`: `page`, `seconds` (active; idle time is left out)
- `skipped`: `what` (such as the pre-test)
- `handed-in`: `unit`, `file`, `code`
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from paroleclinic.lines import append, entries, name, stamp

FILE_NAME = "progress.jsonl"
CERTAINTIES = ("low", "medium", "high")
LONGEST_REASON = 150  # characters
LONGEST_STRETCH = 300  # seconds one `worked` line may count


class Try(NamedTuple):
    """One answer to a question: `first` says that none came before it."""

    question: str
    right: bool
    certainty: str
    hints: int
    harm: bool
    first: bool


class Memory(NamedTuple):
    """What the last review of a card left: stability in days, difficulty from 1 to 10, and the day it is due."""

    stability: float
    difficulty: float
    due: date
    reviewed: date
    times: int


class Graded(NamedTuple):
    """How a case went when its key was looked at."""

    unit: str
    case: str
    earned: float
    points: float
    harm: bool
    day: date


class Met(NamedTuple):
    """How an interview went the last time, and at best, of 100."""

    case: str
    total: int
    best: int
    day: date


class Consulted(NamedTuple):
    """How a consultation ended."""

    consultation: str
    scene: str
    ending: str


class Tested(NamedTuple):
    """One sitting of a form of the test: question -> verdict, question -> certainty."""

    form: str
    marks: Mapping[str, str]
    certainty: Mapping[str, str]
    day: date


@dataclass
class Progress:
    """All that was done, in order. `problems` names lines that were passed over.

    `pages` maps each page that was opened to the newest section read, the page opened last at the end. `cases` holds the
    last look at the key of each case, the newest at the end; `first_looks` the first, before the key was known.
    `handed_in` maps units to the files handed in and their codes. Days are those on the learner's wall.
    """

    name: str = ""
    role: str = ""
    language: str = "en"
    welcomed: bool = False
    pages: dict[str, str] = field(default_factory=dict)
    read: dict[str, set[str]] = field(default_factory=dict)
    tries: list[Try] = field(default_factory=list)
    last: dict[str, Try] = field(default_factory=dict)
    ever_right: set[str] = field(default_factory=set)
    tests: dict[str, list[Tested]] = field(default_factory=dict)
    cases: dict[str, Graded] = field(default_factory=dict)
    first_looks: dict[str, Graded] = field(default_factory=dict)
    met: dict[str, Met] = field(default_factory=dict)
    consulted: dict[str, list[Consulted]] = field(default_factory=dict)
    memory: dict[str, Memory] = field(default_factory=dict)
    begun: dict[str, date] = field(default_factory=dict)
    seconds: Counter[str] = field(default_factory=Counter)
    days: set[date] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    paused: dict[str, list[str]] = field(default_factory=dict)
    handed_in: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    lines: int = 0

    def take(self, entry: Mapping[str, object]) -> None:
        """Add one entry. Raises ValueError, KeyError or TypeError when it is none."""
        at = _text(entry, "at")
        day = datetime.fromisoformat(at).astimezone().date()
        did = _text(entry, "did")
        match did:
            case "welcomed":
                who, role, language = _text(entry, "name"), _text(entry, "role"), _text(entry, "language")
                self.name, self.role, self.language, self.welcomed = who, role, language, True
            case "opened":
                self._at(_text(entry, "page"))
            case "read":
                page, section = _text(entry, "page"), _text(entry, "section")
                self._at(page, section)
                self.read.setdefault(page, set()).add(section)
            case "tried":
                self._tried(entry)
            case "tested":
                marks, sure = _texts(entry, "marks"), _texts(entry, "certainty")
                form = _text(entry, "form")
                self.tests.setdefault(form, []).append(Tested(form, marks, sure, day))
            case "graded":
                self._graded(entry, day)
            case "met":
                self._met(entry, day)
            case "consulted":
                name = _text(entry, "consultation")
                one = Consulted(name, _text(entry, "scene"), _ending(entry))
                self.consulted.setdefault(name, []).append(one)
            case "reviewed":
                self._reviewed(entry)
            case "worked":
                seconds = min(max(_number(entry, "seconds"), 0), LONGEST_STRETCH)
                self._at(_text(entry, "page"))
                self.seconds[_text(entry, "page")] += round(seconds)
            case "paused":
                steps = entry["steps"]
                if not isinstance(steps, list) or not all(isinstance(one, str) for one in steps):
                    raise TypeError("steps is not a list of texts")
                self.paused[_text(entry, "what")] = steps
            case "skipped":
                self.skipped.add(_text(entry, "what"))
            case "handed-in":
                unit, file, code = _text(entry, "unit"), _text(entry, "file"), _text(entry, "code")
                self.handed_in.setdefault(unit, {})[file] = code
            case _:
                raise ValueError(f"did: {did!r}")
        self.days.add(day)
        self.lines += 1

    def _at(self, page: str, section: str = "") -> None:
        before = self.pages.pop(page, "")  # to the end again
        self.pages[page] = section or before

    def _met(self, entry: Mapping[str, object], day: date) -> None:
        case = _text(entry, "case")
        total, before = round(_number(entry, "total")), self.met.get(case)
        if not 0 <= total <= 100:
            raise ValueError(f"total {total}")
        self.met[case] = Met(case, total, max(total, before.best if before else 0), day)

    def _graded(self, entry: Mapping[str, object], day: date) -> None:
        case, earned, points = _text(entry, "case"), _number(entry, "earned"), _number(entry, "points")
        if not 0 <= earned <= points:
            raise ValueError(f"earned {earned}, points {points}")
        look = Graded(_text(entry, "unit"), case, earned, points, entry.get("harm") is True, day)
        self.first_looks.setdefault(case, look)
        self.cases.pop(case, None)  # to the end again
        self.cases[case] = look

    def _reviewed(self, entry: Mapping[str, object]) -> None:
        card, on = _text(entry, "card"), date.fromisoformat(_text(entry, "day"))
        due, before = date.fromisoformat(_text(entry, "due")), self.memory.get(card)
        stability, difficulty = _number(entry, "stability"), _number(entry, "difficulty")
        if stability <= 0 or not 1 <= difficulty <= 10:
            raise ValueError(f"stability {stability}, difficulty {difficulty}")
        self.memory[card] = Memory(stability, difficulty, due, on, before.times + 1 if before else 1)
        self.begun.setdefault(card, on)

    def _tried(self, entry: Mapping[str, object]) -> None:
        question, right = _text(entry, "question"), _text(entry, "verdict") == "right"
        hints = max(0, round(_number(entry, "hints"))) if "hints" in entry else 0
        sure = entry.get("certainty")
        certainty = sure if isinstance(sure, str) and sure in CERTAINTIES else ""
        one = Try(question, right, certainty, hints, entry.get("harm") is True, question not in self.last)
        self.tries.append(one)
        self.last[question] = one
        if right:
            self.ever_right.add(question)


class Diary:
    """The progress in one file. It reads only what was appended since it last looked, by this page or by another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._progress, self._read, self._lines, self._file = Progress(), 0, 0, 0

    def progress(self) -> Progress:
        """Everything done so far; a file that is not there is a learner who has not begun."""
        try:
            with self.path.open("rb") as file:
                file.seek(0, 2)
                size, inode = file.tell(), self.path.stat().st_ino
                if size < self._read or inode != self._file:
                    # deleted, or another file
                    self._progress, self._read, self._lines, self._file = Progress(), 0, 0, inode
                file.seek(self._read)
                whole = file.read(size - self._read).rpartition(b"\n")[0]  # a line in the making waits for its end
                if whole:
                    for number, entry in entries(BytesIO(whole), self._lines):
                        self._take(number, entry)
                    self._read += len(whole) + 1
                    self._lines += whole.count(b"\n") + 1
        except FileNotFoundError:
            self._progress, self._read, self._lines, self._file = Progress(), 0, 0, 0
        except OSError as error:
            name(self._progress.problems, f"{FILE_NAME} cannot be read: {error.strerror}")
        return self._progress

    def _take(self, number: int, entry: dict[str, object] | str) -> None:
        if isinstance(entry, str):
            name(self._progress.problems, entry)
            return
        try:
            self._progress.take(entry)
        except (ValueError, KeyError, TypeError, OverflowError, OSError) as error:  # OSError: Windows, days before 1970
            says = str(error)[:LONGEST_REASON]
            name(self._progress.problems, f"line {number} is not of this course ({says})")

    def note(self, did: str, **more: object) -> None:
        """Append one thing done now and return when it is on disk. Raises NotSaved."""
        append(self.path, {"v": 1, "at": stamp(datetime.now(UTC)), "did": did, **more})


def _text(entry: Mapping[str, object], key: str) -> str:
    value = entry[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} is not text")
    return value


def _number(entry: Mapping[str, object], key: str) -> float:
    value = entry[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e9:
        raise TypeError(f"{key} is not a number")
    return float(value)


def _ending(entry: Mapping[str, object]) -> str:
    ending = _text(entry, "ending")
    if ending not in ("good", "mixed", "bad"):
        raise ValueError(f"ending: {ending!r}")
    return ending


def _texts(entry: Mapping[str, object], key: str) -> Mapping[str, str]:
    value = entry.get(key) or {}
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise TypeError(f"{key} is not a table of texts")
    return value
