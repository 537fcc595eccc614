"""A local edition: it survives an update of the course, weakens nothing, and goes wherever the course's own cases go."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import CONTENT, ROOT, copy_of_tiny, hand_in
from gradebooks import files
from paroleclinic import kit
from paroleclinic.build import build
from paroleclinic.check import problems, problems_of_case
from paroleclinic.cli import app
from paroleclinic.course import Course
from paroleclinic.drawing.home import Home
from paroleclinic.drawing.home import home as drawn
from paroleclinic.edition import Edition, day_told
from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.scored import scored
from paroleclinic.grading import key_answers
from paroleclinic.progress import Progress
from paroleclinic.widgets.case import opening

EDITION = """title: Spring at the river
adapted_by: The <b>River</b> Office
places:
  clinic: River Office
  court: River Court
pass_line:
  was: 70
  now: 80
deadlines:
  bridges: 2027-02-12
closed:
  - first-crossing/rise
changes:
  - case: first-crossing
    change: date
    was: 2026-05-20
    now: 2026-05-21
  - case: first-crossing
    change: points
    question: when
    was: 2
    now: 3
  - case: first-crossing
    change: criterion
    criterion: fee
    was: 2
    now: 5
units:
  - id: local-ferries
    title: Ferries
    lesson: 01-bridges
    cases:
      - local-ferry
"""
FILE = "local/edition.yaml"


def adapted(folder: Path) -> Course:
    """The tiny course with a local edition that changes a case and adds one."""
    course = copy_of_tiny(folder)
    path = folder / "local/scenarios/local-ferries/local-ferry.yaml"
    path.parent.mkdir(parents=True)
    text = (folder / "scenarios/bridges/first-crossing.yaml").read_text()
    text = text.replace("id: first-crossing", "id: local-ferry").replace("unit: bridges", "unit: local-ferries")
    path.write_text(text.replace("from: Bridge Office", 'from: "{{clinic}}, near {{court}}"'))
    (folder / FILE).write_text(EDITION)
    return Course(course.root)


def said(root: Path, *words: str, code: int = 0) -> str:
    """What a command of ours prints."""
    result = CliRunner().invoke(app, [*words, "--course", str(root)])
    assert result.exit_code == code, result.output
    return result.output


def edit(course: Course, name: str, before: str, after: str) -> Course:
    path = course.root / name
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    return Course(course.root)


@pytest.fixture
def local(tmp_path: Path) -> Course:
    return adapted(tmp_path / "tiny")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The same, built. Not to be changed."""
    course = adapted(tmp_path_factory.mktemp("edition") / "tiny")
    for name in ("pyproject.toml", "uv.lock", "LICENSE", "LICENSE-CONTENT"):
        (course.root / name).write_text("# nothing\n")
    said(course.root, "build")
    return Course(course.root)


@pytest.fixture
def again(built: Course, tmp_path: Path) -> Course:
    """A copy of the built edition, to change."""
    return Course(Path(shutil.copytree(built.root, tmp_path / "copy")))


def test_the_edition_changes_what_it_names_and_nothing_else(local):
    case, own = local.scenario("first-crossing"), local.own.scenario("first-crossing")
    assert (case.as_of, own.as_of) == (date(2026, 5, 21), date(2026, 5, 20))
    assert (case.points, own.points) == (10, 9)
    assert case.memo and own.memo
    assert ([one.points for one in case.memo.rubric], case.memo.points) == ([2, 5], 7)
    assert case.title == "The first crossing (adapted)"
    assert case.exhibits == own.exhibits
    assert (local.outline.pass_line, local.own.outline.pass_line) == (80, 70)
    assert [unit.id for unit in local.outline.units] == ["bridges", "local-ferries"]
    assert local.unit("bridges").closed == ("first-crossing/rise",)
    assert local.scenario("local-ferry").exhibits[0].from_ == "River Office, near River Court"
    assert local.glance("local-ferry").title == local.scenario("local-ferry").title == "The first crossing (local case)"
    assert local.glance("first-crossing").title == case.title


def test_minutes_words_and_a_whole_rubric_can_be_changed(local):
    case = local.own.scenario("first-crossing")
    lines = [{"id": "all", "says": "Says it all", "points": 6, "full": "All.", "half": "Half.", "none": "None."}]
    changes = [
        {"case": case.id, "change": "minutes", "was": 5, "now": 15},
        {"case": case.id, "change": "words", "was": 60, "now": 90},
        {"case": case.id, "change": "rubric", "was": "time 2, fee 2; 00000000", "now": lines},
    ]
    local.edition = Edition.model_validate({"title": "A", "adapted_by": "B", "changes": changes})
    memo = local.scenario(case.id).memo
    assert memo
    assert (local.glance(case.id).minutes, memo.words, memo.points, [one.id for one in memo.rubric]) == (
        15,
        90,
        6,
        ["all"],
    )


def test_the_papers_that_the_clinic_wrote_bear_its_own_name(tmp_path):
    course = Course(ROOT)
    course.edition = Edition.model_validate({"title": "A", "adapted_by": "B", "places": {"clinic": "River Office"}})
    papers = course.scenario("exchange-doctor").exhibits
    assert papers[0].from_ == "River Office, morning desk"
    assert course.own.scenario("exchange-doctor").exhibits[0].from_ == "Immigration Parole Clinic, morning desk"


def test_a_day_in_the_story_follows_with_its_day_of_the_week():
    said = "It is Monday, 2 November 2026. On 12 November 2026 he flies."
    assert (
        day_told(said, date(2026, 11, 2), date(2026, 12, 1))
        == "It is Tuesday, 1 December 2026. On 12 November 2026 he flies."
    )
    assert day_told("It is 2 November 2026.", date(2026, 11, 2), date(2027, 1, 3)) == "It is 3 January 2027."


def test_building_leaves_every_file_of_the_course_as_it_was_and_check_is_silent(built, tmp_path):
    before, after = files(copy_of_tiny(tmp_path / "plain").root), files(built.root)
    assert {name for name in before if after[name] != before[name]} == set()
    new = {name for name in after if name not in before and not name.startswith("local/")}
    assert new - {"pyproject.toml", "uv.lock", "LICENSE", "LICENSE-CONTENT"} == {
        ".last-build", "exercises/local-ferries/local-ferry.ipynb",
    }  # fmt: skip
    assert problems(Course(built.root)) == []


def test_git_sees_nothing_of_an_edition(built, tmp_path):
    course = shutil.copytree(built.root, tmp_path / "course")
    shutil.copy(ROOT / ".gitignore", course)
    git = ["git", "-C", str(course), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    listed = subprocess.run([*git, "ls-files"], check=True, capture_output=True, text=True).stdout.split()
    assert "course.yaml" in listed
    assert [name for name in listed if "local" in name or "last-build" in name] == []


def test_an_update_that_moves_nothing_keeps_the_edition_as_it_was(again):
    before = again.scenario("first-crossing"), again.outline
    course = edit(
        again, "scenarios/bridges/first-crossing.yaml", "The bridge is open by day.", "By day the bridge is open."
    )
    build(course)
    course = Course(course.root)
    assert problems(course) == []
    after = course.scenario("first-crossing")
    assert (after.as_of, after.points, after.memo) == (before[0].as_of, before[0].points, before[0].memo)
    assert course.outline == before[1]
    assert "By day the bridge is open." in after.model_dump_json()


def test_an_update_that_moves_the_base_is_told_with_both_values_and_the_edition_holds(again):
    kept = {name: data for name, data in files(again.root / "local").items() if "solutions" not in name}
    course = edit(
        again,
        "scenarios/bridges/first-crossing.yaml",
        "    prompt: When may Ana cross?\n    points: 2",
        "    prompt: When may Ana cross?\n    points: 1",
    )
    course = edit(course, "course.yaml", "units:", "pass_line: 65\nunits:")
    says = "\n".join(map(str, problems_of_case(course, "first-crossing")))
    assert f"{FILE}:7  the pass line: the course changed this since you adapted it: then 70, now 65" in says
    assert (
        f"{FILE}:21  first-crossing, question 'when': the course changed this since you adapted it: then 2, now 1"
        in says
    )
    assert "write `was: 1`" in says
    assert (course.scenario("first-crossing").questions[0].points, course.outline.pass_line) == (3, 80)
    assert {name: data for name, data in files(course.root / "local").items() if "solutions" not in name} == kept


def test_an_update_that_takes_a_case_away_is_told_and_nothing_is_lost(again):
    mine = (again.root / FILE).read_bytes()
    (again.root / "scenarios/bridges/first-crossing.yaml").rename(again.root / "scenarios/bridges/crossing.yaml")
    edit(again, "scenarios/bridges/crossing.yaml", "id: first-crossing", "id: crossing")
    course = edit(again, "course.yaml", "- first-crossing", "- crossing")
    says = "\n".join(map(str, problems(course)))
    assert f"{FILE}:14  the course has no case 'first-crossing' (any more)" in says
    assert f"{FILE}:12  closed: first-crossing/rise names nothing" in says
    assert "what you wrote here is not lost" in says
    assert course.scenario("local-ferry").id == "local-ferry"
    assert course.scenario("crossing").title == "The first crossing"
    assert (course.root / FILE).read_bytes() == mine


def test_an_edition_adds_law_of_its_own_and_cannot_change_the_courses(local):
    rule = (local.root / "law/fees/bridge-fee.yaml").read_text()
    folder = local.root / "local/law/fees"
    folder.mkdir(parents=True)
    (folder / "bridge-fee.yaml").write_text(rule.replace('"10"', '"99"'))
    (folder / "local-toll.yaml").write_text(rule.replace("id: bridge-fee", "id: local-toll"))
    course = Course(local.root)
    assert course.law["bridge-fee"] == local.own.law["bridge-fee"]
    assert course.law["local-toll"].title.endswith("(added by the local edition)")
    assert "local-toll" not in course.own.law
    says = "\n".join(map(str, problems(course)))
    assert "local/law/fees/bridge-fee.yaml:1  the id 'bridge-fee' does not begin with local-" in says
    assert "lies" not in says


def test_every_check_looks_at_a_local_case(local):
    name = "local/scenarios/local-ferries/local-ferry.yaml"
    course = edit(local, name, "issue: move-not-reported", "issue: left-without-parole")
    course = edit(course, name, "        because: The bridge is open by day.\n", "        because: Open.\n")
    course = edit(course, name, "text: In the morning", 'text: "WRITE: an answer"')
    found = [str(one) for one in problems_of_case(course, "local-ferry")]
    assert all(one.startswith(f"{name}:") for one in found)
    text = "\n".join(found)
    assert "still to write: an answer" in text
    assert "no because" in text
    assert 'no rule spots "left-without-parole"' in text


def test_pages_say_whose_edition_it_is_and_names_are_only_text(local):
    assert "Local case, written for “Spring at the river” by The &lt;b&gt;River&lt;/b&gt; Office" in opening(
        local.scenario("local-ferry"), local.notice("local-ferry")
    )
    adapted_page = opening(local.scenario("first-crossing"), local.notice("first-crossing"))
    assert "Case adapted for “Spring at the river”" in adapted_page
    assert "the day is 21 May 2026; a question has 3 points; the memo is marked with another rubric" in adapted_page
    assert "<b>River" not in adapted_page
    glances = {case: local.glance(case) for case in local.scenario_paths}
    html = drawn(Home(local.outline, Progress(), (), glances, 0, 0, 0, {}, "x", skipped=True, edition=local.edition))
    for words in ("adapted by The &lt;b&gt;River", "River Court", "Bridges: due 12 February 2027"):
        assert words in html
    assert "<b>River" not in html
    plain = Course(ROOT)
    assert (plain.edition, plain.notice("exchange-doctor"), plain.edition_says) == (None, "", "")


def test_a_kit_holds_the_edition_sealed_and_a_learner_sees_the_same_course(built, tmp_path):
    made = kit.make(built, tmp_path / "kit")
    theirs = Course(made.folder)
    assert made.sealed == 2
    assert theirs.edition and theirs.edition.sealed and theirs.edition.changes == ()
    assert theirs.exercises == made.folder / "exercises"
    assert (theirs.exercises / "local-ferries/local-ferry.ipynb").is_file()
    assert theirs.outline == built.outline.model_copy(
        update={"units": tuple(unit.model_copy(update={"closed": ()}) for unit in built.outline.units)}
    )
    for case in ("first-crossing", "local-ferry"):
        assert theirs.is_sealed(case)
        assert theirs.glance(case) == built.glance(case)
        assert theirs.case_file(case).as_of == built.scenario(case).as_of
        assert theirs.notice(case) == built.notice(case)
    memo = json.loads((theirs.exercises / "bridges/first-crossing.ipynb").read_text())["cells"][-1]
    assert memo["metadata"]["nbgrader"]["points"] == 7
    readme = (made.folder / "README.md").read_text()
    assert r"adapted by The \<b\>River\</b\> Office" in readme
    assert "Immigration court: River Court" in readme


def test_what_a_kit_of_the_course_itself_says_is_as_before():
    text = (ROOT / "src/paroleclinic/kit/LEARNERS.md").read_text().replace("{edition}", "")
    assert "ask the supervising attorney.\n\n## Start" in text
    assert not set(CONTENT) & {"local"}


@pytest.fixture(scope="module")
def graded(built: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Two learners graded in both units by real nbgrader. Copied before it is changed."""
    course = Course(Path(shutil.copytree(built.root, tmp_path_factory.mktemp("graded") / "tiny")))
    for case in map(course.scenario, ("first-crossing", "local-ferry")):
        ideal = key_answers(case)
        for learner, answers in {"ana": ideal, "ben": ideal | {"when": "never"}}.items():
            folder = hand_in_of(course, learner, case.id, answers)
            assert folder.is_dir()
    assert "4 graded" in said(course.root, "grade")
    return Course(course.root)


def hand_in_of(course: Course, learner: str, case_id: str, answers: dict[str, object]) -> Path:
    """A hand-in made from the released notebook of the edition."""
    case = course.scenario(case_id)
    plain = Course(course.exercises.parent)  # where hand_in looks for the released notebook
    folder = hand_in(plain, learner, case, answers)
    target = course.root / "submitted" / learner / case.unit
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.move(folder, target))


def test_local_and_adapted_cases_are_graded_reported_and_fed_back_like_any_other(graded, tmp_path):
    course = Course(Path(shutil.copytree(graded.root, tmp_path / "copy")))
    with Book(course.root) as book:
        cells = book.cells("bridges") | book.cells("local-ferries")
        points = {unit: scored(book, unit, ["ana", "ben"]) for unit in ("bridges", "local-ferries")}
    assert cells == {
        "first-crossing": {"first-crossing": 10.0, "first-crossing-memo": 7.0},
        "local-ferry": {"local-ferry": 9.0, "local-ferry-memo": 4.0},
    }
    assert points["bridges"]["ana"].cases["first-crossing"].answers.auto == 10
    assert points["bridges"]["ben"].cases["first-crossing"].answers.auto == 7
    assert points["local-ferries"]["ben"].cases["local-ferry"].answers.auto == 7
    said(course.root, "feedback")
    page = (course.root / "feedback/ben/bridges/first-crossing.html").read_text()
    assert "The first crossing (adapted)" in page
    assert "adapted by The &lt;b&gt;River&lt;/b&gt; Office" in page
    assert "(local case)" in (course.root / "feedback/ben/local-ferries/local-ferry.html").read_text()
    said(course.root, "export", str(course.root / "marks.csv"))
    assert "local-ferry" in (course.root / "marks.csv").read_text()


def test_effect_says_what_a_change_does_before_anything_is_written(graded, tmp_path):
    course = Course(Path(shutil.copytree(graded.root, tmp_path / "copy")))
    assert "nothing; all is as it was built" in said(course.root, "effect")
    text = (course.root / FILE).read_text()
    text = text.replace("now: 80", "now: 60").replace("    was: 2\n    now: 3\n", "    was: 2\n    now: 9\n")
    (course.root / FILE).write_text(text.replace("2026-05-21", "2026-06-02").replace("    now: 5", "    now: 4"))
    before = files(course.root)
    says = said(course.root, "effect")
    for words in (
        "Compared with the last `paroleclinic build` in this folder.",
        "the pass line: 80 percent → 60 percent",
        "its day: 2026-05-21 → 2026-06-02",
        "law bridge-fee: the version since 1 January 2026 (in force, 10 US dollars) → the version since 1 June 2026",
        "when: 3 points → 9 points",
        'cost, its key: "10" → "12"',
        "note, criterion fee: 5 points → 4 points",
        "Notebooks to build again: 1 case (first-crossing)",
        "bridges: 2 hand-ins graded before",
        "points move for 2; some answer is judged another way for 2",
        "of 2 case scores, 0 would rise to the pass line and 0 would fall below it",
        "local-ferries: 2 hand-ins graded before",
        "of 2 case scores, 1 would rise to the pass line and 0 would fall below it",
        "`paroleclinic check`, then `paroleclinic build`, then `paroleclinic regrade bridges`.",
    ):
        assert words in says, says
    after = files(course.root)
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} <= {"gradebook.db"}
    line = said(course.root, "effect", "--edition")
    assert "Compared with the course as it comes, without your local edition." in line
    assert "the pass line: 70 percent → 60 percent" in line
    assert "a new unit: local-ferries" in line


def test_effect_says_what_the_gradebook_refuses(graded, tmp_path):
    course = Course(Path(shutil.copytree(graded.root, tmp_path / "copy")))
    said(course.root, "new", "case", "local-raft", "--local", "--unit", "local-ferries", "--like", "first-crossing")
    says = said(course.root, "effect")
    assert "a new case: 4 questions for 9 points, a memo for 4" in says
    assert "local-ferries has hand-ins, and nbgrader lets no case or memo be added or taken away then" in says
    assert "Give new cases a unit of their own" in says


def test_effect_without_a_build_to_compare_with_says_what_to_do(tiny):
    assert "Run `paroleclinic build` once before you change something" in said(tiny.root, "effect", code=2)
    assert "There is no local edition here. Begin one with" in said(tiny.root, "effect", "--edition", code=2)


def test_a_damaged_memory_of_the_last_build_is_as_good_as_none(again):
    path = again.root / ".last-build"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(path.read_text().replace("70", "71").replace("80", "81"))
    assert "No `paroleclinic build` is remembered here yet." in said(again.root, "effect")
    path.write_bytes(b"\xff\xfe")
    assert "No `paroleclinic build` is remembered here yet." in said(again.root, "effect")


def test_a_new_edition_and_a_new_local_case_are_begun_by_command(tiny):
    def told(*words: str, code: int = 0) -> str:
        return said(tiny.root, *words, code=code)

    assert "Begin one first: paroleclinic new edition" in told(
        "new", "case", "local-x", "--unit", "local-y", "--local", code=2
    )
    hostile = ["--title", 'Spring: "2027" # {x}', "--by", "- an office"]
    assert "written: local/edition.yaml" in told("new", "edition", *hostile)
    assert "There is a local edition already" in told("new", "edition", *hostile, code=2)
    edition = Course(tiny.root).edition
    assert edition and (edition.title, edition.adapted_by) == ('Spring: "2027" # {x}', "- an office")
    begin = ["new", "case", "local-x", "--local", "--unit"]
    assert 'The id "bridges" is not local- and then' in told(*begin, "bridges", code=2)
    assert "--lesson LESSON" in told(*begin, "local-y", code=2)
    assert 'Did you mean "01-bridges"?' in told(*begin, "local-y", "--lesson", "1-bridges", code=2)
    assert "listed under local-y in local/edition.yaml" in told(*begin, "local-y", "--lesson", "01-bridges")
    assert "There is a case" in told(*begin, "local-y", code=2)
    told("new", "case", "local-z", "--local", "--unit", "local-y", "--like", "first-crossing")
    told("new", "case", "local-w", "--local", "--unit", "local-v", "--lesson", "01-bridges")
    edition = Course(tiny.root).edition
    assert edition
    assert {unit.id: unit.cases for unit in edition.units} == {
        "local-y": ("local-x", "local-z"),
        "local-v": ("local-w",),
    }
    assert problems_of_case(Course(tiny.root), "local-z") == []
    left = [one.says for one in problems_of_case(Course(tiny.root), "local-w")]
    assert sum("still to write" in says for says in left) > 50
