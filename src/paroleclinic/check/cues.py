"""No cue gives a key away: nobody passes by the form of the answers."""

from __future__ import annotations

from collections.abc import Iterator

from paroleclinic.course import Course
from paroleclinic.questions import Memo, Question, resolved
from paroleclinic.reading import Problem
from paroleclinic.testwise import results

ENOUGH = 50  # questions; with fewer, luck alone goes further than MOST_ABOVE
MOST_ABOVE = 5.0  # percentage points above random guessing


def test_wise(course: Course) -> Iterator[Problem]:
    """No strategy that knows no law beats random guessing by more than five percentage points."""
    questions = everything_asked(course)
    if len(questions) < ENOUGH:
        return
    for result in results(questions):
        if result.above > MOST_ABOVE:
            says = (
                f'the strategy "{result.strategy}" scores {result.scored:.0%}, {result.above:.1f} points above chance'
            )
            yield Problem("questions", 0, says, "rewrite options: see python benchmarks/test_wise_bots.py")


test_wise.__test__ = False  # type: ignore[attr-defined]


def everything_asked(course: Course) -> list[Question]:
    """All questions of the bank and the cases that are graded without a person, numbers put in."""
    day = course.outline.as_of
    bank = [
        resolved(q, day, course.value_on) for path in course.bank_paths for q in course.question_file(path).questions
    ]
    cases = [q for case in course.scenario_paths for q in course.scenario(case).questions]
    return [question for question in (*bank, *cases) if not isinstance(question, Memo)]
