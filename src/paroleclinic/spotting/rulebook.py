"""What a spotting rule is: a yes-or-no reading of one person's facts on a day, with the law it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from paroleclinic.clientfile import Person

Kind = Literal["danger", "gap", "cost", "opening"]
KIND_WORDS: dict[Kind, str] = {
    "danger": "Danger: stop and ask the supervising attorney",
    "gap": "Missing or not yet shown",
    "cost": "Money to plan for",
    "opening": "May help; the attorney decides",
}
Sees = Callable[[Person, date], bool]


@dataclass(frozen=True)
class SpottingRule:
    """A rule that reads a file for one issue. `says` is a caution in words; `law` are the law ids it rests on.

    It holds from `since` to `until`, both inclusive; None where the course knows no beginning or end. `earlier` are
    periods before that in which it held as well, each with its first and last day.
    """

    id: str
    says: str
    kind: Kind
    law: tuple[str, ...]
    sees: Sees
    since: date | None = None
    until: date | None = None
    earlier: tuple[tuple[date, date], ...] = ()

    def held(self, day: date) -> bool:
        """Whether the rule was law on `day`."""
        now = (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
        return now or any(first <= day <= last for first, last in self.earlier)

    @property
    def beginnings(self) -> tuple[date, ...]:
        """The days on which the rule began to hold."""
        return tuple(first for first in (*(first for first, _ in self.earlier), self.since) if first)

    @property
    def endings(self) -> tuple[date, ...]:
        """The last days on which the rule held."""
        return tuple(last for last in (*(last for _, last in self.earlier), self.until) if last)


class Rulebook:
    """Rules of one subject, gathered where they are written."""

    def __init__(self) -> None:
        self.rules: list[SpottingRule] = []

    def rule(
        self,
        name: str,
        says: str,
        kind: Kind,
        *law: str,
        since: date | None = None,
        until: date | None = None,
        earlier: tuple[tuple[date, date], ...] = (),
    ) -> Callable[[Sees], Sees]:
        """Register the function beneath as the rule of that id."""

        def register(sees: Sees) -> Sees:
            self.rules.append(SpottingRule(name, says, kind, law, sees, since, until, earlier))
            return sees

        return register
