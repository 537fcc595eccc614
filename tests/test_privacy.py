"""docs/privacy.md names everything that is recorded about a learner; the memo field says when something looks real."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from typer.testing import CliRunner

from browsing import opened, pick, question, saved, violations
from conftest import ROOT, copy_of_tiny
from jupyter import served
from paroleclinic import answers, effect, handin, holding, lab, progress, pseudonyms
from paroleclinic.answers import FILE_NAME, record
from paroleclinic.care import backup, manifest, purge, shares
from paroleclinic.cli import app
from paroleclinic.cohort import places
from paroleclinic.course import Course
from paroleclinic.filing import COLLECTED
from paroleclinic.gradebook.schema import SECRET, declared
from paroleclinic.grading import key_answers
from paroleclinic.handin import hand_in
from paroleclinic.hub.places import Places
from paroleclinic.poll import record as poll_record
from paroleclinic.poll import service as poll_service
from paroleclinic.progress import Diary

PAGE = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
PLACES = [
    place for row in PAGE.splitlines() if row.startswith("| `") for place in re.findall(r"`([^`]+)`", row.split("|")[1])
]
NOT_ABOUT_A_LEARNER = re.findall(
    r"`([^`]+)`", PAGE.split("## Files that hold nothing about a learner")[1].split(" A kit for")[0]
)
MEMO = "Dear Ana, call me at (512) 867-5309."
PHONE = "This looks like a phone number. Use invented details only; take real ones out before you hand in."
WRITES = re.compile(
    r"\.write_(?:text|bytes)\(|\.open\(\"[wax]|os\.open\(|FileLock\(|to_csv\(|copyfile\(|mkstemp\(|save_workbook|Workbook\(|whole\.write\("
)
WRITERS = {  # module of ours that writes -> what the page must name, or nothing when it is never about a learner
    "answers.py": "answers.jsonl",
    "build.py": "",
    "care/backup.py": "backups/backup-TIME.zip",
    "care/bundle.py": "backups/backup-TIME.zip",
    "care/disk.py": "backups/backup-TIME.zip",
    "care/database.py": "gradebook.db",
    "care/doctor.py": "",
    "care/purge.py": "purged.log",
    "care/restore.py": "backups/aside-TIME/",
    "care/room.py": ".hub/people.json",
    "cli/export.py": "EXPORT.xlsx",
    "cli/memos.py": "second-marking/",
    "cli/progress.py": "progress-copy-DAY.jsonl",
    "cli/regrade.py": "CHANGES.csv",
    "cohort/places.py": "autograded/LEARNER/UNIT/",
    "cohort/spreadsheet.py": "EXPORT.xlsx",
    "comments.py": "local/comments/CASE.yaml",
    "effect.py": "",
    "filing.py": "collected/LEARNER/UNIT/VERSION/",
    "gradebook/exporting.py": "grades.csv",
    "gradebook/handed_in.py": "submitted/LEARNER/UNIT/",
    "gradebook/setup.py": "",
    "handin.py": "hand-ins/hand-in-UNIT-NAME-DAY.zip",
    "handouts.py": "",
    "hub/backups.py": ".hub/backups/answers-TIME.zip",
    "hub/certificate.py": ".hub/certificate/",
    "hub/homes.py": ".hub/given/LEARNER.json",
    "hub/people.py": ".hub/people.json",
    "hub/places.py": ".hub/settings.json",
    "hub/spawner.py": ".hub/logs/LEARNER.log",
    "hub/start.py": ".hub/hub.log",
    "holding.py": ".grading.by",
    "inbox.py": ".hub/homes/LEARNER/",
    "kit/__init__.py": "",
    "lines.py": "progress.jsonl",
    "poll/kept.py": "reports/poll/",
    "poll/record.py": "reports/poll-DAY.json",
    "poll/service.py": "reports/poll/",
    "pseudonyms.py": ".pseudonyms",
    "reach.py": ".hub/homes/LEARNER/",
    "skeleton/__init__.py": "",
    "whole.py": "",
    "widgets/learning.py": "record-of-study-DAY.html",
    "widgets/poll.py": "reports/poll/",
}  # fmt: skip


def matches(place: str, path: str) -> bool:
    """Whether a path is what a line of the page means; capitals stand for anything in one name."""
    wanted = "".join("[^/]+" if part.isupper() else re.escape(part) for part in re.split(r"([A-Z]{3,})", place))
    return re.fullmatch(f"{wanted}.*" if place.endswith("/") else wanted, path) is not None


def covered(path: str) -> bool:
    return any(matches(place, path) for place in (*PLACES, *NOT_ABOUT_A_LEARNER))


def test_every_table_of_the_gradebook_is_named():
    for table in (table for meta in declared() for table in meta.sorted_tables):
        assert f"`{table.name}`" in PAGE, table.name


def test_every_file_that_the_code_has_a_name_for_is_named():
    assert {progress.FILE_NAME, answers.FILE_NAME, handin.MANIFEST, SECRET, pseudonyms.FILE_NAME} <= set(
        re.findall(r"[\w.]+", PAGE)
    )
    for folder in (handin.FOLDER, COLLECTED, places.SUBMITTED, places.AUTOGRADED, places.FEEDBACK, places.REGRADED, backup.BACKUPS, holding.RESTORING):  # fmt: skip
        assert any(place.startswith(f"{folder}/") for place in PLACES), folder
    for name in (
        holding.LOCK,
        holding.HOLDER,
        purge.PURGING,
        purge.LOG,
        manifest.PSEUDONYMS,
        *shares.LOGS,
        *purge.BOOKS[:1],
        effect.FILE,
    ):
        assert covered(name), name
    for name in (*shares.REPORTS, poll_service.FOLDER, poll_record.FOLDER):
        assert f"`{name}/" in PAGE, name
    assert f"`{Path(lab.environment(Path())['JUPYTER_DATA_DIR']).parts[0]}/`" in PAGE


def test_every_place_of_the_hub_is_named():
    there = Places(Path())
    found = [getattr(there, name) for name, kind in vars(Places).items() if isinstance(kind, property)]
    assert len(found) > 10
    for path in (*found, there.home("ana"), there.post("ana", "inbound")):
        name = path.as_posix()
        assert name == ".hub" or any(
            matches(place, one) for place in PLACES for one in (name, f"{name}/", f"{name}/LEARNER.json", f"{name}/ana/", f"{name}/ana.log", f"{name}/answers-1.zip")
        ), name  # fmt: skip


def test_every_module_that_writes_files_is_thought_of():
    """A new one has to say in docs/privacy.md what it keeps of a learner, and then here which line says so."""
    package = ROOT / "src" / "paroleclinic"
    writing = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "node_modules" not in path.parts and WRITES.search(path.read_text(encoding="utf-8"))
    }
    assert writing - WRITERS.keys() == set(), "say what they write in docs/privacy.md, then list them in WRITERS"
    for module, place in WRITERS.items():
        assert f"`{place}`" in PAGE or not place, module


def test_every_line_of_the_tables_is_whole():
    for block in re.findall(r"(?:^\|.*\n)+", PAGE, flags=re.M):
        rows = [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in block.splitlines()]
        assert len({len(row) for row in rows}) == 1, block
        assert all(cell for row in rows for cell in row), block


def test_a_file_that_no_line_names_would_be_noticed():
    assert covered("submitted/ana/bridges/answers.jsonl")
    for name in ("answers.jsonl", "submitted/ana.txt", "people.db", "notes/ana.txt", ".hub/ana.log", "gradebook.bak"):
        assert not covered(name), name


def test_git_takes_none_of_it():
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for name in ("submitted/", "collected/", "autograded/", "feedback/", "regraded/", "second-marking/", "reports/", "backups/", "hand-ins/",
                 "gradebook.db", ".restoring/", ".purging", "purged.log", ".pseudonyms*", "progress.jsonl", "**/answers.jsonl", ".jupyter/", ".nbgrader.log"):  # fmt: skip
        assert name in ignored, name


def run(root: Path, *words: object) -> str:
    result = CliRunner().invoke(app, [*map(str, words), "--course", str(root)], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


@pytest.mark.pipeline
def test_a_whole_course_leaves_no_file_that_the_page_does_not_name(tmp_path):
    at = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    learner, school = copy_of_tiny(tmp_path / "learner"), copy_of_tiny(tmp_path / "school")
    before = files(school.root)
    case = learner.scenario("first-crossing")
    for name, answer in key_answers(case).items():
        record(learner.root / "exercises/bridges" / FILE_NAME, at, case.id, name, answer)
    Diary(learner.root / progress.FILE_NAME).note("welcomed", name="Ana", role="volunteer", language="en")
    zipped = hand_in(learner.root, "bridges", "Ana", at, "1.0", "2026-11-23").path
    assert {path for path in files(learner.root) - before if not covered(path)} == set()
    assert len(files(learner.root) - before) == 3

    roster = school.root / "ROSTER.csv"
    roster.write_text("id,name,email\nana,Ana,ana@example.org\nbo,Bo,bo@example.org\n")
    run(school.root, "collect", zipped, "--roster", roster)
    run(school.root, "grade", "--jobs", "1")
    run(school.root, "feedback")
    run(school.root, "export", school.root / "EXPORT.xlsx", "--roster", roster)
    run(school.root, "export", school.root / "EXPORT.csv")
    run(school.root, "report")
    text = (school.root / "scenarios/bridges/first-crossing.yaml").read_text()
    (school.root / "scenarios/bridges/first-crossing.yaml").write_text(
        text.replace("Ten dollars\n        right: true", "Ten dollars")
    )
    Course(school.root)
    run(
        school.root,
        "regrade",
        "bridges",
        "--yes",
        "--reason",
        "why",
        "--to",
        school.root / "CHANGES.csv",
        "--jobs",
        "1",
    )
    run(school.root, "backup")
    made = files(school.root) - before
    assert {path for path in made if not covered(path)} == set()
    tops = {path.partition("/")[0] for path in made}
    assert {
        "collected",
        "submitted",
        "autograded",
        "feedback",
        "regraded",
        "reports",
        "backups",
        "gradebook.db",
        ".pseudonyms",
    } <= tops
    with sqlite3.connect(school.root / "gradebook.db") as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {name for name in tables if f"`{name}`" not in PAGE and not name.startswith("sqlite_")} == set()
    shown = (next((school.root / "reports").glob("*/learners.csv"))).read_text()
    assert "ana" not in shown.lower()
    assert pseudonyms.Pseudonyms(school.root).of("ana") in shown


@pytest.mark.browser
def test_a_memo_with_a_real_looking_number_gets_a_polite_word_and_is_saved(context, tmp_path):
    course = copy_of_tiny(tmp_path / "tiny")
    with served(course.root) as site:
        page = opened(context, site, "exercises/bridges/first-crossing.ipynb")
        note = question(page, "note")
        says = note.locator(".pc-care")
        expect(says).to_have_attribute("role", "status")
        expect(says).to_be_empty()
        pick(note, MEMO)
        saved(note)
        expect(says).to_have_text(PHONE)
        last = (course.root / "exercises/bridges" / FILE_NAME).read_text().splitlines()[-1]
        assert json.loads(last)["answer"] == MEMO, "it is saved all the same"
        for theme in ("true", "false"):
            page.evaluate("theme => { document.body.dataset.jpThemeLight = theme }", theme)
            assert violations(page) == []
        page.close()
        again = opened(context, site, "exercises/bridges/first-crossing.ipynb")
        note = question(again, "note")
        expect(note.locator(".pc-care")).to_have_text(PHONE)
        pick(note, "Dear Ana, call 555-0142.")
        saved(note)
        expect(note.locator(".pc-care")).to_be_empty()
        expect(question(again, "when").locator(".pc-care")).to_have_count(0)
