"""nbgrader's real commands, from release to feedback."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import nbformat
import pytest

from conftest import ROOT, hand_in, nbgrader, six_learners
from gradebooks import paroleclinic
from paroleclinic.answers import FILE_NAME
from paroleclinic.course import Course
from paroleclinic.grading import grade_case

pytestmark = pytest.mark.pipeline


@contextmanager
def gradebook(folder: Path) -> Iterator[object]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        yield book


def scores(folder: Path, unit: str) -> dict[str, dict[str, tuple[object, bool]]]:
    """Learner -> cell -> (automatic score, whether a person must mark it), from every row of the gradebook."""
    with gradebook(folder) as book:
        found: dict[str, dict[str, tuple[object, bool]]] = {}
        for submission in book.assignment_submissions(unit):
            cells = found.setdefault(submission.student.id, {})
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    cells[grade.name] = (grade.auto_score, bool(grade.needs_manual_grade))
        return found


BY_NBGRADER = ("intake-days",)  # `paroleclinic grade` writes the same rows, as test_grade.py compares


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The real course, with six learners a unit graded, and for one unit the feedback of the one whose advice does harm."""
    folder = tmp_path_factory.mktemp("graded") / "course"
    folder.mkdir()
    for name in ("law", "scenarios", "questions", "solutions"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("course.yaml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    course = Course(folder)
    for unit in BY_NBGRADER:
        nbgrader(folder, "generate_assignment", unit)
    for unit in course.outline.units:
        if unit.id not in BY_NBGRADER:
            shutil.copytree(
                ROOT / "exercises" / unit.id, folder / "exercises" / unit.id, ignore=shutil.ignore_patterns(FILE_NAME)
            )
        for case in map(course.scenario, unit.cases):
            for learner, answers in six_learners(case).items():
                hand_in(course, learner, case, answers)
    for unit in BY_NBGRADER:
        says = nbgrader(folder, "autograde", unit, fails=True)  # one learner sent no answer file
        assert f"there is no {FILE_NAME}" in says
        nbgrader(folder, "generate_feedback", unit, "--student", "harmful")
    paroleclinic(folder, "grade", *(unit.id for unit in course.outline.units if unit.id not in BY_NBGRADER), code=1)
    return course


def test_nbgrader_derives_the_exercises_that_are_committed(graded):
    for path in sorted((graded.root / "exercises").rglob("*.ipynb")):
        assert path.read_text() == (ROOT / path.relative_to(graded.root)).read_text()


def test_every_row_of_the_gradebook_is_the_mark_computed_directly(graded):
    seen = 0
    for unit in graded.outline.units:
        rows = scores(graded.root, unit.id)
        for case in map(graded.scenario, unit.cases):
            for learner, answers in six_learners(case).items():
                memo = f"{case.id}-memo"
                if answers is None:
                    assert rows[learner][case.id] == (None, rows[learner][case.id][1])
                    continue
                mark = grade_case(case, answers)
                assert rows[learner][case.id] == (mark.earned, False), learner
                assert rows[learner][memo] == (
                    (None, True) if answers.get("memo") or memo_of(case, answers) else (0.0, False)
                )
                seen += 1
            assert rows["ideal"][case.id][0] == case.points
            assert rows["harmful"][case.id][0] <= case.points / 2
            assert rows["blank"][case.id][0] == rows["muddled"][case.id][0] == 0
    assert seen == 5 * sum(len(unit.cases) for unit in graded.outline.units)


def memo_of(case, answers):
    return answers.get(case.memo.id)


def test_what_could_not_be_graded_is_not_a_zero_in_the_export(graded):
    nbgrader(graded.root, "export", "--to", "marks.csv")
    with (graded.root / "marks.csv").open(newline="") as file:
        rows = {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}
    for unit in graded.outline.units:
        assert rows[unit.id, "nofile"]["state"] == "could not grade"
        assert rows[unit.id, "nofile"]["score"] == ""
        assert rows[unit.id, "blank"]["state"] == "blank"
        assert float(rows[unit.id, "blank"]["score"]) == 0
        assert rows[unit.id, "ideal"]["state"] == "memo waits"


def test_feedback_shows_answer_verdict_points_reason_fact_and_rule_of_the_day(graded):
    for unit in map(graded.unit, BY_NBGRADER):
        for case in map(graded.scenario, unit.cases):
            page = (graded.root / "feedback" / "harmful" / unit.id / f"{case.id}.html").read_text()
            page = unescape(page)
            mark = grade_case(case, six_learners(case)["harmful"])
            assert page.index("this advice could hurt the client") < page.index("Question 1<")
            for one in mark.marks:
                if one.verdict == "waiting":
                    assert one.answer.splitlines()[0] in page
                    assert case.memo.rubric[0].full in page
                    continue
                assert one.answer in page
                assert f"{one.earned:g} of {one.question.points}" in page
                assert one.question.fact in page
                for note in one.notes:
                    assert note.because in page
                for rule in one.question.rules:
                    assert graded.law[rule].at(one.question.on or case.as_of).says in page
            assert "from paroleclinic import" not in page


def test_a_corrected_answer_file_is_graded_the_next_time(tmp_path, released_tiny):
    course = released_tiny(tmp_path / "tiny")
    case = course.scenario("first-crossing")
    hand_in(course, "ana", case, {})
    nbgrader(course.root, "autograde", "bridges")
    hand_in(course, "ana", case, six_learners(case)["ideal"])
    nbgrader(course.root, "autograde", "bridges", "--force")
    assert scores(course.root, "bridges")["ana"]["first-crossing"] == (9.0, False)


def test_nothing_that_was_handed_in_is_executed(tmp_path, released_tiny):
    course = released_tiny(tmp_path / "tiny")
    case = course.scenario("first-crossing")
    folder = hand_in(course, "eve", case, {"when": "morning"})
    trap = tmp_path / "it-ran"
    code = f"open({str(trap)!r}, 'w').write('!')\nraise SystemExit"
    path = folder / "first-crossing.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = code
    notebook.cells += [
        nbformat.v4.new_code_cell(code),
        nbformat.v4.new_markdown_cell(f"<script>{code}</script>"),
    ]
    nbformat.write(notebook, path)
    nbgrader(course.root, "autograde", "bridges")
    nbgrader(course.root, "generate_feedback", "bridges")
    assert not trap.exists()
    assert scores(course.root, "bridges")["eve"]["first-crossing"] == (2.0, False)
    assert "it-ran" not in (course.root / "feedback/eve/bridges/first-crossing.html").read_text()


def test_markup_in_a_memo_is_text_and_not_markup(tmp_path, released_tiny):
    course = released_tiny(tmp_path / "tiny")
    case = course.scenario("first-crossing")
    hand_in(course, "eve", case, {"note": "</div><script>alert(1)</script>\n\n    **bold** $x$\n\n</details>"})
    nbgrader(course.root, "autograde", "bridges")
    nbgrader(course.root, "generate_feedback", "bridges")
    page = (course.root / "feedback/eve/bridges/first-crossing.html").read_text()
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "**bold**" in page


DAMAGES = {
    "cells deleted": lambda nb: nb.update(cells=nb["cells"][:1]),
    "all cells deleted": lambda nb: nb.update(cells=[]),
    "cells copied": lambda nb: nb.update(cells=nb["cells"] + nb["cells"]),
    "cells edited": lambda nb: [cell.update(source="edited") for cell in nb["cells"]],
    "metadata changed": lambda nb: nb["cells"][1]["metadata"]["nbgrader"].update(points=999, grade_id="x"),
}


@pytest.fixture(scope="module")
def damaged(tmp_path_factory, released_tiny):
    """Hand-ins with a damaged notebook and a good answer file, and with a good notebook and a damaged answer file."""
    course = released_tiny(tmp_path_factory.mktemp("damaged") / "tiny")
    case = course.scenario("first-crossing")
    ideal = six_learners(case)["ideal"]
    for learner, damage in DAMAGES.items():
        path = hand_in(course, learner.replace(" ", "-"), case, ideal) / "first-crossing.ipynb"
        notebook = json.loads(path.read_text())
        damage(notebook)
        path.write_text(json.dumps(notebook))
    (hand_in(course, "answers-alone", case, ideal) / "first-crossing.ipynb").unlink()
    path = hand_in(course, "renamed", case, ideal) / "first-crossing.ipynb"
    path.rename(path.with_name("first-crossing (1).ipynb"))
    (hand_in(course, "cut-notebook", case, ideal) / "first-crossing.ipynb").write_text('{"cells": [')
    files = {
        "empty-file": b"",
        "binary-file": bytes(range(128, 256)) * 50,
        "wrong-shape": b'[1, 2]\n"x"\nnull\n',
        "huge-file": b'{"case": "first-crossing", "question": "when", "answer": "morning"}\n' * 800_000,
    }
    for learner, content in files.items():
        (hand_in(course, learner, case, {}) / FILE_NAME).write_bytes(content)
    hand_in(course, "cut-line", case, ideal, b'{"v": 1, "case": "first-cro')
    hand_in(course, "bad-bytes", case, ideal, b"\xff\xfe\n")
    hand_in(course, "twice", case, {**six_learners(case)["harmful"]})
    hand_in(course, "twice", case, ideal)
    hand_in(course, "unknown-question", case, {**ideal, "no-such": "x"})
    hand_in(course, "wrong-types", case, {"when": 5, "bring": "money", "rise": [], "cost": {"a": 1}, "note": 3})
    hand_in(course, "good", case, ideal)
    says = nbgrader(course.root, "autograde", "bridges", fails=True)
    return course, says


@pytest.mark.parametrize(
    "learner",
    [name.replace(" ", "-") for name in DAMAGES]
    + ["renamed", "answers-alone", "cut-notebook", "cut-line", "bad-bytes", "twice", "unknown-question", "good"],
)
def test_damage_that_spares_the_answers_costs_no_points(damaged, learner):
    course, _ = damaged
    assert scores(course.root, "bridges")[learner]["first-crossing"] == (9.0, False)


@pytest.mark.parametrize("learner", ["empty-file", "binary-file", "wrong-shape", "huge-file"])
def test_an_unusable_answer_file_is_named_and_gets_no_score(damaged, learner):
    course, says = damaged
    score, _ = scores(course.root, "bridges")[learner]["first-crossing"]
    assert score is None
    assert f"Could not grade {learner}, bridges: " in says


def test_answers_of_the_wrong_type_earn_nothing_and_are_called_unreadable(damaged):
    course, _ = damaged
    assert scores(course.root, "bridges")["wrong-types"]["first-crossing"] == (0.0, False)
    nbgrader(course.root, "generate_feedback", "bridges", "--student", "wrong-types")
    page = (course.root / "feedback/wrong-types/bridges/first-crossing.html").read_text()
    assert page.count("Could not be read") >= 3


def test_what_was_passed_over_is_listed_for_the_instructor(damaged):
    course, _ = damaged
    for learner, words in {
        "cut-line": "cut off or not JSON",
        "bad-bytes": "not UTF-8",
        "unknown-question": "no-such",
    }.items():
        notebook = (course.root / f"autograded/{learner}/bridges/first-crossing.ipynb").read_text()
        assert words in notebook


def test_making_the_exercises_again_and_releasing_them_spares_the_instructors_own_answers(tmp_path, released_tiny):
    course = released_tiny(tmp_path / "tiny")
    own = course.root / "exercises" / "bridges" / FILE_NAME
    own.write_text("mine\n")
    nbgrader(course.root, "generate_assignment", "bridges", "--force")
    assert own.read_text() == "mine\n"
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    nbgrader(course.root, "release_assignment", "bridges", f"--Exchange.root={exchange}")
    assert own.read_text() == "mine\n"
    outbound = exchange / "paroleclinic" / "outbound" / "bridges"
    assert [path.name for path in outbound.iterdir()] == ["first-crossing.ipynb"]


def test_a_learner_fetches_works_submits_and_the_instructor_collects_and_grades(tmp_path, released_tiny):
    course = released_tiny(tmp_path / "tiny")
    case = course.scenario("first-crossing")
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    place = [f"--Exchange.root={exchange}"]
    nbgrader(course.root, "release_assignment", "bridges", *place)
    learner = tmp_path / "learner"
    learner.mkdir()
    for words in (("fetch_assignment", "bridges"), ("submit", "bridges")):
        if words[0] == "submit":
            source = hand_in(course, "spare", case, six_learners(case)["ideal"]) / FILE_NAME
            shutil.copy(source, learner / "bridges")
            shutil.rmtree(course.root / "submitted")
        nbgrader(learner, *words, "--course", "paroleclinic", *place)
    nbgrader(course.root, "collect", "bridges", *place)
    nbgrader(course.root, "autograde", "bridges")
    (only,) = scores(course.root, "bridges").values()
    assert only["first-crossing"] == (9.0, False)


def test_zip_collect_takes_a_downloaded_archive(tmp_path, released_tiny):
    course = released_tiny(tmp_path / "tiny")
    case = course.scenario("first-crossing")
    folder = hand_in(course, "spare", case, six_learners(case)["ideal"])
    archive = course.root / "downloaded" / "bridges" / "archive"
    archive.mkdir(parents=True)
    for path in folder.iterdir():
        shutil.copy(path, archive / f"maria-{path.name}")
    shutil.rmtree(course.root / "submitted")
    pattern = r".*/(?P<student_id>\w+)-(?P<file_id>[^/]+)$"
    nbgrader(course.root, "zip_collect", "bridges", f"--FileNameCollectorPlugin.named_regexp={pattern}")
    nbgrader(course.root, "autograde", "bridges")
    assert scores(course.root, "bridges")["maria"]["first-crossing"] == (9.0, False)
