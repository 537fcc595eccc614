"""One form of the test around the course: answered in one go, then shown by lesson, with advice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paroleclinic.course import Course
from paroleclinic.drawing.home import tests_card
from paroleclinic.drawing.learner import gain_card
from paroleclinic.drawing.marks import test_result, verdict
from paroleclinic.grading import grade
from paroleclinic.progress import Progress
from paroleclinic.questions import Question
from paroleclinic.standing import counting
from paroleclinic.widgets.desk import Desk
from paroleclinic.widgets.handing import tests_handed_in
from paroleclinic.widgets.place import diary, here, in_a_room, noted
from paroleclinic.widgets.questions import Questions, public


def test_form(form_id: str) -> Questions:
    """The questions of one form, such as the pre-test, with the answers saved so far."""
    course = here()
    questions = course.form(form_id)
    desk = Desk(
        form_id, questions, lambda answers: _explained(course, questions, form_id, answers, desk.sure()), form_id
    )

    def hear(do: str, question: str, message: Mapping[str, Any]) -> dict[str, object]:
        if do != "hand-in-tests":
            return desk.hear(do, question, message)
        done = tests_handed_in(course, message.get("given") or {}, desktop=False)
        return {"re": "handed-in", "html": done.receipt, "trouble": done.trouble}

    return Questions(
        hear,
        mode="test",
        questions=public(questions, hints=False),
        answers=desk.answers(),
        sure=desk.sure(),
        trouble=desk.open(),
    )


def _explained(
    course: Course,
    questions: tuple[Question, ...],
    form_id: str,
    answers: Mapping[str, object],
    sure: Mapping[str, str],
) -> tuple[dict[str, str], str]:
    marks = [grade(question, answers.get(question.id)) for question in questions]
    verdicts = {mark.question.id: mark.verdict for mark in marks}
    noted("tested", form=form_id, marks=verdicts, certainty={name: sure[name] for name in verdicts if name in sure})
    reveal = form_id != "pre-test"  # the keys of the first test would spoil the lessons; they teach the answers instead
    html = {
        mark.question.id: verdict(mark, course.law, course.outline.as_of, reveal=True) if reveal else ""
        for mark in marks
    }
    progress = diary().progress()
    summary = test_result(marks, course.outline, reveal) + gained(course, progress)
    return html, summary + (tests_card(progress.name, room=in_a_room()) if progress.tests else "")


def gained(course: Course, progress: Progress) -> str:
    """What lies between the two forms, once both were taken; else nothing."""
    before, after = (counting(progress.tests.get(form, [])) for form in ("pre-test", "post-test"))
    if before is None or after is None:
        return ""
    objective = {
        question.id: question.objective for form in ("pre-test", "post-test") for question in course.form(form)
    }
    return gain_card(before, after, objective, course.outline)
