"""Questions with their keys: what is asked, what is right, and why each answer is right or wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from paroleclinic.reading import Entry, Several

T = TypeVar("T")
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?", re.ASCII)
Level = Literal["remember", "apply", "judge"]
Asks = Literal["next-question", "missing", "stop", "plain-words"]


class Option(Entry):
    """One answer to choose. `because` says why it is right or wrong; `harm` marks dangerous advice."""

    id: str
    text: str
    right: bool = False
    because: str
    misconception: str | None = None
    harm: bool = False


class Asked(Entry):
    """What every question has. `points` is its worth; `rules` are the law ids that decide it.

    `on` is the day of the facts, when the answer would differ on another day; else the day of the course or case holds.
    `asks` says which of a caseworker's four habits a case's question trains: the next question to the client, what is
    missing or stale, when to stop and call the supervising attorney, what to say in plain words.
    `mirrors` names the question that asks the same of the case's own day, when this one asks of its twin's.
    `near` names the question of a lesson that this one is like: the same point with other facts, for another try.
    """

    id: str
    prompt: str
    points: int = Field(default=1, ge=1, le=20)
    level: Level | None = None
    objective: str | None = None
    rules: Several[str]
    on: date | None = None
    reread: str | None = None
    fact: str | None = None
    exhibits: Several[str] = ()
    asks: Asks | None = None
    mirrors: str | None = None
    near: str | None = None

    @model_validator(mode="after")
    def _law(self) -> Self:
        if not self.rules:
            raise ValueError("a question names at least one rule")
        return self

    @property
    def other_day(self) -> bool:
        """Whether the question is about the twin's day."""
        return self.mirrors is not None


class _Choice(Asked):
    options: Several[Option]

    @property
    def key(self) -> tuple[str, ...]:
        """Ids of the right options."""
        return tuple(option.id for option in self.options if option.right)

    def option(self, option_id: str) -> Option:
        """The option of that id. Raises KeyError."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [option.id for option in self.options]
        if len(ids) < 3 or len(set(ids)) < len(ids):
            raise ValueError("a choice needs three or more options with different ids")
        if any(option.right and option.harm for option in self.options):
            raise ValueError("an option cannot be both right and harmful")
        return self


class One(_Choice):
    """Choose one option."""

    kind: Literal["one"]

    @model_validator(mode="after")
    def _key(self) -> Self:
        if len(self.key) != 1:
            raise ValueError("exactly one option of a `one` question is right")
        return self


class Many(_Choice):
    """Choose all options that apply."""

    kind: Literal["many"]

    @model_validator(mode="after")
    def _key(self) -> Self:
        if not self.key or len(self.key) == len(self.options):
            raise ValueError("a `many` question has at least one right and one wrong option")
        return self


class Slip(Entry, Generic[T]):
    """A wrong answer to expect, and what to say to it."""

    answer: T
    because: str
    misconception: str | None = None
    harm: bool = False


class Day(Asked):
    """Name a day."""

    kind: Literal["date"]
    answer: date
    because: str
    slips: Several[Slip[date]]
    otherwise: str

    @property
    def key(self) -> str:
        """The right day, as YYYY-MM-DD."""
        return self.answer.isoformat()

    @model_validator(mode="after")
    def _slips(self) -> Self:
        if not self.slips or any(slip.answer == self.answer for slip in self.slips):
            raise ValueError("a `date` question foresees at least one slip, different from the answer")
        return self


class FromRule(Entry):
    """A number that stands in the law register: the rule's value on the question's day."""

    rule: str


class Amount(Asked):
    """Name a number. `unit` is its unit in words; a rule's value is taken on the question's day."""

    kind: Literal["amount"]
    unit: str
    answer: str | FromRule
    because: str
    slips: Several[Slip[str]]
    otherwise: str

    @property
    def key(self) -> str:
        """The right number as plain decimal text. Raises LookupError until `resolved`."""
        if isinstance(self.answer, FromRule):
            raise LookupError(f"{self.id}: the value of {self.answer.rule} has not been looked up yet")
        return self.answer

    @model_validator(mode="after")
    def _numbers(self) -> Self:
        given = [slip.answer for slip in self.slips]
        given += [self.answer] if isinstance(self.answer, str) else []
        for text in given:
            if not PLAIN_NUMBER.fullmatch(text):
                raise ValueError(f"{text!r} is not a number in plain digits")
        if not self.slips or (isinstance(self.answer, str) and self.answer in given[:-1]):
            raise ValueError("an `amount` question foresees at least one slip, different from the answer")
        return self


class Group(Entry):
    """One of the groups that items are sorted into."""

    id: str
    text: str


class Item(Entry):
    """A thing to sort. `because` says why it belongs in `group`; to put it into a group of `harm` is dangerous."""

    id: str
    text: str
    group: str
    because: str
    misconception: str
    harm: Several[str] = ()


class Match(Asked):
    """Sort each item into one group."""

    kind: Literal["match"]
    groups: Several[Group]
    items: Several[Item]

    @property
    def key(self) -> dict[str, str]:
        """Item id -> the id of its group."""
        return {item.id: item.group for item in self.items}

    @model_validator(mode="after")
    def _fits(self) -> Self:
        groups = [group.id for group in self.groups]
        items = [item.id for item in self.items]
        if len(groups) < 2 or len(items) < 3 or len({*groups, *items}) < len(groups) + len(items):
            raise ValueError("a `match` question has two or more groups and three or more items, with different ids")
        for item in self.items:
            if item.group not in groups or not {*item.harm} <= {*groups} - {item.group}:
                raise ValueError(f"the item {item.id!r} names a group that is not there, or its own as harmful")
        if len(set(self.key.values())) < 2:
            raise ValueError("the items of a `match` question belong to at least two groups")
        return self


class Step(Entry):
    """One thing to do; `because` says why it stands in its place."""

    id: str
    text: str
    because: str


class Danger(Entry):
    """A wrong order that would harm the client: `first` done before `then`."""

    first: str
    then: str
    because: str


class Order(Asked):
    """Put steps in order. `steps` stand in the right one."""

    kind: Literal["order"]
    steps: Several[Step]
    misconception: str
    dangers: Several[Danger] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """Ids of the steps, first to last."""
        return tuple(step.id for step in self.steps)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.key) < 3 or len(set(self.key)) < len(self.key):
            raise ValueError("an `order` question has three or more steps with different ids")
        for danger in self.dangers:
            known = danger.first in self.key and danger.then in self.key
            if not known or self.key.index(danger.first) <= self.key.index(danger.then):
                raise ValueError(
                    f"the danger {danger.first!r} before {danger.then!r} is not a wrong order of two steps"
                )
        return self


class Criterion(Entry):
    """One observable thing a memo is marked on, with anchors for full, half and no points."""

    id: str
    says: str
    points: int = Field(ge=1)
    full: str
    half: str
    none: str


class Memo(Asked):
    """Write free text, marked by a person. `words` is the advised maximum."""

    kind: Literal["memo"]
    words: int = Field(ge=50, le=2000)
    rubric: Several[Criterion]
    model: str
    flaws: Several[str]

    @model_validator(mode="after")
    def _sum(self) -> Self:
        if sum(criterion.points for criterion in self.rubric) != self.points:
            raise ValueError("the points of the rubric add up to the points of the memo")
        return self


Graded = One | Many | Match | Order | Day | Amount
Question = Annotated[Graded | Memo, Field(discriminator="kind")]


def resolved(question: Question, day: date, value_on: Callable[[str, date], str]) -> Question:
    """The question with a number from the register put in place; `value_on(rule, day)` looks it up."""
    if isinstance(question, Amount) and isinstance(question.answer, FromRule):
        value = value_on(question.answer.rule, question.on or day)
        slips = tuple(slip for slip in question.slips if slip.answer != value)
        return question.model_copy(update={"answer": value, "slips": slips})
    return question
