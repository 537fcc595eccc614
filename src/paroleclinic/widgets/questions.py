"""The question control: one anywidget that shows questions and passes answers to Python."""

from __future__ import annotations

import getpass
import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import anywidget
import traitlets

from paroleclinic.content import Exhibit, Twin
from paroleclinic.drawing import style
from paroleclinic.law import long_day
from paroleclinic.questions import Amount, Group, Item, Many, Match, Memo, One, Option, Order, Question, Step
from paroleclinic.reading import Problems
from paroleclinic.sealed import (
    OtherDay,
    Part,
    SealedAmount,
    SealedMany,
    SealedMatch,
    SealedMemo,
    SealedOne,
    SealedOrder,
    SealedQuestion,
)
from paroleclinic.widgets.place import script

Hear = Callable[[str, str, Mapping[str, Any]], dict[str, object]]


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


class Questions(anywidget.AnyWidget):
    """Questions on a page. `hear(do, question, message)` answers each message; the key never reaches the page."""

    _esm = script("common.js", "forms.js", "questions.js")
    _css = style()
    mode = traitlets.Unicode("lesson").tag(sync=True)  # "lesson": Check; "case" and "test": save each change
    intro = traitlets.Unicode("").tag(sync=True)
    questions = traitlets.List().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    sure = traitlets.Dict().tag(sync=True)  # question -> low, medium or high
    done = traitlets.List().tag(sync=True)  # questions answered right before
    closed = traitlets.Unicode("").tag(sync=True)  # why there is no key to look at
    home = traitlets.Unicode("").tag(sync=True)  # the page where a unit is handed in
    trouble = traitlets.Unicode("").tag(sync=True)
    care = traitlets.Dict().tag(sync=True)  # question -> what its writer should take care of

    def __init__(self, hear: Hear, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._hear = hear
        self.on_msg(self._on_message)

    def _on_message(self, _: object, message: object, __: object) -> None:
        if not isinstance(message, dict):
            return
        do, question = str(message.get("do")), str(message.get("id", ""))
        try:
            answer = self._hear(do, question, message)
        except (Problems, LookupError, OSError, ValueError) as error:
            why = f"This cannot be shown. Reload the page; if it comes again, tell its author: {error}"
            answer = {"re": "not-saved", "why": why}
        self.send({**answer, "id": question, "n": message.get("n")})


def public(
    questions: Iterable[Question | SealedQuestion],
    exhibits: tuple[Exhibit, ...] = (),
    twin: Twin | OtherDay | None = None,
    learner: str | None = None,
    *,
    hints: bool = True,
) -> list[dict[str, object]]:
    """The questions as the page may see them: no key, no reason, no rubric, no fact.

    Options, items and steps stand in an order of the learner's own, the same each time the page is opened.
    """
    seed = who() if learner is None else learner
    titles = {paper.id: paper.title for paper in exhibits}
    return [
        {
            "id": question.id,
            "kind": question.kind,
            "prompt": question.prompt.strip(),
            "points": question.points,
            "hints": hints and not (isinstance(question, SealedQuestion) and not question.exhibits),
            "aside": f"The same file on another day, {long_day(twin.as_of)}. {twin.says.strip()}"
            if twin and question.other_day
            else "",
            "papers": [{"id": paper, "title": titles[paper]} for paper in question.exhibits if paper in titles],
            **_extra(question, f"{seed}/{question.id}"),
        }
        for question in questions
    ]


def who() -> str:
    """The name that the system knows the learner by; never stored, it only seeds the order of the options."""
    try:
        return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    except (OSError, KeyError, ImportError):  # a system without user names
        return "learner"


def shuffled(parts: Sequence[N], seed: str) -> list[N]:
    """The parts in an order that looks random and is the same for the same seed."""
    return sorted(parts, key=lambda part: hashlib.sha256(f"{seed}/{part.id}".encode()).digest())


def _extra(question: Question | SealedQuestion, seed: str) -> dict[str, object]:
    match question:
        case One() | Many() | SealedOne() | SealedMany():
            return {"options": _shown(shuffled(question.options, seed))}
        case Match() | SealedMatch():
            return {"items": _shown(shuffled(question.items, seed)), "groups": _shown(question.groups)}
        case Order():
            steps = shuffled(question.steps, seed)
            same = [step.id for step in steps] == list(question.key)
            return {"steps": _shown(steps[1:] + steps[:1] if same else steps)}
        case SealedOrder():
            return {"steps": _shown(question.steps)}  # in a wrong order for certain; another might be the right one
        case Amount() | SealedAmount():
            return {"unit": question.unit}
        case Memo() | SealedMemo():
            return {"words": question.words}
        case _:
            return {}


def _shown(parts: Iterable[Option | Item | Group | Step | Part]) -> list[dict[str, str]]:
    return [{"id": part.id, "text": part.text} for part in parts]
