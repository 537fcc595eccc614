"""Votes counted: how many, which share of the people, and words for it that a small room deserves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

FEW = 8  # people, under which a share says little
MOST = 500  # people that one room may hold
Counts = Mapping[str, int]


class Tally(NamedTuple):
    """The votes of one round: letter -> how many, and how many people they come from."""

    counts: Counts
    people: int

    def share(self, letter: str) -> float:
        """The share of the people who chose a letter, from 0 to 1; 0 when nobody voted."""
        return self.counts.get(letter, 0) / self.people if self.people else 0.0

    def in_words(self, letter: str) -> str:
        """How many people chose a letter, such as "12 (40 %)", or "2 of 5" where few voted."""
        number = self.counts.get(letter, 0)
        if self.people < FEW:
            return f"{number} of {self.people}"
        return f"{number} ({round(100 * self.share(letter))} %)"


def summed(first: Tally, second: Tally) -> Tally:
    """Raised cards and own screens together."""
    letters = {*first.counts, *second.counts}
    counts = {letter: first.counts.get(letter, 0) + second.counts.get(letter, 0) for letter in sorted(letters)}
    return Tally(counts, first.people + second.people)


def of_votes(votes: Iterable[str], letters: Iterable[str]) -> Tally:
    """Each vote is the letters that one person chose, such as "AC"."""
    given = [vote for vote in votes if vote]
    return Tally({letter: sum(letter in vote for vote in given) for letter in letters}, len(given))


def of_cards(counts: object, people: object, letters: tuple[str, ...], several: bool) -> Tally:
    """What was counted by hand, whatever was sent: whole numbers from 0 to MOST, and no other letters.

    Where a person may raise several cards, the people are `people`, but never fewer than the most raised letter;
    where that is not said, they are the most raised letter.
    """
    given = counts if isinstance(counts, Mapping) else {}
    clean = {letter: _number(given.get(letter)) for letter in letters}
    if not several:
        return Tally(clean, sum(clean.values()))
    return Tally(clean, max(_number(people), *clean.values()))


def caution(people: int) -> str:
    """What to say before anybody concludes from few votes; nothing where there are enough."""
    if not people:
        return "Nobody voted."
    if people < FEW:
        return f"Only {many(people)} voted: a single vote changes the picture. Talk about the reasons, not about the numbers."
    return ""


def many(people: int) -> str:
    """A number of people."""
    return "1 person" if people == 1 else f"{people} people"


def moved(before: Tally, after: Tally, right: Iterable[str]) -> str:
    """How a second vote differs from the first, in one sentence, without a claim about why."""
    letters = [*right]
    if not before.people or not after.people or len(letters) != 1:
        return ""
    (letter,) = letters
    said = f"The right answer, {letter}, went from {before.counts.get(letter, 0)} of {before.people} to {after.counts.get(letter, 0)} of {after.people}."
    if before.people != after.people:
        said += " Not the same number of people voted both times."
    return said


def _number(value: object) -> int:
    return min(max(value, 0), MOST) if isinstance(value, int) and not isinstance(value, bool) else 0
