"""The sheet that explains an export: its sheets, columns, states and verdicts, and how objectives were found. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from paroleclinic.cohort.objectives import LESSON, OWN, SECTION, UNIT
from paroleclinic.cohort.spreadsheet import Line
from paroleclinic.cohort.tables import VERDICTS, Table
from paroleclinic.states import MEANING

FOUND = {
    OWN: "The question itself names the objective.",
    SECTION: "The question names the section of a lesson that it sends back to; every question of the lesson itself about "
    "that section serves this one objective.",
    LESSON: "The lesson's questions about the section serve several objectives, or there are none. So the points count for "
    "the lesson as a whole, in a row without an objective.",
    UNIT: "The question names no section; the points count for the lesson of its unit as a whole.",
}


def about(title: str, tables: Sequence[Table], at: datetime) -> list[Line]:
    """What to know to read the tables. `at` is the moment of the export (UTC)."""
    return list(_lines(title, tables, at))


def _lines(title: str, tables: Sequence[Table], at: datetime) -> Iterator[Line]:
    yield Line("export", title, f"Made {at:%Y-%m-%d %H:%M} UTC by `paroleclinic export`. Training, not legal advice.")
    for table in tables:
        yield Line("sheet", table.name, table.says)
    for state, says in MEANING.items():
        yield Line("state", state, says)
    yield Line(
        "state", "of a unit", "could not grade, not graded yet or memo waits, if one of its cases is so, in that order; "
        "blank when all cases are; otherwise graded.",
    )  # fmt: skip
    for verdict, says in VERDICTS.items():
        yield Line("verdict", verdict, says)
    if any(table.name == "objectives" for table in tables):
        for how, says in FOUND.items():
            yield Line("found by", how, says)
    for table in tables:
        for column in table.columns:
            yield Line(f"column of {table.name}", column.name, column.says)
    yield Line("cell", "empty", "There is no such value. An empty cell is never a zero.")
    yield Line(
        "text",
        "␀ … ␟, ␡, �",
        "Stand for signs that cannot be seen or stored. Text longer than a cell ends with … [cut].",
    )
    yield Line("text", "' in CSV", "An apostrophe before text that a spreadsheet would take for a formula.")
