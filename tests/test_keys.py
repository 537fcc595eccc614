"""Keys under attack: no answer but the key earns all, and neither greed nor luck nor a trick of form gets far."""

from __future__ import annotations

import random
from statistics import mean

import pytest

from conftest import ROOT, harmful_answers
from paroleclinic.check.questions import other_answers
from paroleclinic.course import Course
from paroleclinic.grading import grade_case, key_answers
from paroleclinic.questions import Amount, Day, Many, Match, One, Order
from paroleclinic.testwise import results

COURSE = Course(ROOT)
CASES = list(COURSE.scenario_paths)
ROUNDS = 200
MOST = 0.4  # of a case's points, on average


def lucky(question, luck):
    """An answer drawn without knowing anything; for a day or number, from those that the key foresees."""
    match question:
        case One():
            return luck.choice(question.options).id
        case Many():
            return [option.id for option in question.options if luck.random() < 0.5]
        case Match():
            return {item.id: luck.choice(question.groups).id for item in question.items}
        case Order():
            return luck.sample(question.key, len(question.key))
        case Day() | Amount():
            return luck.choice([question.key, *(str(slip.answer) for slip in question.slips)])


def greedy(question, luck):
    """Everything in sight, where everything can be chosen; else luck."""
    return [option.id for option in question.options] if isinstance(question, Many) else lucky(question, luck)


@pytest.mark.parametrize("case_id", CASES)
def test_every_single_deviation_from_the_key_costs_points(case_id):
    case = COURSE.scenario(case_id)
    key = key_answers(case)
    best = grade_case(case, key)
    assert best.earned == case.points
    assert not best.capped
    for question in case.graded:
        for answer in (None, *other_answers(question)):
            assert grade_case(case, {**key, question.id: answer}).earned < best.earned, (question.id, answer)


@pytest.mark.parametrize("case_id", CASES)
@pytest.mark.parametrize("pick", [lucky, greedy])
def test_luck_and_greed_earn_less_than_forty_percent(case_id, pick):
    case = COURSE.scenario(case_id)
    luck = random.Random(case_id)
    earned = mean(grade_case(case, {q.id: pick(q, luck) for q in case.graded}).earned for _ in range(ROUNDS))
    assert earned / case.points < MOST


@pytest.mark.parametrize("case_id", CASES)
def test_nothing_earns_nothing(case_id):
    assert grade_case(COURSE.scenario(case_id), {}).earned == 0


@pytest.mark.parametrize("case_id", CASES)
def test_one_harmful_answer_in_an_ideal_sheet_halves_the_case(case_id):
    case = COURSE.scenario(case_id)
    key = key_answers(case)
    harmful = [{**key, question.id: bad} for question in case.graded for bad in harmful_answers(question)]
    assert harmful
    assert all(grade_case(case, answers).earned <= case.points / 2 for answers in harmful)


def test_no_strategy_without_law_gets_more_than_five_points_past_chance_over_all_cases():
    worst = results(question for case in CASES for question in COURSE.scenario(case).graded)[0]
    assert worst.above <= 5, worst
