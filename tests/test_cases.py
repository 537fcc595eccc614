"""Client files: begun from a skeleton, read twice, shown on two days."""

from __future__ import annotations

import re
from datetime import date

import pytest
from typer.testing import CliRunner

from conftest import ROOT, SAMPLES, copy_of_tiny
from paroleclinic import cases
from paroleclinic.build import case_table
from paroleclinic.check import problems, problems_of_case
from paroleclinic.cli import app
from paroleclinic.content import Scenario, Twin
from paroleclinic.course import Course
from paroleclinic.drawing.readings import seen, two_days
from paroleclinic.skeleton import MARK, CannotBegin, new_case
from paroleclinic.widgets.questions import public

REAL = Course(ROOT)
BETO = REAL.scenario("prior-removal-order")
TWINS = [case for case in map(REAL.scenario, REAL.scenario_paths) if case.twin]


def run(*words):
    return CliRunner().invoke(app, list(words))


def test_a_new_case_loads_and_check_names_all_that_is_still_to_write(tiny):
    path = new_case(tiny, "old-bridge", "bridges", date(2026, 5, 20))
    assert Course(tiny.root).scenario("old-bridge").title.startswith(MARK)
    marks = path.read_text().count(MARK)
    found = [
        problem for problem in problems_of_case(Course(tiny.root), "old-bridge") if "still to write" in problem.says
    ]
    assert marks > 50
    assert sum(problem.says.count("still to write") for problem in found) >= 0.9 * marks
    assert all(problem.line and problem.fix for problem in found)


def test_a_new_case_goes_from_empty_to_green(tiny):
    path = new_case(tiny, "old-bridge", "bridges", date(2026, 5, 20))
    text = path.read_text().replace(f"{MARK}a title that gives nothing away", "The old bridge")
    text = re.sub(f'{MARK}[^"\n]*', "Some plain words.", text)
    text = text.replace("write-the-rule", "bridge-fee").replace(
        "write-the-lesson#write-the-heading", "01-bridges#opening-hours"
    )
    text = text.replace("stars: 1", "stars: 1\nright_tool: none")
    path.write_text(text)
    assert [problem.says for problem in problems_of_case(Course(tiny.root), "old-bridge")] == []
    assert run("build", "--course", str(tiny.root)).exit_code == 0
    assert problems(Course(tiny.root)) == []


def test_a_new_case_is_listed_under_its_unit_and_every_other_line_stays(tiny):
    before = (tiny.root / "course.yaml").read_text().splitlines()
    new_case(tiny, "old-bridge", "bridges", date(2026, 5, 20))
    after = (tiny.root / "course.yaml").read_text().splitlines()
    assert [line for line in after if line not in before] == ["      - old-bridge"]
    assert Course(tiny.root).unit("bridges").cases == ("first-crossing", "old-bridge")


@pytest.mark.parametrize("name", ["Old Bridge", "old--bridge", "../bridge", "first-crossing"])
def test_a_new_case_with_an_unusable_name_writes_nothing(tiny, name):
    before = sorted(path.name for path in tiny.root.rglob("*.yaml"))
    with pytest.raises(CannotBegin):
        new_case(tiny, name, "bridges", date(2026, 5, 20))
    assert sorted(path.name for path in tiny.root.rglob("*.yaml")) == before


def test_the_command_says_what_is_wrong_in_a_sentence(tiny):
    place = ("--course", str(tiny.root))
    unknown = run("new", "case", "old-bridge", "--unit", "bridge", *place)
    assert unknown.exit_code == 2
    assert 'There is no unit "bridge". Did you mean "bridges"?' in unknown.output
    assert run("new", "case", "old-bridge", "--unit", "bridges", *place).exit_code == 0
    again = run("new", "case", "old-bridge", "--unit", "bridges", *place)
    assert again.exit_code == 2
    assert "already" in again.output
    missing = run("check", "--case", "first-crosing", *place)
    assert missing.exit_code == 2
    assert 'Did you mean "first-crossing"?' in missing.output


def test_check_of_one_case_sees_what_the_whole_check_sees_of_it(tmp_path):
    course = copy_of_tiny(tmp_path / "course")
    broken = SAMPLES / "broken" / "double_entry--key-forgets-an-issue" / "scenarios" / "bridges" / "first-crossing.yaml"
    (course.root / "scenarios/bridges/first-crossing.yaml").write_text(broken.read_text())
    whole = problems(Course(course.root))
    assert problems_of_case(Course(course.root), "first-crossing") == whole != []


def test_the_spotter_can_be_asked_about_a_case_and_about_its_rules():
    assert "order-carried-out-by-leaving" in run("spot", "prior-removal-order", "--course", str(ROOT)).output
    before = run("spot", "prior-removal-order", "--on", "2025-10-15", "--course", str(ROOT)).output
    assert "fee-on-return" not in before
    assert "ten-year-bar-by-advance-parole (danger from 2026-08-13)" in run("spot", "--course", str(ROOT)).output
    assert run("spot", "no-such-case", "--course", str(ROOT)).exit_code == 2


def test_what_a_careful_reader_sees_begins_with_the_dangers_and_names_the_papers():
    html = seen(BETO)
    assert html.index("Leaving would carry out a removal order") < html.index("The parole fee is due on return")
    assert "Immigration court case status" in html
    assert "no advice" in html


def test_without_a_twin_there_is_no_other_day():
    assert two_days(BETO, REAL.law) == ""


@pytest.mark.parametrize("case", TWINS, ids=lambda case: case.id)
def test_a_twin_shows_each_rule_as_it_stood_on_both_days_in_order(case):
    html = two_days(case, REAL.law)
    early, late = sorted([case.as_of, case.twin.as_of])
    for rule in case.twin.turns_on:
        for day in (early, late):
            held = [version for version in REAL.law[rule].versions if version.first_day <= day]
            assert (held[-1].says.split("\n")[0].strip()[:40] if held else "not yet law") in html.replace("&#x27;", "'")
    assert html.count("<h4>") == 2


def test_a_mirrored_question_tells_the_other_day_and_no_other_question_does():
    case = TWINS[0]
    shown = {one["id"]: one["aside"] for one in public(case.questions, case.exhibits, case.twin)}
    assert {question.id for question in case.questions if question.mirrors} == {
        name for name, aside in shown.items() if aside
    }


def test_facts_of_a_twin_replace_those_of_the_file_and_leave_the_rest():
    file = BETO.file.changed({"beto": {"orders": []}})
    assert file.people[0].orders == ()
    assert file.people[0].status == "daca"
    with pytest.raises(KeyError):
        BETO.file.changed({"marta": {}})


def test_the_models_of_a_case_refuse_a_twin_without_its_own_key():
    assert Twin.model_fields["issues"].is_required()
    assert not Scenario.model_fields["twin"].is_required()


@pytest.mark.parametrize("case_id", list(REAL.scenario_paths))
def test_a_glance_at_a_case_says_what_the_case_says(case_id):
    case = REAL.scenario(case_id)
    assert Course(ROOT).glance(case_id) == (case.title, case.stars, case.minutes)


def test_a_lesson_without_a_unit_of_its_own_offers_a_few_cases(monkeypatch):
    monkeypatch.chdir(ROOT / "notebooks")
    for lesson in ("07-discretion-and-courts", "10-myths"):
        links = str(cases(lesson)).count("<li>")
        assert 1 <= links <= 7
    assert str(cases("12-intake-day")).count("<li>") == len(REAL.unit("intake-days").cases)


def test_the_table_for_instructors_names_every_case_and_what_it_hides():
    table = case_table(REAL)
    for case in map(REAL.scenario, REAL.scenario_paths):
        assert f"[{case.title}](../solutions/{case.unit}/{case.id}.ipynb)" in table
        assert case.hidden[0].says.strip()[:40].replace("|", "/") in table
