"""`paroleclinic grade` over the whole catalogue, once: nothing runs, nothing breaks, nobody else pays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from catalogue import CATALOGUE
from cohorts import HONEST, honest, hostile_course, leftovers, paroleclinic, problems, refused, scores, seen
from entries import CASE, UNIT
from sqlalchemy import create_engine, text

from conftest import copy_of_tiny

WRITTEN = ("autograded", "gradebook.db", ".grading.lock")


@dataclass
class Run:
    root: Path
    learners: dict[str, str]
    code: int
    out: str
    err: str
    before: dict[str, str]
    scores: dict[str, float | None]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("hostile")
    with hostile_course(folder) as (course, learners):
        before = seen(course.root)
        done = paroleclinic(course.root, "grade", "--json", "--jobs", "1")
        assert done.stdout, done.stderr
        yield Run(course.root, learners, done.returncode, done.stdout, done.stderr, before, scores(course.root))


def test_there_are_enough_entries_and_each_says_what_it_is():
    assert len(CATALOGUE) >= 120
    assert all(entry.what for entry in CATALOGUE.values())


def test_the_run_ends_with_one_report_and_says_by_its_status_that_some_could_not_be_graded(run):
    report = json.loads(run.out)
    bad = sum(map(refused, CATALOGUE.values()))
    assert (run.code, run.err, report["stopped"]) == (1, "", None)
    assert (report["graded"], report["could_not_grade"]) == (len(CATALOGUE) - bad + len(HONEST), bad)
    assert len(report["problems"]) == bad


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_gets_the_score_it_earned_or_one_line_that_says_why_not(run, name):
    entry, learner = CATALOGUE[name], run.learners[name]
    why = problems(run.out).get(learner)
    odd = {one["learner"]: one["lines"] for one in json.loads(run.out)["lines_passed_over"]}
    assert odd.get(learner, 0) == (0 if refused(entry) else entry.odd)
    if refused(entry):
        assert why, "it was graded"
        assert entry.expects in why
        assert why.isprintable()
        assert "Traceback" not in why
        assert run.scores.get(learner) is None
        assert not (run.root / "autograded" / learner / UNIT).exists()
    else:
        assert why is None
        assert run.scores[learner] == entry.expects
        graded = run.root / "autograded" / learner / UNIT / f"{CASE}.ipynb"
        assert graded.stat().st_size < 5_000_000
        assert graded.stat().st_mode & 0o777 == 0o444
        assert "it-ran" not in str(
            [
                cell
                for cell in json.loads(graded.read_bytes())["cells"]
                if cell["cell_type"] == "code" and cell["source"]
            ]
        )


def test_the_honest_have_exactly_the_grades_they_have_alone(run, tmp_path):
    course = copy_of_tiny(tmp_path / "alone")
    expected = honest(course)
    assert {learner: run.scores[learner] for learner in HONEST} == expected
    assert paroleclinic(course.root, "grade", "--json").returncode == 0
    assert scores(course.root) == expected
    for learner in HONEST:
        mine = run.root / "autograded" / learner
        assert seen(mine) == seen(course.root / "autograded" / learner)


def test_nothing_that_was_handed_in_ran(run):
    assert not {name for name in seen(run.root.parent) if Path(name).name == "it-ran"}


def test_hand_ins_keys_and_everything_else_are_as_they_were(run):
    assert seen(run.root, *WRITTEN) == run.before


def test_nothing_is_left_half_done(run):
    assert leftovers(run.root) == []


def test_only_plain_files_are_carried_along_and_none_of_them_leads_out(run):
    kinds = {what[0] for what in seen(run.root / "autograded").values()}
    assert kinds <= {"-", "d"}
    assert not {
        name
        for name in seen(run.root / "autograded")
        if name.endswith((".ipynb", ".IPYNB")) and Path(name).name != f"{CASE}.ipynb"
    }


def test_what_is_no_name_stays_out_of_the_gradebook(run):
    assert all(learner.isprintable() and len(learner) <= 128 for learner in run.scores)


def test_a_second_run_grades_nothing_again_and_names_the_same(run):
    again = paroleclinic(run.root, "grade", "--json", "--jobs", "2")
    assert (again.returncode, problems(again.stdout)) == (1, problems(run.out))
    assert json.loads(again.stdout)["graded"] == 0
    assert scores(run.root) == run.scores
    engine = create_engine(f"sqlite:///{run.root}/gradebook.db")
    with engine.connect() as connection:
        assert connection.execute(text("pragma integrity_check")).scalar() == "ok"
    engine.dispose()


def test_in_words_each_problem_is_one_line_that_a_terminal_can_show(run):
    said = paroleclinic(run.root, "grade")
    assert said.returncode == 1
    lines = [line for line in said.stderr.splitlines() if line.startswith("could not grade")]
    assert len(lines) == sum(map(refused, CATALOGUE.values()))
    assert all(sign.isprintable() or sign == "\n" for sign in said.stderr), [
        s for s in said.stderr if not s.isprintable() and s != "\n"
    ]
    assert "Traceback" not in said.stderr
