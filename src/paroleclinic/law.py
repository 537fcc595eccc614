"""What the law said on a day, and who says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from paroleclinic.reading import Entry, Problem, Problems, Several, read

Status = Literal["in-force", "partly-blocked", "blocked", "ended", "proposed"]
Confidence = Literal["high", "medium", "low"]
STATUS_WORDS: dict[Status, str] = {
    "in-force": "In force",
    "partly-blocked": "Partly blocked by a court",
    "blocked": "Blocked by a court",
    "ended": "Ended",
    "proposed": "Proposed only",
}

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class Source(Entry):
    """An authority: the citation, an address when there is one, and the day somebody last read it."""

    cite: str
    url: str | None = None
    read: date | Literal["unknown"]


class Version(Entry):
    """What a rule said from a day on.

    `starts` is a date, a year when only the year is known, or "unknown" for a beginning nobody recorded.
    `value` is a decimal number as text, in `unit`. `known_on` is the last day the statement is vouched for.
    `client` says it as one would to a client, never more strongly than `says`.
    """

    starts: date | str = Field(validation_alias="from")
    status: Status
    says: str
    value: str | None = None
    unit: str | None = None
    confidence: Confidence
    known_on: date | None = None
    note: str | None = None
    client: str | None = None
    sources: Several[Source]

    @model_validator(mode="after")
    def _starts(self) -> Self:
        if isinstance(self.starts, str) and self.starts != "unknown" and not _is_year(self.starts):
            raise ValueError(f"from: {self.starts!r} is not a date, a year in quotation marks, or unknown")
        if not self.sources:
            raise ValueError("a version needs at least one source")
        if (self.value is None) != (self.unit is None):
            raise ValueError("value and unit go together")
        if self.value is not None and not re.fullmatch(r"[0-9]+(\.[0-9]+)?", self.value):
            raise ValueError(f"value: {self.value!r} is not a plain number such as 1050")
        return self

    @property
    def first_day(self) -> date:
        """The first day this version is known to hold; date.min when its beginning is not recorded."""
        if isinstance(self.starts, date):
            return self.starts
        return date(int(self.starts), 12, 31) if _is_year(self.starts) else date.min

    @property
    def since(self) -> str:
        """Its beginning in words, such as "13 August 2026", "1996" or "start not recorded"."""
        if isinstance(self.starts, date):
            return long_day(self.starts)
        return self.starts if _is_year(self.starts) else "start not recorded"


class NotYetLaw(LookupError):
    """The rule had no version in force on the day asked for."""


class Rule(Entry):
    """One rule of law with its dated versions, oldest first."""

    id: str
    title: str
    facts: Several[str] = ()
    trap: str | None = None
    versions: Several[Version]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        days = [version.first_day for version in self.versions]
        if not days:
            raise ValueError("a rule needs at least one version")
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError("versions stand oldest first, each from a later day than the one before")
        return self

    def at(self, day: date) -> Version:
        """The version of this rule in force on `day`; a version begins on its `from` date.

        Raises NotYetLaw, naming the first date, when `day` is before the first version.
        """
        held = [version for version in self.versions if version.first_day <= day]
        if not held:
            raise NotYetLaw(f"{self.id} was not yet law on {day}; it begins {self.versions[0].since}")
        return held[-1]


class Register(Mapping[str, Rule]):
    """The rules in the folders of a folder, one a subject, read one by one when asked for. Keys are rule ids."""

    def __init__(self, folder: Path, added: Path | None = None) -> None:
        self.folder = folder
        self.added = added

    @cached_property
    def paths(self) -> dict[str, Path]:
        """Rule id -> its file. What a local edition adds never stands in the place of the course's own."""
        more = sorted(self.added.glob("*/*.yaml")) if self.added else []
        return {path.stem: path for path in [*more, *sorted(self.folder.glob("*/*.yaml"))]}

    @cached_property
    def _read(self) -> dict[str, Rule]:
        return {}

    def __getitem__(self, rule_id: str) -> Rule:
        if rule_id not in self._read:
            path = self.paths[rule_id]
            shown = path.relative_to(self.folder.parent).as_posix()
            rule = read(path, Rule, shown)
            if rule.id != rule_id:
                says = f"id {rule.id!r} differs from the file's name"
                raise Problems([Problem(shown, 1, says, f"write `id: {rule_id}`")])
            if self.added and path.is_relative_to(self.added):
                rule = rule.model_copy(update={"title": f"{rule.title} (added by the local edition)"})
            self._read[rule_id] = rule
        return self._read[rule_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


def long_day(day: date) -> str:
    """A day in words, such as "13 August 2026", in every locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _is_year(text: object) -> bool:
    return isinstance(text, str) and len(text) == 4 and text.isdigit()
