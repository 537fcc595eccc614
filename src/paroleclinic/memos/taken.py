"""A second marker's file read back: every mark in it, or everything that is wrong with it, by row and column. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import NamedTuple

from paroleclinic.memos.form import COLUMNS
from paroleclinic.questions import Memo

LARGEST = 5_000_000  # bytes
LONGEST_NOTE = 2000  # characters
KINDS = ("second", "again")


class Taken(NamedTuple):
    """The points one marker gave one memo, by criterion."""

    unit: str
    kind: str
    marker: str
    case: str
    code: str
    points: Mapping[str, float]
    note: str


class NotAForm(ValueError):
    """A file that is no form of ours at all; the message says why."""


class Read(NamedTuple):
    """What a file holds: marks, memos left open, and problems, each with row and column. With problems nothing counts."""

    marks: tuple[Taken, ...]
    open: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]


def units_named(data: bytes) -> set[str]:
    """What stands in the column of units, so that only their cases need be read. Raises NotAForm."""
    rows = _rows(data)
    head = [name.strip().lower() for name in rows[0]] if rows else []
    at = head.index("unit") if "unit" in head else len(head)
    return {_plain(row[at]) for row in rows[1:] if at < len(row)}


def read(data: bytes, memos: Mapping[str, Mapping[str, Memo]], known: Mapping[tuple[str, str], frozenset[str]]) -> Read:
    """The marks in the bytes of a CSV file. `memos` is unit -> case -> memo; `known` is (unit, case) -> pseudonyms.

    Raises NotAForm.
    """
    rows = _rows(data)
    if not rows:
        raise NotAForm("it is empty")
    head = [name.strip().lower() for name in rows[0]]
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        raise NotAForm(f"its first row lacks the {'columns' if len(missing) > 1 else 'column'} {', '.join(missing)}")
    at = {name: head.index(name) for name in COLUMNS}
    problems: list[str] = []
    given: dict[tuple[str, str, str, str, str], dict[str, tuple[int, float | None]]] = {}
    notes: dict[tuple[str, str, str, str, str], str] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: _plain(row[place]) if place < len(row) else "" for name, place in at.items()}
        wrong, points = _line(cells, memos, known)
        problems += [f"row {number}, column {column}: {says}" for column, says in wrong]
        if wrong:
            continue
        key = (cells["unit"], cells["kind"], cells["marker"], cells["case"], cells["memo"])
        mine = given.setdefault(key, {})
        if cells["criterion"] in mine:
            before = mine[cells["criterion"]][0]
            problems.append(f"row {number}, column criterion: the same memo and criterion stand in row {before}")
            continue
        mine[cells["criterion"]] = (number, points)
        if cells["note"]:
            notes[key] = f"{notes.get(key, '')} {cells['note']}".strip()[:LONGEST_NOTE]
    markers = {key[2] for key in given}
    if len(markers) > 1:
        problems.append(f"column marker: it names {len(markers)} markers; a file is one marker's")
    return _together(given, notes, memos, problems)


def _together(
    given: Mapping[tuple[str, str, str, str, str], Mapping[str, tuple[int, float | None]]],
    notes: Mapping[tuple[str, str, str, str, str], str],
    memos: Mapping[str, Mapping[str, Memo]],
    problems: list[str],
) -> Read:
    marks, left = [], []
    for key, found in given.items():
        unit, kind, marker, case, code = key
        rubric = [criterion.id for criterion in memos[unit][case].rubric]
        empty = [number for number, points in found.values() if points is None]
        if len(empty) == len(found):
            left.append((case, code))
            continue
        problems += [f"row {number}, column points: empty, while other lines of {code} have points" for number in empty]
        absent = [criterion for criterion in rubric if criterion not in found]
        if absent:
            first = min(number for number, _ in found.values())
            problems.append(f"row {first}, column memo: {code} has no line for {', '.join(absent)}")
        points = {criterion: found[criterion][1] or 0.0 for criterion in rubric if criterion in found}
        marks.append(Taken(unit, kind, marker, case, code, points, notes.get(key, "")))
    return Read(() if problems else tuple(marks), tuple(left), tuple(sorted(problems, key=_row)))


def _row(problem: str) -> int:
    digits = problem.removeprefix("row ").partition(",")[0]
    return int(digits) if digits.isdigit() else 0


def _line(
    cells: Mapping[str, str], memos: Mapping[str, Mapping[str, Memo]], known: Mapping[tuple[str, str], frozenset[str]]
) -> tuple[list[tuple[str, str]], float | None]:
    """What is wrong with one line, by column, and its points, None for an empty cell."""
    unit, case = cells["unit"], cells["case"]
    wrong = []
    if cells["kind"] not in KINDS:
        wrong.append(("kind", f"{_said(cells['kind'])} is neither second nor again"))
    if not cells["marker"] or len(cells["marker"]) > 128:
        wrong.append(("marker", "it takes a name of at most 128 characters"))
    if unit not in memos:
        return [*wrong, ("unit", f"{_said(unit)} is not a unit of this course")], None
    if case not in memos[unit]:
        return [*wrong, ("case", f"{_said(case)} is not a case of {unit} with a memo")], None
    if cells["memo"] not in known.get((unit, case), frozenset()):
        wrong.append(("memo", f"nobody's memo of {case} is {_said(cells['memo'])}"))
    criterion = next((one for one in memos[unit][case].rubric if one.id == cells["criterion"]), None)
    if criterion is None:
        return [*wrong, ("criterion", f"the rubric of {case} has no {_said(cells['criterion'])}")], None
    text = cells["points"].replace(",", ".")
    if not text:
        return wrong, None
    try:
        points = float(text)
    except ValueError:
        points = -1.0
    if not 0 <= points <= criterion.points or points * 2 % 1:
        wrong.append(("points", f"{_said(cells['points'])} is not a number from 0 to {criterion.points} in halves"))
    return wrong, points


def _said(text: str) -> str:
    return ascii(text[:40])


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") else cell


def _rows(data: bytes) -> list[list[str]]:
    if len(data) > LARGEST:
        raise NotAForm(f"it has more than {LARGEST // 1_000_000} MB")
    if data.startswith(b"PK"):
        raise NotAForm("it is a workbook or a zip; save it as CSV, UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # Excel on Windows, unless told otherwise
    first = text.partition("\n")[0]
    between = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=between))
    except csv.Error as error:
        raise NotAForm(f"it is no table ({error})") from None
