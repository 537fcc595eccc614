"""Where answers are given and kept: each change is appended to answers.jsonl beside the notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from paroleclinic.answers import FILE_NAME, NotReadable, NotSaved, read_answers, record, record_event
from paroleclinic.grading import grade
from paroleclinic.questions import Question

Explained = Callable[[Mapping[str, object]], tuple[dict[str, str], str]]


class Desk:
    """Where one case or test is worked. `explain(answers)` gives the page of each question and the summary."""

    def __init__(self, name: str, questions: tuple[Question, ...], explain: Explained) -> None:
        self.name, self.explain = name, explain
        self.questions = {question.id: question for question in questions}
        self.path = Path.cwd() / FILE_NAME

    def answers(self) -> dict[str, object]:
        """The answers saved so far; an unusable file counts as none and is left untouched."""
        try:
            return read_answers(self.path).of(self.name)
        except NotReadable:
            return {}

    def open(self) -> str:
        """Note in the file that the page was opened; returns what keeps answers from being saved, or nothing."""
        try:
            record_event(self.path, _now(), self.name, "opened")
        except NotSaved as error:
            return f"Answers cannot be saved here: {error}. Copy the whole course to a folder of your own."
        return ""

    def hear(self, do: str, question_id: str, value: object) -> dict[str, object]:
        """Answer one message of the page."""
        if do == "show":
            return self._show()
        if do != "answer" or question_id not in self.questions:
            return {"re": "nothing"}
        try:
            record(self.path, _now(), self.name, question_id, value)
        except NotSaved as error:
            return {"re": "not-saved", "why": f"{error}."}
        said: dict[str, object] = {"re": "saved", "at": datetime.now().strftime("%H:%M:%S")}
        mark = grade(self.questions[question_id], value)
        return said | ({"why": mark.notes[0].because} if mark.verdict == "unreadable" else {})

    def _show(self) -> dict[str, object]:
        try:
            record_event(self.path, _now(), self.name, "shown")
        except NotSaved as error:
            why = f"<p>Not shown, because it could not be noted: {escape(str(error))}.</p>"
            return {"re": "shown", "html": {}, "summary": why}
        html, summary = self.explain(self.answers())
        return {"re": "shown", "html": html, "summary": summary}


def _now() -> datetime:
    return datetime.now(UTC)
