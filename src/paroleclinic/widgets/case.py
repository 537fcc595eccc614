"""A case to work: the client's file, the questions, every change saved beside the notebook."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from pathlib import Path

from paroleclinic.answers import FILE_NAME, NotReadable, NotSaved, read_answers, record, record_event
from paroleclinic.content import Scenario
from paroleclinic.course import Course
from paroleclinic.drawing import Drawing, paragraphs
from paroleclinic.drawing.cards import DISCLAIMER
from paroleclinic.drawing.exhibits import papers
from paroleclinic.drawing.marks import case_marks, harm_first, rubric, score, verdict
from paroleclinic.grading import grade, grade_case, key_answers
from paroleclinic.law import long_day
from paroleclinic.widgets.lesson import here
from paroleclinic.widgets.questions import Questions, public


def case(case_id: str) -> Questions:
    """The case, with the answers saved so far. Every change is appended to answers.jsonl beside the notebook."""
    course = here()
    scenario = course.scenario(case_id)
    path = Path.cwd() / FILE_NAME
    desk = _Desk(course, scenario, path)
    return Questions(
        desk.hear,
        mode="case",
        intro=opening(scenario),
        questions=public(scenario.questions, scenario.exhibits),
        answers=desk.answers(),
        trouble=desk.open(),
    )


def key(case_id: str) -> Drawing:
    """The case filled in with its key and model memo, as the one who teaches sees it."""
    course = here()
    scenario = course.scenario(case_id)
    html = case_marks(grade_case(scenario, key_answers(scenario)), course.law)
    return Drawing(html + (rubric(scenario.memo) if scenario.memo else ""), f"The key of {scenario.title}")


def opening(scenario: Scenario) -> str:
    """Story, task and papers of a case."""
    stars = "★" * scenario.stars + "☆" * (3 - scenario.stars)
    return f"""<section class="pc-card pc-title" aria-label="About this case"><p class="pc-ask">{escape(scenario.task.strip())}</p>
<p class="pc-soft">The day is <strong>{long_day(scenario.as_of)}</strong> · about {scenario.minutes} minutes ·
<span aria-hidden="true">{stars}</span> difficulty {scenario.stars} of 3</p><p class="pc-notice">{DISCLAIMER}</p></section>
<h2>The story</h2>{paragraphs(scenario.story)}<h2>The file</h2>
<p class="pc-soft">Open each paper and read it closely: they do not all agree.</p>{papers(scenario.exhibits)}<h2>The questions</h2>"""


class _Desk:
    """Where one case is worked: saves answers, and shows how they were graded."""

    def __init__(self, course: Course, scenario: Scenario, path: Path) -> None:
        self.course, self.scenario, self.path = course, scenario, path

    def answers(self) -> dict[str, object]:
        """The answers saved so far; an unusable file counts as none and is left untouched."""
        try:
            return read_answers(self.path).of(self.scenario.id)
        except NotReadable:
            return {}

    def open(self) -> str:
        """Note in the file that the case was opened; returns what keeps answers from being saved, or nothing."""
        try:
            record_event(self.path, _now(), self.scenario.id, "opened")
        except NotSaved as error:
            return f"Answers cannot be saved here: {error}. Copy the whole course to a folder of your own."
        return ""

    def hear(self, do: str, question_id: str, value: object) -> dict[str, object]:
        """Answer one message of the page."""
        if do == "show":
            return self._show()
        if do != "answer" or question_id not in {question.id for question in self.scenario.questions}:
            return {"re": "nothing"}
        try:
            record(self.path, _now(), self.scenario.id, question_id, value)
        except NotSaved as error:
            return {"re": "not-saved", "why": f"{error}."}
        said: dict[str, object] = {"re": "saved", "at": datetime.now().strftime("%H:%M:%S")}
        mark = grade(next(q for q in self.scenario.questions if q.id == question_id), value)
        return said | ({"why": mark.notes[0].because} if mark.verdict == "unreadable" else {})

    def _show(self) -> dict[str, object]:
        mark = grade_case(self.scenario, self.answers())
        try:
            record_event(self.path, _now(), self.scenario.id, "shown")
        except NotSaved as error:
            return {
                "re": "shown",
                "html": {},
                "summary": f"<p>Not shown, because it could not be noted: {escape(str(error))}.</p>",
            }
        html = {m.question.id: verdict(m, self.course.law, self.scenario.as_of, reveal=True) for m in mark.marks}
        if self.scenario.memo:
            html[self.scenario.memo.id] += rubric(self.scenario.memo)
        summary = f'<section class="pc-card"><h2>How you did</h2>{score(mark)}{harm_first(mark)}' + (
            f"<h3>What this case teaches</h3>{paragraphs(self.scenario.debrief)}</section>"
        )
        return {"re": "shown", "html": html, "summary": summary}


def _now() -> datetime:
    return datetime.now(UTC)
