"""A typed client file read a second time: the issues a careful reader must see, each with the law it rests on.

The rules teach and check keys. They see only what they were written for, they decide nothing, and they never advise:
a file with no issue is not a safe file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from paroleclinic.clientfile import ClientFile
from paroleclinic.spotting.bars import BARS
from paroleclinic.spotting.ending import ENDING
from paroleclinic.spotting.programs import PROGRAMS
from paroleclinic.spotting.requests import REQUESTS
from paroleclinic.spotting.rulebook import KIND_WORDS, SpottingRule
from paroleclinic.spotting.travel import TRAVEL

__all__ = ["KIND_WORDS", "RULES", "Spotted", "SpottingRule", "spotted"]
RULES: dict[str, SpottingRule] = {
    rule.id: rule for book in (TRAVEL, BARS, REQUESTS, PROGRAMS, ENDING) for rule in book.rules
}


@dataclass(frozen=True, order=True)
class Spotted:
    """One issue of one person."""

    who: str
    issue: str


def spotted(file: ClientFile, day: date) -> frozenset[Spotted]:
    """The issues in a file, by the law of `day`. Each person is read alone."""
    return frozenset(
        Spotted(person.id, rule.id)
        for person in file.people
        for rule in RULES.values()
        if rule.held(day) and rule.sees(person, day)
    )
