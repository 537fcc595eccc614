"""Questions, client files and the outline of the course, as frozen entries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from paroleclinic.reading import Entry, Several

T = TypeVar("T")
Level = Literal["remember", "apply", "judge"]
ExhibitKind = Literal[
    "letter", "email", "notice", "passport", "intake", "messages", "printout", "receipt", "certificate",
    "flyer", "web-page",
]  # fmt: skip


class Option(Entry):
    """One answer to choose. `because` says why it is right or wrong; `harm` marks dangerous advice."""

    id: str
    text: str
    right: bool = False
    because: str
    misconception: str | None = None
    harm: bool = False


class Asked(Entry):
    """What every question has. `points` is its worth; `rules` are the law ids that decide it."""

    id: str
    prompt: str
    points: int = Field(default=1, ge=1, le=20)
    level: Level | None = None
    objective: str | None = None
    rules: Several[str]
    reread: str | None = None
    fact: str | None = None
    exhibits: Several[str] = ()

    @model_validator(mode="after")
    def _law(self) -> Self:
        if not self.rules:
            raise ValueError("a question names at least one rule")
        return self


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
    """Name a number. `unit` is its unit in words; `on` is the day a rule's value is taken from."""

    kind: Literal["amount"]
    unit: str
    answer: str | FromRule
    on: date | None = None
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
            try:
                Decimal(text)
            except InvalidOperation:
                raise ValueError(f"{text!r} is not a number") from None
        if not self.slips or (isinstance(self.answer, str) and self.answer in given[:-1]):
            raise ValueError("an `amount` question foresees at least one slip, different from the answer")
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


Question = Annotated[One | Many | Day | Amount | Memo, Field(discriminator="kind")]


class QuestionFile(Entry):
    """The questions of one lesson."""

    lesson: str
    questions: Several[Question]


class Message(Entry):
    """One text message in an exhibit."""

    who: str
    at: str
    text: str


class Exhibit(Entry):
    """A paper in a client's file, to be drawn as the document it is."""

    id: str
    kind: ExhibitKind
    title: str
    date: date
    from_: str = Field(validation_alias="from")
    to: str | None = None
    subject: str | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    body: Several[str] = ()
    table: Several[Several[str]] = ()
    messages: Several[Message] = ()
    signature: str | None = None
    stamps: Several[str] = ()


class Scenario(Entry):
    """A client file on a day: story, papers, questions with their key, and the memo's rubric."""

    id: str
    title: str
    unit: str
    stars: int = Field(ge=1, le=3)
    minutes: int
    as_of: date
    task: str
    story: Several[str]
    exhibits: Several[Exhibit]
    questions: Several[Question]
    debrief: str

    @property
    def memo(self) -> Memo | None:
        """The memo, when the case asks for one."""
        return next((q for q in self.questions if isinstance(q, Memo)), None)

    @property
    def graded(self) -> tuple[One | Many | Day | Amount, ...]:
        """The questions that are graded without a person, in order."""
        return tuple(q for q in self.questions if not isinstance(q, Memo))

    @property
    def points(self) -> int:
        """Points of all questions that are graded without a person."""
        return sum(question.points for question in self.graded)


class Objective(Entry):
    """What a learner can do after a lesson."""

    id: str
    says: str


class Lesson(Entry):
    """A lesson's place in the course; `minutes` is the time it takes."""

    id: str
    title: str
    question: str
    minutes: int
    objectives: Several[Objective]


class Unit(Entry):
    """A group of cases, handed in and graded together: an nbgrader assignment."""

    id: str
    title: str
    lesson: str
    cases: Several[str]


class Outline(Entry):
    """The course in order. `as_of` is the day the law was last read; nothing is vouched for after `known_to`."""

    title: str
    as_of: date
    known_to: date
    lessons: Several[Lesson]
    units: Several[Unit]


def resolved(question: Question, day: date, value_on: Callable[[str, date], str]) -> Question:
    """The question with a number from the register put in place; `value_on(rule, day)` looks it up."""
    if isinstance(question, Amount) and isinstance(question.answer, FromRule):
        value = value_on(question.answer.rule, question.on or day)
        slips = tuple(slip for slip in question.slips if slip.answer != value)
        return question.model_copy(update={"answer": value, "slips": slips})
    return question
