"""Client files and the outline of the course, as frozen entries."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from paroleclinic.questions import Graded, Memo, Question
from paroleclinic.reading import Entry, Several

ExhibitKind = Literal[
    "letter", "email", "notice", "passport", "intake", "messages", "printout", "receipt", "certificate",
    "flyer", "web-page",
]  # fmt: skip


class QuestionFile(Entry):
    """The questions of one lesson, or of one form of the test around the course."""

    lesson: str | None = None
    form: str | None = None
    questions: Several[Question]

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.lesson is None) == (self.form is None):
            raise ValueError("a question file names its lesson, or its form of the test")
        return self


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


class Callout(Entry):
    """A note beside a paper: the piece it is about, and what to see in it."""

    about: str
    says: str


class Specimen(Exhibit):
    """A paper shown in a lesson, with numbered notes on how to read it."""

    notes: Several[Callout]


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
    def graded(self) -> tuple[Graded, ...]:
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


class Page(Entry):
    """A notebook that is no lesson: to look things up in, or to test oneself."""

    id: str
    title: str
    question: str


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
    pages: Several[Page] = ()
    units: Several[Unit]

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The names of the notebooks, lessons first."""
        return (*(lesson.id for lesson in self.lessons), *(page.id for page in self.pages))
