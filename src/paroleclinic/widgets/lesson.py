"""The pieces of a lesson: title card, law cards, timelines, quizzes, the map."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from paroleclinic.course import Course
from paroleclinic.drawing import Drawing, cards
from paroleclinic.drawing.marks import verdict
from paroleclinic.grading import grade
from paroleclinic.widgets.questions import Questions, public


def here() -> Course:
    """The course around the notebook that is running."""
    return Course.around(Path.cwd())


def title(lesson_id: str) -> Drawing:
    """The title card of a lesson."""
    course = here()
    return cards.title_card(course.lesson(lesson_id), course.outline)


def rule(*rule_ids: str, on: str | None = None) -> Drawing:
    """Law cards, as of the day of the course or of `on` (YYYY-MM-DD)."""
    course = here()
    day = date.fromisoformat(on) if on else course.outline.as_of
    html = "".join(cards.rule_card(course.law[rule_id], day) for rule_id in rule_ids)
    says = "\n".join(course.law[rule_id].at(day).says for rule_id in rule_ids)
    return Drawing(html, says)


def timeline(rule_id: str) -> Drawing:
    """The dated versions of one rule, drawn down a line."""
    return cards.timeline(here().law[rule_id])


def course_map() -> Drawing:
    """The lessons and cases of the course, with links."""
    course = here()
    titles = {case: course.scenario_title(case) for unit in course.outline.units for case in unit.cases}
    return cards.course_map(course.outline, titles)


def quiz(*question_ids: str) -> Questions:
    """Questions of the bank with Check, retry and undo; each answer is explained on the spot."""
    course = here()
    found = {question_id: course.question(question_id)[0] for question_id in question_ids}

    def hear(do: str, question_id: str, value: object) -> dict[str, object]:
        if do != "check" or question_id not in found:
            return {"re": "nothing"}
        mark = grade(found[question_id], value)
        html = verdict(mark, course.law, course.outline.as_of, reveal=mark.verdict == "right")
        return {"re": "checked", "html": html}

    return Questions(hear, mode="lesson", questions=public(found.values()))
