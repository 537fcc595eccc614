"""What an instructor needs for a lesson or a course, as frozen entries. No files, no clock."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from paroleclinic.reading import Entry, Several

Length = Literal[45, 90, 180]
LENGTHS: tuple[Length, ...] = (45, 90, 180)
PARTS = ("client", "interpreter", "advocate")
HANDOUTS = ("flow", "checklist", "intake", "glossary")


class Step(Entry):
    """Some minutes of a session: what is done, how, and with what.

    `uses` names a poll, slides, a case, a consultation, an interview, a section or a handout: `poll:QUESTION`,
    `slides:FIRST-LAST`, `case:CASE`, `consultation:ID`, `interview:CASE`, `section:LESSON#SLUG`, `role-play`, `board`,
    `handout:checklist`, `handout:intake`, `handout:flow`, `handout:glossary`, `prompt:NUMBER`.
    """

    minutes: int = Field(ge=1, le=60)
    do: str
    how: str
    uses: Several[str] = ()


class Plan(Entry):
    """A session of one length, minute by minute."""

    length: Length
    steps: Several[Step]

    @model_validator(mode="after")
    def _sum(self) -> Self:
        total = sum(step.minutes for step in self.steps)
        if total != self.length:
            raise ValueError(f"the steps take {total} minutes, not {self.length}")
        return self


class Prompt(Entry):
    """A question to discuss: what people are likely to say, and what to listen for or to add."""

    ask: str
    likely: Several[str]
    listen_for: str
    rules: Several[str] = ()


class Sheet(Entry):
    """What one player of a role-play reads, and nobody else: who they are, and their lines or tasks."""

    who: str
    knows: Several[str]
    does: Several[str]


class RolePlay(Entry):
    """A scene for three: client, interpreter, advocate; the others watch. Everybody in it is invented."""

    title: str
    minutes: int = Field(ge=5, le=40)
    setting: str
    client: Sheet
    interpreter: Sheet
    advocate: Sheet
    watch_for: Several[str]
    debrief: Several[str]
    rules: Several[str]


class Board(Entry):
    """What the board looks like at the end: columns with a few short lines each."""

    title: str
    columns: dict[str, Several[str]]


class Misconception(Entry):
    """A wrong belief that people bring, how it shows, and how to meet it without shaming anybody."""

    belief: str
    shows: str
    meet: str
    rules: Several[str]


class Poll(Entry):
    """A question of the lesson to ask the whole room, why this one, and what to say when the room is split."""

    question: str
    why: str
    when_split: str


class Slide(Entry):
    """A slide: few words on it, the speaker's notes beside it. `question` shows a question of the lesson large."""

    title: str
    points: Several[str] = ()
    notes: str
    rules: Several[str] = ()
    question: str | None = None

    @model_validator(mode="after")
    def _few_words(self) -> Self:
        if len(self.points) > 5 or any(len(point.split()) > 18 for point in self.points):
            raise ValueError("a slide has at most five points of at most 18 words")
        if bool(self.points) == bool(self.question):
            raise ValueError("a slide has points, or a question")
        return self


class Fork(Entry):
    """A step of a decision flow: a question, and where yes and no lead: another step's id, or an end in words."""

    id: str
    ask: str
    yes: str
    no: str
    rules: Several[str]


class Handouts(Entry):
    """Pages to print: the decision flow of the lesson, what to collect, what to ask at intake, words to know."""

    flow: Several[Fork]
    checklist: dict[str, Several[str]]
    intake: Several[str]
    terms: Several[str]
    rules: Several[str]


_Ruled = Prompt | RolePlay | Misconception | Slide | Handouts | Fork


class Guide(Entry):
    """Everything for whoever teaches one lesson."""

    lesson: str
    aims: Several[str]
    leave_out: Several[str]
    before: Several[str]
    plans: Several[Plan]
    prompts: Several[Prompt]
    role_play: RolePlay
    board: Board
    misconceptions: Several[Misconception]
    polls: Several[Poll]
    slides: Several[Slide]
    handouts: Handouts

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if tuple(plan.length for plan in self.plans) != LENGTHS:
            raise ValueError("a guide has a plan for 45, 90 and 180 minutes, in this order")
        if len(self.polls) != 2:
            raise ValueError("a guide has two polls")
        return self

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule of law that some part of the guide names, once, in the order of the parts."""
        parts: list[_Ruled] = [*self.prompts, self.role_play, *self.misconceptions, *self.slides]
        parts += [self.handouts, *self.handouts.flow]
        return tuple(dict.fromkeys(rule for part in parts for rule in part.rules))


class Session(Entry):
    """One meeting of a course: which lessons, how long each, and what learners do before and after.

    `lessons` maps a lesson to the length of its plan.
    """

    title: str
    minutes: int
    lessons: dict[str, Length]
    cases: Several[str] = ()
    before: Several[str] = ()
    breaks: int = 0
    after: Several[str] = ()
    instructor: Several[str] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if sum(self.lessons.values()) + self.breaks > self.minutes:
            raise ValueError("the plans and breaks of a session take more minutes than it has")
        return self


class Program(Entry):
    """A ready course: one afternoon, one weekend, ten weeks."""

    id: str
    title: str
    for_whom: str
    leaves_out: Several[str]
    sessions: Several[Session]
    grading: str
