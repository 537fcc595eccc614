"""Meeting clients: interviews and branching consultations, as data and as played."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from conftest import ROOT, SAMPLES, copy_of_tiny
from paroleclinic.consultation import NoSuchChoice, followed, paths
from paroleclinic.course import Course
from paroleclinic.drawing import story, talk
from paroleclinic.interview import NotOffered, begin, outcome, played, standing

COURSE = Course(ROOT)
CASES = [case for unit in COURSE.outline.units for case in unit.cases]
MET = [case for case in CASES if COURSE.scenario(case).interview]
CONSULTED = sorted(COURSE.consultation_paths)
ASKED_FOR = {
    "the-old-order-trip", "the-bed-in-the-hospital", "the-last-day-of-parole", "the-notarios-offer",
    "the-program-that-closed", "the-witness",
}  # fmt: skip


@pytest.fixture
def meeting(tmp_path: Path) -> Course:
    """The tiny course, with an interview in its case."""
    course = copy_of_tiny(tmp_path / "tiny")
    with (course.root / "scenarios/bridges/first-crossing.yaml").open("a") as file:
        file.write((SAMPLES / "interview.yaml").read_text())
    return course


@pytest.fixture
def ana(meeting):
    return meeting.scenario("first-crossing").interview


RIGHT = {"st-hour": "known", "st-rain": "unknown", "st-fee": "needed"}


def test_the_model_path_earns_everything(ana):
    assert outcome(played(ana, ana.model), RIGHT).total == 100


def test_nothing_said_earns_only_what_was_rightly_called_unknown(ana):
    assert outcome(begin(ana), {}).total == 0
    placed = RIGHT | {"st-hour": "unknown"}
    assert outcome(begin(ana), placed).total == 20


def test_a_fact_that_did_not_come_out_is_not_known(ana):
    assert standing(ana.statements[0], frozenset()) == "unknown"
    assert standing(ana.statements[0], frozenset({"tonight"})) == "known"


def test_the_decisive_fact_stays_hidden_from_a_client_who_does_not_trust_you(ana):
    guarded = played(ana, ["hour"])
    assert (guarded.lines[0].said, guarded.uncovered) == ("Soon.", frozenset())
    again = played(ana, ["hour", "hello", "hour"])  # a guarded question may be asked again
    assert again.uncovered == {"tonight"}


def test_a_leading_question_closes_the_open_one(ana):
    assert "hour" not in {ask.id for ask in played(ana, ["lead"]).offered}
    with pytest.raises(NotOffered):
        played(ana, ["lead", "hour"])


def test_a_follow_up_is_offered_only_after_its_question(ana):
    assert "who" not in {ask.id for ask in begin(ana).offered}
    assert "who" in {ask.id for ask in played(ana, ["pay"]).offered}


def test_the_talk_is_over_when_all_is_said_or_trust_is_gone(ana):
    assert played(ana, ana.model).offered == ()
    cold = ana.model_copy(update={"trust": 1})
    assert played(cold, ["promise"]).broken
    assert played(cold, ["promise"]).offered == ()
    assert outcome(played(cold, ["promise"]), RIGHT).harm == 0


def test_harm_costs_points_and_is_named(ana):
    went = outcome(played(ana, ["promise", "hello", "hour", "pay"]), RIGHT)
    assert [ask.id for ask in went.harmful] == ["promise"]
    assert went.harm == 7.5


@pytest.mark.parametrize(
    "placed", [{"st-hour": 7, "st-rain": ["known"], "zzz": "known"}, {"st-hour": "KNOWN"}, {"st-fee": None}]
)
def test_nonsense_in_the_sorting_earns_nothing_and_breaks_nothing(ana, placed):
    assert outcome(played(ana, ana.model), placed).stated == 0


def test_at_least_twelve_clients_can_be_met_in_most_units():
    assert len(MET) >= 12
    assert len({COURSE.scenario(case).unit for case in MET}) >= 5
    assert sum(COURSE.scenario(case).interview.interpreter is not None for case in MET) >= 3


@pytest.mark.parametrize("case", MET)
def test_no_way_through_an_interview_ends_in_a_dead_end_or_beats_the_model(case):
    interview = COURSE.scenario(case).interview
    dice = random.Random(case)
    earned = []
    for _ in range(120):
        now = begin(interview)
        while now.offered and dice.random() > 0.03:
            now = now.after(dice.choice(now.offered))
        assert now.offered or now.left == 0 or now.broken, [line.ask.id for line in now.lines]
        placed = {line.id: dice.choice(("known", "unknown", "needed")) for line in interview.statements}
        earned.append(outcome(now, placed).total)
    assert 0 <= min(earned) <= max(earned) < 100
    assert sum(earned) / len(earned) < 50  # asking at random is no way to meet a client


@pytest.mark.parametrize("case", MET)
def test_the_page_of_an_interview_gives_away_neither_answers_nor_reasons(case):
    interview = COURSE.scenario(case).interview
    html = (
        talk.invitation(interview, None)
        + talk.talk(begin(interview), interview.asks)
        + talk.stating(interview, interview.statements)
    )
    for fact in interview.facts:
        assert talk.escape(fact.says) not in html
    for ask in interview.asks:
        assert talk.escape(ask.because) not in html
        assert talk.escape(ask.answer.strip()) not in html
    assert "pc-verdict" not in html


def test_consultations_cover_what_was_asked_for():
    assert {*CONSULTED} >= ASKED_FOR


@pytest.mark.parametrize("name", CONSULTED)
def test_a_consultation_is_wide_enough_and_its_wise_choices_do_not_stand_out(name):
    consultation = COURSE.consultation(name)
    ways = list(paths(consultation))
    assert {way.scene.ending for way in ways} >= {"good", "bad"}
    assert sum(scene.paper is not None for scene in consultation.scenes) >= 2
    good = {(fork.scene.id, fork.choice.id) for way in ways if way.scene.ending == "good" for fork in way.forks}
    longest = first = forks = 0
    for scene in consultation.scenes:
        wise = [choice for choice in scene.choices if (scene.id, choice.id) in good]
        if wise and len(wise) < len(scene.choices):
            forks += 1
            longest += max(scene.choices, key=lambda choice: len(choice.text)) in wise
            first += scene.choices[0] in wise
    assert forks >= 3
    assert longest <= 0.67 * forks + 1
    assert first <= 0.67 * forks + 1


def test_in_some_consultations_the_law_changes_under_way():
    changed = set()
    for name in CONSULTED:
        consultation = COURSE.consultation(name)
        for way in paths(consultation):
            days = [fork.scene.day for fork in way.forks] + [way.scene.day]
            rules = {rule for fork in way.forks for rule in fork.scene.rules} | {*way.scene.rules}
            if any(days[0] < version.first_day <= days[-1] for rule in rules for version in COURSE.law[rule].versions):
                changed.add(name)
    assert len(changed) >= 3


def test_a_choice_that_is_not_offered_leads_nowhere(tiny):
    walk = tiny.consultation("the-late-walk")
    assert followed(walk, ["wait", "pay"]).scene.ending == "good"
    with pytest.raises(NoSuchChoice):
        followed(walk, ["pay"])


def test_the_map_shows_every_scene_every_choice_and_every_harm(tiny):
    walk = tiny.consultation("the-late-walk")
    drawn = story.map_of(walk)
    for scene in walk.scenes:
        assert scene.title in drawn
        assert all(choice.text in drawn for choice in scene.choices)
    assert drawn.count("-.") == sum(choice.harm for scene in walk.scenes for choice in scene.choices)
    assert "accDescr" in drawn


def test_an_ending_explains_itself_and_every_fork_can_be_gone_back_to(tiny):
    walk = tiny.consultation("the-late-walk")
    html = story.ending(walk, followed(walk, ["wait", "old"]), tiny.law)
    assert "The fee of the day was not paid." in html
    assert "The old fee ended in May." in html
    assert html.count('data-do="rewind"') == 2
