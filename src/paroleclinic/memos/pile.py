"""The memos of a unit as the gradebook and the graded notebooks have them, and what was marked twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from paroleclinic.cohort.places import AUTOGRADED
from paroleclinic.course import Course
from paroleclinic.criteria import from_comment
from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.formgrade import memo_in
from paroleclinic.gradebook.memos import Kind, MemoRow, SecondMark, memo_rows, second_marks
from paroleclinic.memos.agreement import Pair
from paroleclinic.memos.form import Sample
from paroleclinic.memos.sample import Marked, Sheet, drawn, unsigned
from paroleclinic.memos.taken import Taken
from paroleclinic.pseudonyms import Pseudonyms
from paroleclinic.questions import Memo

LARGEST = 50_000_000  # bytes of a graded notebook


class Count(NamedTuple):
    """How the memos of a case stand, and who marked how many; `next` is nbgrader's id of the first that waits."""

    case: str
    waits: int
    marked: int
    blank: int
    next: str
    markers: Counter[str]


def counts(book: Book, unit: str) -> list[Count]:
    """How the memos of a unit stand, case by case. Raises Busy."""
    cases: dict[str, list[MemoRow]] = {}
    for row in memo_rows(book, unit):
        cases.setdefault(row.case, []).append(row)
    return [_count(case, rows) for case, rows in cases.items()]


def _count(case: str, rows: Sequence[MemoRow]) -> Count:
    waiting = sorted(row.notebook for row in rows if row.waits)
    blank = sum(row.blank and not row.waits for row in rows)
    done = [row for row in rows if not (row.waits or row.blank)]
    return Count(case, len(waiting), len(done), blank, waiting[0] if waiting else "", markers(done))


def markers(rows: Iterable[MemoRow]) -> Counter[str]:
    """The accounts that set the marks, each with how many; empty stands for those of which it was not noted."""
    return Counter(row.marker for row in rows)


def marked(book: Book, unit: str) -> list[MemoRow]:
    """The memos of a unit that have a mark, and were not handed in anew since. Raises Busy."""
    return [row for row in memo_rows(book, unit) if row.first is not None and not row.waits]


def early(rows: Sequence[MemoRow]) -> list[MemoRow]:
    """The half that was marked first, of those whose time is known."""
    timed = sorted((row for row in rows if row.at), key=lambda row: (str(row.at), row.notebook))
    return timed[: (len(timed) + 1) // 2]


def memos_of(course: Course, unit: str) -> dict[str, Memo]:
    """Case -> its memo question, for the cases of a unit that have one. Raises Problems."""
    found = {case: course.scenario(case).memo for case in course.unit(unit).cases}
    return {case: memo for case, memo in found.items() if memo}


def sample(
    course: Course, rows: Sequence[MemoRow], unit: str, kind: Kind, marker: str, percent: float, seed: int
) -> tuple[Sample, list[str]]:
    """A sample of marked memos for a marker, and the pseudonyms of those whose text is not there. Raises OSError, Problems."""
    codes = Pseudonyms(course.root)
    memos = memos_of(course, unit)
    whose = {(row.case, codes.of(row.learner)): row for row in rows if row.case in memos}
    pile = [Marked(case, code, (row.first or 0.0) / row.most) for (case, code), row in whose.items()]
    sheets, absent = [], []
    for one in drawn(pile, percent, seed):
        row = whose[one.case, one.code]
        text = memo_text(course.root, row.learner, unit, one.case)
        if text is None:
            absent.append(one.code)
            continue
        text = unsigned(text, row.learner, row.name)
        sheets.append(Sheet(one.case, course.scenario(one.case).title, one.code, text, memos[one.case]))
    return Sample(unit, kind, marker, tuple(sheets)), absent


def memo_text(root: Path, learner: str, unit: str, case: str) -> str | None:
    """The memo as it was graded; None where there is none to read."""
    path = root / AUTOGRADED / learner / unit / f"{case}.ipynb"
    try:
        if path.stat().st_size > LARGEST:
            return None
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            about = cell["metadata"].get("nbgrader", {})
            if about.get("grade") and about.get("solution"):
                return memo_in("".join(cell["source"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return None


def known_codes(course: Course, book: Book, units: Iterable[str]) -> dict[tuple[str, str], dict[str, str]]:
    """(unit, case) -> pseudonym -> learner, for every memo of the units that was handed in. Raises Busy or OSError."""
    codes = Pseudonyms(course.root)
    found: dict[tuple[str, str], dict[str, str]] = {}
    for unit in units:
        for row in memo_rows(book, unit):
            found.setdefault((unit, row.case), {})[codes.of(row.learner)] = row.learner
    return found


def second(one: Taken, learner: str) -> SecondMark:
    """A mark of a file, with whose memo it is."""
    return SecondMark("again" if one.kind == "again" else "second", one.marker, one.unit, one.case, learner,
                      dict(one.points), one.note)  # fmt: skip


def pairs(course: Course, book: Book, unit: str, kind: Kind) -> Iterator[tuple[str, list[Pair]]]:
    """For each second marker of a unit, the memos marked twice. Raises Busy, OSError or Problems."""
    codes = Pseudonyms(course.root)
    memos = memos_of(course, unit)
    first = {(row.case, row.learner): row for row in marked(book, unit)}
    found: dict[str, list[Pair]] = {}
    for one in second_marks(book, unit, kind):
        row, memo = first.get((one.case, one.learner)), memos.get(one.case)
        rubric = {criterion.id for criterion in memo.rubric} if memo else set()
        if row is None or memo is None or set(one.points) != rubric:
            continue
        noted = from_comment(row.comment, memo.rubric)
        by = {criterion.id: points for criterion, points in zip(memo.rubric, noted, strict=True)} if noted else None
        if by and abs(sum(by.values()) - (row.first or 0.0)) > 1e-9:
            by = None  # the sum was changed by hand since
        pair = Pair(one.case, codes.of(one.learner), (row.first or 0.0, one.total), row.most, by, one.points, one.note)
        found.setdefault(one.marker, []).append(pair)
    yield from sorted(found.items())
