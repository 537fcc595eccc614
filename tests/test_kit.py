"""The learner kit: the course without a key, which works from an empty home folder."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from ruamel.yaml import YAML
from typer.testing import CliRunner

from browsing import opened, pick, picture, question, saved, violations, visited
from conftest import ROOT, copy_of_tiny
from jupyter import served
from paroleclinic import kit
from paroleclinic.answers import read_answers
from paroleclinic.cli import app
from paroleclinic.course import Course, Sealed
from paroleclinic.drawing.hints import ladder
from paroleclinic.grading import why_unreadable
from paroleclinic.interview import Interview
from paroleclinic.progress import Diary
from paroleclinic.reading import Problems
from paroleclinic.sealed import SealedDay, SealedMatch, SealedOne, SealedOrder, SealedScenario, sealed
from paroleclinic.widgets import place
from paroleclinic.widgets.case import CLOSED, case
from paroleclinic.widgets.home import home
from paroleclinic.widgets.interview import meet
from paroleclinic.widgets.learning import my_progress
from paroleclinic.widgets.review import daily_review

COURSE = Course(ROOT)
UNIT, CASE = "advance-parole", "mother-dying-at-home"
PANEL = ".specta-article-outputs-panel:visible"
KEY_WORDS = {
    "because", "right", "misconception", "harm", "answer", "slips", "otherwise", "group", "dangers", "rubric", "model", "flaws",
    "rules", "reread", "fact", "objective", "level", "on", "asks", "mirrors", "issues", "hidden", "file", "debrief", "right_tool",
}  # fmt: skip


@pytest.fixture
def whole(tmp_path: Path) -> Course:
    """The tiny course, with what a kit needs."""
    course = copy_of_tiny(tmp_path / "tiny")
    for name in ("pyproject.toml", "uv.lock", "LICENSE", "LICENSE-CONTENT"):
        (course.root / name).write_text("# nothing\n")
    return course


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> kit.Made:
    """The kit of the course itself."""
    return kit.make(COURSE, tmp_path_factory.mktemp("kit") / "out")


@pytest.fixture
def inside(made: kit.Made, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The kit's folder, with a notebook of its cases running in it."""
    monkeypatch.chdir(made.folder / "exercises" / UNIT)
    yield made.folder
    for name in ("answers.jsonl", "progress.jsonl"):
        for path in made.folder.rglob(name):
            path.unlink()
    place._diary.cache_clear()


def test_the_same_course_makes_the_same_bytes(whole, tmp_path):
    one, two = kit.make(whole, tmp_path / "one"), kit.make(Course(whole.root), tmp_path / "two" / "deep")
    assert one.archive.read_bytes() == two.archive.read_bytes()
    with zipfile.ZipFile(one.archive) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {member.date_time for member in archive.infolist()} == {(2026, 11, 23, 0, 0, 0)}
        modes = {member.filename.split("/", 1)[1]: oct(member.external_attr >> 16) for member in archive.infolist()}
        unzipped = {name.split("/", 1)[1]: archive.read(name) for name in names}
    assert {name for name, mode in modes.items() if mode == "0o100755"} == {"start", "start.command"}
    assert unzipped == {
        p.relative_to(one.folder).as_posix(): p.read_bytes() for p in one.folder.rglob("*") if p.is_file()
    }
    assert os.access(one.folder / "start", os.X_OK)


def test_the_command_says_what_it_made(whole, tmp_path):
    result = CliRunner().invoke(app, ["kit", str(tmp_path / "out"), "--course", str(whole.root)])
    assert result.exit_code == 0, result.output
    assert "1 case sealed, no key found inside" in result.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"parole-clinic", "parole-clinic.zip"}


def test_a_folder_that_holds_something_is_left_alone(whole, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    result = CliRunner().invoke(app, ["kit", str(out), "--course", str(whole.root)])
    assert result.exit_code == 2
    assert "is not an empty folder" in result.output
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("broken", ["key", "missing", "unknown"])
def test_a_kit_that_cannot_be_made_leaves_nothing_behind(whole, tmp_path, broken):
    out = tmp_path / "shelf" / "out"
    out.mkdir(parents=True)  # an empty folder is taken
    if broken == "key":
        notebook = whole.root / "notebooks" / "01-bridges.ipynb"
        notebook.write_text(notebook.read_text().replace('"metadata": {}', '"metadata": {"when": "morning"}', 1))
        says = "it would give keys away"
    elif broken == "missing":
        (whole.root / "uv.lock").unlink()
        says = "uv.lock is missing"
    else:
        (whole.root / "src/paroleclinic").mkdir(parents=True)
        (whole.root / "src/paroleclinic/old.zip").write_bytes(b"")
        says = "is of a kind that a kit does not know"
    with pytest.raises(kit.CannotMake, match=says):
        kit.make(whole, out)
    assert [*(tmp_path / "shelf").rglob("*")] == [out]


def test_only_what_learners_need_is_inside(made):
    top = {path.name for path in made.folder.iterdir()}
    assert top == {
        "LICENSE", "LICENSE-CONTENT", "README.md", "consultations", "course.yaml", "exercises", "glossary", "law", "notebooks",
        "pyproject.toml", "questions", "scenarios", "specimens", "src", "start", "start.bat", "start.command", "uv.lock",
    }  # fmt: skip
    assert {path.suffix for path in (made.folder / "exercises").rglob("*") if path.is_file()} == {".ipynb"}
    assert {path.name for path in (made.folder / "notebooks").iterdir()} == {
        path.name for path in (ROOT / "notebooks").glob("*.ipynb")
    }
    assert made.sealed == len(COURSE.scenario_paths)


def values(data):
    """Every text in YAML data."""
    if isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from values(part)
    else:
        yield str(data)


def keys(data):
    """Every key in YAML data."""
    if isinstance(data, dict):
        yield from data
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from keys(part)


def test_no_sentence_of_a_key_stands_in_the_cases_of_the_kit(made):
    """A second look, by other means than `leaks`."""
    for name, path in COURSE.scenario_paths.items():
        data = YAML(typ="safe").load((made.folder / "scenarios" / path.parent.name / f"{name}.yaml").read_text())
        text = " ".join(word for said in values(data) for word in said.split())
        whole = COURSE.scenario(name)
        assert {key for question in data["questions"] for key in keys(question)}.isdisjoint(KEY_WORDS)
        told = [option.because for q in whole.questions for option in getattr(q, "options", ())]
        told += [step.because for q in whole.questions for step in getattr(q, "steps", ())]
        told += [item.because for q in whole.questions for item in getattr(q, "items", ())]
        told += [
            whole.debrief,
            *(thing.says for thing in whole.hidden),
            whole.memo.model if whole.memo else whole.debrief,
        ]
        told += [c.full for q in whole.questions for c in getattr(q, "rubric", ())]
        assert not [says for says in told if len(says) > 30 and " ".join(says.split()) in text]


def test_every_sealed_case_opens_and_has_no_key(made):
    course = Course(made.folder)
    for name in course.scenario_paths:
        file, whole = course.case_file(name), COURSE.scenario(name)
        assert isinstance(file, SealedScenario)
        assert file == sealed(whole)
        assert course.glance(name) == COURSE.glance(name)
        for asked, known in zip(file.questions, whole.questions, strict=True):
            assert not {"key", "rules", "because", "answer"} & {*dir(asked)}
            assert "right" not in dir(getattr(asked, "options", [None])[0])
            if isinstance(asked, SealedOrder):
                steps = [step.id for step in asked.steps]
                assert steps != [*known.key]
                assert sorted(steps) == sorted(known.key)
    lessons = [lesson.id for lesson in COURSE.outline.lessons]
    assert [course.cases_sending_back_to(one) for one in lessons] == [
        COURSE.cases_sending_back_to(one) for one in lessons
    ]


def test_a_sealed_case_is_not_graded_by_accident(made):
    with pytest.raises(Sealed, match="its key is not in a learner's kit"):
        Course(made.folder).scenario(CASE)
    for words in (["spot", CASE], ["kit", str(made.folder.parent / "again")]):
        done = CliRunner().invoke(app, [*words, "--course", str(made.folder)])
        assert done.exit_code
        assert "sealed" in str(done.exception or "") + done.output


def test_a_key_in_a_sealed_file_is_refused(whole):
    path = next(iter(whole.scenario_paths.values()))
    path.write_text(path.read_text().replace("title:", "sealed: true\ntitle:", 1))
    with pytest.raises(Problems, match="remove the key"):
        Course(whole.root).case_file("first-crossing")


def test_whether_an_answer_can_be_read_needs_no_key():
    file = sealed(COURSE.scenario(CASE))
    for asked in file.questions:
        assert why_unreadable(asked, None) == ""
        assert why_unreadable(asked, {"nonsense": 7})
    one = next(q for q in file.questions if isinstance(q, SealedOne))
    assert why_unreadable(one, one.options[0].id) == ""
    match = next((q for q in file.questions if isinstance(q, SealedMatch)), None)
    assert match is None or why_unreadable(match, {match.items[0].id: match.groups[0].id}) == ""
    day = next((q for q in file.questions if isinstance(q, SealedDay)), None)
    assert day is None or why_unreadable(day, "2026-01-01") == ""


def test_the_hints_of_a_sealed_question_are_its_papers():
    file = sealed(COURSE.scenario(CASE))
    titles = {paper.id: paper.title for paper in file.exhibits}
    for asked in file.questions:
        found = ladder(asked, titles, COURSE.law, file.as_of)
        assert len(found) == bool(asked.exhibits)
        assert all("Look closely at" in hint for hint in found)


def test_the_pages_of_a_kit_open_and_keep_answers(inside):
    page = case(CASE)
    assert page.closed == CLOSED
    one = next(q for q in page.questions if q["kind"] == "one")
    pick_ = one["options"][0]["id"]
    assert page._hear("answer", one["id"], {"value": pick_})["re"] == "saved"
    assert "not one of the answers" in str(page._hear("answer", one["id"], {"value": "made-up"})["why"])
    page._hear("answer", one["id"], {"value": pick_})
    assert page._hear("show", "", {}) == {"re": "nothing"}
    assert case(CASE).answers == {one["id"]: pick_}
    assert not Diary(inside / "progress.jsonl").progress().cases
    for panel in (meet(CASE), home(), my_progress(), daily_review()):
        assert panel.html


def test_the_start_scripts_are_sound(made):
    for name in ("start", "start.command"):
        subprocess.run(["bash", "-n", str(made.folder / name)], check=True)
        subprocess.run(["sh", "-n", str(made.folder / name)], check=True)
        assert b"\r" not in (made.folder / name).read_bytes()
    pin = re.search(r"uv==([\d.]+)", (ROOT / "Makefile").read_text())
    assert pin is not None
    for name in ("start", "start.bat"):
        assert f"uv=={pin[1]}" in (made.folder / name).read_text()


def test_the_script_for_windows_is_a_batch_file(made):
    data = (made.folder / "start.bat").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") > 30
    text = data.decode("ascii")
    lines = text.splitlines()
    labels = {line[1:] for line in lines if line.startswith(":")}
    assert {*re.findall(r"goto (\w+)", text)} == labels
    assert not re.search(r"\$|/dev/null|/bin/|\bexec\b|; then\b|\bfi\b|#!|`", text)
    for line in lines:
        assert line.count('"') % 2 == 0, line
        assert line.count("%") % 2 == 0 or "%~dp0" in line or "%*" in line, line
        assert not re.search(r"\bif\b.*\(\s*$|^\s*\)", line), line  # no blocks: a path with a bracket in it ends them


def test_without_python_the_script_says_where_to_get_it(made, tmp_path):
    for tool in ("dirname", "cat"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    done = subprocess.run(
        ["/bin/sh", str(made.folder / "start")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stdout
    assert not (made.folder / ".venv").exists()


@pytest.mark.browser
def test_a_trainee_works_through_the_kit_from_an_empty_home_folder(
    context: BrowserContext, made: kit.Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(made.archive) as archive:
        archive.extractall(tmp_path / "Ana's kit ñ")
    root = tmp_path / "Ana's kit ñ" / kit.NAME
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(root / "src"))
    with served(root) as site:
        page = opened(context, site, "notebooks/00-start-here.ipynb", "form[data-do=welcome]")
        page.get_by_label("Your name or initials").fill("Ana Núñez")
        page.get_by_role("button", name="Begin").click()
        page.get_by_role("button", name="Skip it").click()
        expect(page.get_by_text("Good to see you, Ana Núñez")).to_be_visible()
        asked = COURSE.question("start-not-a-visa")
        pick(question(page, asked.id), asked.key[0])
        question(page, asked.id).get_by_role("button", name="Check").click()
        expect(question(page, asked.id).locator(".pc-verdict.right")).to_be_visible()

        answers = work_the_case(page, site)
        page = visited(page, site, "notebooks/00-start-here.ipynb", ".pc-tiles")
        page.locator("#hand-in").get_by_role("button", name="Hand in").click()
        expect(page.locator("#receipt")).to_contain_text("Receipt code")
    [handed_in] = (root / "hand-ins").iterdir()
    assert handed_in.name.startswith(f"hand-in-{UNIT}-Ana-Núñez-")
    assert read_answers(root / "exercises" / UNIT / "answers.jsonl").of(CASE) == answers
    assert Diary(root / "progress.jsonl").progress().problems == []
    assert {path.name for path in (tmp_path / "home").iterdir()} <= {".npm", ".cache"}  # of JupyterLab's node


def work_the_case(page: Page, site: str) -> dict[str, object]:
    """Answer two questions of the sealed case, open it again, and find them there; no key can be asked for."""
    path = f"exercises/{UNIT}/{CASE}.ipynb"
    visited(page, site, path, "[data-meeting]")
    assert isinstance(COURSE.scenario(CASE).interview, Interview)
    page.get_by_role("button", name="Skip to the file").click()
    file = sealed(COURSE.scenario(CASE))
    one = next(q for q in file.questions if isinstance(q, SealedOne))
    order = next((q for q in file.questions if isinstance(q, SealedOrder)), None)
    answers: dict[str, object] = {one.id: one.options[1].id}
    if order:
        answers[order.id] = [step.id for step in reversed(order.steps)]
    for name, answer in answers.items():
        pick(question(page, name), answer)
        saved(question(page, name))
    visited(page, site, path)
    expect(question(page, one.id).locator(f'input[value="{answers[one.id]}"]')).to_be_checked()
    expect(page.locator(PANEL)).to_contain_text(CLOSED)
    expect(page.get_by_role("button", name="Show me how I did")).to_have_count(0)
    expect(page.locator(f"{PANEL} .pc-q").get_by_role("button", name="Check", exact=True)).to_have_count(0)
    expect(page.locator(PANEL)).not_to_contain_text("key")
    assert violations(page) == []
    picture(page, "kit-case")
    page.set_viewport_size({"width": 700, "height": 1000})
    picture(page, "kit-case-700")
    return answers
