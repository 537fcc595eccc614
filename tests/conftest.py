"""What several tests need: the tiny course, and hand-ins for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paroleclinic.answers import FILE_NAME
from paroleclinic.content import Scenario
from paroleclinic.course import Course
from paroleclinic.grading import key_answers
from paroleclinic.questions import Amount, Day, Many, Match, Memo, One, Order, Question

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

ROOT = Path(__file__).parent.parent
CONTENT = (
    "law",
    "questions",
    "glossary",
    "specimens",
    "scenarios",
    "consultations",
    "notebooks",
    "exercises",
)  # folders learners have
SAMPLES = ROOT / "tests" / "samples"
RULE = """id: a-rule
title: A rule
versions:
  - from: 2026-01-01
    status: in-force
    says: It says so.
    confidence: high
    sources:
      - cite: Code 1
        read: 2026-01-01
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Course:
    """A course of one lesson, one case and two rules, in a folder of its own."""
    return copy_of_tiny(tmp_path / "tiny")


def copy_of_tiny(folder: Path) -> Course:
    shutil.copytree(SAMPLES / "tiny", folder, ignore=shutil.ignore_patterns(".last-build"))  # of a build by hand
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return Course(folder)


@pytest.fixture(scope="session")
def released_tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Course]:
    """Makes copies of the tiny course with its unit in the gradebook and its exercises made by nbgrader, which runs once."""
    first = copy_of_tiny(tmp_path_factory.mktemp("released") / "tiny")
    nbgrader(first.root, "generate_assignment", "bridges", "--force")

    def copy(folder: Path) -> Course:
        return Course(Path(shutil.copytree(first.root, folder)))

    return copy


def nbgrader(folder: Path, *words: str, fails: bool = False) -> str:
    """What an nbgrader command says, run as a person runs it in the course's folder."""
    place = {
        "JUPYTER_CONFIG_DIR": str(folder / ".jupyter"),
        "JUPYTER_DATA_DIR": str(folder / ".jupyter" / "data"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words], cwd=folder, capture_output=True, text=True, timeout=300,
        env={**os.environ, **place}, check=False,
    )  # fmt: skip
    says = done.stdout + done.stderr
    assert (done.returncode != 0) is fails, says
    return says


def hand_in(course: Course, learner: str, case: Scenario, answers: dict[str, object] | None, *more: bytes) -> Path:
    """Put a hand-in of the released notebook and an answer file where nbgrader looks for it; None leaves the file out."""
    folder = course.root / "submitted" / learner / case.unit
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(course.root / "exercises" / case.unit / f"{case.id}.ipynb", folder)
    if answers is not None:
        head = {"v": 1, "at": "2026-11-24T10:00:00.000Z", "case": case.id}
        lines = [json.dumps({**head, "event": "opened"})]
        lines += [json.dumps({**head, "question": question, "answer": answer}) for question, answer in answers.items()]
        with (folder / FILE_NAME).open("ab") as file:
            file.write("\n".join([*lines, ""]).encode() + b"".join(more))
    return folder


def six_learners(case: Scenario) -> dict[str, dict[str, object] | None]:
    """Learner -> answers: ideal, blank, half, muddled, harmful, and one without an answer file."""
    ideal = key_answers(case)
    half = {question.id: ideal[question.id] for question in case.questions[: len(case.questions) // 2]}
    muddled: dict[str, object] = {
        question.id: text
        for question, text in zip(
            case.questions, ["nonsense", 7, ["a", "b"], {"x": 1}, "31/31/31", ""] * 9, strict=False
        )
        if not isinstance(question, Memo)
    }
    harmful = ideal | {question.id: bad[0] for question in case.graded if (bad := harmful_answers(question))}
    return {"ideal": ideal, "blank": {}, "half": half, "muddled": muddled, "harmful": harmful, "nofile": None}


def harmful_answers(question: Question) -> list[object]:
    """The key of a question with one piece of harmful advice in it, for each piece there is."""
    match question:
        case One():
            return [option.id for option in question.options if option.harm]
        case Many():
            return [[*question.key, option.id] for option in question.options if option.harm]
        case Match():
            return [{**question.key, item.id: group} for item in question.items for group in item.harm]
        case Order():
            return [
                [danger.first, *(step for step in question.key if step != danger.first)] for danger in question.dangers
            ]
        case Day() | Amount():
            return [str(slip.answer) for slip in question.slips if slip.harm]
        case _:
            return []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests."""
    from playwright.sync_api import sync_playwright

    from chromium import FLAGS, chromium

    with sync_playwright() as playwright:
        shown = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield shown
        shown.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has not been here before."""
    from jupyter import WIDE

    made = browser.new_context(viewport=WIDE)
    yield made
    made.close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One test process more than cores, since tests with a browser or a kernel wait a good deal."""
    return (os.cpu_count() or 1) + 1


LONGEST = (  # files that take minutes, begun first so that no process is left alone with one at the end
    "test_browser", "test_pipeline", "test_journey", "test_grade", "test_hub", "test_scale", "test_hostile_nbgrader", "test_notebooks",
    "test_hostile_faults", "test_report", "test_care", "test_memos", "test_poll", "test_export", "test_teaching", "test_kit",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, each in its own order."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))


KINDS = ("browser", "pipeline", "notebooks")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what ran, kind by kind."""
    counts = dict.fromkeys(("unit and content", *KINDS), 0)
    for report in terminalreporter.getreports("passed"):
        kind = next((kind for kind in KINDS if kind in report.keywords), "unit and content")
        counts[kind] += 1
    terminalreporter.section("what ran")
    for kind, number in counts.items():
        terminalreporter.line(f"{number:5} {kind} tests passed")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With PAROLECLINIC_NOTHING_SKIPPED, a skipped test or a kind that did not run is a failure."""
    if not os.environ.get("PAROLECLINIC_NOTHING_SKIPPED") or os.environ.get("PYTEST_XDIST_WORKER"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    ran = {kind for kind in KINDS for report in reporter.stats.get("passed", ()) if kind in report.keywords}
    if reporter.stats.get("skipped") or reporter.stats.get("deselected") or ran != set(KINDS):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
