"""Where answers are given and kept: each change is appended to answers.jsonl beside the notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from paroleclinic.answers import FILE_NAME, Answered, NotReadable, read_answers, record, record_event
from paroleclinic.grading import why_unreadable
from paroleclinic.lines import NotSaved
from paroleclinic.questions import Question
from paroleclinic.sealed import SealedQuestion
from paroleclinic.widgets.place import noted, now

Explained = Callable[[Mapping[str, object]], tuple[dict[str, str], str]]
Asked = Question | SealedQuestion


class Desk:
    """Where one case or test is worked. `explain(answers)` gives the page of each question and the summary; None, nothing.

    `page` is what the diary calls it, `hints(question)` the hints there are, easiest first, `care(question, answer)` what
    the writer should take care of, empty when there is nothing and None for a question that needs no care.
    """

    def __init__(
        self,
        name: str,
        questions: Sequence[Asked],
        explain: Explained | None,
        page: str,
        hints: Callable[[Asked], list[str]] | None = None,
        care: Callable[[Asked, object], str | None] | None = None,
    ) -> None:
        self.name, self.explain, self.page, self.hints, self.care = name, explain, page, hints, care
        self.questions = {question.id: question for question in questions}
        self.path = Path.cwd() / FILE_NAME

    def answers(self) -> dict[str, object]:
        """The answers saved so far; an unusable file counts as none and is left untouched."""
        return self._saved().of(self.name)

    def sure(self) -> dict[str, str]:
        """Question -> how sure the learner was, where it was said."""
        return {question: sure for (case, question), sure in self._saved().certainty.items() if case == self.name}

    def cares(self) -> dict[str, str]:
        """Question -> what its writer should take care of, where there is something."""
        answers = self.answers()
        found = {name: self._care(question, answers.get(name)) for name, question in self.questions.items()}
        return {name: says for name, says in found.items() if says}

    def _care(self, question: Asked, answer: object) -> str | None:
        return self.care(question, answer) if self.care else None

    def _saved(self) -> Answered:
        try:
            return read_answers(self.path)
        except NotReadable:
            return Answered()

    def open(self) -> str:
        """Note in the file that the page was opened; returns what keeps answers from being saved, or nothing."""
        try:
            record_event(self.path, now(), self.name, "opened")
        except NotSaved as error:
            return f"Answers cannot be saved here: {error}. Copy the whole course to a folder of your own."
        return ""

    def hear(self, do: str, question_id: str, message: Mapping[str, Any]) -> dict[str, object]:
        """Answer one message of the page."""
        value = message.get("value")
        if do == "show" and self.explain:
            return self._show(self.explain)
        if do == "worked":
            noted("worked", page=self.page, seconds=value)
        if do == "opened":
            noted("opened", page=self.page)
        if do == "hint" and question_id in self.questions and self.hints:
            return hint(self.hints(self.questions[question_id]), value)
        if do != "answer" or question_id not in self.questions:
            return {"re": "nothing"}
        try:
            record(self.path, now(), self.name, question_id, value, message.get("sure"))
        except NotSaved as error:
            return {"re": "not-saved", "why": f"{error}."}
        said: dict[str, object] = {"re": "saved", "at": datetime.now().strftime("%H:%M:%S")}
        question = self.questions[question_id]
        why, care = why_unreadable(question, value), self._care(question, value)
        return said | ({"why": why} if why else {}) | ({} if care is None else {"care": care})

    def _show(self, explain: Explained) -> dict[str, object]:
        try:
            record_event(self.path, now(), self.name, "shown")
        except NotSaved as error:
            why = f"<p>Not shown, because it could not be noted: {escape(str(error))}.</p>"
            return {"re": "shown", "html": {}, "summary": why}
        html, summary = explain(self.answers())
        return {"re": "shown", "html": html, "summary": summary}


def hint(ladder: list[str], shown: object) -> dict[str, object]:
    """The answer to "one more hint", when `shown` hints stand there already."""
    place = shown if isinstance(shown, int) and 0 <= shown < len(ladder) else len(ladder) - 1
    return {"re": "hint", "html": ladder[place], "more": place + 1 < len(ladder)}
