"""Gradebook care: a backup holds what cannot be made again, brings it back, grows old, and forgets whom it is told to."""

from __future__ import annotations

import contextlib
import csv
import getpass
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from conftest import copy_of_tiny, hand_in, nbgrader
from gradebooks import files, rows
from paroleclinic import comments, handin
from paroleclinic.answers import FILE_NAME, record
from paroleclinic.care import ages, backup, bundle, database, machine, traces
from paroleclinic.cli import app
from paroleclinic.course import Course
from paroleclinic.grading import key_answers
from paroleclinic.pseudonyms import Pseudonyms
from test_scale import SERVER, started

pytestmark = pytest.mark.pipeline
UNIT, CASE = "bridges", "first-crossing"
NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)
WORDS = ("zebrafinch", "Zuzana Quillfeather", "zuzana-q@example.org", "plumbago-memo-7431", "quite-a-remark-9902")
ROSTER = "id,name,email\nzebrafinch,Zuzana Quillfeather,zuzana-q@example.org\nbo,Bo Other,bo@example.org\n"


def run(root: Path, *words: str, code: int = 0) -> str:
    """What a command of ours says."""
    done = CliRunner().invoke(app, [*words, "--course", str(root)], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return " ".join(done.output.split())


def book(root: Path) -> str:
    return f"sqlite:///{root}/gradebook.db"


def saved_in(root: Path) -> list[Path]:
    """The backups, oldest first."""
    return [one.path for one in backup.backups(root)]


def newest(root: Path) -> Path:
    return saved_in(root)[-1]


def stamped(folder: Path, at: str) -> Path:
    (folder / "timestamp.txt").write_text(f"{at} UTC\n")
    return folder


def marked(url: str, learner: str, points: float, says: str) -> None:
    """A memo marked by a person, as formgrader writes it."""
    with Gradebook(url, "paroleclinic") as gradebook:
        grade = gradebook.find_grade(f"{CASE}-memo", CASE, UNIT, learner)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment(f"{CASE}-memo", CASE, UNIT, learner).manual_comment = says
        student = gradebook.find_student(learner)
        student.first_name, student.last_name, student.email = (
            ("Zuzana", "Quillfeather", WORDS[2]) if learner == WORDS[0] else (learner, "Other", "")
        )
        gradebook.db.commit()


def corrected(root: Path) -> None:
    """A correction of the key, written: `regraded/` and the history have something in them."""
    path = root / "scenarios/bridges/first-crossing.yaml"
    right = "        right: true\n        because: "
    path.write_text(path.read_text().replace(f"{right}The bridge is open by day.", f"{right}By day it is open."))
    run(root, "regrade", UNIT, "--yes", "--reason", "said better", "--jobs", "1")


def exported(root: Path, name: str, to: Path) -> Path:
    """A hand-in file as the button makes it, of somebody of that name."""
    shutil.copytree(root / "exercises", to / "exercises")
    record(to / "exercises" / UNIT / FILE_NAME, NOW, CASE, "when", f"night, says {name}")
    return handin.hand_in(to, UNIT, name, NOW, "1.0", "2026-11-23").path


def collected(root: Path, learner: str) -> None:
    """A version kept by `collect`, and a folder with nothing in it."""
    kept = root / "collected" / learner / UNIT / "2026-11-20T100000-0123456789ab"
    shutil.copytree(root / "submitted" / learner / UNIT, kept)
    (root / "submitted" / learner / UNIT / "empty").mkdir()


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course in the middle of its teaching: collected, graded, marked, corrected, with a roster."""
    course = copy_of_tiny(tmp_path_factory.mktemp("taught") / "tiny")
    root, case = course.root, course.scenario(CASE)
    ideal = key_answers(case)
    stamped(hand_in(course, WORDS[0], case, ideal | {case.memo.id: f"My own words: {WORDS[3]}."}), "2026-11-20 10:00")
    stamped(hand_in(course, "bo", case, ideal | {"when": "night"}), "2026-11-21 10:00")
    stamped(hand_in(course, "old", case, {}), "2025-01-05 10:00")
    collected(root, WORDS[0])
    collected(root, "bo")
    (root / "people.csv").write_text(ROSTER)
    run(root, "grade", "--jobs", "1")
    marked(book(root), WORDS[0], 3.5, WORDS[4])
    marked(book(root), "bo", 2.0, "Say more of the fee.")
    corrected(root)
    return course


@pytest.fixture
def course(taught: Course, tmp_path: Path) -> Course:
    shutil.copytree(taught.root, tmp_path / "tiny", symlinks=True)
    return Course(tmp_path / "tiny")


KILLED = """import json, os, resource, signal, sys
from paroleclinic.care import backup, database, purge, restore
from paroleclinic.cli import run
print("ready", flush=True)
for line in sys.stdin:
    before, folder, words = json.loads(line)
    if not (child := os.fork()):
        os.chdir(folder)
        sys.argv = ["paroleclinic", *words]
        os.dup2(1, 2)
        exec(before)
        run()
        os._exit(0)
    print("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
END = "os.kill(os.getpid(), signal.SIGKILL)"


class Killable:
    """A program that runs commands of ours, each in a process of its own with something done to it before."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self._program = program

    def __call__(self, root: Path, *words: str, before: str) -> tuple[int, str]:
        """How the command ended, and what it said."""
        self._program.stdin.write(json.dumps([before, str(root), words]) + "\n")
        self._program.stdin.flush()
        said = ""
        for line in self._program.stdout:
            if found := re.fullmatch(r"ended (-?\d+)\n", line):
                return int(found[1]), said
            said += line
        pytest.fail(f"the program ended: {said}")


@pytest.fixture(scope="module")
def killable() -> Iterator[Killable]:
    with started(sys.executable, "-c", KILLED, says="ready") as (program, _):
        yield Killable(program)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL; the databases `ours` and `theirs` are empty."""
    with started(sys.executable, "-c", SERVER, str(tmp_path_factory.mktemp("data")), says=r"ready (\S+)") as (_, uri):
        yield uri.replace("postgresql://", "postgresql+psycopg://")


def on(server: str, name: str, root: Path) -> str:
    """Let the course use a database of the server."""
    url = server.replace("/postgres?", f"/{name}?")
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc = get_config()\nc.CourseDirectory.db_url = {url!r}\n")
    return url


def state(root: Path, url: str) -> tuple[object, ...]:
    """All that a backup is to bring back."""
    there = rows(url)
    span = ('"1970-01-02 03:00:00"', '"1 day, 3:00:00"')  # an extension, as SQLite and as PostgreSQL keep it
    there["submitted_assignment"] = [line.replace(*span) for line in there["submitted_assignment"]]
    return (
        there, *(files(root / name) for name in ("submitted", "collected", "regraded")),
        (root / "people.csv").read_bytes(),
    )  # fmt: skip


def bytes_of(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder, and every member of every zip in it, by name."""
    for path in root.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(root)), path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    yield from ((f"{path.name}:{name}", archive.read(name)) for name in archive.namelist())


def naming(root: Path, words: tuple[str, ...] = WORDS) -> list[str]:
    """The files that hold one of the words, in their names or bytes."""
    return [name for name, data in bytes_of(root) if any(word in name or word.encode() in data for word in words)]


# ages


def test_backups_grow_old_by_day_week_and_month():
    ats = [NOW - timedelta(hours=6 * n) for n in range(4 * 800)]
    kept = ages.kept(ats, NOW, ats[:1])
    by_age = [(NOW - at).days for at in kept]
    assert sum(age < 1 for age in by_age) == 4
    assert sum(1 <= age < 30 for age in by_age) in (29, 30)
    assert sum(30 <= age < 365 for age in by_age) in (48, 49, 50)
    assert sum(age >= 365 for age in by_age) in (14, 15, 16)
    assert ages.kept(kept, NOW, ats[:1]) == kept


def test_running_every_day_for_two_years_leaves_the_same_ages_as_thinning_once():
    there: set[datetime] = set()
    for day in range(730):
        now = NOW - timedelta(days=729 - day)
        there = ages.kept({*there, now}, now, [now])
    spans = sorted((NOW - at).days for at in there)
    assert spans[:30] == list(range(30))
    assert 45 <= sum(30 <= age < 366 for age in spans) <= 50
    assert sum(age >= 366 for age in spans) in (11, 12, 13)


def test_the_newest_and_the_newest_verified_stay_however_old_they_are():
    old = [NOW - timedelta(days=4000 + n) for n in range(5)]
    assert ages.kept(old, NOW, [old[3]]) >= {old[0], old[3]}
    assert ages.kept([], NOW, []) == set()
    ahead = NOW + timedelta(days=9)
    assert ahead in ages.kept([NOW, ahead], NOW, [NOW])


# backup


def test_a_backup_holds_what_cannot_be_made_again_and_only_its_owner_can_read_it(course):
    root = course.root
    Pseudonyms(root).of("bo")
    (root / "submitted/bo" / UNIT / "link").symlink_to("/etc/hostname")
    says = run(root, "backup")
    path = newest(root)
    manifest = bundle.read(path)
    assert "3 learners, 3 hand-ins" in says and "people.csv" in says and "submitted/bo/bridges/link" in says
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    tops = {one.path.partition("/")[0] for one in manifest.files}
    assert tops == {"submitted", "collected", "regraded", "people.csv", ".pseudonyms"}
    assert manifest.folders == ("submitted/zebrafinch/bridges/empty", "submitted/bo/bridges/empty")
    assert manifest.gradebook.stamp == database.stamp_of(root / "gradebook.db")
    assert manifest.gradebook.rows["paroleclinic_change"] == 3
    with zipfile.ZipFile(path) as archive:
        assert archive.read("files/people.csv").decode() == ROSTER
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_ready_comments_come_back(course):
    root = course.root
    memo = course.scenario(CASE).memo
    run(root, "memos", "comments", CASE, "--criterion", memo.rubric[0].id, "--add", "Say who was told.")
    kept = comments.path_of(root, CASE).read_bytes()
    run(root, "backup")
    comments.path_of(root, CASE).unlink()
    run(root, "restore", str(newest(root)), "--yes")
    assert comments.path_of(root, CASE).read_bytes() == kept


def test_file_names_that_a_zip_cannot_hold_come_back_all_the_same(course):
    odd = course.root / "submitted/bo" / UNIT / os.fsdecode(b"caf\xe9\n..\\..\\x")
    odd.write_text("odd")
    before = files(course.root / "submitted")
    run(course.root, "backup")
    odd.unlink()
    run(course.root, "restore", str(newest(course.root)), "--yes")
    assert files(course.root / "submitted") == before


def test_only_one_of_two_backups_at_the_same_time_is_made(course):
    with FileLock(course.root / ".grading.lock"):
        assert "wait for its end" in run(course.root, "backup", code=1)
    assert not list((course.root / "backups").glob("*")) if (course.root / "backups").exists() else True
    run(course.root, "backup")
    run(course.root, "backup")
    assert len(list((course.root / "backups").glob("backup-*.zip"))) == 2


def test_a_backup_made_while_formgrader_writes_is_whole(course):
    ended = threading.Event()

    def marking() -> None:
        number = 0
        with sqlite3.connect(course.root / "gradebook.db", timeout=30) as db:
            while not ended.is_set():
                number += 1
                db.execute("update grade set manual_score = ?, extra_credit = ?", (number, number))
                db.commit()
                ended.wait(0.001)

    other = threading.Thread(target=marking)
    other.start()
    try:
        run(course.root, "backup")
    finally:
        ended.set()
        other.join()
    to = course.root / "copy.sqlite"
    bundle.extract_gradebook(newest(course.root), to)
    with sqlite3.connect(to) as db:
        assert db.execute(
            "select count(distinct manual_score), sum(manual_score <> extra_credit) from grade"
        ).fetchone() == (1, 0)


def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_made(course, killable):
    (course.root / "submitted/bo" / UNIT / "noise.bin").write_bytes(os.urandom(3_000_000))
    before = files(course.root)
    for limit in (20_000, 1_000_000):
        code, says = killable(
            course.root, "backup", before=f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
        )
        assert code == 1 and "Stopped: " in says and "Traceback" not in says, says
        assert files(course.root) == before and list((course.root / "backups").iterdir()) == []


@pytest.mark.parametrize("step", ["bundle.write", "bundle.verify", "on_disk"])
def test_a_backup_that_is_killed_leaves_no_half_zip_and_the_next_one_tidies_up(course, killable, step):
    root = course.root
    assert killable(root, "backup", before=f"backup.{step} = lambda *_: {END}")[0] == -signal.SIGKILL
    assert all(bundle.verify(path, root) for path in saved_in(root))
    assert "Left over: 1 from runs" in run(root, "doctor")
    done = len(saved_in(root))
    run(root, "backup")
    assert len(saved_in(root)) == done + 1 == len(list((root / "backups").iterdir()))


def test_keep_deletes_by_age_and_says_which(course):
    place = course.root / "backups"
    place.mkdir()
    today = datetime.now(UTC)
    for day in range(2, 9):
        for hour in (3, 9):
            at = (today - timedelta(days=day)).replace(hour=hour)
            (place / f"backup-{at:%Y%m%d-%H%M%S}.zip").touch()
    (place / "mine.zip").touch()
    says = json.loads(run(course.root, "backup", "--keep", "--json"))
    assert len(says["deleted"]) == 7 and all(re.search(r"-03\d{4}\.zip", name) for name in says["deleted"])
    assert len(list(place.glob("backup-*.zip"))) == 8 and (place / "mine.zip").exists()


# restore


def spoil(root: Path) -> None:
    """A day goes wrong: a mark is changed, a hand-in lost, somebody's folder written over, one more learner graded."""
    case = Course(root).scenario(CASE)
    marked(book(root), "bo", 0.0, "wrong person")
    shutil.rmtree(root / "collected/bo")
    stamped(hand_in(Course(root), "late", case, key_answers(case)), "2026-11-24 10:00")
    (root / "submitted/zebrafinch" / UNIT / "answers.jsonl").write_bytes(b"")
    run(root, "grade", "--jobs", "1", code=1)


def test_a_restore_shows_first_what_would_be_lost_and_writes_nothing(course):
    root = course.root
    run(root, "backup")
    spoil(root)
    before = files(root)
    says = run(root, "restore", str(newest(root)))
    assert "newest hand-in │ 2026-11-24 10:00 │ 2026-11-21 10:00" in says
    for lost in ("1 learner: late", "1 hand-in, new or other now: late", "1 memo mark, new or other now: bo"):
        assert f"would be lost: {lost}" in says
    assert "Nothing was written" in says
    assert files(root) == before


def test_a_restore_brings_every_row_and_file_back_and_grading_again_changes_no_row(course):
    root = course.root
    run(root, "backup")
    whole, graded = state(root, book(root)), files(root / "autograded")
    saved = newest(root)
    spoil(root)
    spoilt = state(root, book(root))
    says = run(root, "restore", str(saved), "--yes")
    assert "What was there is saved" in says and "grade --all" in says
    assert state(root, book(root)) == whole
    assert not (root / ".restoring").exists() and not (root / "autograded").exists()
    run(root, "grade", "--all", "--jobs", "1")
    assert state(root, book(root)) == whole
    assert set(files(root / "autograded")) == {*graded}
    run(root, "restore", str(newest(root)), "--yes")
    assert state(root, book(root)) == spoilt


def test_a_gradebook_that_cannot_be_read_is_put_aside_and_the_backup_takes_its_place(course):
    root = course.root
    run(root, "backup")
    whole = rows(book(root))
    (root / "gradebook.db").write_bytes(b"no database" * 1000)
    assert "Gradebook: the gradebook cannot be read" in run(root, "doctor", code=1)
    says = run(root, "restore", str(newest(root)), "--yes")
    assert "it is put aside as it is" in says
    assert rows(book(root)) == whole
    (aside,) = (root / "backups").glob("aside-*")
    assert (aside / "gradebook.db").read_bytes().startswith(b"no database")


@pytest.mark.parametrize("step", ["database.swap", "_end"])
def test_a_restore_that_is_killed_can_be_gone_on_with_or_undone(course, killable, tmp_path, step):
    root = course.root
    run(root, "backup")
    whole, saved = state(root, book(root)), newest(root)
    spoil(root)
    spoilt = state(root, book(root))
    code, says = killable(root, "restore", str(saved), "--yes", before=f"restore.{step} = lambda *_: {END}")
    assert code == -signal.SIGKILL, says
    assert "a restore was cut off" in run(root, "doctor", code=1)
    before = files(root)
    for words in (
        ["backup"], ["purge", "bo", "--yes"], ["restore", str(saved), "--yes"], ["grade"], ["feedback"], ["report"], ["memos", "list"],
        ["regrade", UNIT], ["export", str(tmp_path / "marks.csv")], ["collect", str(root / "submitted/bo"), "--yes"],
    ):  # fmt: skip
        assert "a restore was cut off before its end; `paroleclinic restore --go-on`" in run(root, *words, code=1)
    assert (
        "a restore was cut off" in (says := nbgrader(root, "autograde", UNIT, fails=True)) and "Traceback" not in says
    )
    after = files(root)
    assert [name for name in before if after.get(name) != before[name]] == [".grading.by"]  # of the restore
    assert {*after} - {*before} <= {".pseudonyms", ".nbgrader.log", ".jupyter/migrated"}
    other = tmp_path / "other"
    shutil.copytree(root, other)
    run(root, "restore", "--go-on")
    assert state(root, book(root)) == whole
    run(other, "restore", "--undo")
    assert state(other, book(other)) == spoilt
    assert files(other / "autograded") and not (other / ".restoring").exists()
    assert "nothing to go on with" in run(root, "restore", "--go-on", code=1)


def test_a_restore_killed_before_anything_changed_hands_leaves_all_as_it_is(course, killable):
    root = course.root
    run(root, "backup")
    whole = state(root, book(root))
    code, _ = killable(root, "restore", str(newest(root)), "--yes", before=f"restore._note = lambda *_: {END}")
    assert code == -signal.SIGKILL
    assert state(root, book(root)) == whole
    run(root, "restore", str(newest(root)), "--yes")
    assert state(root, book(root)) == whole


def test_a_backup_of_an_earlier_nbgrader_is_brought_up_to_date(course):
    root = course.root
    whole = rows(book(root))
    with sqlite3.connect(root / "gradebook.db") as db:
        db.executescript(
            "alter table student drop column lms_user_id; update alembic_version set version_num = '167914646830';"
            "create table a (id varchar(32) primary key not null, name varchar(128) not null unique, duedate datetime);"
            "insert into a select id, name, duedate from assignment; drop table assignment; drop table course;"
            "alter table a rename to assignment;"
        )
    assert "Stamp: of an earlier nbgrader (167914646830)" in run(root, "doctor", code=1)
    run(root, "backup")
    with sqlite3.connect(root / "gradebook.db") as db:
        db.execute("update alembic_version set version_num = 'of-the-future'")
    run(root, "backup")
    first, second = saved_in(root)
    assert "this nbgrader does not know" in run(root, "restore", str(second), "--yes", code=1)
    says = run(root, "restore", str(first), "--yes")
    assert "of an earlier nbgrader and will be brought up to date" in says
    assert rows(book(root))["grade"] == whole["grade"]
    assert "Stamp: of today's nbgrader" in run(root, "doctor")


def test_a_correction_after_the_backup_is_told_of_before_anybody_grades(course):
    root = course.root
    path = root / "scenarios/bridges/first-crossing.yaml"
    later = path.read_text()
    path.write_text(later.replace("By day it is open.", "The bridge is open by day."))
    run(root, "backup")
    assert f"{UNIT}: its keys are others today" in run(root, "restore", str(newest(root)), "--yes")
    path.write_text(later)
    assert "its keys are others" not in run(root, "restore", str(newest(root)), "--yes")


def doctored(good: Path, to: Path, manifest=lambda found: None, members=lambda found: None) -> Path:
    """A backup with its manifest or its members changed."""
    with zipfile.ZipFile(good) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(found["manifest.json"])
    manifest(about)
    found["manifest.json"] = json.dumps(about).encode()
    members(found)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    return to


def named(name: str):
    return lambda about: about["files"][0].update(name=name)


DOCTORED = {
    "path-out": (named("submitted/../../../evil"), None, "outside of the course's folders"),
    "path-absolute": (named("/etc/evil"), None, "outside of the course's folders"),
    "path-spelled": (named("submitted/%2E%2E/%2E%2E/evil"), None, "outside of the course's folders"),
    "settings": (named("nbgrader_config.py"), None, "outside of the course's folders"),
    "content": (named("scenarios/bridges/first-crossing.yaml"), None, "outside of the course's folders"),
    "twice": (lambda about: about["files"].append(about["files"][0]), None, "names a file twice"),
    "hash": (lambda about: about["files"][0].update(sha256="0" * 64), None, "is not what the manifest says"),
    "bytes": (None, lambda found: found.update({"files/people.csv": b"id,name\n" + b"x" * 99}), "is not what the manifest says"),
    "missing": (None, lambda found: found.pop("files/people.csv"), "'people.csv' is missing in it"),
    "no-manifest": (None, lambda found: found.pop("manifest.json"), "was not made by `paroleclinic backup`"),
    "format": (lambda about: about.update(format=2), None, "another version of this course"),
    "words": (lambda about: about.update(files="none"), None, "its manifest cannot be read (files"),
    "rows": (lambda about: about["gradebook"]["rows"].update(student=9), None, "does not have the rows"),
    "member-out": (None, lambda found: found.update({"../evil": b"x"}), "a path that leads out of it"),
}  # fmt: skip


def test_a_doctored_backup_is_refused_and_nothing_is_written(course, tmp_path):
    run(course.root, "backup")
    good, before = newest(course.root), files(course.root)
    for name, (manifest, members, says) in DOCTORED.items():
        bad = doctored(good, tmp_path / f"{name}.zip", manifest or (lambda _: None), members or (lambda _: None))
        said = run(course.root, "restore", str(bad), "--yes", code=1)
        assert f"Stopped: {name}.zip cannot be used" in said and says in said, (name, said)
    for name, data in {"cut": good.read_bytes()[:-300], "empty": b"", "text": b"no zip at all"}.items():
        (tmp_path / f"{name}.zip").write_bytes(data)
        assert f"{name}.zip cannot be used" in run(course.root, "restore", str(tmp_path / f"{name}.zip"), code=1)
    spoilt = bytearray(good.read_bytes())
    spoilt[len(spoilt) // 2] ^= 0xFF
    (tmp_path / "flipped.zip").write_bytes(spoilt)
    assert "flipped.zip cannot be used" in run(course.root, "restore", str(tmp_path / "flipped.zip"), code=1)
    assert "could not be read" in run(course.root, "restore", str(tmp_path / "none.zip"), code=1)
    assert files(course.root) == before and not list(tmp_path.parent.rglob("evil"))


def test_sqlite_goes_into_postgresql_and_back(course, server, tmp_path):
    root = course.root
    with sqlite3.connect(root / "gradebook.db") as db:  # an extension is a span of time, which the two keep differently
        db.execute("update submitted_assignment set extension = '1970-01-02 03:00:00.000000' where student_id = 'bo'")
    run(root, "backup")
    whole, saved = state(root, book(root)), newest(root)
    there = tmp_path / "there"
    shutil.copytree(root, there, ignore=shutil.ignore_patterns("gradebook.db", "backups", "submitted", "autograded"))
    url = on(server, "ours", there)
    assert "database server answers" not in run(there, "doctor")
    run(there, "restore", str(saved), "--yes")
    assert state(there, url) == whole
    assert "the database server answers (postgresql)" in run(there, "doctor")
    run(there, "grade", "--all", "--jobs", "1")
    assert state(there, url) == whole
    run(there, "backup")
    again = newest(there)
    assert bundle.read(again).gradebook.rows == bundle.read(saved).gradebook.rows
    marked(url, "bo", 0.0, "wrong")
    run(there, "regrade", UNIT, "--undo")  # numbers new rows of the history on, where the restore left off
    assert state(there, url) != whole
    run(there, "restore", str(again), "--yes")
    assert state(there, url) == whole
    (root / "gradebook.db").unlink()
    run(root, "restore", str(again), "--yes")
    assert state(root, book(root)) == whole


def test_a_backup_that_postgresql_does_not_take_changes_nothing_there(course, server):
    root = course.root
    run(root, "backup")
    with sqlite3.connect(root / "gradebook.db") as db:
        db.execute("update comment set manual_comment = 'a' || char(0) || 'b'")
    run(root, "backup")
    good, bad = saved_in(root)
    url = on(server, "theirs", root)
    run(root, "restore", str(good), "--yes")
    whole = state(root, url)
    assert "Stopped: the gradebook's database says" in run(root, "restore", str(bad), "--yes", code=1)
    assert rows(url) == whole[0]
    run(root, "restore", "--undo")
    assert state(root, url) == whole


HOLDING = """import sys
from paroleclinic.care import backup
from paroleclinic.cli import run
def make(*_):
    print("holding", flush=True)
    sys.stdin.read()
    sys.exit(0)
backup.make = make
sys.argv = ["paroleclinic", "backup", "--course", sys.argv[1]]
run()
"""


def test_a_command_that_has_to_wait_says_for_which_one(course):
    root = course.root
    with started(sys.executable, "-c", HOLDING, str(root), says="holding") as (held, _):
        says = f"`paroleclinic backup` is at work in this course since {datetime.now(UTC):%Y-%m-%d} "
        for words in (["grade"], ["collect", str(root / "submitted/bo"), "--yes"], ["purge", "bo", "--yes"]):
            said = run(root, *words, code=1)
            assert says in said and f"UTC (process {held.pid}); wait for its end" in said
        assert says in run(root, "doctor")
    run(root, "collect", str(root / "submitted/bo"), "--yes")
    assert not (root / ".grading.by").exists()


# purge


def test_a_learner_who_is_purged_is_nowhere_and_all_others_are_as_before(course):
    root = course.root
    run(root, "feedback")
    run(root, "backup")
    run(root, "restore", str(newest(root)), "--yes")  # leaves an aside folder with an old gradebook
    run(root, "grade", "--all", "--jobs", "1")
    (root / "reports").mkdir()
    (root / "reports/cohort.html").write_text(f"<td>{Pseudonyms(root).of(WORDS[0])}</td>")
    (root / "reports/other.html").write_text("<td>finches</td>")
    (root / ".nbgrader.log").write_text("grading bo\nConverting submitted/zebrafinch/bridges\n")
    run(root, "export", str(root / "marks.xlsx"), "--roster", str(root / "people.csv"))
    for name in ("notes", "local"):
        (root / name).mkdir()
        (root / name / "mine.txt").write_text("zebrafinch called")
    arrived = "downloads/" + f"hand-in-bridges-{WORDS[1].replace(' ', '-')}-2026-11-24.zip"
    (root / "downloads").mkdir()
    (root / arrived).write_bytes(b"as it came")
    yours = f"Still about them, and yours to look into and delete: {arrived}, notes/mine.txt"
    run(root, "backup")
    others = {name: [line for line in lines if WORDS[0] not in line] for name, lines in rows(book(root)).items()}
    kept = {name: data for name, data in files(root / "submitted").items() if WORDS[0] not in name}
    before = files(root)
    says = run(root, "purge", WORDS[0])
    assert "Nothing was removed" in says and "folder: submitted/zebrafinch" in says and yours in says
    assert files(root) == before
    says = run(root, "purge", WORDS[0], "--yes")
    assert yours in says
    assert "3 backups written again and verified" in says and "cannot reach: mails" in says
    (root / "notes/mine.txt").unlink()
    (root / arrived).unlink()
    assert {name.partition(":files/")[2] or name for name in naming(root)} == {
        "local/mine.txt"
    }  # content, as scenarios/ is
    assert not (root / "reports/cohort.html").exists() and (root / "reports/other.html").exists()
    assert not (root / "marks.xlsx").exists() and (root / ".nbgrader.log").read_text() == "grading bo\n"
    assert (root / "people.csv").read_text() == ROSTER.replace(f"{WORDS[0]},{WORDS[1]},{WORDS[2]}\n", "")
    assert rows(book(root)) == others
    assert files(root / "submitted") == kept
    for path in saved_in(root):
        assert bundle.verify(path, root).gradebook.rows["student"] == 2
    assert re.fullmatch(
        rf"\S+Z {Pseudonyms(root).of(WORDS[0])}: \d+ rows, \d+ folders and files, 3 backups\n",
        (root / "purged.log").read_text(),
    )
    assert "Nobody of the id zebrafinch is known" in run(root, "purge", WORDS[0], code=2)
    run(root, "restore", str(newest(root)), "--yes")
    assert rows(book(root)) == others


def test_a_purge_names_the_hand_in_as_it_came_whoever_it_says_it_is_of(course, tmp_path):
    root = course.root
    made = exported(root, "Z. Q.", tmp_path / "made")
    roster = tmp_path / "people.csv"  # elsewhere, so that nothing here knows the name
    roster.write_text("id,name\nzq7,Z. Q.\nother,A. N.\n")
    (root / "downloads/zq7").mkdir(parents=True)
    shutil.copy(made, root / "downloads/Text of mine.zip")
    with zipfile.ZipFile(root / "downloads/moodle.zip", "w") as archive:
        archive.write(made, "Z. Q._7_assignsubmission_file_/a.zip")
        archive.writestr("A. N._8_assignsubmission_file_/note.txt", "x")
    (root / "downloads/zq7/memo.pdf").write_bytes(b"%PDF")
    shutil.copy(exported(root, "A. N.", tmp_path / "other"), root / "downloads/other.zip")
    run(root, "collect", str(root / "downloads"), "--roster", str(roster))
    yours = ("downloads/Text of mine.zip", "downloads/moodle.zip", "downloads/zq7/")
    for words in ((), ("--yes",)):
        says = run(root, "purge", "zq7", *words).partition("look into and delete:")[2]
        assert all(name in says for name in yours) and "other.zip" not in says, says
    assert all((root / name).exists() for name in yours) and not (root / "submitted/zq7").exists()


def test_a_purge_reaches_into_the_room(course):
    from jupyterhub import orm

    from paroleclinic.hub import backups
    from paroleclinic.hub.people import People
    from paroleclinic.hub.places import Places

    root, places = course.root, Places(course.root).made()
    people = People(places.people)
    people.opened("teacher-one")
    with contextlib.closing(orm.new_session_factory(f"sqlite:///{places.database}")()) as db:
        for name in (WORDS[0], "zebra"):
            people.sign_up(name, "long enough", people.class_code)
            user = orm.User(name=name)
            client = orm.OAuthClient(identifier=f"jupyterhub-user-{name}", description=f"Server at /user/{name}/")
            server = orm.Server(base_url=f"/user/{name}/", cookie_name=f"jupyterhub-user-{name}")
            db.add_all([user, client, server, orm.Spawner(name="", user=user, server=server)])
            work = places.home(name) / "exercises" / UNIT
            work.mkdir(parents=True)
            (work / "answers.jsonl").write_text(f"{WORDS[3]} of {name}")
            (places.given / f"{name}.json").write_text("{}")
            (places.logs / f"{name}.log").write_text(name)
            (places.exchange / f"paroleclinic/inbound/{name}+{UNIT}+2026").mkdir(parents=True)
        db.commit()
    places.log.write_text(f"GET /user/{WORDS[0]}/lab\nGET /user/zebra/lab\n")
    assert backups.save(places, NOW)
    (places.home(WORDS[0]) / "shut").mkdir(mode=0)
    with FileLock(places.hub / ".running"):
        assert "the hub of this course is running" in run(root, "purge", WORDS[0], "--yes", code=1)
    assert "hub: the account" in run(root, "purge", WORDS[0])
    run(root, "purge", WORDS[0], "--yes")
    assert naming(root, WORDS[:1]) == []
    assert [name for name in naming(root) if "zebra" not in name and "answers-" not in name] == []
    assert people.learners() == ["zebra"] and places.log.read_text() == "GET /user/zebra/lab\n"
    with contextlib.closing(sqlite3.connect(places.database)) as db:
        assert db.execute("select name from users").fetchall() == [("zebra",)]
        assert db.execute("select count(*) from spawners").fetchone() == (1,)
    assert [path.name for path in places.homes.iterdir()] == ["zebra"]


def test_a_purge_by_age_finds_who_handed_in_long_ago(course):
    root = course.root
    run(root, "backup")
    days = (datetime.now(UTC) - datetime(2025, 6, 1, tzinfo=UTC)).days
    assert "old (L-" in (says := run(root, "purge", "--older-than", f"{days}d"))
    assert WORDS[0] not in says and "bo (" not in says
    run(root, "purge", "--older-than", f"{days}d", "--yes")
    assert {path.name for path in (root / "submitted").iterdir()} == {WORDS[0], "bo"}
    assert "Nobody's last hand-in is older" in run(root, "purge", "--older-than", f"{days}d")
    assert "is no number of days" in run(root, "purge", "--older-than", "soon", code=2)


@pytest.mark.parametrize("step", ["forget", "_unlock"])
def test_a_purge_that_is_killed_goes_on(course, killable, step):
    root = course.root
    run(root, "backup")
    before = f"old = purge.{step}; purge.{step} = lambda path, *rest: old(path, *rest) if str(path).endswith('.purging') else {END}"
    code, says = killable(root, "purge", WORDS[0], "--yes", before=before)
    assert code == -signal.SIGKILL, says
    assert naming(root)
    assert "a purge was cut off" in run(root, "doctor", code=1)
    run(root, "purge", "--go-on")
    assert naming(root) == []
    assert "No purge was cut off" in run(root, "purge", "--go-on")


def test_a_damaged_backup_is_named_when_a_purge_cannot_reach_into_it(course):
    run(course.root, "backup")
    newest(course.root).write_bytes(b"PK" + newest(course.root).read_bytes()[2:-40])
    says = run(course.root, "purge", WORDS[0], "--yes", code=1)
    assert "not done: backup-" in says and "delete it" in says


def test_a_purge_reaches_into_postgresql(course, server):
    root = course.root
    run(root, "backup")
    others = {name: [line for line in lines if WORDS[0] not in line] for name, lines in rows(book(root)).items()}
    url = on(server, "theirs", root)
    run(root, "restore", str(newest(root)), "--yes")
    run(root, "purge", WORDS[0], "--yes")
    assert rows(url) == others
    assert naming(root) == []


def memos(root: Path, url: str, to: Path) -> list[str]:
    """What the commands on memos say of a gradebook, from the list to agreement and drift, after a second marker marked."""
    marked(url, "bo", 2.5, "By criterion, in the order of the table: 2/2, 0.5/2.")
    said = [
        run(root, "memos", "list"),
        run(root, "memos", "sample", UNIT, "--second", "Cy", "--share", "100", "--to", str(to)),
    ]
    with (to / f"memos-{UNIT}-second.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    for row in table[1:]:
        row[8] = "1"
    with (to / "back.csv").open("w", newline="") as file:
        csv.writer(file).writerows(table)
    back = str(to / "back.csv")
    said += [run(root, "memos", *words) for words in (["take", back], ["take", back], ["agree", UNIT], ["drift", UNIT])]
    return [one.replace(str(to), "") for one in said]


def test_memos_in_postgresql_are_listed_sampled_and_compared_as_in_a_file(course, server, tmp_path):
    root, other = course.root, tmp_path / "other"
    assert Pseudonyms(root).of("bo")  # the same in both
    run(root, "backup")
    shutil.copytree(root, other)
    url = on(server, "theirs", other)
    run(other, "restore", str(newest(other)), "--yes")
    run(other, "grade", "--all", "--jobs", "1")
    said = memos(root, book(root), tmp_path / "one")
    assert memos(other, url, tmp_path / "two") == said
    assert f"{getpass.getuser()} (2)" in said[0] and "2 memos of 2" in said[1] and "2 of them in the place" in said[3]
    assert f"were set by {getpass.getuser()} (2)" in said[4] and "known of 2" in said[5]
    assert rows(url)["paroleclinic_second_mark"]


@pytest.mark.parametrize("name", ["..", "a/b", ".hidden", "a\\b"])
def test_no_id_leads_a_purge_out_of_the_course(course, name):
    before = files(course.root)
    assert "is no id" in run(course.root, "purge", "--yes", "--", name, code=1)
    assert files(course.root) == before


def test_rows_of_a_roster_go_and_all_other_bytes_stay():
    roster = b'\xef\xbb\xbfid;name\r\nana;"Ana; of\r\nBoth"\r\nbo;Bo\r\nana2;x'
    assert traces.without_rows(roster, {"ana"}) == b"\xef\xbb\xbfid;name\r\nbo;Bo\r\nana2;x"
    assert traces.without_rows(roster, {"nobody"}) == roster
    assert traces.without_rows(b"", {"ana"}) == b""


def test_a_name_is_found_in_every_spelling_and_not_inside_other_words():
    found = traces.pattern(["zoë o'hara", "ana"])
    assert all(
        found.search(text)
        for text in (b"(ana)", b"ana,", "zoë o'hara".encode(), b"zo\\u00eb o'hara", "zoë o&#x27;hara".encode())
    )
    assert not any(found.search(text) for text in (b"anabel", b"ana-maria", b"Montana", "anaë".encode()))


# doctor


def test_the_doctor_changes_nothing_and_says_a_line_for_each_thing(course):
    before = files(course.root)
    said = json.loads(run(course.root, "doctor", "--json"))
    assert said["broken"] == 0
    states = {one["what"]: one["state"] for one in said["findings"]}
    assert states["Backups"] == "look at" and states["Stamp"] == states["Hand-ins"] == states["Gradebook"] == "fine"
    assert all(bool(one["do"]) is (one["state"] != "fine") for one in said["findings"])
    assert files(course.root) == before


def test_the_doctor_sees_what_does_not_agree(course):
    root = course.root
    shutil.rmtree(root / "submitted/bo")
    hand_in(course, "new", course.scenario(CASE), {})
    (root / "autograded/bo/.bridges.part").mkdir()
    (root / "regraded/strange").mkdir()
    ahead = time.time() + 5 * 86400
    os.utime(root / "submitted/new" / UNIT, (ahead, ahead))
    says = run(root, "doctor")
    for line in (
        "Hand-ins: 1 not graded yet", "not in submitted/: bo/bridges", "Left over: 1 from runs", ".bridges.part",
        "the gradebook does not know: strange", "submitted/new/bridges is 5 days ahead",
    ):  # fmt: skip
        assert line in says
    with FileLock(root / ".grading.lock"):
        assert "another command is at work in this course" in run(root, "doctor")
    with sqlite3.connect(root / "gradebook.db") as db:
        db.execute("delete from alembic_version")
    assert "Stamp: the gradebook has none: it was half made" in run(root, "doctor", code=1)


def test_a_hot_journal_is_seen_and_left(course):
    journal = course.root / "gradebook.db-journal"
    journal.write_bytes(b"\0" * 512)
    before = files(course.root)
    assert "something stands in gradebook.db-journal" in run(course.root, "doctor")
    assert files(course.root) == before


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/home/a/OneDrive - School/course", "OneDrive - School"),
        ("/home/a/Dropbox/course", "Dropbox"),
        ("/Users/a/Library/Mobile Documents/course", "Mobile Documents"),
        ("/home/a/omega/course", ""),
        ("/home/a/megabytes/course", ""),
    ],
)
def test_folders_that_are_copied_elsewhere_are_known_by_name(path, seen):
    assert machine.synced(Path(path)) == seen


def test_network_drives_are_known_by_what_is_mounted():
    mounts = "/dev/sda1 / ext4 rw 0 0\nbox:/home /mnt/my\\040share nfs4 rw 0 0\n//s/x /mnt/win cifs rw 0 0\n"
    assert machine.over_network(Path("/mnt/my share/course"), mounts) == "nfs4"
    assert machine.over_network(Path("/mnt/win"), mounts) == "cifs"
    assert machine.over_network(Path("/mnt/windows/course"), mounts) == ""
    assert machine.over_network(Path("/home/a"), "") == ""


def test_python_packages_and_disk_are_judged():
    assert machine.python(">=3.11").state == "fine" and machine.python(">=9").state == "broken"
    assert machine.alembic("", Path("/nowhere")).state == "broken"
    assert [machine.disk(free, 10**9).state for free in (10**8, 10**9, 10**10)] == ["broken", "look at", "fine"]
    assert machine.clock(NOW, {"x": NOW + timedelta(hours=9)}).says.startswith("x is 9.0 hours ahead")
