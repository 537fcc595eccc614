"""A report from the course's folder: reads everything once, and writes a folder of files whole or not at all."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from paroleclinic.cells import harmless
from paroleclinic.cohort.objectives import aims, purposes
from paroleclinic.cohort.places import move_in, put_aside
from paroleclinic.cohort.standings import begun as begun_in
from paroleclinic.cohort.standings import everybody, standings, units_of
from paroleclinic.course import Course
from paroleclinic.filing import COLLECTED, tested
from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.marks import Person, there_is_a_gradebook
from paroleclinic.pseudonyms import Pseudonyms
from paroleclinic.report.analysis import MEANING, About, Report, analysed, tables
from paroleclinic.report.frames import Asked, Marks, columns_of, questions, sittings_in
from paroleclinic.report.page import page
from paroleclinic.report.seen import Reading, at_ease
from paroleclinic.sittings import UNIT

PAGE = "report.html"
OWN = frozenset(
    (PAGE, "about.csv", "learners.csv", "grid.csv", "harmful.csv", "sure-and-wrong.csv", "questions.csv", "choices.csv", "tests.csv")
)  # fmt: skip
PRIVATE = 0o600
Tick = Callable[[int, int], None]


class NotOurs(OSError):
    """The folder to write holds something else; the message says so."""


def report_of(
    course: Course,
    units: Sequence[str],
    at: datetime,
    *,
    names: bool = False,
    more: Sequence[Person] = (),
    progress: Path | None = None,
    tick: Tick = lambda done, of: None,
) -> Report | None:
    """The report of these units, `at` UTC without zone; None when there is no gradebook yet.

    `more` are people on a roster, `progress` is a folder of progress files, in the place of test results that were collected.
    Raises Busy, Problems or OSError.
    """
    if not there_is_a_gradebook(course.root):
        return None
    asked = asked_in(course, units)
    with at_ease(), Book(course.root) as book:
        about = units_of(course, book, units)
        whom = everybody(course.root, book, units, [*more, *map(Person, tested(course.root))])
        ids = [one.id for one in whom]
        marks = Marks(asked)
        with Reading(course.root, ids, units, columns_of(asked)).begun() as reading:
            for number, one in enumerate(standings(course.root, book, about, whom, reading.print_of), 1):
                marks.take(one)
                tick(number, len(whom))
            seen = reading.result()
        tests, strangers = sittings_in(progress, ids) if progress else sittings_in(course.root / COLLECTED, ids, UNIT)
        frames = marks.frames(_called(course.root, ids, names), seen, tests, purposes(course))
        titles = {case.id: case.title for unit in about for case in unit.cases}
        outline = course.outline
        return analysed(
            frames,
            About(
                outline.title, {unit.id: unit.title for unit in about}, titles, {one.id: one.title for one in outline.lessons},
                outline.pass_line, at, names, len(strangers),
            ),
        )  # fmt: skip


def begun_units(course: Course, units: Sequence[str]) -> list[str]:
    """Those of the units that somebody handed in or was graded in; none before there is a gradebook. Raises Busy."""
    if not there_is_a_gradebook(course.root):
        return []
    with Book(course.root) as book:
        return begun_in(course.root, book, units)


def asked_in(course: Course, units: Sequence[str]) -> tuple[Asked, ...]:
    """The questions of the units, with what each serves."""
    cases = [course.scenario(case) for unit in units for case in course.unit(unit).cases]
    return questions(cases, aims(course, cases))


def _called(root: Path, ids: Sequence[str], names: bool) -> dict[str, str]:
    if names:
        return {one: one for one in ids}
    pseudonyms = Pseudonyms(root)
    return {one: pseudonyms.of(one) for one in ids}


def write(report: Report, out: Path) -> dict[str, int]:
    """Write page and tables into the folder `out`, in the place of an earlier report there; file -> its rows.

    Only the owner can read them. Raises NotOurs, or OSError.
    """
    if out.exists() and (not out.is_dir() or {path.name for path in out.iterdir()} - OWN):
        raise NotOurs(0, "it holds something else than a report; choose another folder", str(out))
    made = tables(report)
    files: dict[str, str | bytes] = {PAGE: page(report).encode("utf-8", "replace")}
    files |= {name: csv_of(table) for name, table in made.items()}
    files["about.csv"] = csv_of(pd.DataFrame({"column": list(MEANING), "meaning": list(MEANING.values())}))
    move_in(put_aside(out, files, permissions=PRIVATE), out)
    return {name: len(table) for name, table in made.items()}


def csv_of(table: pd.DataFrame) -> bytes:
    """A table as RFC 4180 has it, UTF-8 with its mark for Excel; no text in it is a formula to a spreadsheet."""
    lines = [_quoted(list(table.columns)), *zip(*(_cells(table[name]) for name in table.columns), strict=True)]
    return "".join(f"{','.join(line)}\r\n" for line in lines).encode("utf-8-sig", "replace")


def _cells(column: pd.Series) -> list[str]:
    """A column's cells as they stand in the file. Each different value is made once: columns repeat themselves."""
    if column.dtype.kind == "f":  # by its bits, since -0.0 is 0.0
        codes, bits = pd.factorize(column.to_numpy(float).view(np.int64))
        made = [None if math.isnan(one) else round(one, 4) for one in bits.view(float).tolist()]
    elif len(column) and column.map(type).eq(str).all():
        codes, different = pd.factorize(column.to_numpy(object))
        made = [harmless(one) for one in different]
    else:
        codes, made = (
            range(len(column)),
            [
                harmless(one) if isinstance(one, str) else "yes" if one is True else "no" if one is False else one
                for one in column.tolist()
            ],
        )
    cells = _quoted(made)
    return [cells[code] for code in codes]


def _quoted(values: Sequence[object]) -> list[str]:
    """Values as `csv` writes them within a line."""
    lines: list[str] = []
    csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n").writerows([value, ""] for value in values)
    return [line.removesuffix(",\r\n") for line in lines]
