"""The spotter: every rule rests on dated law, warns and never promises, and reads each person alone."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from paroleclinic.clientfile import (
    Arrival,
    ClientFile,
    CriminalMatter,
    Departure,
    Filing,
    MilitaryTie,
    Parole,
    Person,
    Relative,
    RemovalOrder,
    Request,
    Stretch,
    Trip,
    WorkCard,
)
from paroleclinic.course import Course
from paroleclinic.spotting import RULES, Spotted, spotted
from paroleclinic.spotting.rulebook import KIND_WORDS
from test_worked_examples import TABLE

COURSE = Course(ROOT)
DAYS = st.dates(date(1995, 1, 1), date(2028, 12, 31))
READING_DAYS = st.dates(date(2022, 7, 1), date(2026, 12, 31))
PROMISE = re.compile(r"guarantee|\bwill be (approved|admitted|granted)|\bis safe\b|\bsafe to\b|entitle|\bcertain to\b")
HEDGE = re.compile(r"\bmay\b|\bfor now\b|as last confirmed|on its conditions|not come|unlawful|keeps|exceptions")


def one_of(model, field):
    """Any of the words that a field of the typed file allows."""
    from typing import get_args

    kind = model.model_fields[field].annotation
    words = [word for part in (kind, *get_args(kind)) for word in get_args(part) if isinstance(word, str)]
    assert words, field
    return st.sampled_from(sorted(set(words)))


def maybe(strategy):
    return st.none() | strategy


def several(strategy, most=2):
    return st.lists(strategy, max_size=most).map(tuple)


def people(days=DAYS, name="one"):
    """Persons with any mixture of facts; every date is drawn from `days`."""
    made = {
        "arrivals": several(st.builds(Arrival, on=days, how=one_of(Arrival, "how"))),
        "departures": several(st.builds(Departure, on=days, paper=one_of(Departure, "paper"))),
        "uncovered": several(st.builds(lambda a, b: Stretch(**{"from": a}, to=b), days, maybe(days))),
        "orders": several(
            st.builds(RemovalOrder, on=days, kind=one_of(RemovalOrder, "kind"), executed=maybe(days), undone=maybe(days))
        ),
        "filings": several(
            st.builds(
                Filing, form=one_of(Filing, "form"), state=one_of(Filing, "state"), on=maybe(days), decided=maybe(days)
            ),
            most=3,
        ),
        "parole": maybe(
            st.builds(
                lambda kind, program, since, until, ended, notice: Parole(
                    kind=kind, program=program, until=until, ended=ended, notice=notice, **{"from": since}
                ),
                one_of(Parole, "kind"), maybe(one_of(Parole, "program")), days, days, maybe(days), one_of(Parole, "notice"),
            )
        ),
        "trip": maybe(
            st.builds(
                Trip, leaves=days, returns=maybe(days), to=st.just("abroad"), paper=one_of(Trip, "paper"),
                approved=maybe(days), paper_until=maybe(days), purpose=one_of(Trip, "purpose"),
                same_employer=st.booleans(), home=st.booleans(),
            )
        ),
        "request": maybe(
            st.builds(
                Request, tool=one_of(Request, "tool"), program=maybe(one_of(Request, "program")),
                reason=maybe(one_of(Request, "reason")), needed_by=maybe(days), visa=maybe(one_of(Request, "visa")),
                support=maybe(one_of(Request, "support")), individual_proof=st.booleans(),
                months=maybe(st.integers(1, 40)), end_plan=st.booleans(), people=st.integers(1, 3),
                lacks=several(st.just("a letter"), most=1),
            )
        ),
        "military": maybe(
            st.builds(
                MilitaryTie, who=one_of(MilitaryTie, "who"), service=one_of(MilitaryTie, "service"),
                standing=one_of(MilitaryTie, "standing"),
            )
        ),
        "card": maybe(st.builds(WorkCard, category=one_of(WorkCard, "category"), until=days, renewed=maybe(days))),
        "relatives": several(st.builds(Relative, who=one_of(Relative, "who"), standing=one_of(Relative, "standing"))),
        "crimes": several(
            st.builds(
                CriminalMatter, what=st.just("theft"), outcome=one_of(CriminalMatter, "outcome"), certified=st.booleans()
            ),
            most=1,
        ),
        "wants": several(st.sampled_from(["green-card", "work", "benefits", "status-change", "more-time", "protection"])),
    }  # fmt: skip
    facts = [
        "in_proceedings", "detained", "works", "turned_back", "draft_untrue", "said_citizen", "misstated",
        "helped_others_cross", "fears_return", "two_year_rule", "moved_unreported",
    ]  # fmt: skip
    return st.builds(
        Person, id=st.just(name), born=maybe(days), country=st.sampled_from([None, "Haiti", "Country A"]),
        where=one_of(Person, "where"), status=one_of(Person, "status"), path=maybe(one_of(Person, "path")),
        helper=one_of(Person, "helper"), **made, **dict.fromkeys(facts, st.booleans()),
    )  # fmt: skip


def issues(person, day):
    return {one.issue for one in spotted(ClientFile(people=(person,)), day)}


def test_there_are_forty_five_rules_and_more():
    assert len(RULES) >= 45


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_rests_on_law_of_the_register_and_begins_and_ends_with_a_version_of_it(rule):
    assert rule.law
    assert not {*rule.law} - {*COURSE.law}
    starts = {version.first_day for law in rule.law for version in COURSE.law[law].versions}
    assert {*rule.beginnings} <= starts
    assert {last + timedelta(days=1) for last in rule.endings} <= starts


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_warns_or_hedges_and_promises_nothing(rule):
    assert rule.kind in KIND_WORDS
    assert not PROMISE.search(rule.says.lower())
    assert rule.kind != "opening" or HEDGE.search(rule.says)


@settings(max_examples=150, deadline=None)
@given(people(), READING_DAYS)
def test_no_file_yields_a_guarantee_or_an_admission(person, day):
    for issue in issues(person, day):
        rule = RULES[issue]
        assert rule.held(day)
        assert not PROMISE.search(rule.says.lower())
        assert not re.search(r"\b(is|are|be|been) admitted\b", rule.says)


@settings(max_examples=150, deadline=None)
@given(people(), DAYS, st.builds(Trip, leaves=DAYS, to=st.just("abroad"), paper=one_of(Trip, "paper")), READING_DAYS)
def test_an_open_order_and_any_departure_are_always_flagged(person, ordered, trip, day):
    order = RemovalOrder(on=min(ordered, day), kind="removal")
    leaving = person.model_copy(update={"orders": (order,), "trip": trip, "where": "inside", "departures": ()})
    found = issues(leaving, day)
    assert "order-in-the-record" in found
    assert found & {"order-carried-out-by-leaving", "order-outlives-tps-travel"}


@settings(max_examples=100, deadline=None)
@given(people(), people(name="two"), people(name="two"), READING_DAYS)
def test_no_fact_about_one_person_hides_or_makes_an_issue_of_another(one, two, changed, day):
    def of_one(*file):
        return {spot for spot in spotted(ClientFile(people=file), day) if spot.who == "one"}

    assert of_one(one) == of_one(one, two) == of_one(changed, one)


DANGERS = [
    {"orders": (RemovalOrder(on=date(2001, 10, 15), kind="in-absentia"),)},
    {"said_citizen": True}, {"misstated": True}, {"helped_others_cross": True}, {"draft_untrue": True},
    {"turned_back": True}, {"moved_unreported": True},
    {"crimes": (CriminalMatter(what="theft", outcome="convicted"),)},
]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(people(), st.sampled_from(DANGERS), READING_DAYS)
def test_a_bad_fact_turned_on_hides_no_danger_of_the_same_person_but_those_it_replaces(person, fact, day):
    clean = person.model_copy(
        update={"orders": (), "crimes": (), "said_citizen": False, "misstated": False, "status": "none"}
        | {"helped_others_cross": False, "draft_untrue": False, "turned_back": False, "moved_unreported": False}
    )
    before = {issue for issue in issues(clean, day) if RULES[issue].kind == "danger"}
    after = issues(clean.model_copy(update=fact), day)
    assert before <= after
    assert len(after) > len(before & after)


CHANGES = sorted(
    {day for rule in RULES.values() for day in (*rule.beginnings, *(last + timedelta(1) for last in rule.endings))}
)
FAR = (-3000, -2200, -1500, -800, 800, 1500)  # days from a change at which no period of the rules runs out


def stands(rule, day):
    """Whether the rule is law on `day`, said a second time here and not asked of the rule."""
    turns = sorted(
        [(day, True) for day in rule.beginnings] + [(last + timedelta(days=1), False) for last in rule.endings]
    )
    return next((begins for turn, begins in reversed(turns) if turn <= day), not rule.beginnings)


@pytest.mark.parametrize("rule", [r for r in RULES.values() if r.beginnings or r.endings], ids=lambda rule: rule.id)
def test_a_person_whom_a_rule_sees_has_the_issue_inside_its_days_and_not_outside(rule):
    edges = (*rule.beginnings, *rule.endings)
    days = [edge + timedelta(shift) for edge in edges for shift in (-1, 0, 1, *OWN_BEGINNING.get(rule.id, ()))]
    pool = [person for _, person, _ in READINGS] + [example.person for example in EXAMPLES]
    met = [(person, day) for person in pool for day in days if rule.sees(person, day)]
    assert {stands(rule, day) for _, day in met} == ({True} if rule.id in OWN_BEGINNING else {True, False})
    assert all((rule.id in issues(person, day)) is stands(rule, day) for person, day in met)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_change_of_law_flips_exactly_the_issues_that_rest_on_it(change):
    days = st.sampled_from([change + timedelta(days=far) for far in FAR])
    resting = {r.id for r in RULES.values() if change in (*r.beginnings, *(last + timedelta(1) for last in r.endings))}

    @settings(max_examples=25, deadline=None, database=None)
    @given(people(days))
    def flips(person):
        eve = change - timedelta(days=1)
        before, after = issues(person, eve), issues(person, change)
        assert before ^ after <= resting
        for name in resting:
            assert (name in after) is (stands(RULES[name], change) and RULES[name].sees(person, change))
            assert (name in before) is (stands(RULES[name], eve) and RULES[name].sees(person, eve))

    flips()


EXAMPLES = TABLE.examples
OWN_BEGINNING = {"no-automatic-extension": (300,)}  # the fact itself begins on the rule's day: nobody has it before


def readings():
    """Every person of every case, on each day that the case asks about: (case, person, day)."""
    for case in COURSE.scenario_paths:
        scenario = COURSE.scenario(case)
        asked = {scenario.as_of, *(q.on for q in scenario.questions if q.on and not q.mirrors)}
        days = [(scenario.file, day) for day in asked]
        if scenario.twin:
            days.append((scenario.file.changed(scenario.twin.changes), scenario.twin.as_of))
        for file, day in days:
            yield from ((case, person, day) for person in file.people)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_is_seen_in_some_case_and_silent_in_another(rule):
    seen, silent = set(), set()
    for case, person, day in READINGS:
        (seen if rule.held(day) and rule.sees(person, day) else silent).add(case)
    assert seen
    assert silent - seen


READINGS = list(readings())


def test_spotting_is_the_same_each_time_and_orders_by_person():
    file = COURSE.scenario("prior-removal-order").file
    day = date(2026, 11, 12)
    assert spotted(file, day) == spotted(file, day)
    assert sorted(spotted(file, day))[0] == Spotted("beto", "fee-on-return")


def test_the_eighteenth_birthday_of_a_leap_day_is_the_first_of_march():
    born = Person(id="one", where="inside", born=date(2004, 2, 29))
    assert born.eighteenth == date(2022, 3, 1)
    assert not born.adult_on(date(2022, 2, 28))


def test_childhood_counts_for_the_permanent_bar_and_for_no_other():
    stay = Stretch(**{"from": date(2010, 1, 1)}, to=date(2014, 12, 31))
    child = Person(id="one", where="inside", born=date(2000, 1, 1), uncovered=(stay,))
    assert child.days_of_stay(date(2020, 1, 1)) == 0
    assert child.total_stay(date(2020, 1, 1)) == 1826


def test_a_day_alone_is_one_day_and_a_stretch_after_the_reading_day_is_none():
    day = date(2026, 1, 1)
    one = Person(id="one", where="inside", uncovered=(Stretch(**{"from": day}, to=day),))
    assert one.days_of_stay(day) == 1
    assert one.days_of_stay(day - timedelta(days=1)) == 0


def somebody(**facts):
    return Person(id="one", **({"where": "inside"} | facts))


def stretch(first, last=None):
    return Stretch(**{"from": date.fromisoformat(first)}, to=date.fromisoformat(last) if last else None)


AP_TRIP = Trip(leaves=date(2026, 11, 20), to="abroad", paper="advance-parole")


def test_stretches_of_one_stay_are_added():
    stay = (stretch("2024-01-01", "2024-06-18"), stretch("2025-01-01", "2025-06-19"))
    case = (Filing(form="i-485", state="pending"),)
    assert "three-year-bar-by-advance-parole" in issues(
        somebody(uncovered=stay, filings=case, trip=AP_TRIP), date(2026, 11, 1)
    )
    assert "bar-asleep-until-departure" in issues(somebody(uncovered=stay, filings=case), date(2026, 11, 1))
    gone = (Departure(on=date(2024, 9, 1)),)
    assert somebody(uncovered=stay, departures=gone).days_of_stay(date(2026, 11, 1)) == 170


def test_an_earlier_stay_that_a_departure_ended_does_not_count_for_the_next_trip():
    left = somebody(
        uncovered=(stretch("2010-01-01", "2010-12-01"),), departures=(Departure(on=date(2010, 12, 1)),), trip=AP_TRIP,
        relatives=(Relative(who="child", standing="citizen"),),
    )  # fmt: skip
    assert not issues(left, date(2026, 11, 1)) & {"three-year-bar-by-advance-parole", "waiver-needs-spouse-or-parent"}


def test_the_order_of_the_stretches_does_not_matter():
    stay = (stretch("2022-01-01", "2023-12-31"), stretch("2015-01-01", "2015-01-10"))
    gone = (Departure(on=date(2023, 12, 31)), Departure(on=date(2015, 1, 10)))
    abroad = somebody(where="outside", uncovered=stay, departures=gone)
    assert "bar-running" in issues(abroad, date(2026, 11, 1))


def test_leaving_under_an_order_carries_it_out():
    order = (RemovalOrder(on=date(2014, 1, 1), kind="removal"),)
    back = (Arrival(on=date(2015, 6, 1), how="without-inspection"),)
    returned = somebody(orders=order, departures=(Departure(on=date(2015, 1, 1)),), arrivals=back)
    assert issues(returned, date(2026, 10, 10)) >= {"removed-before", "order-may-be-reinstated", "permanent-bar"}
    on_tps = somebody(orders=order, departures=(Departure(on=date(2015, 1, 1), paper="tps-travel"),))
    assert "order-in-the-record" in issues(on_tps, date(2026, 10, 10))


def test_an_order_set_aside_and_a_voluntary_departure_are_no_removal():
    undone = RemovalOrder(on=date(2014, 1, 1), kind="in-absentia", executed=date(2015, 1, 1), undone=date(2020, 1, 1))
    kept = RemovalOrder(on=date(2024, 1, 1), kind="voluntary-departure", executed=date(2024, 4, 1))
    for order in (undone, kept):
        found = issues(somebody(where="outside", orders=(order,)), date(2026, 10, 10))
        assert not found & {"removed-before", "missed-hearing-bar", "order-in-the-record"}


def test_a_departure_ends_parole_whatever_its_date_says():
    parole = Parole(kind="humanitarian", until=date(2026, 12, 1), **{"from": date(2025, 1, 1)})
    gone = somebody(where="outside", parole=parole, departures=(Departure(on=date(2026, 3, 1)),))
    assert "parole-ending-soon" not in issues(gone, date(2026, 8, 1))


def test_work_without_permission_takes_the_shelter_of_an_asylum_case_away():
    parole = Parole(kind="port", until=date(2026, 1, 1), **{"from": date(2024, 1, 1)})
    facts = {"parole": parole, "filings": (Filing(form="i-589", state="pending", on=date(2024, 6, 1)),)}
    assert "asylum-case-stops-the-count" in issues(somebody(**facts), date(2026, 6, 1))
    assert "presence-counts-again" in issues(somebody(**facts, works=True), date(2026, 6, 1))


def test_a_year_to_ask_for_asylum_is_full_on_the_same_day_of_the_next_year():
    came = somebody(fears_return=True, arrivals=(Arrival(on=date(2023, 6, 1), how="admitted"),))
    assert "asylum-year-running" in issues(came, date(2024, 6, 1))
    assert "asylum-year-passed" in issues(came, date(2024, 6, 2))
