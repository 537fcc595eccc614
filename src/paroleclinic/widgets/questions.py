"""The question control: one anywidget that shows questions and passes answers to Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from paroleclinic.content import Amount, Exhibit, Many, Memo, One, Question
from paroleclinic.drawing import style

Hear = Callable[[str, str, object], dict[str, object]]


class Questions(anywidget.AnyWidget):
    """Questions on a page. `hear(do, question, value)` answers each message; the key never reaches the page."""

    _esm = (Path(__file__).parent / "questions.js").read_text(encoding="utf-8")
    _css = style()
    mode = traitlets.Unicode("lesson").tag(sync=True)  # "lesson": Check; "case": saves each change
    intro = traitlets.Unicode("").tag(sync=True)
    questions = traitlets.List().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    trouble = traitlets.Unicode("").tag(sync=True)

    def __init__(self, hear: Hear, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._hear = hear
        self.on_msg(self._on_message)

    def _on_message(self, _: object, message: object, __: object) -> None:
        if not isinstance(message, dict):
            return
        do, question = str(message.get("do")), str(message.get("id", ""))
        self.send({**self._hear(do, question, message.get("value")), "id": question, "n": message.get("n")})


def public(questions: Iterable[Question], exhibits: tuple[Exhibit, ...] = ()) -> list[dict[str, object]]:
    """The questions as the page may see them: no key, no reason, no rubric, no fact."""
    titles = {paper.id: paper.title for paper in exhibits}
    return [
        {
            "id": question.id,
            "kind": question.kind,
            "prompt": question.prompt.strip(),
            "points": question.points,
            "papers": [{"id": paper, "title": titles[paper]} for paper in question.exhibits if paper in titles],
            **_extra(question),
        }
        for question in questions
    ]


def _extra(question: Question) -> dict[str, object]:
    match question:
        case One() | Many():
            return {"options": [{"id": option.id, "text": option.text} for option in question.options]}
        case Amount():
            return {"unit": question.unit}
        case Memo():
            return {"words": question.words}
        case _:
            return {}
