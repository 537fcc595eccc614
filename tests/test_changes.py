"""What changed in the law, what rests on it, and the command that tells."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from paroleclinic.changes import REREAD_AFTER, changes, citing, overdue, resting
from paroleclinic.cli import app, run


def command(tiny, *words):
    result = CliRunner().invoke(app, ["law", *words, "--course", str(tiny.root)], env={"COLUMNS": "160"})
    return result.exit_code, result.output


def test_a_change_names_every_lesson_question_and_case_that_rests_on_it(tiny):
    [change] = changes(tiny, date(2026, 5, 31), date(2026, 6, 1))
    assert (change.rule.id, change.before.value, change.after.value) == ("bridge-fee", "10", "12")
    assert {place.split()[0] for place in change.rests} == {"lesson", "question", "case", "consultation"}
    assert "question br-fee" in change.rests


def test_the_first_day_is_left_out_and_the_last_is_taken_in(tiny):
    assert changes(tiny, date(2026, 6, 1), date(2026, 6, 2)) == []
    assert len(changes(tiny, date(2026, 5, 31), date(2026, 6, 1))) == 1


def test_each_place_that_rests_on_a_rule_is_named_once(tiny):
    for places in resting(tiny).values():
        assert len(places) == len(set(places)) > 0


def test_asking_for_one_rule_finds_all_that_asking_for_all_finds(tiny):
    everything = resting(tiny)
    for rule in tiny.law:
        assert resting(tiny, rule)[rule] == everything[rule]


def test_a_source_is_overdue_after_180_days_and_not_on_the_180th(tiny):
    last = date(2026, 11, 1) + REREAD_AFTER
    assert "bridge-fee" not in {one.rule.id for one in overdue(tiny.law, last)}
    late = {one.rule.id: one.days for one in overdue(tiny.law, last + timedelta(days=1))}
    assert late == {"bridge-fee": 181, "no-crossing-at-night": None}


def test_a_source_nobody_read_is_always_overdue_and_comes_first(tiny):
    assert [one.days for one in overdue(tiny.law, date(2026, 11, 2))] == [None]
    assert overdue(tiny.law, date(2028, 1, 1))[0].days is None


def test_a_citation_is_found_whatever_its_blanks_and_case(tiny):
    cite = next(iter(tiny.law.values())).versions[0].sources[0].cite
    assert citing(tiny.law, cite.upper().replace(" ", "  "))
    assert citing(tiny.law, "no such code") == []


def test_show_gives_the_version_of_the_day_and_the_others(tiny):
    code, text = command(tiny, "show", "bridge-fee", "--on", "2026-05-31")
    assert code == 0
    assert "10 US dollars" in text
    assert "question br-fee" in text
    told = json.loads(command(tiny, "show", "bridge-fee", "--on", "2026-06-01", "--json")[1])
    assert told["version"]["value"] == "12"
    assert len(told["rule"]["versions"]) == 2


def test_before_its_first_day_a_rule_is_said_not_to_be_law_yet(tiny):
    code, text = command(tiny, "show", "bridge-fee", "--on", "1990-01-01")
    assert code == 0
    assert "not yet law" in text


def test_a_misspelled_rule_is_answered_with_the_nearest_one(tiny):
    code, text = command(tiny, "show", "bridge-fees")
    assert code == 2
    assert 'Did you mean "bridge-fee"?' in text


def test_diff_lists_changes_and_counts_what_to_read_again(tiny):
    code, text = command(tiny, "diff", "2026-05-31", "2026-06-30")
    assert code == 0
    assert "1 change;" in text
    assert "question br-fee" in text
    told = json.loads(command(tiny, "diff", "2026-05-31", "2026-06-30", "--json")[1])
    assert [(one["rule"], one["from"], one["before"]["value"]) for one in told] == [("bridge-fee", "2026-06-01", "10")]


def test_diff_says_so_when_nothing_changed_or_the_days_are_the_wrong_way_round(tiny):
    assert "Nothing in the register changed" in command(tiny, "diff", "2026-06-02", "2026-06-30")[1]
    assert command(tiny, "diff", "2026-06-30", "2026-06-02")[0] == 2


def test_overdue_and_cite_answer_in_tables_and_in_json(tiny):
    assert "1 source to read again" in command(tiny, "overdue", "--on", "2026-11-24")[1]
    assert len(json.loads(command(tiny, "overdue", "--on", "2027-11-24", "--json")[1])) > 1
    assert "bridge-fee" in command(tiny, "cite", "bridge code")[1].lower()
    assert "No rule cites" in command(tiny, "cite", "tunnel code")[1]
    assert json.loads(command(tiny, "cite", "tunnel code", "--json")[1]) == []


def test_content_that_cannot_be_read_ends_a_command_with_its_file_and_cure(tiny, monkeypatch, capsys):
    (tiny.root / "questions/01-bridges.yaml").write_text("lesson: 01-bridges\nquestions: [bridge-fee\n")
    monkeypatch.setattr("sys.argv", ["paroleclinic", "law", "show", "bridge-fee", "--course", str(tiny.root)])
    with pytest.raises(SystemExit) as end:
        run()
    assert end.value.code == 1
    assert "questions/01-bridges.yaml:" in capsys.readouterr().err
