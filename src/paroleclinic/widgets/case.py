"""A case to work: the client's file, the questions, every change saved beside the notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from html import escape

from paroleclinic.content import Scenario
from paroleclinic.course import Course
from paroleclinic.drawing import Drawing, paragraphs, tag
from paroleclinic.drawing.cards import DISCLAIMER
from paroleclinic.drawing.exhibits import papers
from paroleclinic.drawing.hints import ladder
from paroleclinic.drawing.marks import case_marks, harm_first, lesson_of_case, rubric, score, verdict
from paroleclinic.grading import grade_case, key_answers
from paroleclinic.law import long_day
from paroleclinic.questions import Memo, Question
from paroleclinic.realdata import invented_in, kinds, strings, warning
from paroleclinic.sealed import SealedMemo, SealedQuestion, SealedScenario
from paroleclinic.widgets.desk import Desk
from paroleclinic.widgets.place import here, noted
from paroleclinic.widgets.questions import Questions, public

CLOSED = "Your answers are saved; your instructor grades this case."


def case(case_id: str) -> Questions:
    """The case, with the answers saved so far. Every change is appended to answers.jsonl beside the notebook."""
    course = here()
    scenario = course.case_file(case_id)
    explain = None if isinstance(scenario, SealedScenario) else partial(_explained, course, scenario)
    titles = {paper.id: paper.title for paper in scenario.exhibits}
    desk = Desk(
        scenario.id,
        scenario.questions,
        explain,
        f"{scenario.unit}/{scenario.id}",
        lambda question: ladder(question, titles, course.law, scenario.as_of),
        _carefully(scenario),
    )
    return Questions(
        desk.hear,
        mode="case",
        intro=opening(scenario, course.notice(scenario.id)),
        questions=public(scenario.questions, scenario.exhibits, scenario.twin),
        answers=desk.answers(),
        sure=desk.sure(),
        closed="" if explain else CLOSED,
        home=course.outline.lessons[0].id,
        trouble=desk.open(),
        care=desk.cares(),
    )


def _carefully(scenario: Scenario | SealedScenario) -> Callable[[Question | SealedQuestion, object], str | None]:
    """Warns of what looks like a real person's number in a memo; what stands in the case itself is invented."""

    @cache
    def invented() -> frozenset[str]:
        return invented_in(strings(scenario.model_dump(mode="json")))

    def care(question: Question | SealedQuestion, answer: object) -> str | None:
        if not isinstance(question, Memo | SealedMemo):
            return None
        return warning(kinds(answer, invented)) if isinstance(answer, str) else ""

    return care


def key(case_id: str) -> Drawing:
    """The case filled in with its key and model memo, as the one who teaches sees it."""
    course = here()
    scenario = course.scenario(case_id)
    html = case_marks(grade_case(scenario, key_answers(scenario)), course.law)
    return Drawing(html + (rubric(scenario.memo) if scenario.memo else ""), f"The key of {scenario.title}")


def opening(scenario: Scenario | SealedScenario, notice: str = "") -> str:
    """Story, task and papers of a case, and what is not the course's own in it."""
    return f"""<section class="pc-card pc-title" aria-label="About this case"><p class="pc-ask">{escape(scenario.task.strip())}</p>
<p class="pc-soft">The day is <strong>{long_day(scenario.as_of)}</strong> · about {scenario.minutes} minutes ·
<span aria-hidden="true">{"★" * scenario.stars}</span> difficulty {scenario.stars} of 3</p>{tag("p", notice, "pc-soft")}<p class="pc-notice">{DISCLAIMER}</p></section>
<h2>The story</h2>{paragraphs(scenario.story)}<h2>The file</h2>
<p class="pc-soft">Open each paper and read it closely: they do not all agree.</p>{papers(scenario.exhibits)}<h2>The questions</h2>"""


def _explained(course: Course, scenario: Scenario, answers: Mapping[str, object]) -> tuple[dict[str, str], str]:
    mark = grade_case(scenario, answers)
    noted(
        "graded", unit=scenario.unit, case=scenario.id, earned=mark.earned, points=mark.points, harm=bool(mark.harmful)
    )
    html = {m.question.id: verdict(m, course.law, scenario.as_of, reveal=True) for m in mark.marks}
    if scenario.memo:
        html[scenario.memo.id] += rubric(scenario.memo)
    summary = f'<section class="pc-card"><h2>How you did</h2>{score(mark)}{harm_first(mark)}</section>'
    summary += lesson_of_case(scenario, course.law)
    return html, summary
