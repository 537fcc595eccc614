"""What is looked up rather than taught: terms, the comparison grid, dated events, published figures."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from paroleclinic.law import Confidence
from paroleclinic.reading import Entry, Problem, Problems, Several

HEADER = ["group", "label", "value", "unit", "as_of", "cite", "url", "read", "confidence", "note"]


class Term(Entry):
    """A word of the glossary. `also` are its other names, `statute` the legal definition with its citation."""

    id: str
    term: str
    also: Several[str] = ()
    says: str
    statute: str | None = None
    confused: str
    rules: Several[str] = Field(min_length=1)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it goes by."""
        return (self.term, *self.also)


class Column(Entry):
    """A kind of parole or one of its neighbors."""

    id: str
    title: str
    group: Literal["parole", "neighbor"]


class Cell(Entry):
    """What holds for one kind, and the rules that say so."""

    says: str
    rules: Several[str] = Field(min_length=1)


class Row(Entry):
    """One aspect, with a cell for each column."""

    id: str
    title: str
    cells: dict[str, Cell]


class Comparison(Entry):
    """The grid that sets the kinds of parole beside asylum, TPS, a visa and deferred action."""

    columns: Several[Column]
    rows: Several[Row]

    @model_validator(mode="after")
    def _full(self) -> Self:
        wanted = {column.id for column in self.columns}
        for row in self.rows:
            if odd := wanted ^ set(row.cells):
                raise ValueError(f"the row {row.id!r} and the columns differ: {', '.join(sorted(odd))}")
        return self


class Kind(Entry):
    """A kind of parole that events are sorted by."""

    id: str
    title: str


class Event(Entry):
    """Something that happened to the law: what, to whom, who says so, and until when that is vouched for."""

    id: str
    day: date
    until: date | None = None
    title: str
    kinds: Several[str]
    says: str
    people: str
    cite: str
    status: str
    known_on: date | None = None
    confidence: Confidence
    rules: Several[str] = ()


class Events(Entry):
    """The dated events, oldest first, and the kinds they are sorted by."""

    kinds: Several[Kind]
    events: Several[Event]

    @model_validator(mode="after")
    def _sorted(self) -> Self:
        known = {kind.id for kind in self.kinds}
        if [event.day for event in self.events] != sorted(event.day for event in self.events):
            raise ValueError("events stand oldest first")
        for event in self.events:
            if not event.kinds or not {*event.kinds} <= known:
                raise ValueError(f"the event {event.id!r} names a kind that is not there")
        if len({event.id for event in self.events}) < len(self.events):
            raise ValueError("two events have the same id")
        return self


class Claim(Entry):
    """Something the page says that the course was asked for: `taught` is lesson#section, `tested` questions or cases."""

    id: str
    says: str
    taught: str
    tested: Several[str]


class Coverage(Entry):
    """Every claim of that page, in its order."""

    claims: Several[Claim]


@dataclass(frozen=True)
class Figure:
    """One published number with its date, its source and what it counts."""

    group: str
    label: str
    value: Decimal
    unit: str
    as_of: str
    cite: str
    url: str
    read: str
    confidence: str
    note: str


@dataclass(frozen=True)
class Figures:
    """A small data set: published numbers, and what they can and cannot show."""

    id: str
    title: str
    can: str
    cannot: str
    rows: tuple[Figure, ...]


def read_figures(path: Path, shown: str) -> Figures:
    """The figures in a CSV file that opens with `# title:`, `# can:` and `# cannot:` lines.

    Raises Problems, with every problem of the file at once.
    """
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    said = {}
    for line in lines:
        if line.startswith("#"):
            name, _, text = line.lstrip("# ").partition(":")
            said[name.strip()] = text.strip()
    found = [
        Problem(shown, 1, f"there is no line `# {name}: ...`", "add it above the header")
        for name in ("title", "can", "cannot")
        if not said.get(name)
    ]
    first = sum(line.startswith("#") for line in lines) + 1
    table = list(csv.reader(line for line in lines if not line.startswith("#")))
    if not table or table[0] != HEADER:
        raise Problems([*found, Problem(shown, first, "the header differs", f"write {','.join(HEADER)}")])
    rows = []
    for number, cells in enumerate(table[1:], first + 1):
        try:
            if len(cells) != len(HEADER) or not cells[5] or cells[8] not in ("high", "medium", "low"):
                raise ValueError
            rows.append(Figure(cells[0], cells[1], Decimal(cells[2]), *cells[3:]))
        except (ValueError, InvalidOperation):
            fix = f"{len(HEADER)} cells: a plain number, a source and high, medium or low among them"
            found.append(Problem(shown, number, "this line is not a figure", fix))
    if found:
        raise Problems(found)
    return Figures(path.stem, said["title"], said["can"], said["cannot"], tuple(rows))
