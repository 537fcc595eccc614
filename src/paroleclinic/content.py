"""Client files and the outline of the course, as frozen entries."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from paroleclinic.clientfile import ClientFile
from paroleclinic.interview import Interview
from paroleclinic.questions import Graded, Memo, Question
from paroleclinic.reading import Entry, Several

ExhibitKind = Literal[
    "letter", "email", "notice", "passport", "intake", "messages", "printout", "receipt", "certificate",
    "flyer", "web-page", "i-94", "card", "order", "translation",
]  # fmt: skip
RightTool = Literal[
    "humanitarian-parole", "public-benefit-parole", "advance-parole", "tps-travel", "parole-in-place", "re-parole",
    "none", "several",
]  # fmt: skip
HiddenKind = Literal["contradiction", "expired", "missing-page", "wrong-box", "old-order", "date", "other"]


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


class Issue(Entry):
    """An issue that the key's author sees in the file: whose it is, and the papers that show it."""

    who: str
    issue: str
    exhibits: Several[str]
    because: str


class Hidden(Entry):
    """A thing that only the papers show."""

    kind: HiddenKind
    exhibits: Several[str]
    says: str


class Twin(Entry):
    """The same client on another day, when the law differed.

    `says` tells the learner what is different, `turns_on` names the rules that changed, `changes` the facts that
    would differ (person -> facts as in `file`), `issues` the whole key of that day.
    """

    as_of: date
    says: str
    turns_on: Several[str]
    changes: dict[str, dict[str, Any]] = Field(default_factory=dict)
    issues: Several[Issue]


class Scenario(Entry):
    """A client file on a day: story, papers, questions with their key, and the memo's rubric.

    `file` is what the papers show, in types; `issues` is the key that a person wrote. spotting.py derives the issues
    from `file` a second time, and check compares the two. `right_tool` is what would serve the client; "none" when
    parole is the wrong tool. `interview` is the client met before the file is read.
    """

    id: str
    title: str
    unit: str
    stars: int = Field(ge=1, le=3)
    minutes: int
    as_of: date
    right_tool: RightTool | None = None
    task: str
    story: Several[str]
    exhibits: Several[Exhibit]
    file: ClientFile | None = None
    issues: Several[Issue] = ()
    hidden: Several[Hidden] = ()
    twin: Twin | None = None
    questions: Several[Question]
    debrief: str
    interview: Interview | None = None

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


class Glance(NamedTuple):
    """What a link to a case says about it; `minutes` is the time it takes."""

    title: str
    stars: int
    minutes: int


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
    """A group of cases, handed in and graded together: an nbgrader assignment.

    `closed` names cases, or questions as `case/question`, whose keys feedback keeps closed.
    """

    id: str
    title: str
    lesson: str
    cases: Several[str]
    closed: Several[str] = ()


class Standard(Entry):
    """What a client file must have. `questions` and `kinds` are the fewest for one, two and three stars; `harms` and
    `criteria` the fewest and the most. `asks`, `harmful_asks`, `facts` and `statements` are the fewest of an interview,
    `endings` and `forks` (before a good ending) those of a consultation."""

    papers: int = 3
    questions: Several[int] = (6, 10, 10)
    kinds: Several[int] = (3, 4, 4)
    harms: Several[int] = (1, 4)
    criteria: Several[int] = (4, 7)
    flaws: int = 3
    asks: int = 12
    harmful_asks: int = 2
    facts: int = 6
    statements: int = 6
    endings: int = 3
    forks: int = 3

    @model_validator(mode="after")
    def _sizes(self) -> Self:
        if len(self.questions) != 3 or len(self.kinds) != 3 or len(self.harms) != 2 or len(self.criteria) != 2:
            raise ValueError("questions and kinds have three numbers, harms and criteria two")
        return self


class Outline(Entry):
    """The course in order. `as_of` is the day the law was last read; nothing is vouched for after `known_to`.

    `pass_line` is the percentage of a case's points, memo included, from which it counts as passed.
    """

    title: str
    as_of: date
    known_to: date
    lessons: Several[Lesson]
    pages: Several[Page] = ()
    standard: Standard = Standard()
    pass_line: int = Field(default=70, ge=1, le=100)
    units: Several[Unit]

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The names of the notebooks, lessons first."""
        return (*(lesson.id for lesson in self.lessons), *(page.id for page in self.pages))
