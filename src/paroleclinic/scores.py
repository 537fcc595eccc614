"""What a gradebook says of one learner's case, as plain values. None means that there is no such score, which is no zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Score:
    """Out of `most` points: what grading gave, what a person set in its place, extra credit, and whether a person is to look."""

    most: float
    auto: float | None = None
    manual: float | None = None
    extra: float = 0.0
    waits: bool = False

    @property
    def counts(self) -> float:
        """What counts, extra credit left out: a person's score before that of grading."""
        return self.auto or 0.0 if self.manual is None else self.manual


@dataclass(frozen=True)
class CaseScore:
    """A case: its questions, its memo where there is one, what lateness costs, and what graders wrote."""

    answers: Score
    memo: Score | None = None
    late: float = 0.0
    comments: tuple[str, ...] = ()

    @property
    def graded(self) -> bool:
        """Whether the answers have points, from grading or from a person."""
        return self.answers.auto is not None or self.answers.manual is not None

    @property
    def extra(self) -> float:
        """All extra credit."""
        return self.answers.extra + (self.memo.extra if self.memo else 0.0)

    @property
    def total(self) -> float:
        """What the case earns as it stands now, never below 0."""
        memo = self.memo.counts if self.memo else 0.0
        return max(0.0, self.answers.counts + memo + self.extra - self.late)

    @property
    def most(self) -> float:
        """The points of questions and memo."""
        return self.answers.most + (self.memo.most if self.memo else 0.0)


@dataclass(frozen=True)
class Scored:
    """A hand-in in the gradebook: whose (`name` may be empty), handed in when (UTC, without zone), and its cases."""

    learner: str
    name: str = ""
    at: datetime | None = None
    cases: Mapping[str, CaseScore] = field(default_factory=dict)
