"""A client file without its key, as a learner's kit holds it: what is seen before answering, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from io import StringIO
from itertools import count
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field
from ruamel.yaml import YAML

from paroleclinic.content import Exhibit, Scenario
from paroleclinic.interview import Interview
from paroleclinic.questions import Amount, Day, Group, Many, Match, Memo, One, Option, Order, Question
from paroleclinic.questions import Item as KeyedItem
from paroleclinic.questions import Step as KeyedStep
from paroleclinic.reading import Entry, Several

MARK = "sealed: true"
P = TypeVar("P", Option, KeyedItem, KeyedStep)


class Part(Entry):
    """An option, an item or a step, in an order that tells nothing."""

    id: str
    text: str


class _Asked(Entry):
    """What every sealed question has; `other_day` says that it is about the twin's day."""

    id: str
    prompt: str
    points: int
    exhibits: Several[str] = ()
    other_day: bool = False


class SealedOne(_Asked):
    """Choose one option."""

    kind: Literal["one"]
    options: Several[Part]


class SealedMany(_Asked):
    """Choose all options that apply."""

    kind: Literal["many"]
    options: Several[Part]


class SealedMatch(_Asked):
    """Sort each item into one group."""

    kind: Literal["match"]
    groups: Several[Group]
    items: Several[Part]


class SealedOrder(_Asked):
    """Put steps in order. They stand in a wrong one."""

    kind: Literal["order"]
    steps: Several[Part]


class SealedDay(_Asked):
    """Name a day."""

    kind: Literal["date"]


class SealedAmount(_Asked):
    """Name a number of `unit`."""

    kind: Literal["amount"]
    unit: str


class SealedMemo(_Asked):
    """Write free text of at most about `words`."""

    kind: Literal["memo"]
    words: int


SealedQuestion = SealedOne | SealedMany | SealedMatch | SealedOrder | SealedDay | SealedAmount | SealedMemo


class OtherDay(Entry):
    """The same client on another day: what the learner is told of it."""

    as_of: date
    says: str


class SealedScenario(Entry):
    """A client file that can be worked and handed in but not graded. A key in it is an unknown word, and refused.

    `leads_to` names the lessons it practices, as `LESSON#`. `interview` is whole: it is practice with feedback of its own,
    shown before the file is read.
    """

    id: str
    sealed: Literal[True]
    title: str
    unit: str
    stars: int
    minutes: int
    as_of: date
    task: str
    story: Several[str]
    exhibits: Several[Exhibit]
    leads_to: Several[str] = ()
    twin: OtherDay | None = None
    questions: Several[Annotated[SealedQuestion, Field(discriminator="kind")]]
    interview: Interview | None = None


def sealed(case: Scenario) -> SealedScenario:
    """The case without its key."""
    asked_twice = any(question.other_day for question in case.questions)
    return SealedScenario(
        id=case.id,
        sealed=True,
        title=case.title,
        unit=case.unit,
        stars=case.stars,
        minutes=case.minutes,
        as_of=case.as_of,
        task=case.task,
        story=case.story,
        exhibits=case.exhibits,
        leads_to=tuple(sorted({f"{q.reread.partition('#')[0]}#" for q in case.questions if q.reread})),
        twin=OtherDay(as_of=case.twin.as_of, says=case.twin.says) if case.twin and asked_twice else None,
        questions=tuple(_question(question, f"{case.id}/{question.id}") for question in case.questions),
        interview=case.interview,
    )


def sealed_text(case: Scenario) -> str:
    """The file of a sealed case, as YAML."""
    return yaml_text(sealed(case).model_dump(exclude_defaults=True))


def yaml_text(data: Mapping[str, Any]) -> str:
    """Plain data as the text of a YAML file, keys in their order."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.width = 120
    out = StringIO()
    writer.dump(_plain(dict(data)), out)
    return out.getvalue()


def is_sealed(text: str) -> bool:
    """Whether the text of a client file says that it is sealed, in the lines above its task."""
    return f"\n{MARK}\n" in text.partition("\ntask:")[0]


def _question(question: Question, seed: str) -> SealedQuestion:
    about: dict[str, Any] = {
        "id": question.id,
        "prompt": question.prompt,
        "points": question.points,
        "exhibits": question.exhibits,
        "other_day": question.other_day,
    }
    match question:
        case One():
            return SealedOne(kind="one", options=_mixed(question.options, seed), **about)
        case Many():
            return SealedMany(kind="many", options=_mixed(question.options, seed), **about)
        case Match():
            return SealedMatch(kind="match", groups=question.groups, items=_mixed(question.items, seed), **about)
        case Order():
            tries = (_mixed(question.steps, seed if not turn else f"{seed}/{turn}") for turn in count())
            steps = next(steps for steps in tries if tuple(step.id for step in steps) != question.key)
            return SealedOrder(kind="order", steps=steps, **about)
        case Day():
            return SealedDay(kind="date", **about)
        case Amount():
            return SealedAmount(kind="amount", unit=question.unit, **about)
        case Memo():
            return SealedMemo(kind="memo", words=question.words, **about)


def _mixed(parts: Sequence[P], seed: str) -> tuple[Part, ...]:
    """The parts by the hash of their ids, which knows nothing of the key."""
    mixed = sorted(parts, key=lambda part: hashlib.sha256(f"{seed}/{part.id}".encode()).digest())
    return tuple(Part(id=part.id, text=part.text) for part in mixed)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {"from" if key == "from_" else key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
