"""A question and an answer make a mark."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, SAMPLES, six_learners
from paroleclinic.course import Course
from paroleclinic.drawing.marks import verdict
from paroleclinic.grading import grade, grade_case, key_answers
from paroleclinic.questions import Match, Memo, Order

TINY = Course(SAMPLES / "tiny").scenario("first-crossing")
CASES = [TINY, *(Course(ROOT).scenario(case) for case in Course(ROOT).scenario_paths)]
QUESTIONS = {question.id: question for question in TINY.questions}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def answers_for(case):
    """Strategy: answers to a case, sensible and not, some questions left out."""
    ids = [option.id for question in case.graded for option in getattr(question, "options", ())]
    sensible = st.sampled_from(ids) | st.lists(st.sampled_from(ids), max_size=6)
    value = sensible | st.dates().map(str) | st.decimals(allow_nan=False).map(str) | ANYTHING
    return st.dictionaries(st.sampled_from([question.id for question in case.questions]), value)


def test_a_blank_is_not_a_wrong_answer():
    assert grade(QUESTIONS["when"], None).verdict == "blank"
    assert grade(QUESTIONS["when"], "never").verdict == "wrong"
    assert grade(QUESTIONS["when"], "no-such-option").verdict == "unreadable"
    assert grade(QUESTIONS["when"], ["morning"]).verdict == "unreadable"


def test_many_takes_wrong_picks_from_right_ones():
    bring = QUESTIONS["bring"]
    assert grade(bring, ["money", "ticket"]).earned == 4
    assert grade(bring, ["money"]).earned == 2
    assert grade(bring, ["money", "lamp"]).earned == 0
    assert grade(bring, ["money", "ticket", "lamp"]).earned == 2
    assert grade(bring, ["money", "ticket", "lamp", "rope"]).earned == 0
    assert grade(bring, ["money", "money"]).earned == 2


FARE = Course(SAMPLES / "tiny").law["bridge-fee"]
SORT = Match.model_validate(
    {
        "id": "sort",
        "kind": "match",
        "prompt": "Where does each go?",
        "points": 4,
        "rules": ["ferry-fare"],
        "groups": [{"id": "hold", "text": "In the hold"}, {"id": "deck", "text": "On deck"}],
        "items": [
            {"id": "cart", "text": "A cart", "group": "hold", "because": "It is heavy.", "misconception": "Carts roll"},
            {
                "id": "goat",
                "text": "A goat",
                "group": "deck",
                "because": "It must breathe.",
                "misconception": "Goats are goods",
                "harm": ["hold"],
            },
            {
                "id": "crate",
                "text": "A crate",
                "group": "hold",
                "because": "It is heavy.",
                "misconception": "Crates are light",
            },
            {
                "id": "child",
                "text": "A child",
                "group": "deck",
                "because": "A child is a passenger.",
                "misconception": "Children are light",
            },
        ],
    }
)
BOARD = Order.model_validate(
    {
        "id": "board",
        "kind": "order",
        "prompt": "What first?",
        "points": 3,
        "rules": ["ferry-fare"],
        "misconception": "Walk on and pay later",
        "steps": [
            {"id": "ask", "text": "Ask the fare", "because": "You must know it."},
            {"id": "pay", "text": "Pay", "because": "No fare, no ticket."},
            {"id": "walk", "text": "Walk on", "because": "You hold a ticket."},
            {"id": "sit", "text": "Sit", "because": "The ferry leaves."},
        ],
        "dangers": [{"first": "sit", "then": "pay", "because": "You will be put ashore."}],
    }
)


def test_sorting_takes_wrong_groups_from_right_ones():
    assert grade(SORT, SORT.key).earned == 4
    assert grade(SORT, {"cart": "hold"}).earned == 1
    assert grade(SORT, {**SORT.key, "cart": "deck"}).earned == 2
    assert grade(SORT, {"cart": "deck", "crate": "hold"}).earned == 0
    assert grade(SORT, {**SORT.key, "goat": "hold"}).harmful[0].text == "A goat: In the hold"
    assert grade(SORT, {**SORT.key, "goat": "hold"}).earned == 0


def test_ordering_counts_neighbors_that_stand_in_the_right_order():
    assert grade(BOARD, ["ask", "pay", "walk", "sit"]).earned == 3
    assert grade(BOARD, ["pay", "ask", "walk", "sit"]).earned == 2
    assert grade(BOARD, ["pay", "walk", "sit", "ask"]).earned == 2
    assert grade(BOARD, ["walk", "pay", "ask", "sit"]).earned == 1
    assert grade(BOARD, ["ask", "sit", "pay", "walk"]).harmful[0].because == "You will be put ashore."
    assert grade(BOARD, ["ask", "sit", "pay", "walk"]).earned == 0


def test_a_harmful_group_is_explained_before_all_others():
    html = verdict(grade(SORT, {**SORT.key, "goat": "hold"}), {"ferry-fare": FARE}, date(2026, 6, 1), reveal=False)
    assert html.index("A goat: In the hold") < html.index("A cart: In the hold")


@pytest.mark.parametrize("question", [SORT, BOARD], ids=["match", "order"])
def test_the_new_kinds_keep_the_invariants(question):
    from paroleclinic.check.questions import other_answers

    assert grade(question, None).verdict == grade(question, {}).verdict == grade(question, []).verdict == "blank"
    tried = [grade(question, answer) for answer in other_answers(question)]
    assert len(tried) > 3
    assert all(mark.earned < question.points and mark.verdict != "unreadable" for mark in tried)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (SORT, {"cart": "moon"}),
        (SORT, {"sail": "hold"}),
        (SORT, {"cart": ["hold"]}),
        (SORT, ["cart"]),
        (SORT, "cart"),
        (BOARD, ["ask", "pay"]),
        (BOARD, ["ask", "ask", "pay", "walk"]),
        (BOARD, ["ask", "pay", "walk", "fly"]),
        (BOARD, ["ask", "pay", "walk", {}]),
        (BOARD, {"ask": "pay"}),
        (BOARD, "ask"),
    ],
)
def test_a_muddled_sorting_or_order_is_unreadable_not_wrong(question, answer):
    assert grade(question, answer).verdict == "unreadable"


def test_harm_earns_nothing_and_caps_the_case_at_half():
    mark = grade_case(TINY, {**key_answers(TINY), "when": "night"})
    assert [note.text for note in mark.marks[0].harmful] == ["At night, when nobody looks"]
    assert mark.marks[0].earned == 0
    assert mark.earned == TINY.points / 2
    assert mark.capped


@pytest.mark.parametrize("text", ["10", "$10", " 10.00 ", "$ 10", "10.0", "010"])
def test_a_number_may_be_written_in_many_ways(text):
    assert grade(QUESTIONS["cost"], text).verdict == "right"


@pytest.mark.parametrize(
    "text",
    [
        "ten",
        "NaN",
        "inf",
        "1_0",
        "--1",
        "9" * 41,
        "1e400",
        "1e9999999",
        "1e1",
        "1.050,00",
        "1,05",
        "10 dollars",
        10,
        {"a": 1},
    ],
)
def test_what_is_not_a_number_is_unreadable(text):
    assert grade(QUESTIONS["cost"], text).verdict == "unreadable"


def test_an_expected_slip_is_answered_by_its_own_reason():
    mark = grade(QUESTIONS["cost"], "12")
    assert mark.verdict == "wrong"
    assert mark.notes[0].because == "That fee begins in June."
    assert grade(QUESTIONS["cost"], "77").notes[0].because == "Look at the fee on the day of the case."


@pytest.mark.parametrize("text", ["2026-02-30", "31/12/2026", "June", 20260601, "2026-06-01T10:00"])
def test_what_is_not_a_date_is_unreadable(text):
    assert grade(QUESTIONS["rise"], text).verdict == "unreadable"


def test_a_memo_waits_for_a_person_and_earns_nothing_by_itself():
    mark = grade(QUESTIONS["note"], "Dear Ana")
    assert (mark.verdict, mark.earned, mark.answer) == ("waiting", 0, "Dear Ana")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_blank_earns_nothing_and_the_key_earns_everything(case):
    assert grade_case(case, {}).earned == 0
    assert grade_case(case, key_answers(case)).earned == case.points


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_single_deviation_from_the_key_costs_points(case):
    from paroleclinic.check.questions import other_answers

    tried = 0
    for question in case.graded:
        for answer in [None, *other_answers(question)]:
            assert grade_case(case, {**key_answers(case), question.id: answer}).earned < case.points
            tried += 1
    assert tried > len(case.graded)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_picking_everything_in_sight_never_wins(case):
    everything = {}
    for question in case.graded:
        options = [option.id for option in getattr(question, "options", ())]
        everything[question.id] = options if question.kind == "many" else options[:1][0] if options else "1"
    assert grade_case(case, everything).earned < 0.5 * case.points


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_harmful_advice_never_passes_half(case):
    harmful = six_learners(case)["harmful"]
    assert len(grade_case(case, harmful).harmful) > 0
    assert grade_case(case, harmful).earned <= case.points / 2


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_marks_stay_between_nothing_and_everything_whatever_was_sent(data):
    case = data.draw(st.sampled_from(CASES))
    answers = data.draw(answers_for(case))
    mark = grade_case(case, answers)
    assert 0 <= mark.earned <= mark.points
    assert all(0 <= one.earned <= one.question.points for one in mark.marks)
    assert all(one.earned == 0 for one in mark.marks if one.verdict in ("blank", "unreadable", "wrong", "waiting"))
    assert grade_case(case, dict(reversed(answers.items()))) == mark


@settings(max_examples=150, deadline=None)
@given(ANYTHING)
def test_no_answer_whatever_breaks_a_question(answer):
    for question in (*TINY.questions, SORT, BOARD):
        mark = grade(question, answer)
        if isinstance(question, Memo):
            assert mark.earned == 0
        assert mark.verdict in ("right", "partly", "wrong", "blank", "unreadable", "waiting")
