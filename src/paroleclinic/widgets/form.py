"""One form of the test around the course: answered in one go, then shown by lesson, with advice."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from paroleclinic.course import Course
from paroleclinic.drawing.marks import test_result, verdict
from paroleclinic.grading import grade
from paroleclinic.questions import Question
from paroleclinic.widgets.desk import Desk
from paroleclinic.widgets.lesson import here
from paroleclinic.widgets.questions import Questions, public


def test_form(form_id: str) -> Questions:
    """The questions of one form, such as the pre-test, with the answers saved so far."""
    course = here()
    questions = course.form(form_id)
    desk = Desk(form_id, questions, partial(_explained, course, questions, form_id))
    return Questions(desk.hear, mode="test", questions=public(questions), answers=desk.answers(), trouble=desk.open())


def _explained(
    course: Course, questions: tuple[Question, ...], form_id: str, answers: Mapping[str, object]
) -> tuple[dict[str, str], str]:
    marks = [grade(question, answers.get(question.id)) for question in questions]
    reveal = form_id != "pre-test"  # the keys of the first test would spoil the lessons; they teach the answers instead
    html = {
        mark.question.id: verdict(mark, course.law, course.outline.as_of, reveal=True) if reveal else ""
        for mark in marks
    }
    return html, test_result(marks, course.outline, reveal)
