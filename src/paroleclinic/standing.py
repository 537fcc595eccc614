"""Where a learner stands: what is done, how sure and how right, what a test showed before and after. Pure; the day is given."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from paroleclinic.answers import CERTAINTIES
from paroleclinic.content import Lesson, Outline
from paroleclinic.progress import Graded, Progress, Tested, Try

Z = 1.96  # 95 of 100 such intervals hold the truth


class Share(NamedTuple):
    """So many right of so many, with the interval that 95 % of such counts would hold."""

    right: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share, from 0 to 1."""
        return self.right / self.of if self.of else 0.0


class Gain(NamedTuple):
    """What lies between two sittings, as a difference of shares, with its interval."""

    before: Share
    after: Share
    low: float
    high: float

    @property
    def gain(self) -> float:
        """The difference, from -1 to 1."""
        return self.after.share - self.before.share

    @property
    def told_from_chance(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Step:
    """A lesson on the map: how many of its questions were answered right, and the minutes left."""

    lesson: Lesson
    right: int
    questions: int
    begun: bool

    @property
    def done(self) -> bool:
        """Whether each question was answered right at least once."""
        return self.right == self.questions and self.begun

    @property
    def minutes(self) -> int:
        """Minutes left."""
        if self.done:
            return 0
        return round(self.lesson.minutes * (1 - self.right / self.questions)) if self.questions else self.lesson.minutes


def steps(outline: Outline, progress: Progress, questions: Mapping[str, Sequence[str]]) -> list[Step]:
    """The lessons in order; `questions` maps lesson ids to the ids of their questions."""
    found = []
    for lesson in outline.lessons:
        own = questions.get(lesson.id, ())
        right = sum(one in progress.ever_right for one in own)
        read = len(progress.read.get(lesson.id, ()))
        begun = read > 1 or any(one in progress.last for one in own)
        found.append(Step(lesson, right, len(own), begun))
    return found


def share(right: int, of: int) -> Share:
    """The count with Wilson's interval, which is honest for small numbers too."""
    if not of:
        return Share(0, 0, 0.0, 1.0)
    p, z2 = right / of, Z * Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z * sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Share(right, of, min(p, max(0.0, middle - half)), max(p, min(1.0, middle + half)))


def gain(before: Share, after: Share) -> Gain:
    """The difference with Newcombe's interval, made of the two intervals of Wilson."""
    down = sqrt((after.share - after.low) ** 2 + (before.high - before.share) ** 2)
    up = sqrt((after.high - after.share) ** 2 + (before.share - before.low) ** 2)
    difference = after.share - before.share
    return Gain(before, after, difference - down, difference + up)


def counting(sittings: Sequence[Tested]) -> Tested | None:
    """The sitting of a form that counts: the first that was mostly answered, else the first with an answer in it.

    Later ones show practice: the post-test opens its keys, and a pre-test after the lessons is none.
    """
    answered = [one for one in sittings if any(verdict != "blank" for verdict in one.marks.values())]
    whole = [one for one in answered if sum(v != "blank" for v in one.marks.values()) >= 0.75 * len(one.marks)]
    if answered and answered[0].form != "pre-test":
        return answered[0]
    first = whole or answered
    return first[0] if first else None


def counted(sitting: Tested, questions: Collection[str] | None = None) -> Share:
    """How many answers of a sitting were right, of all, or of those to `questions`."""
    verdicts = [verdict for name, verdict in sitting.marks.items() if questions is None or name in questions]
    return share(sum(verdict == "right" for verdict in verdicts), len(verdicts))


def calibration(progress: Progress) -> dict[str, Share]:
    """How often first answers were right, by how sure the learner was: low, medium, high."""
    given = [(one.certainty, one.right) for one in progress.tries if one.first]
    for sittings in progress.tests.values():
        first = counting(sittings)
        given += [(sure, first.marks.get(name) == "right") for name, sure in first.certainty.items()] if first else []
    return {
        sure: share(sum(right for how, right in given if how == sure), sum(how == sure for how, _ in given))
        for sure in CERTAINTIES
    }


def sure_and_wrong(progress: Progress) -> list[Try]:
    """What the learner was sure of and got wrong, and has not since answered right; the newest first."""
    found: dict[str, Try] = {}
    for one in progress.tries:
        if one.certainty == "high" and not one.right:
            found.pop(one.question, None)  # to the end again
            found[one.question] = one
    return [one for one in reversed(found.values()) if not progress.last[one.question].right]


def last_cases(progress: Progress, most: int = 5) -> list[Graded]:
    """The cases whose key was looked at, the newest first."""
    return list(progress.cases.values())[: -most - 1 : -1]


def hours(progress: Progress) -> float:
    """Active time in hours, idle time left out."""
    return sum(progress.seconds.values()) / 3600


def terms_met(steps: Iterable[Step], terms: Mapping[str, Iterable[str]]) -> list[str]:
    """The terms of the lessons that were begun, in the order of the lessons; `terms` maps lesson ids to term ids."""
    return list(dict.fromkeys(term for step in steps if step.begun for term in terms.get(step.lesson.id, ())))
