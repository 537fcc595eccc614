"""The whole course measures up: enough law, enough questions of each sort, lessons of a bearable length."""

from __future__ import annotations

import re
from collections import Counter
from statistics import mean
from typing import get_args

import pytest

from conftest import ROOT
from paroleclinic.check.cues import everything_asked
from paroleclinic.check.lessons import prose, reading_grade
from paroleclinic.check.places import cells
from paroleclinic.content import ExhibitKind, HiddenKind
from paroleclinic.course import Course
from paroleclinic.questions import Many, One
from paroleclinic.testwise import results

COURSE = Course(ROOT)
LESSONS = COURSE.outline.lessons
BANK = {path: COURSE.question_file(path) for path in COURSE.question_paths}
ALL = [question for file in BANK.values() for question in file.questions]
PICTURES = re.compile(r"^(timeline|specimen|chart|grid|events|course_map)\(", flags=re.M)


def text_of(lesson, kind="markdown"):
    path = ROOT / "notebooks" / f"{lesson.id}.ipynb"
    return "\n\n".join("".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == kind)


def test_there_is_law_enough_and_much_of_it_has_changed():
    rules = list(COURSE.law.values())
    assert len(rules) >= 170
    assert sum(len(rule.versions) >= 2 for rule in rules) >= 25


def test_nothing_is_vouched_for_after_the_day_the_course_names():
    known = {rule.id: v.known_on for rule in COURSE.law.values() for v in rule.versions if v.known_on}
    assert {rule: day for rule, day in known.items() if day > COURSE.outline.known_to} == {}
    assert len(known) > 50


def test_there_are_thirteen_lessons_and_each_has_sixteen_questions():
    assert [lesson.id[:2] for lesson in LESSONS] == [f"{number:02}" for number in range(13)]
    counts = Counter(file.lesson for file in BANK.values() for _ in file.questions if file.lesson)
    assert min(counts[lesson.id] for lesson in LESSONS) >= 16
    assert len(ALL) >= 280


def test_the_bank_asks_for_more_than_memory():
    levels = Counter(question.level for question in ALL)
    assert set(levels) == {"remember", "apply", "judge"}
    assert levels["apply"] >= 0.4 * len(ALL)
    assert levels["judge"] >= 0.25 * len(ALL)
    assert {question.kind for question in ALL} == {"one", "many", "match", "order", "date", "amount"}
    assert (
        sum(question.kind == "date" or question.on is not None for question in ALL) >= 60
    )  # on another day, another answer


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_every_objective_of_a_lesson_is_asked(lesson):
    asked = {q.objective for file in BANK.values() if file.lesson == lesson.id for q in file.questions}
    assert asked == {goal.id for goal in lesson.objectives}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_lesson_has_the_length_the_pictures_and_the_parts_it_should(lesson):
    text = text_of(lesson)
    words = re.sub(r"```.*?```|[|#>*]|(?<!\w)-", " ", text, flags=re.S).split()
    assert 1_500 <= len(words) <= 3_000
    assert 35 <= lesson.minutes <= 60
    assert text.count("```mermaid") + len(PICTURES.findall(text_of(lesson, "code"))) >= 3
    assert text.count("In words:") == text.count("```mermaid") == text.count("accDescr")
    for part in ("## Worked example", "## What trainees get wrong", "## Key points", "## Next step"):
        assert text.count(part) == 1, part
    assert reading_grade(prose(ROOT / "notebooks" / f"{lesson.id}.ipynb")) <= 10


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_lesson_leads_to_its_cases(lesson):
    units = [unit for unit in COURSE.outline.units if unit.lesson == lesson.id]
    assert f'cases("{lesson.id}")' in text_of(lesson, "code") or (lesson.id.startswith("00") and not units)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_somebody_who_did_not_write_a_lesson_has_read_it(lesson):
    review = (ROOT / "docs" / "reviews" / f"{lesson.id}.md").read_text()
    assert re.search(r"^\|.*\| *(Now|What it says now) *\|", review, flags=re.M)
    assert len(review.splitlines()) > 20


def test_both_forms_of_the_test_have_two_questions_of_each_lesson():
    lesson_of = {goal.id: lesson.id for lesson in LESSONS for goal in lesson.objectives}
    for form in ("pre-test", "post-test"):
        questions = COURSE.form(form)
        assert Counter(lesson_of[question.objective] for question in questions) == {
            lesson.id: 2 for lesson in LESSONS[1:]
        }


def test_knowing_no_law_helps_nobody():
    worst = results(everything_asked(COURSE))[0]
    assert worst.above <= 5, worst


def test_the_seeds_claims_are_all_listed():
    claims = COURSE.coverage.claims
    assert len(claims) >= 80
    assert len({claim.id for claim in claims}) == len(claims)


def test_the_glossary_has_seventy_terms_and_the_seven_of_the_seed():
    terms = {COURSE.term(term).term for term in COURSE.term_paths}
    assert len(terms) >= 70
    assert {
        "parole", "humanitarian parole", "advance parole", "parole in place", "programmatic parole", "asylum", "TPS",
    } <= terms  # fmt: skip


CASES = {unit.id: [COURSE.scenario(case) for case in unit.cases] for unit in COURSE.outline.units}
ALL_CASES = [case for cases in CASES.values() for case in cases]
FEWEST = {
    "humanitarian-parole": 9, "advance-parole": 11, "parole-in-place": 6, "program-parole": 6, "when-parole-ends": 6,
    "neighbors": 3, "intake-days": 3,
}  # fmt: skip


def test_there_are_forty_four_client_files_and_enough_of_each_kind():
    assert len(ALL_CASES) >= 44
    assert {unit: len(cases) for unit, cases in CASES.items() if len(cases) < FEWEST[unit]} == {}
    assert CASES.keys() == FEWEST.keys()


def test_parole_is_the_wrong_tool_in_eight_and_the_law_changed_between_the_days_of_ten():
    assert sum(case.right_tool == "none" for case in ALL_CASES) >= 8
    twins = [case for case in ALL_CASES if case.twin]
    assert len(twins) >= 10
    assert len({rule for case in twins for rule in case.twin.turns_on}) >= 6


def test_the_files_hold_a_hundred_and_fifty_papers_of_every_kind():
    papers = [paper for case in ALL_CASES for paper in case.exhibits]
    assert len(papers) >= 150
    assert {paper.kind for paper in papers} == {*get_args(ExhibitKind)}


def test_the_files_ask_in_every_way_and_hide_in_every_way():
    assert {q.kind for case in ALL_CASES for q in case.graded} == {"one", "many", "match", "order", "date", "amount"}
    assert {thing.kind for case in ALL_CASES for thing in case.hidden} >= {*get_args(HiddenKind)} - {"other"}
    assert {case.stars for case in ALL_CASES} == {1, 2, 3}


def test_an_intake_day_has_six_people_and_takes_an_hour():
    for case in CASES["intake-days"]:
        assert len(case.file.people) == 6
        assert case.minutes == 60


def test_no_wrong_option_of_a_case_tells_itself_by_its_words():
    """Harm is never obvious: harmful answers are about as long as the others of their question."""
    lengths = [
        (len(option.text) / mean(len(o.text) for o in question.options))
        for case in ALL_CASES
        for question in case.graded
        if isinstance(question, One | Many)
        for option in question.options
        if option.harm
    ]
    assert len(lengths) >= 44
    assert 0.9 <= mean(lengths) <= 1.1


@pytest.mark.parametrize("unit", FEWEST)
def test_somebody_who_had_only_the_exercise_has_solved_every_case(unit):
    review = (ROOT / "docs" / "reviews" / f"cases-{unit}.md").read_text()
    for case in CASES[unit]:
        assert re.search(rf"^## .*`{case.id}`", review, flags=re.M), case.id
