"""A corrected key: looked at, written, kept in the history, taken back; nbgrader's own tables stay right."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from conftest import copy_of_tiny, hand_in, nbgrader
from gradebooks import files, rows
from paroleclinic.cli import app
from paroleclinic.course import Course
from paroleclinic.grading import key_answers

pytestmark = pytest.mark.pipeline
CASE = "first-crossing"


def paroleclinic(folder, *words, code=0):
    """A command of ours, in this process."""
    done = CliRunner().invoke(app, [*words, "--course", str(folder)], env={"COLUMNS": "120"})
    assert done.exit_code == code, done.output + repr(done.exception)
    return done


def scores(course):
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "paroleclinic") as book:
        return {
            submission.student.id: {
                grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in book.assignment_submissions("bridges")
        }


@pytest.fixture
def graded(tmp_path):
    """Ana knows it all, Ben is wrong at night; both memos are marked by hand. Then the key turns out to be wrong."""
    course = copy_of_tiny(tmp_path / "tiny")
    case = course.scenario(CASE)
    hand_in(course, "ana", case, key_answers(case))
    hand_in(course, "ben", case, {**key_answers(case), "when": "night"})
    hand_in(course, "cem", case, None)
    paroleclinic(course.root, "grade", code=1)
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "paroleclinic") as book:
        for submission in book.assignment_submissions("bridges"):
            if submission.student.id == "cem":
                continue
            for grade in submission.notebooks[0].grades:
                if grade.name.endswith("-memo"):
                    grade.manual_score, grade.needs_manual_grade = 3.0, False
        book.db.commit()
    return course


NIGHT = """        because: The bridge is closed at night and guarded.
        misconception: Unseen means allowed
        harm: true
"""
MORNING = """        right: true
        because: The bridge is open by day.
"""


def correct_the_key(course):
    """Night becomes the right answer of the first question, morning a wrong one."""
    path = course.root / "scenarios/bridges/first-crossing.yaml"
    text = path.read_text()
    assert NIGHT in text
    assert MORNING in text
    path.write_text(text.replace(MORNING, MORNING.replace("        right: true\n", "")).replace(NIGHT, MORNING))


def test_nothing_is_written_without_yes_and_everything_is_shown(graded):
    before = rows(f"sqlite:///{graded.root}/gradebook.db"), files(graded.root / "autograded")
    assert "the scores that they have" in paroleclinic(graded.root, "regrade", "bridges").stdout
    correct_the_key(graded)
    done = paroleclinic(graded.root, "regrade", "bridges", "--to", str(graded.root / "changes.csv"))
    assert "Nothing was written" in done.stdout
    assert "ana" in done.stdout
    assert "1 would rise to it, 0 would fall below it" in done.stdout
    assert (rows(f"sqlite:///{graded.root}/gradebook.db"), files(graded.root / "autograded")) == before
    with (graded.root / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert {(row["learner"], row["question"]) for row in table} == {
        ("ana", ""), ("ana", "when"), ("ben", ""), ("ben", "when"),
    }  # fmt: skip
    whole = {
        row["learner"]: (float(row["points before"]), float(row["points after"]))
        for row in table
        if not row["question"]
    }
    assert whole["ana"] == (9, 7)
    assert whole["ben"][1] == 9


def test_yes_writes_scores_keeps_memo_marks_and_a_history_and_undo_takes_it_back(graded):
    before, notebooks = scores(graded), files(graded.root / "autograded")
    correct_the_key(graded)
    assert "--reason" in paroleclinic(graded.root, "regrade", "bridges", "--yes", code=2).stderr
    paroleclinic(graded.root, "regrade", "bridges", "--yes", "--reason", "night is right after all")
    after = scores(graded)
    assert after["ana"][CASE][0] == 7
    assert after["ben"][CASE][0] == 9
    for learner in ("ana", "ben"):
        assert after[learner][f"{CASE}-memo"] == before[learner][f"{CASE}-memo"] == (None, 3.0, False)
    assert after["cem"] == before["cem"]
    assert b"7 of 9 points" in (graded.root / f"autograded/ana/bridges/{CASE}.ipynb").read_bytes()
    assert "night is right" in paroleclinic(graded.root, "regrade", "bridges", "--history").stdout
    again = paroleclinic(graded.root, "regrade", "bridges")
    assert "the scores that they have" in again.stdout

    paroleclinic(graded.root, "regrade", "bridges", "--undo")
    assert scores(graded) == before
    assert files(graded.root / "autograded") == notebooks
    assert not any((graded.root / "regraded").glob("*"))
    assert "no correction" in paroleclinic(graded.root, "regrade", "bridges", "--undo").stdout
    nbgrader(graded.root, "export", "--to", "marks.csv")


def book(course):
    """Every row but the history's, and the released cells, which follow the solutions."""
    found = rows(f"sqlite:///{course.root}/gradebook.db")
    return {table: lines for table, lines in found.items() if table not in ("paroleclinic_change", "source_cell")}


def test_undo_restores_every_row_and_file_of_two_corrections_one_by_one(graded):
    states = [(book(graded), files(graded.root / "autograded"))]
    correct_the_key(graded)
    paroleclinic(graded.root, "regrade", "bridges", "--yes", "--reason", "night")
    states.append((book(graded), files(graded.root / "autograded")))
    path = graded.root / "scenarios/bridges/first-crossing.yaml"
    path.write_text(path.read_text().replace("points: 1\n", "points: 3\n", 1))
    paroleclinic(graded.root, "build")
    paroleclinic(graded.root, "regrade", "bridges", "--yes", "--reason", "worth more")
    for before in reversed(states):
        assert (book(graded), files(graded.root / "autograded")) != before
        paroleclinic(graded.root, "regrade", "bridges", "--undo")
        assert (book(graded), files(graded.root / "autograded")) == before


def test_whoever_meets_trouble_keeps_the_old_score_and_copy(graded, monkeypatch):
    correct_the_key(graded)
    before, notebooks = scores(graded), files(graded.root / "autograded/ben")
    copy = shutil.copyfile

    def trouble(source, target):
        if "/ben/" in str(source):
            raise PermissionError(13, "in use by another program")
        return copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", trouble)
    done = paroleclinic(graded.root, "regrade", "bridges", "--yes", "--reason", "night", code=1)
    assert "left as before: ben: its files could not be copied: in use by another program" in done.output
    monkeypatch.undo()
    assert scores(graded)["ben"] == before["ben"]
    assert files(graded.root / "autograded/ben") == notebooks
    assert scores(graded)["ana"][CASE][0] == 7
    paroleclinic(graded.root, "regrade", "bridges", "--yes", "--reason", "night")
    assert scores(graded)["ben"][CASE][0] == 9
    assert paroleclinic(graded.root, "regrade", "bridges", "--history").output.count("night") == 1
    paroleclinic(graded.root, "regrade", "bridges", "--undo")
    assert scores(graded) == before


@pytest.mark.parametrize("at", ["before the first move", "between the two moves", "after it"])
def test_a_correction_or_an_undo_that_was_cut_off_is_brought_to_its_end(graded, monkeypatch, at):
    states = [(book(graded), files(graded.root / "autograded"))]
    correct_the_key(graded)
    rename, calls = Path.rename, []

    def cut(self, target):
        if "autograded" in str(target) or "regraded" in str(target):
            calls.append(target)
        if len(calls) == {"before the first move": 1, "between the two moves": 2, "after it": 3}[at]:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", cut)
    paroleclinic(graded.root, "regrade", "bridges", "--yes", "--reason", "night", code=130)
    monkeypatch.undo()
    paroleclinic(graded.root, "grade", code=1)
    paroleclinic(graded.root, "regrade", "bridges", "--yes", "--reason", "night")
    assert scores(graded)["ana"][CASE][0] == 7
    assert scores(graded)["ben"][CASE][0] == 9
    calls.clear()
    monkeypatch.setattr(Path, "rename", cut)
    paroleclinic(graded.root, "regrade", "bridges", "--undo", code=130)
    monkeypatch.undo()
    paroleclinic(graded.root, "regrade", "bridges", "--undo")
    assert (book(graded), files(graded.root / "autograded")) == states[0]
    assert "no correction" in paroleclinic(graded.root, "regrade", "bridges", "--undo").output


def test_a_case_or_memo_added_after_hand_ins_is_refused_and_nothing_is_lost(graded):
    path = graded.root / "scenarios/bridges/first-crossing.yaml"
    before = files(graded.root / "exercises"), book(graded)
    (graded.root / "scenarios/bridges/late-crossing.yaml").write_text(
        path.read_text().replace("first-crossing", "late-crossing")
    )
    outline = graded.root / "course.yaml"
    outline.write_text(outline.read_text().replace("- first-crossing\n", "- first-crossing\n      - late-crossing\n"))
    for command in (("grade",), ("regrade", "bridges", "--yes", "--reason", "more")):
        done = paroleclinic(graded.root, *command, code=1)
        assert "lets no case or memo be added" in done.output
    assert (files(graded.root / "exercises"), book(graded)) == before


def test_whoever_handed_in_anew_is_left_alone_by_undo(graded):
    correct_the_key(graded)
    paroleclinic(graded.root, "regrade", "bridges", "--yes", "--reason", "night")
    course = Course(graded.root)
    hand_in(course, "ana", course.scenario(CASE), key_answers(course.scenario(CASE)))
    paroleclinic(graded.root, "grade", code=1)
    done = paroleclinic(graded.root, "regrade", "bridges", "--undo")
    assert "left alone, since handed in anew: ana" in done.stdout
    assert scores(graded)["ana"][CASE][0] == 9
    assert scores(graded)["ben"][CASE][0] < 9


def test_more_points_for_a_question_reach_everybody(graded):
    path = graded.root / "scenarios/bridges/first-crossing.yaml"
    path.write_text(path.read_text().replace("points: 2", "points: 5", 1))
    assert (
        "paroleclinic build" in paroleclinic(graded.root, "regrade", "bridges", "--yes", "--reason", "x", code=1).stdout
    )
    paroleclinic(graded.root, "build")
    paroleclinic(graded.root, "regrade", "bridges", "--yes", "--reason", "worth more")
    assert scores(graded)["ana"][CASE][0] == 12


def test_an_empty_unit_says_what_to_do(tmp_path):
    course = copy_of_tiny(tmp_path / "tiny")
    assert "paroleclinic grade bridges" in paroleclinic(course.root, "regrade", "bridges").stdout
    assert "never corrected" in paroleclinic(course.root, "regrade", "bridges", "--history").stdout
