"""What became of a hand-in, in words. "Could not grade", blank and 0 are three different things."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from paroleclinic.scores import CaseScore

State = Literal["graded", "blank", "memo waits", "could not grade", "not graded yet", "not handed in"]
MEANING: dict[State, str] = {
    "graded": "Handed in and graded; the score is final unless somebody changes it. A score of 0 here was earned.",
    "blank": "Handed in without an answer to any question and without a memo. The score is 0, and nothing was wrong.",
    "memo waits": "Handed in; the questions are graded, and a person still has to mark the memo, or to look again at a "
    "score that was set by hand before the work was handed in anew. There is no score yet.",
    "could not grade": "Handed in, and the answers could not be read. There is no score, which is not a score of 0.",
    "not graded yet": "Handed in since the last grading. There is no score; `paroleclinic grade` gives one.",
    "not handed in": "Nothing was handed in. There is no score.",
}
WITH_SCORE: tuple[State, ...] = ("graded", "blank")
FIRST: tuple[State, ...] = ("could not grade", "not graded yet", "memo waits")  # in a whole with it, it is what is said


def state_of(score: CaseScore, verdicts: Iterable[str]) -> State:
    """The state of a case that has a place in the gradebook; `verdicts` of all its questions, where they are known."""
    if not score.graded:
        return "could not grade"
    if score.answers.waits or (score.memo is not None and score.memo.waits):
        return "memo waits"
    return "blank" if only_blank(verdicts) and not score.total else "graded"


def only_blank(verdicts: Iterable[str]) -> bool:
    """Whether there are verdicts, and none but blank."""
    return set(verdicts) == {"blank"}


def together(states: Iterable[State]) -> State:
    """The state of a unit, from those of its cases: what keeps it from having a score, else graded unless all is blank."""
    found = set(states)
    if len(found) == 1:
        return found.pop()
    return next((state for state in FIRST if state in found), "graded")
