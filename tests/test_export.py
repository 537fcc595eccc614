"""Marks as files: what stands in them, that nothing in them runs, and that no score stands where there is none."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from openpyxl import load_workbook
from typer.testing import CliRunner

from conftest import copy_of_tiny, hand_in, nbgrader, six_learners
from paroleclinic.cells import BREAK, CUT, LONGEST, harmless, shown
from paroleclinic.cli import app
from paroleclinic.cohort import spreadsheet, standings
from paroleclinic.cohort.objectives import LESSON, OWN, SECTION, UNIT, aims
from paroleclinic.course import Course
from paroleclinic.grading import grade_case

pytestmark = pytest.mark.pipeline
NAMES = {
    "half": '=HYPERLINK("http://example.org","Ana")', "harmful": "\u200b\u3000＝1+1", "ideal": "José, „Pepe“; @SUM(A1)\n-2",
    "muddled": "bell\x07 _x0041_", "nofile": "long " * 10_000, "marked": "Points Possible", "nomemo": "http://example.org",
}  # fmt: skip
STATES = {  # learner -> state, score of 13
    "absent": ("not handed in", None), "blank": ("blank", 0), "half": ("graded", 6), "harmful": ("memo waits", None),
    "ideal": ("memo waits", None), "late": ("not graded yet", None), "marked": ("graded", 13.5), "muddled": ("graded", 0),
    "nofile": ("could not grade", None), "nomemo": ("graded", 9),
}  # fmt: skip
WITH_SCORE = {learner: score for learner, (_, score) in STATES.items() if score is not None}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\u2212", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫")


def answers_of(case):
    learners = six_learners(case)
    learners["nomemo"] = {name: answer for name, answer in learners["ideal"].items() if name != case.memo.id}
    return learners | {"marked": learners["ideal"]}


@pytest.fixture(scope="module", params=["paroleclinic", "nbgrader"])
def graded(request, tmp_path_factory):
    """A graded course with a learner for each state and with names that are traps, graded by our command or nbgrader's."""
    course = copy_of_tiny(tmp_path_factory.mktemp(request.param) / "tiny")
    case = course.scenario("first-crossing")
    for learner, answers in answers_of(case).items():
        hand_in(course, learner, case, answers)
    if request.param == "nbgrader":
        nbgrader(course.root, "generate_assignment", "bridges", "--force")
        nbgrader(course.root, "autograde", "bridges", fails=True)
    else:
        grade(course.root)
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "paroleclinic") as book:
        for learner, name in NAMES.items():
            student = book.find_student(learner)
            student.first_name, student.email = name, f"{learner}@example.org"
        book.find_student("blank").lms_user_id = "4711"
        book.find_student("half").lms_user_id = "s-12"
        (notebook,) = book.find_submission("bridges", "marked").notebooks
        memo = next(grade for grade in notebook.grades if grade.name.endswith("-memo"))
        memo.manual_score, memo.extra_credit, memo.needs_manual_grade = 4.0, 0.5, False
        book.db.commit()
    hand_in(course, "late", case, {})
    (course.root / "people.csv").write_text(
        "id,name,email\nabsent,Ab Sent,ab@example.org\nblank,B. Lank,b@example.org\n"
    )
    return course


def grade(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "paroleclinic.cli", "grade"], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr  # one learner sent no answer file


def export(course: Course, *words: object, code: int = 0) -> str:
    """What the command says, all of it on the second stream."""
    result = CliRunner().invoke(app, ["export", *map(str, words), "--course", str(course.root)])
    assert result.exit_code == code, (result.output, result.exception)
    assert not result.stdout
    return result.stderr


def table(course: Course, out: Path, by: str) -> list[dict[str, str]]:
    export(course, out / f"{by}.csv", "--by", by, "--roster", course.root / "people.csv", "--force")
    with (out / f"{by}.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def lines(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("by", ["unit", "case"])
def test_a_zero_a_blank_and_what_could_not_be_graded_are_three_things(graded, tmp_path, by):
    rows = {row["learner"]: row for row in table(graded, tmp_path, by)}
    assert {who: (row["state"], row["score"]) for who, row in rows.items()} == {
        who: (state, "" if score is None else f"{score:g}") for who, (state, score) in STATES.items()
    }
    assert {row["possible"] for row in rows.values()} == {"13"}
    for who in ("absent", "late", "nofile"):
        assert not any(rows[who][name] for name in ("share", "question points", "memo points", "blank", "harmful"))
    assert rows["harmful"]["question points"] == "4.5"
    assert (rows["harmful"]["harmful"], rows["harmful"]["memo points"]) == ("1", "")
    assert (rows["marked"]["memo points"], rows["marked"]["extra credit"]) == ("4", "0.5")
    assert (rows["blank"]["blank"], rows["muddled"]["blank"], rows["muddled"]["unreadable"]) == ("5", "1", "4")


def test_each_question_has_its_verdict_in_words_and_its_points(graded, tmp_path):
    case = graded.scenario("first-crossing")
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in table(graded, tmp_path, "question"):
        assert row["state"] == STATES[row["learner"]][0]
        found.setdefault(row["learner"], {})[row["question"]] = row
    for learner, answers in answers_of(case).items():
        if answers is None:
            continue
        for mark in grade_case(case, answers).marks:
            row = found[learner][mark.question.id]
            said = {"waiting": "marked" if learner == "marked" else "waits"}.get(mark.verdict, mark.verdict)
            earned = {"marked": "4", "waits": ""}.get(said, f"{mark.earned:g}")
            assert (row["verdict"], row["points"], row["possible"]) == (said, earned, str(mark.question.points))
            assert row["harmful"] == ("yes" if mark.harmful else "no")
    for learner in ("absent", "late", "nofile"):
        (row,) = found[learner].values()
        assert not row["question"] + row["verdict"] + row["points"] + row["harmful"]


def test_objectives_keep_what_has_no_verdict_out_of_the_points(graded, tmp_path):
    rows = {(row["learner"], row["objective"]): row for row in table(graded, tmp_path, "objective")}
    assert {objective for _, objective in rows} == {"cross", ""}
    told = {
        who: (rows[who, "cross"]["state"], rows[who, "cross"]["points"], rows[who, "cross"]["share"]) for who in STATES
    }
    assert told == {
        "absent": ("not handed in", "", ""), "late": ("not graded yet", "", ""), "nofile": ("could not grade", "", ""),
        "blank": ("blank", "0", "0"), "muddled": ("graded", "0", "0"), "harmful": ("graded", "0", "0"),
        "half": ("graded", "2", "1"), "ideal": ("graded", "2", "1"), "marked": ("graded", "2", "1"), "nomemo": ("graded", "2", "1"),
    }  # fmt: skip
    rest = rows["ideal", ""]
    assert (rest["state"], rest["memo waits"], rest["points"], rest["possible"]) == ("graded in part", "1", "7", "7")
    assert rows["nofile", ""]["could not grade"] == "4"
    assert (rows["ideal", "cross"]["found by"], rest["found by"]) == (SECTION, UNIT)


def test_a_workbook_holds_every_table_and_explains_it(graded, tmp_path):
    says = export(graded, tmp_path / "marks.xlsx", "--roster", graded.root / "people.csv")
    book = load_workbook(tmp_path / "marks.xlsx")
    assert book.sheetnames == ["summary", "cases", "questions", "objectives", "about"]
    assert f"{book['questions'].max_row - 1} rows in questions" in says
    for by, name in {"unit": "summary", "case": "cases", "question": "questions", "objective": "objectives"}.items():
        plain = table(graded, tmp_path, by)
        head, *rows = book[name].iter_rows(values_only=True)
        assert len(rows) == len(plain)
        for row, line in zip(rows, plain, strict=True):
            for column, cell in zip(head, row, strict=True):
                if column != "name":
                    assert ("" if cell is None else str(cell)) == line[column]
    told = {(row[0], row[1]) for row in book["about"].iter_rows(values_only=True)}
    assert {("state", state) for state, _ in STATES.values()} <= told
    assert {("found by", how) for how in (OWN, SECTION, LESSON, UNIT)} <= told
    assert ("column of questions", "verdict") in told


def test_in_a_workbook_nothing_is_a_formula_or_a_link_and_numbers_are_numbers(graded, tmp_path):
    export(graded, tmp_path / "marks.xlsx", "--roster", graded.root / "people.csv")
    book = load_workbook(tmp_path / "marks.xlsx")
    for sheet in book:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                assert cell.data_type in ("n", "s", "inlineStr", "d")
                assert cell.hyperlink is None
                assert cell.data_type != "s" or cell.number_format == "@"
    rows = {row[0].value: row for row in book["summary"].iter_rows(min_row=2)}
    head = [cell.value for cell in book["summary"][1]]
    name, score, share = (head.index(column) for column in ("name", "score", "share"))
    for learner, (_, wanted) in STATES.items():
        assert rows[learner][score].value == wanted
    assert rows["half"][share].number_format == "0%"
    assert rows["half"][name].value == NAMES["half"]
    assert rows["muddled"][name].value == "bell␇ _x005F_x0041_"  # as Excel writes _x0041_, and reads it back
    assert rows["nofile"][name].value.endswith(CUT)
    assert len(rows["nofile"][name].value) == LONGEST
    assert rows["absent"][name].value == "Ab Sent"
    with zipfile.ZipFile(tmp_path / "marks.xlsx") as packed:
        assert not [
            name
            for name in packed.namelist()
            if "external" in name.lower() or (name.endswith(".rels") and b"hyperlink" in packed.read(name))
        ]
        assert all(b"<f>" not in packed.read(name) for name in packed.namelist() if name.startswith("xl/worksheets/"))


def test_in_a_csv_file_no_text_begins_like_a_formula(graded, tmp_path):
    for by in ("unit", "case", "question", "objective"):
        table(graded, tmp_path, by)
        data = (tmp_path / f"{by}.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.count(b"\r\n") >= len(STATES) + 1
        names = {row["learner"]: row["name"] for row in table(graded, tmp_path, by)}
        assert names["half"] == "'" + NAMES["half"]
        assert names["harmful"] == "'" + NAMES["harmful"]
        assert names["ideal"] == "José, „Pepe“;' @SUM(A1)\n'-2"
        assert names["muddled"] == "bell␇ _x0041_"


def test_moodle_gets_a_score_or_no_row_at_all(graded, tmp_path):
    says = export(graded, tmp_path / "m.csv", "--for", "moodle")
    head, *rows = lines(tmp_path / "m.csv")
    assert head == ["Username", "ID number", "First name", "Last name", "Email address", "Bridges"]
    assert {row[0]: float(row[-1]) for row in rows} == WITH_SCORE
    assert {row[0]: row[1] for row in rows}["blank"] == "4711"
    assert "left out, having no score, so that what stands in Moodle stays: harmful, ideal, late, nofile" in says
    assert "blank, and so with a score of 0: blank" in says
    assert "1 could not be graded" in says
    assert "make these grade items in Moodle first, with this maximum at least: Bridges 13" in says  # 13.5 stands there
    assert "no email address, so let Username say who is who: blank, late" in says


def test_canvas_gets_a_score_or_no_row_at_all(graded, tmp_path):
    export(graded, tmp_path / "c.csv", "--for", "canvas", "--login", "email", "--by", "case")
    head, points, *rows = lines(tmp_path / "c.csv")
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "The first crossing"]
    assert points == ["    Points Possible", "", "", "", "", "13"]
    assert sorted(float(row[-1]) for row in rows) == sorted(WITH_SCORE.values())
    by_name = {row[0]: row for row in rows}
    assert by_name["blank"][1:4] == ["4711", "", ""]
    assert by_name["'" + NAMES["half"]][1:4] == ["", "s-12", "half@example.org"]
    assert "marked" in by_name  # whose name would be read as the line of points


def test_a_learner_with_one_score_of_two_has_an_empty_cell_and_the_closing_line_warns(graded, tmp_path):
    course = Course(shutil.copytree(graded.root, tmp_path / "course"))
    text = (course.root / "course.yaml").read_text()
    (course.root / "course.yaml").write_text(
        text
        + text[text.index("  - id: bridges") :]
        .replace("bridges\n", "towers\n", 1)
        .replace("title: Bridges", "title: Towers")
        .replace("first-crossing", "second-crossing")
    )
    text = (course.root / "scenarios/bridges/first-crossing.yaml").read_text()
    text = text.replace("id: first-crossing", "id: second-crossing").replace("unit: bridges", "unit: towers")
    (course.root / "scenarios/bridges/second-crossing.yaml").write_text(text)
    (course.root / "submitted/half/towers").mkdir()
    says = export(Course(course.root), tmp_path / "m.csv", "--for", "moodle")
    head, *rows = lines(tmp_path / "m.csv")
    assert head[-2:] == ["Bridges", "Towers"]
    assert {row[0]: (float(row[-2]), row[-1]) for row in rows} == {
        who: (score, "") for who, score in WITH_SCORE.items()
    }
    assert "5 empty cells: Moodle takes away the grade that stands there" in says


def test_nbgraders_own_export_tells_the_states_apart_too(graded, tmp_path):
    nbgrader(graded.root, "export", "--to", str(tmp_path / "own.csv"))
    with (tmp_path / "own.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    known = STATES.keys() - {"absent", "late"}
    assert {who: rows[who]["state"] for who in known} == {who: STATES[who][0] for who in known}
    assert rows["nofile"]["score"] == rows["nofile"]["raw_score"] == ""
    assert {who: float(rows[who]["score"]) for who in WITH_SCORE} == WITH_SCORE
    assert float(rows["ideal"]["raw_score"]) == 9
    assert rows["half"]["first_name"] == "'" + NAMES["half"]
    assert rows["half"]["max_score"] == "13.0"


def test_who_handed_in_nothing_stands_in_nbgraders_export_without_a_score(tmp_path, released_tiny):
    course = released_tiny(tmp_path / "tiny")
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "paroleclinic") as book:
        book.add_student("ana")
        book.add_student("with-an-extension")
        with book.db.no_autoflush:
            book.add_submission("bridges", "with-an-extension")
        book.grant_extension("bridges", "with-an-extension", days=2)
    nbgrader(course.root, "export")
    with (course.root / "grades.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["state"], row["score"], row["timestamp"]) for row in rows] == [("not handed in", "", "")] * 2


def test_a_mark_by_an_earlier_key_is_told(graded, tmp_path):
    assert {row["earlier key"] for row in table(graded, tmp_path, "case")} == {"no", ""}
    course = Course(shutil.copytree(graded.root, tmp_path / "course"))
    path = course.root / "scenarios/bridges/first-crossing.yaml"
    path.write_text(path.read_text().replace("The fee is due at the gate.", "The fee is due on this side.", 1))
    for by in ("unit", "case", "question"):
        told = {row["learner"]: row["earlier key"] for row in table(course, tmp_path, by)}
        assert told == {
            who: "" if state in ("not handed in", "not graded yet", "could not grade") else "yes"
            for who, (state, _) in STATES.items()
        }


def test_a_question_that_came_or_went_with_the_key_is_not_a_zero(graded, tmp_path):
    course = Course(shutil.copytree(graded.root, tmp_path / "course"))
    path = course.root / "scenarios/bridges/first-crossing.yaml"
    path.write_text(path.read_text().replace("- id: rise\n", "- id: change\n"))
    rows = {row["question"]: row for row in table(course, tmp_path, "question") if row["learner"] == "half"}
    assert (rows["change"]["verdict"], rows["change"]["points"], rows["change"]["possible"]) == ("", "", "1")
    assert (rows["rise"]["verdict"], rows["rise"]["possible"]) == ("blank", "")
    (row,) = (row for row in table(course, tmp_path, "objective") if row["learner"] == "half" and not row["objective"])
    assert (row["not graded yet"], row["possible"], row["state"]) == ("1", "10", "graded in part")


def test_without_a_roster_only_those_are_named_whom_gradebook_or_folder_know(graded, tmp_path):
    export(graded, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = {row["learner"]: row for row in csv.DictReader(file)}
    assert rows.keys() == STATES.keys() - {"absent"}
    assert (rows["blank"]["name"], rows["half"]["case"]) == ("", "first-crossing")


def test_a_sheet_that_is_full_goes_on_in_another(graded, tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "ROWS", 15)
    export(graded, tmp_path / "q.xlsx", "--by", "question")
    book = load_workbook(tmp_path / "q.xlsx")
    assert book.sheetnames == ["questions", "about", "questions 2", "questions 3"]
    rows = [
        row for name in book.sheetnames if name != "about" for row in book[name].iter_rows(min_row=2, values_only=True)
    ]
    assert [str(row[0]) for row in rows] == [
        row["learner"] for row in table(graded, tmp_path, "question") if row["learner"] != "absent"
    ]


def test_an_objective_is_derived_from_the_question_its_section_or_its_lesson(tiny):
    case = tiny.scenario("first-crossing")
    when, bring, rise, cost, note = case.questions
    changed = (
        when, bring.model_copy(update={"objective": "cross"}), rise.model_copy(update={"reread": "01-bridges#tolls"}), cost, note,
    )  # fmt: skip
    found = aims(tiny, [case.model_copy(update={"questions": changed})])
    assert {question: (aim.objective, aim.by) for (_, question), aim in found.items()} == {
        "when": ("cross", SECTION), "bring": ("cross", OWN), "rise": ("", LESSON), "cost": ("", UNIT), "note": ("", UNIT),
    }  # fmt: skip
    assert {aim.lesson for aim in found.values()} == {"01-bridges"}


def test_a_file_that_is_there_is_only_replaced_when_told_to(graded, tmp_path):
    out = tmp_path / "marks.csv"
    out.write_text("mine")
    assert "is there already" in export(graded, out, code=2)
    assert out.read_text() == "mine"
    export(graded, out, "--force")
    assert out.read_text(encoding="utf-8-sig").startswith("learner,name,unit,case")
    assert [path.name for path in tmp_path.iterdir()] == ["marks.csv"]


@pytest.mark.parametrize("name", ["marks.csv", "marks.xlsx"])
def test_a_file_open_in_excel_is_left_as_it_is_and_said_to_be_open(graded, tmp_path, monkeypatch, name):
    (tmp_path / name).write_text("mine")

    def locked(self, target):
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", locked)
    says = export(graded, tmp_path / name, "--force", code=1)
    assert "open in another program, such as Excel" in says
    assert (tmp_path / name).read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["marks.csv", "marks.xlsx"])
def test_a_disk_that_is_full_costs_nothing_but_the_new_file(graded, tmp_path, monkeypatch, name):
    (tmp_path / name).write_text("mine")
    whole = standings.standings

    def cut_off(*those):
        yield next(iter(whole(*those)))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(standings, "standings", cut_off)
    says = export(graded, tmp_path / name, "--force", code=1)
    assert f"Nothing was written: {tmp_path / name} cannot be written: No space left on device." in says
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "mine")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["marks.ods"], "let its name end with .xlsx for a workbook, or .csv"),
        (["marks"], "does not say what to write"),
        (["no/such/marks.csv"], "There is no folder"),
        (["folder.csv"], "is a folder"),
        (["m.xlsx", "--for", "moodle"], "Moodle imports CSV"),
        (["m.csv", "--for", "canvas", "--by", "question"], "A grade item is a unit or a case"),
        (["m.csv", "--unit", "bridge"], 'There is no unit "bridge". Did you mean "bridges"?'),
        (["m.csv", "--roster", "nobody.csv"], "nobody.csv cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_sentence(graded, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    assert says in export(graded, *words, code=2).replace("\n", " ")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]


def test_before_anything_is_graded_nothing_is_written_and_no_gradebook_made(tiny, tmp_path):
    hand_in(tiny, "ana", tiny.scenario("first-crossing"), {})
    assert "Nothing is graded yet" in export(tiny, tmp_path / "marks.xlsx", code=1)
    nbgrader(tiny.root, "generate_assignment", "bridges", "--force")
    assert "Nothing of bridges is graded yet" in export(tiny, tmp_path / "marks.xlsx", "--unit", "bridges", code=1)
    assert not list(tmp_path.glob("*.xlsx"))


def test_no_gradebook_is_made_by_an_export(tiny, tmp_path):
    export(tiny, tmp_path / "marks.csv", code=1)
    assert not (tiny.root / "gradebook.db").exists()


@given(st.text())
@example("=1")
@example(" \u200b\ufeff＠x")
@example("a;=1;\t+2")
@example("\x00=1")
@example("﹣1\r\n\u2800-2")
@example("\ud800=")
def test_no_text_is_a_formula_whatever_stands_before_it(text):
    safe = harmless(text)
    assert not safe.startswith(FORMULA)
    assert not any(
        part.strip(" \u200b\ufeff\u2800").startswith(FORMULA) for part in BREAK.split(safe) if not BREAK.fullmatch(part)
    )
    assert safe.replace("'", "") == shown(text).replace("'", "")
    assert harmless(safe) == safe


@given(st.text(alphabet=st.characters(), max_size=60), st.integers(0, 1200))
def test_text_fits_a_cell_and_the_rules_of_xml(text, times):
    made = shown(text * times)
    units = made.encode("utf-16-le")
    assert len(units) <= 2 * LONGEST
    assert not any(ord(letter) < 32 and letter not in "\t\n\r" for letter in made)
    assert (
        made == text * times
        or set(made) & {"␀", "�", "␡", "…"}
        or any(0x2400 <= ord(letter) <= 0x2421 for letter in made)
    )


def test_a_workbook_says_when_it_was_made(graded, tmp_path):
    before = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    export(graded, tmp_path / "a.xlsx", "--by", "unit")
    book = load_workbook(tmp_path / "a.xlsx")
    assert book.properties.created >= before
    assert json.dumps(book.sheetnames) == '["summary", "about"]'
