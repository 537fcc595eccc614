"""What the law said on a day."""

from __future__ import annotations

from datetime import date

import pytest

from conftest import ROOT
from paroleclinic.course import Course
from paroleclinic.law import NotYetLaw


def test_the_day_before_a_fee_rises_the_old_fee_applies(tiny):
    fee = tiny.law["bridge-fee"]
    assert fee.at(date(2026, 5, 31)).value == "10"
    assert fee.at(date(2026, 6, 1)).value == "12"


def test_before_its_first_day_a_rule_is_not_yet_law(tiny):
    with pytest.raises(NotYetLaw, match="1 January 2026"):
        tiny.law["bridge-fee"].at(date(2025, 12, 31))


def test_a_rule_whose_beginning_is_unknown_holds_on_any_day(tiny):
    version = tiny.law["no-crossing-at-night"].at(date(1900, 1, 1))
    assert version.since == "start not recorded"


def test_the_register_reads_only_the_rules_asked_for(tiny):
    assert set(tiny.law) == {"bridge-fee", "no-crossing-at-night"}
    (tiny.root / "law/fees/no-crossing-at-night.yaml").write_text("broken: [")
    assert tiny.law["bridge-fee"].title == "Fee for crossing the bridge"


def test_leaving_on_advance_parole_was_no_departure_until_the_board_said_it_is():
    rule = Course(ROOT).law["advance-parole-is-a-departure"]
    before, after = rule.at(date(2026, 8, 12)), rule.at(date(2026, 8, 13))
    assert "Arrabally" in before.sources[0].cite
    assert "Delcarmen-Lara" in after.sources[0].cite


@pytest.mark.parametrize(
    ("day", "fee"),
    [(date(2025, 10, 16), "1000"), (date(2025, 12, 31), "1000"), (date(2026, 1, 1), "1020"), (date(2026, 10, 15), "1020"),
     (date(2026, 10, 16), "1050")],
)  # fmt: skip
def test_the_parole_fee_is_that_of_the_day(day, fee):
    assert Course(ROOT).law["parole-fee"].at(day).value == fee


def test_there_was_no_parole_fee_before_16_october_2025():
    with pytest.raises(NotYetLaw):
        Course(ROOT).law["parole-fee"].at(date(2025, 10, 15))


def test_the_register_holds_at_least_forty_rules_each_with_a_source():
    law = Course(ROOT).law
    assert len(law) >= 40
    assert all(version.sources for rule in law.values() for version in rule.versions)
