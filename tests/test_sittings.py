"""Results of the pre-test and the post-test: from answering a form to the gain in the report, by a kit's file and through a room."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, Page, expect
from typer.testing import CliRunner

from browsing import opened, pick, question, saved, violations
from conftest import SAMPLES, copy_of_tiny
from jupyter import served
from paroleclinic import kit, sittings
from paroleclinic.answers import FILE_NAME, record
from paroleclinic.care.manifest import FOLDERS
from paroleclinic.cli import app
from paroleclinic.collecting import Found, Refused, read
from paroleclinic.course import Course
from paroleclinic.filing import COLLECTED
from paroleclinic.grading import key_answers
from paroleclinic.handin import NothingToHandIn, hand_in, hand_in_tests
from paroleclinic.lines import NotSaved
from paroleclinic.progress import FILE_NAME as DIARY
from paroleclinic.progress import Diary
from paroleclinic.widgets import handing
from paroleclinic.widgets.form import test_form as form_of
from paroleclinic.widgets.home import home
from paroleclinic.widgets.learning import my_progress

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
UNITS = {"first-crossing": "bridges"}
WRONG, RIGHT = "noon", "dark"
PAGE = {
    "cells": [{"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": ""}],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}, "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip


def with_tests(course: Course) -> Course:
    """The course with both forms of a test of one question, and their pages."""
    asked = (SAMPLES / "tiny/questions/01-bridges.yaml").read_text().partition("  - id: br-fee")[0]
    pages = {"my-progress": "from paroleclinic import my_progress\nmy_progress()"}
    for form in sittings.FORMS:
        text = asked.replace("lesson: 01-bridges", f"form: {form}").replace("br-night", f"{form}-night")
        (course.root / f"questions/{form}.yaml").write_text(text)
        pages[form] = f'from paroleclinic import test_form\ntest_form("{form}")'
    for name, source in pages.items():
        [cell] = PAGE["cells"]
        (course.root / f"notebooks/{name}.ipynb").write_text(
            json.dumps({**PAGE, "cells": [{**cell, "source": source}]})
        )
    return Course(course.root)


def tell(panel: object, do: str, **more: object) -> dict[str, object]:
    """What the page hears when it sends this."""
    heard: list[dict[str, object]] = []
    panel.send = heard.append  # type: ignore[attr-defined]
    panel._on_message(None, {"do": do, "n": 1, **more}, None)  # type: ignore[attr-defined]
    return heard[0] if heard else {}


def sit(form: str, answer: str) -> object:
    """Answer a form and finish it, as its page does; the notebooks' folder is the working folder."""
    page = form_of(form)
    tell(page, "answer", id=f"{form}-night", value=answer, sure="high")
    assert "Hand in my test results" in str(tell(page, "show")["summary"])
    return page


def line(form: str = "pre-test", at: str = "2026-11-25T09:30:00.000Z", verdict: str = "right", **more: object) -> str:
    marks = {f"{form}-night": verdict}
    return json.dumps({"v": 1, "at": at, "did": "tested", "form": form, "marks": marks, "certainty": {}, **more})


def zipped(
    path: Path, text: str | bytes, unit: str = sittings.UNIT, file: str = sittings.FILE_NAME, name: str = "Ana"
) -> Path:
    """A hand-in with any text in it, whose sums fit."""
    data = text.encode() if isinstance(text, str) else text
    member = f"{unit}/{file}"
    about = {
        "v": 1,
        "unit": unit,
        "name": name,
        "at": "2026-11-25T09:30:00Z",
        "files": {member: hashlib.sha256(data).hexdigest()},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(about))
        archive.writestr(member, data)
    return path


def run(root: Path, *words: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [*map(str, words), "--course", str(root)], env={"COLUMNS": "250"})
    assert result.exit_code == code, result.output
    return result.output


def together(root: Path, learner: str) -> list[dict[str, object]]:
    """The sittings of a learner that were collected."""
    return [json.loads(one) for one in (root / COLLECTED / learner / sittings.UNIT / DIARY).read_text().splitlines()]


# what is handed in


def test_only_the_results_of_tests_leave_the_diary(tmp_path):
    diary = Diary(tmp_path / DIARY)
    diary.note("welcomed", name="Ana", role="volunteer", language="en")
    diary.note("read", page="01-bridges", section="fees")
    diary.note("tested", form="pre-test", marks={"pre-night": "wrong"}, certainty={"pre-night": "high"}, secret="mine")
    diary.note("met", case="first-crossing", asked=["hello"], total=50)
    diary.note("tested", form="another", marks={"pre-night": "wrong"}, certainty={})
    with diary.path.open("ab") as file:
        file.write(b'{"torn')
    with zipfile.ZipFile(hand_in_tests(tmp_path, "Ana", AT, "1.0", "2026-11-23").path) as archive:
        assert sorted(archive.namelist()) == ["manifest.json", "test-results/tests.jsonl"]
        [only] = archive.read("test-results/tests.jsonl").splitlines()
    assert {**json.loads(only), "at": ""} == {
        "v": 1, "at": "", "did": "tested", "form": "pre-test", "marks": {"pre-night": "wrong"}, "certainty": {"pre-night": "high"},
    }  # fmt: skip


def test_without_a_finished_test_there_is_nothing_to_hand_in(tmp_path):
    with pytest.raises(NothingToHandIn, match="No test is finished yet"):
        hand_in_tests(tmp_path, "Ana", AT, "1.0", "2026-11-23")
    Diary(tmp_path / DIARY).note("opened", page="01-bridges")
    with pytest.raises(NothingToHandIn):
        hand_in_tests(tmp_path, "Ana", AT, "1.0", "2026-11-23")
    assert not (tmp_path / "hand-ins").exists()


def test_a_name_is_asked_for_and_a_disk_that_fails_is_said(tiny, monkeypatch):
    assert "Write your name" in handing.tests_handed_in(tiny, {"name": "  "}).trouble
    assert "No test is finished" in handing.tests_handed_in(tiny, {"name": "Ana"}).trouble

    def full(*_: object) -> None:
        raise NotSaved("No space left on device")

    monkeypatch.setattr(handing, "hand_in_tests", full)
    done = handing.tests_handed_in(tiny, {"name": "Ana"})
    assert (done.receipt, done.trouble) == ("", "Not saved: No space left on device.")


# what is taken in


BAD = {
    "torn": ('{"v": 1, "did"', "line 2 is cut off or not JSON"),
    "other line of a diary": ('{"v": 1, "at": "2026-11-25T09:30:00Z", "did": "met"}', "line 2: it is no result of a test"),
    "form": (line("final-exam"), "line 2: it is of no form of the test"),
    "form, a list": (json.dumps({**json.loads(line()), "form": ["pre-test"]}), "it is of no form of the test"),
    "no time": (json.dumps({**json.loads(line()), "at": 5}), "line 2: its time cannot be read"),
    "time without zone": (line(at="2026-11-25T09:30:00"), "its time cannot be read"),
    "first year": (line(at="0001-01-01T00:00:00+23:59"), "its time cannot be read"),
    "last year": (line(at="9999-12-31T23:59:59-23:59"), "its time cannot be read"),
    "verdict": (line(verdict="splendid"), "its marks cannot be read"),
    "marks, a list": (json.dumps({**json.loads(line()), "marks": ["right"]}), "its marks cannot be read"),
    "no marks": (json.dumps({**json.loads(line()), "marks": {}}), "it has no marks"),
    "many marks": (json.dumps({**json.loads(line()), "marks": {f"q{n}": "right" for n in range(201)}}), "its marks cannot be read"),
    "odd question": (json.dumps({**json.loads(line()), "marks": {"../../etc\x1b[31m": "right"}}), "its marks cannot be read"),
    "certainty of another": (json.dumps({**json.loads(line()), "certainty": {"else": "high"}}), "its certainty is of other questions"),
    "long": ('{"v": "' + "x" * 300_000 + '"}', "line 2 is longer than"),
    "deep": ("[" * 100_000, "line 2 is cut off or not JSON"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_line_is_named_and_the_others_are_taken(tmp_path, kind):
    bad, says = BAD[kind]
    path = zipped(tmp_path / "in.zip", f"{line()}\n{bad}\n{line('post-test')}\n")
    refused, found = read(path, UNITS, AT)
    assert isinstance(refused, Refused)
    assert says in refused.why
    assert refused.why.startswith("results that are left out: ")
    assert isinstance(found, Found)
    assert [json.loads(one)["form"] for one in found.answers.splitlines()] == ["post-test", "pre-test"]


HOSTILE: dict[str, Callable[[Path], Path]] = {
    "it holds no result of a test": lambda path: zipped(path, "\n\n"),
    "it holds no tests.jsonl": lambda path: zipped(path, line(), file="answers.jsonl"),
    "has more than 2 MB": lambda path: zipped(path, os.urandom(2_100_000)),
    "this course has no unit 'tests'": lambda path: zipped(path, line(), unit="tests", file=FILE_NAME),
    "; and 198 more": lambda path: zipped(path, "x\n" * 1000),
}


@pytest.mark.parametrize("why", HOSTILE)
def test_a_file_without_results_is_refused_with_a_reason(tmp_path, why):
    [only] = read(HOSTILE[why](tmp_path / "in.zip"), UNITS, AT)
    assert isinstance(only, Refused)
    assert why in only.why


def test_changed_results_are_refused(tmp_path):
    path = zipped(tmp_path / "in.zip", line(verdict="wrong"))
    with zipfile.ZipFile(path) as archive:
        about = archive.read("manifest.json")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", about)
        archive.writestr("test-results/tests.jsonl", line(verdict="right"))
    [only] = read(path, UNITS, AT)
    assert "was changed after it was handed in" in only.why


def test_a_flood_of_sittings_is_cut_and_said(tmp_path):
    flood = "\n".join(line(at=f"2026-11-25T09:{n // 60:02}:{n % 60:02}Z") for n in range(600))
    refused, found = read(zipped(tmp_path / "in.zip", flood), UNITS, AT)
    assert "what follows line 500 was not read" in refused.why
    assert found.answers.count(b"\n") == 500
    assert sittings.merged([found.answers, line(at="2026-12-25T00:00:00Z").encode()]).count(b"\n") == 500


@given(st.one_of(st.binary(max_size=400), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.sampled_from(["at", "did", "form", "marks", "certainty", "v"]), some),
    max_leaves=12,
).map(lambda value: json.dumps(value).encode())))  # fmt: skip
def test_any_bytes_are_read_and_what_is_taken_is_read_again_alike(junk):
    good, _ = sittings.checked(line().encode() + b"\n" + junk)
    assert sittings.checked(good) == (good, [])
    assert sittings.merged([good, good]) == good


def test_later_hand_ins_add_and_lose_nothing_in_whatever_order_they_come(tiny, tmp_path):
    early = zipped(tmp_path / "a/early.zip", line(verdict="wrong"))
    late = zipped(tmp_path / "b/late.zip", line("post-test", "2026-12-01T10:00:00Z"))  # from another computer
    for place_, says in (
        (late, "1 accepted"),
        (early, "1 replaced"),
        (early, "1 already here"),
        (late, "1 already here"),
    ):
        assert says in run(tiny.root, "collect", place_, "--yes").replace("kept as an earlier version", "replaced")
    assert [one["form"] for one in together(tiny.root, "ana")] == ["pre-test", "post-test"]
    assert len([*(tiny.root / COLLECTED / "ana" / sittings.UNIT).iterdir()]) == 3
    assert not (tiny.root / "submitted").exists(), "tests are nothing for nbgrader"
    assert COLLECTED in FOLDERS, "a backup holds them"


def test_the_roster_says_whose_results_lack_and_a_hostile_name_is_text(tiny, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("id,name\nana,Ana\nbo,Bo\n")
    says = run(tiny.root, "collect", zipped(tmp_path / "in.zip", line()), "--roster", people)
    assert "On the roster, and nothing of test-results is here yet: bo." in says
    assert "Results of tests are in `paroleclinic report`" in says
    assert "grade" not in says
    odd = zipped(tmp_path / "odd.zip", line(), name="[red]\x1b[31m../Ana")
    says = run(tiny.root, "collect", odd, "--roster", people, code=1)
    assert "nobody on the roster goes by: [red] [31m../Ana" in says
    assert "\x1b" not in says


def test_a_purge_finds_results_and_a_pseudonym_is_turned_back(tiny, tmp_path):
    run(tiny.root, "collect", zipped(tmp_path / "in.zip", line()), "--yes")
    assert "collected/ana" in run(tiny.root, "purge", "ana")
    run(tiny.root, "purge", "ana", "--yes")
    assert not (tiny.root / COLLECTED / "ana").exists()


# from a form to the gain


def learner_of(folder: Path, released: Callable[[Path], Course] | None = None) -> Course:
    course = with_tests(released(folder) if released else copy_of_tiny(folder))
    for name in ("pyproject.toml", "uv.lock", "LICENSE", "LICENSE-CONTENT"):
        (course.root / name).write_text("# nothing\n")
    return course


def gain(root: Path) -> dict[str, dict[str, str]]:
    """Learner -> what the report says of both tests, without any option on where they are."""
    out = root / "reports/now"
    says = run(root, "report", "--out", out, "--names")
    assert "of nobody in this class" not in says
    assert "Pre-test and post-test of the" in (out / "report.html").read_text()
    with (out / "tests.csv").open(newline="", encoding="utf-8-sig") as file:
        return {row["learner"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def school(tmp_path_factory, released_tiny) -> Course:
    """An instructor's course where Cy's unit is graded."""
    course = learner_of(tmp_path_factory.mktemp("school") / "tiny", released_tiny)
    folder = tmp_path_factory.mktemp("cy") / "cy"
    other = copy_of_tiny(folder)
    for name, answer in key_answers(other.scenario("first-crossing")).items():
        record(other.root / "exercises/bridges" / FILE_NAME, AT, "first-crossing", name, answer)
    run(course.root, "collect", hand_in(other.root, "bridges", "Cy", AT, "1.0", "2026-11-23").path, "--yes")
    run(course.root, "grade", "--jobs", "1")
    return course


@pytest.mark.pipeline
def test_from_a_form_in_a_kit_to_the_gain_in_the_report(school, tmp_path, monkeypatch):
    learner = kit.make(school, tmp_path / "kit").folder
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.chdir(learner / "notebooks")
    page = sit("pre-test", WRONG)
    assert "Write your name" in tell(page, "hand-in-tests", given={"name": ""})["trouble"]
    said = tell(page, "hand-in-tests", given={"name": "Ana Núñez"})
    assert "Receipt code" in said["html"]
    assert "Send it, or put it where" in said["html"]
    sit("post-test", RIGHT)
    shown = home()
    tell(shown, "welcome", given={"name": "Ana Núñez"})
    assert "Hand in my test results" in shown.html
    assert "on this computer" in my_progress().html
    assert "Receipt code" in tell(shown, "hand-in-tests", given={"name": "Ana Núñez"})["html"]
    assert "Receipt code" in tell(my_progress(), "hand-in-tests", given={"name": "Ana Núñez"})["html"]
    assert shown.html.count("Results of the tests: hand-in-test-results-Ana-Núñez-") == 2
    says = run(school.root, "collect", learner / "hand-ins", "--yes")
    assert "1 accepted" in says
    assert "1 already here" in says
    assert [one["form"] for one in together(school.root, "ana-núñez")] == ["pre-test", "post-test"]
    only = gain(school.root)["ana-núñez"]
    assert (float(only["before"]), float(only["after"]), float(only["gain"])) == (0, 1, 1)


@pytest.mark.pipeline
def test_from_a_form_in_a_room_to_the_gain_in_the_report(school, monkeypatch):
    homes = school.root / ".hub/homes"
    monkeypatch.setenv("JUPYTERHUB_USER", "bea")
    learner = with_tests(copy_of_tiny(homes / "bea"))
    monkeypatch.chdir(learner.root / "notebooks")
    assert "on the machine that runs this room" in home().html
    sit("pre-test", WRONG)
    page = sit("post-test", RIGHT)
    said = tell(page, "hand-in-tests", given={"name": "ben"})
    assert "there is nothing to send" in said["html"]
    zipped(homes / "dot/hand-ins/bad.zip", "no\n")
    (homes / "dot/hand-ins/linked.zip").symlink_to(homes / "bea/hand-ins")
    says = run(school.root, "hub", "collect", code=1)
    assert "bea, test-results: accepted" in says
    assert "refused dot: bad.zip: results that are left out: line 1 is cut off or not JSON" in says
    assert "refused dot: linked.zip" in says
    assert not (school.root / COLLECTED / "ben").exists(), "the folder says whose it is"
    assert float(gain(school.root)["bea"]["gain"]) == 1
    assert "0 new, 1 already here" in run(school.root, "hub", "collect", code=1)


@pytest.mark.browser
def test_a_learner_hands_in_test_results_by_keyboard_and_keeps_the_receipt(context: BrowserContext, tmp_path: Path):
    root = kit.make(learner_of(tmp_path / "tiny"), tmp_path / "kit").folder
    fonts: list[str | None] = []  # as pages ask for them; axe does by itself
    context.on("requestfailed", lambda one: fonts.append(one.failure) if one.resource_type == "stylesheet" else None)
    with served(root) as site:
        page = opened(context, site, "notebooks/pre-test.ipynb")
        pick(question(page, "pre-test-night"), WRONG)
        saved(question(page, "pre-test-night"))
        page.get_by_role("button", name="Finish").press("Enter")
        button = page.get_by_role("button", name="Hand in my test results")
        button.press("Enter")
        expect(page.get_by_text("Write your name or initials first")).to_be_visible()
        page.get_by_label("Your name on the results").press("A")
        page.keyboard.type("na")
        page.keyboard.press("Enter")
        expect(page.locator("#receipt")).to_be_focused()
        expect(page.locator("#receipt")).to_contain_text("Receipt code")
        looked_at(page)
        page.goto(f"{site}/lab/tree/notebooks/my-progress.ipynb?reset")
        page.get_by_role("button", name="Hand in my test results").wait_for(timeout=90_000)
        page.get_by_label("Your name on the results").fill("Ana")
        page.get_by_role("button", name="Hand in my test results").click()
        expect(page.locator("#receipt")).to_be_focused()
        looked_at(page)
    assert len([*(root / "hand-ins").iterdir()]) == 2
    assert set(fonts) == {"csp"}, "Specta's fonts from the web are not loaded"


def looked_at(page: Page) -> None:
    """Axe has nothing to say, in light and in dark."""
    for theme in ("true", "false"):
        page.evaluate("theme => { document.body.dataset.jpThemeLight = theme }", theme)
        assert violations(page) == []
