"""`paroleclinic grade` beside nbgrader's own autograde: the same rows, the same files, in one pass."""

from __future__ import annotations

import json
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from conftest import copy_of_tiny, hand_in, nbgrader, six_learners
from gradebooks import files, paroleclinic, rows
from paroleclinic.answers import FILE_NAME
from paroleclinic.build import build
from paroleclinic.check.questions import other_answers
from paroleclinic.cli import app
from paroleclinic.course import Course
from paroleclinic.grading import key_answers

pytestmark = pytest.mark.pipeline
UNIT = "bridges"
MANY = 300
DUE = datetime(2026, 11, 20, 12)


def two_cases(folder: Path) -> Course:
    """The tiny course with a second case in its unit, one without a memo: a hand-in holds several notebooks."""
    course = copy_of_tiny(folder)
    more(folder / "nbgrader_config.py", b"\nc = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    text = (folder / "scenarios/bridges/first-crossing.yaml").read_text()
    late = text.replace("first-crossing", "late-crossing")
    head, _, memo = late.partition("  - id: note\n")
    (folder / "scenarios/bridges/late-crossing.yaml").write_text(head + memo[memo.index("\ndebrief:") + 1 :])
    outline = (folder / "course.yaml").read_text()
    (folder / "course.yaml").write_text(
        outline.replace("      - first-crossing\n", "      - first-crossing\n      - late-crossing\n")
    )
    build(Course(folder))
    nbgrader(folder, "generate_assignment", UNIT, "--force")
    return course


def more(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def varied(course: Course, number: int) -> None:
    """Hand-in number so and so: any answers, any damage, any time; the same number makes the same hand-in."""
    luck = random.Random(number)
    learner = f"learner-{number:03}"
    folder = course.root / "submitted" / learner / UNIT
    for case in map(course.scenario, course.unit(UNIT).cases):
        kinds = [one for one in six_learners(case).values() if one is not None]
        answers = dict(luck.choice(kinds))
        for question in case.graded:
            if luck.random() < 0.3:
                answers[question.id] = luck.choice([None, "", 7, *other_answers(question)])
        if case.memo and luck.random() < 0.3:
            answers[case.memo.id] = luck.choice(["", "<b>x</b>\n\n$y$ \u2028 \x0b end", "word " * 5000, "  "])
        hand_in(course, learner, case, answers)
    path = folder / FILE_NAME
    match luck.randrange(12):
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(luck.choice([b"", b"\n\n", b"[1]\n", bytes(range(128, 200))]))
        case 2:
            more(path, b'{"v": 1, "case": "first-crossing", "question": "no-such", "answer": 1}\n\xff\n{"v"')
        case 3:
            more(path, b'{"v": 1, "case": "late-crossing", "event": "shown"}\n')
        case 4:
            (folder / "late-crossing.ipynb").unlink()
        case 5:
            (folder / "notes.txt").write_text("mine")
            (folder / "more").mkdir()
            (folder / "more" / "picture.bin").write_bytes(bytes(100))
            shutil.copy(folder / "first-crossing.ipynb", folder / "first-crossing (1).ipynb")
        case 6:
            (folder / "first-crossing.ipynb").write_text(
                json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
            )
    if luck.random() < 0.8:
        at = DUE + timedelta(minutes=luck.randrange(-5000, 1000))
        zone = luck.choice(["UTC", "+0200", ""])
        (folder / "timestamp.txt").write_text(f"{at:%Y-%m-%d %H:%M:%S.%f} {zone}\n".replace(" \n", "\n"))


def with_due_date(course: Course) -> None:
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "paroleclinic") as book:
        book.update_or_create_assignment(UNIT, duedate=DUE)


def marked_by_hand(course: Course) -> None:
    """What formgrader leaves: manual scores, extra credit, a comment, an extension, for some."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "paroleclinic") as book:
        for number in range(0, MANY, 3):
            submission = book.find_submission(UNIT, f"learner-{number:03}")
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    if grade.name.endswith("-memo"):
                        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.5, 0.5, False
                for comment in notebook.comments:
                    comment.manual_comment = "Well said."
            if number % 2:
                submission.extension = timedelta(days=2)
        book.db.commit()


def handed_in_anew(course: Course) -> None:
    """Some of them once more, otherwise and later; where there is no time, nbgrader would not look again."""
    for number in range(0, MANY, 4):
        folder = course.root / "submitted" / f"learner-{number:03}" / UNIT
        if not (folder / "timestamp.txt").exists():
            continue
        shutil.rmtree(folder)
        varied(course, 10_000 + number)
        (course.root / "submitted" / f"learner-{10_000 + number:03}").rename(folder.parents[1] / "moved")
        shutil.rmtree(folder.parent)
        (folder.parents[1] / "moved").rename(folder.parent)
        (folder / "timestamp.txt").write_text(f"{DUE + timedelta(days=1):%Y-%m-%d %H:%M:%S.%f} UTC\n")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, Course]:
    """Twice the same 300 hand-ins: graded by nbgrader, and by us."""
    theirs = two_cases(tmp_path_factory.mktemp("pair") / "theirs")
    theirs = Course(theirs.root)
    for number in range(MANY):
        varied(theirs, number)
    with_due_date(theirs)
    ours = Course(theirs.root.parent / "ours")
    shutil.copytree(theirs.root, ours.root)
    nbgrader(theirs.root, "autograde", UNIT, fails=True)
    return theirs, ours


def book(course: Course) -> dict[str, list[str]]:
    return rows(f"sqlite:///{course.root}/gradebook.db")


def graded_notebooks(course: Course) -> dict[str, tuple[bytes, int]]:
    return {name: found for name, found in files(course.root / "autograded").items() if "unreadable" not in name}


def same(theirs: Course, ours: Course) -> None:
    one, other = book(theirs), book(ours)
    assert set(one) == set(other)
    for table in one:
        assert one[table] == other[table], table
    assert graded_notebooks(theirs) == graded_notebooks(ours)


def test_every_column_and_every_file_is_what_nbgrader_writes(pair):
    theirs, ours = pair
    before = files(ours.root / "submitted")
    done = paroleclinic(ours.root, "grade", UNIT, "--json", "--jobs", "2", code=1)
    said = json.loads(done.stdout)
    assert said["graded"] + said["could_not_grade"] == MANY
    assert said["could_not_grade"] == len(said["problems"]) > 20
    same(theirs, ours)
    assert len(set(book(ours)["grade"])) == MANY * 3
    assert files(ours.root / "submitted") == before


def test_what_did_not_change_is_left_alone_and_what_did_is_graded_again(pair):
    theirs, ours = pair
    same(theirs, ours)
    times = {path: path.stat().st_mtime_ns for path in (ours.root / "autograded").rglob("*.ipynb")}
    again = json.loads(paroleclinic(ours.root, "grade", "--json", code=1).stdout)
    assert again["graded"] == 0
    assert again["unchanged"] + again["could_not_grade"] == MANY
    assert {path: path.stat().st_mtime_ns for path in (ours.root / "autograded").rglob("*.ipynb")} == times
    for course in pair:
        marked_by_hand(course)
        handed_in_anew(course)
    nbgrader(theirs.root, "autograde", UNIT, fails=True)
    third = json.loads(paroleclinic(ours.root, "grade", "--json", "--jobs", "1", code=1).stdout)
    assert 30 < third["graded"] < MANY / 3
    same(theirs, ours)


def test_all_grades_everything_anew_and_changes_nothing_but_what_lateness_costs(pair):
    """nbgrader takes the penalty of the day's due date and of what a person marked since; a second time nothing changes."""
    _, ours = pair
    paroleclinic(ours.root, "grade", UNIT, code=1)
    before, notebooks = book(ours), graded_notebooks(ours)
    done = json.loads(paroleclinic(ours.root, "grade", UNIT, "--all", "--json", "--jobs", "2", code=1).stdout)
    assert done["graded"] > 200
    assert done["unchanged"] == 0
    once = book(ours)
    assert {table for table in before if once[table] != before[table]} <= {"submitted_notebook"}
    assert graded_notebooks(ours) == notebooks
    paroleclinic(ours.root, "grade", UNIT, "--all", "--json", "--jobs", "1", code=1)
    assert book(ours) == once


def test_a_first_run_makes_the_gradebook_and_says_what_it_did(tmp_path):
    course = copy_of_tiny(tmp_path / "tiny")
    empty = paroleclinic(course.root, "grade")
    assert "Nothing was handed in yet" in empty.stderr
    case = course.scenario("first-crossing")
    for learner, answers in six_learners(case).items():
        hand_in(course, learner, case, answers)
    done = paroleclinic(course.root, "grade", code=1)
    assert "could not grade nofile, bridges: there is no answers.jsonl" in done.stderr
    assert "5 graded, 0 unchanged, 1 could not grade" in done.stderr
    hand_in(course, "nofile", case, key_answers(case))
    assert paroleclinic(course.root, "grade", "--quiet").stderr == ""
    assert "no unit" in paroleclinic(course.root, "grade", "brigdes", code=2).stderr


def test_changed_points_reach_the_gradebook_before_anything_is_graded(tmp_path):
    course = copy_of_tiny(tmp_path / "tiny")
    case = course.scenario("first-crossing")
    hand_in(course, "ana", case, key_answers(case))
    paroleclinic(course.root, "grade")
    path = course.root / "scenarios/bridges/first-crossing.yaml"
    path.write_text(path.read_text().replace("points: 2", "points: 3", 1))
    hand_in(course, "ben", case, key_answers(case))
    assert "paroleclinic build" in paroleclinic(course.root, "grade", code=1).stderr
    paroleclinic(course.root, "build")
    said = paroleclinic(course.root, "grade").stderr
    assert "1 graded, 1 unchanged" in said
    assert "paroleclinic regrade bridges" in said
    assert any('"max_score": 10.0' in line for line in book(course)["grade_cells"])


def late(root: Path) -> tuple[datetime | None, float, float | None, float]:
    """The unit's due date, by how many seconds ana's hand-in is late, its penalty, and its score."""
    with Gradebook(f"sqlite:///{root}/gradebook.db", "paroleclinic") as gradebook:
        found = gradebook.find_submission(UNIT, "ana")
        part = found.notebooks[0]
        return found.duedate, found.total_seconds_late, part.late_submission_penalty, part.score


def test_a_deadline_is_nbgraders_due_date_and_takes_off_only_what_the_instructor_set(tmp_path):
    course = copy_of_tiny(tmp_path / "tiny")
    case, edition = course.scenario("first-crossing"), course.root / "local/edition.yaml"
    hand_in(course, "ana", case, key_answers(case))
    (course.root / "submitted/ana" / UNIT / "timestamp.txt").write_text("2026-11-24 12:00:00 UTC\n")
    edition.parent.mkdir()

    def graded(day: str, *words: str) -> tuple[datetime | None, float, float | None, float]:
        edition.write_text(f"title: Spring\nadapted_by: Ana\ndeadlines:\n  {UNIT}: {day}\n")
        if not (course.root / "local/solutions").exists():
            build(Course(course.root))
        done = CliRunner().invoke(app, ["grade", *words, "--jobs", "1", "--course", str(course.root)])
        assert done.exit_code == 0, done.output
        return late(course.root)

    due = datetime(2026, 11, 20, 23, 59, 59).astimezone(UTC).replace(tzinfo=None)
    points = case.points
    assert graded("2026-11-20") == (due, (datetime(2026, 11, 24, 12) - due).total_seconds(), None, points)
    said = nbgrader(course.root, "autograde", UNIT, "--force")
    assert "seconds late" in said and late(course.root)[2:] == (None, points)
    more(course.root / "nbgrader_config.py", b"\nc = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    assert graded("2026-11-20")[2] is None  # as nbgrader has it: what is graded is left until it is graded anew
    assert graded("2026-11-20", "--all")[2] == points
    assert graded("2026-11-25", "--all")[1:] == (0, None, points)
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "paroleclinic") as gradebook:
        noon = gradebook.update_or_create_assignment(UNIT, duedate=f"{datetime(2026, 11, 25, 12).astimezone()}").duedate
    assert graded("2026-11-25")[0] == noon
