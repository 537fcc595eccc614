"""What to review on a day, and when a card comes back. The day is always an argument; the schedule is FSRS (py-fsrs).

A card is `question:ID` or `term:ID`. A question enters the deck when it was missed, or answered right with low certainty;
a term when the lesson that uses it has been read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from fsrs import Card, Rating, Scheduler, State

from paroleclinic.progress import Memory, Progress, Try

MINUTES_A_DAY = 10
MINUTES = {"question": 0.75, "term": 0.3}  # for one card
NEW_TERMS_A_DAY = 6


class Why(IntEnum):
    """Why a card is in the deck; the smaller number comes first."""

    SURE_AND_WRONG = 0
    MISSED = 1
    UNSURE = 2
    TERM = 3


WHY_WORDS = {
    Why.SURE_AND_WRONG: "You were sure, and it was wrong",
    Why.MISSED: "You missed this before",
    Why.UNSURE: "You were right, and not sure",
    Why.TERM: "A word of the glossary",
}
RATINGS = {1: "Again", 2: "Hard", 3: "Good", 4: "Easy"}


class Waiting(NamedTuple):
    """A card to review: `recall` is the chance, from 0 to 1, that it is still remembered, or None when it is new."""

    card: str
    why: Why
    due: date
    recall: float | None


@dataclass(frozen=True)
class Reviewed:
    """What a review leaves: to be written down, and read again as Memory."""

    card: str
    day: date
    rating: int
    stability: float
    difficulty: float
    due: date

    def entry(self) -> dict[str, object]:
        """Its keys in a line of the progress file."""
        return {
            "card": self.card, "day": self.day.isoformat(), "rating": self.rating,
            "stability": round(self.stability, 4), "difficulty": round(self.difficulty, 4), "due": self.due.isoformat(),
        }  # fmt: skip


def deck(progress: Progress, terms: Iterable[str], questions: Iterable[str]) -> dict[str, Why]:
    """The cards there are: `terms` of the lessons read, and of `questions` those that were missed or unsure."""
    known = {*questions}
    found: dict[str, Why] = {}
    for one in progress.tries:
        if one.question not in known:
            continue
        card = f"question:{one.question}"
        why = _why(one)
        if one.right and found.get(card) == Why.SURE_AND_WRONG:
            found[card] = Why.MISSED  # it has been put right since
        elif why is not None:
            found[card] = found.get(card, why) if one.right else min(why, found.get(card, Why.TERM))
    found.update({f"term:{term}": Why.TERM for term in terms})
    return found


def _why(one: Try) -> Why | None:
    if not one.right:
        return Why.SURE_AND_WRONG if one.certainty == "high" else Why.MISSED
    return Why.UNSURE if one.certainty == "low" else None


def waiting(progress: Progress, deck: Mapping[str, Why], day: date) -> list[Waiting]:
    """Every card that is due on `day`, in the order to take them: sure and wrong first, then what is nearest to forgotten.

    Of terms never reviewed only as many as a day may bring.
    """
    found: list[Waiting] = []
    new: list[Waiting] = []
    for card, why in deck.items():
        memory = progress.memory.get(card)
        if memory is None:
            (new if why == Why.TERM else found).append(Waiting(card, why, day, None))
        elif memory.due <= day:
            found.append(Waiting(card, why, memory.due, recall(memory, day)))
    begun = sum(first == day for card, first in progress.begun.items() if card.startswith("term:"))
    found += new[: max(0, NEW_TERMS_A_DAY - begun)]
    return sorted(found, key=lambda one: (one.why != Why.SURE_AND_WRONG, one.recall is None, one.recall or 0, one.why))


def session(cards: Iterable[Waiting], minutes: float = MINUTES_A_DAY) -> list[Waiting]:
    """As many cards, from the front, as fit into `minutes`."""
    taken: list[Waiting] = []
    left = minutes
    for one in cards:
        left -= MINUTES[one.card.partition(":")[0]]
        if left < 0:
            break
        taken.append(one)
    return taken


def minutes(cards: Iterable[Waiting]) -> int:
    """How long these cards take, at least one minute when there are any."""
    cards = list(cards)
    return max(1, round(sum(MINUTES[one.card.partition(":")[0]] for one in cards))) if cards else 0


def rating(*, right: bool, tries: int = 1, certainty: str = "") -> int:
    """The rating that an answer earns, 1 to 4; the learner may choose another."""
    if not right:
        return 1
    if tries > 1 or certainty == "low":
        return 2
    return 4 if certainty == "high" else 3


def review(card: str, memory: Memory | None, rating: int, day: date) -> Reviewed:
    """What reviewing the card on `day` with that rating leaves."""
    before = _card(memory) if memory else Card(card_id=1, due=_noon(day))
    after, _ = _scheduler().review_card(before, Rating(rating), _noon(max(day, memory.reviewed) if memory else day))
    assert after.stability is not None and after.difficulty is not None
    return Reviewed(card, day, rating, after.stability, after.difficulty, after.due.date())


def recall(memory: Memory, day: date) -> float:
    """The chance, from 0 to 1, that the card is still remembered on `day`."""
    return float(_scheduler().get_card_retrievability(_card(memory), _noon(max(day, memory.reviewed))))


@cache
def _scheduler() -> Scheduler:
    # a session a day: no steps of minutes; no fuzz, so that the same reviews give the same days
    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False, maximum_interval=365)


def _card(memory: Memory) -> Card:
    return Card(
        card_id=1, state=State.Review, stability=memory.stability, difficulty=memory.difficulty,
        due=_noon(memory.due), last_review=_noon(memory.reviewed),
    )  # fmt: skip


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
