"""What a page is given: questions without keys in an order of the learner's own, and the words of the glossary."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from conftest import ROOT
from paroleclinic.course import Course
from paroleclinic.grading import key_answer
from paroleclinic.questions import Match, Order
from paroleclinic.widgets.questions import public, shuffled

COURSE = Course(ROOT)
BANK = [COURSE.question(q.id) for path in COURSE.question_paths for q in COURSE.question_file(path).questions]
CHOICES = [question for question in BANK if question.kind == "one"]
SORTED = [question for question in BANK if isinstance(question, Match | Order)]


def test_options_stand_in_the_same_order_each_time_one_learner_opens_the_page():
    assert public(BANK, learner="ana") == public(BANK, learner="ana")
    assert public(BANK, learner="ana") != public(BANK, learner="bo")


def test_over_many_learners_the_right_option_stands_everywhere():
    places = Counter()
    for learner in range(200):
        for question in CHOICES[:20]:
            shown = [option.id for option in shuffled(question.options, f"{learner}/{question.id}")]
            places[shown.index(question.key[0])] += 1
    assert set(places) == {0, 1, 2, 3}
    assert max(places.values()) < 1.15 * min(places.values())


@pytest.mark.parametrize("question", SORTED, ids=lambda question: question.id)
def test_an_order_to_make_never_starts_as_the_right_one(question):
    if isinstance(question, Order):
        for learner in range(60):
            [shown] = public([question], learner=str(learner))
            assert [step["id"] for step in shown["steps"]] != list(question.key)


def test_no_key_and_no_reason_reaches_the_page():
    text = json.dumps(public(BANK), ensure_ascii=False)
    for question in BANK:
        for part in (
            *getattr(question, "options", ()),
            *getattr(question, "items", ()),
            *getattr(question, "steps", ()),
        ):
            assert part.because not in text
    for question in SORTED:
        assert json.dumps(key_answer(question)) not in text


def test_the_terms_of_a_page_are_those_its_text_uses():
    names = {term.id for term in COURSE.terms_in(ROOT / "notebooks/03-advance-parole.ipynb")}
    assert {"advance-parole", "unlawful-presence", "in-absentia"} <= names
    assert "entrepreneur-parole" not in names
    assert COURSE.terms_in(ROOT / "notebooks/no-such-page.ipynb") == []
