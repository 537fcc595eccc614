"""Another program holds the gradebook, somebody presses Ctrl-C, a process is killed: nothing is lost, the next run goes on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cohorts import leftovers, paroleclinic, scores
from entries import CASE, IDEAL, UNIT

from conftest import copy_of_tiny, hand_in
from gradebooks import files, rows
from paroleclinic.cohort.plans import ready
from paroleclinic.cohort.run import grade_unit
from paroleclinic.cohort.workers import Here
from paroleclinic.course import Course
from paroleclinic.gradebook import book as book_module
from paroleclinic.gradebook.book import Book, Busy
from paroleclinic.grading import key_answers

MANY = 200
HOLDS = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute(sys.argv[2])
print("held", flush=True)
time.sleep(float(sys.argv[3]))
"""


@contextmanager
def held(book: Path, how: str, seconds: float) -> Iterator[None]:
    """Another process keeps the gradebook for so long."""
    words = [sys.executable, "-c", HOLDS, str(book), f"BEGIN {how}", str(seconds)]
    other = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert other.stdout
    assert other.stdout.readline() == "held\n"
    try:
        yield
    finally:
        other.kill()
        other.wait()
        other.stdout.close()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[object, object]]:
    """Two learners with a gradebook that knows the unit, and how an undisturbed run ends."""
    course = copy_of_tiny(tmp_path_factory.mktemp("two") / "tiny")
    case = course.scenario(CASE)
    for learner in ("ana", "bo"):
        hand_in(course, learner, case, key_answers(case))
    return before_and_after(course)


def before_and_after(course: Course) -> tuple[Path, tuple[object, object]]:
    with Book(course.root) as book:
        ready(course, book, UNIT)
    calm = course.root.parent / "calm"
    shutil.copytree(course.root, calm)
    assert paroleclinic(calm, "grade", "--quiet", "--jobs", "1").returncode == 0
    return course.root, end(calm)


@pytest.fixture
def few(two: tuple[Path, object], tmp_path: Path) -> Course:
    """The two learners, not graded yet."""
    return Course(fresh(two, tmp_path))


@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_short_lock_is_waited_for(few, how):
    with held(few.root / "gradebook.db", how, 2):
        done = paroleclinic(few.root, "grade", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert scores(few.root) == {"ana": IDEAL, "bo": IDEAL}


@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_long_lock_ends_the_run_with_a_line_and_the_next_run_does_the_work(few, how, monkeypatch):
    monkeypatch.setattr(book_module, "PATIENCE", 0)
    with Book(few.root) as book:
        prepared = ready(few, book, UNIT)
        with held(few.root / "gradebook.db", how, 60), pytest.raises(Busy, match="keeps the gradebook locked"):
            list(grade_unit(few.root, book, prepared, Here()))
        assert leftovers(few.root) == []
        assert [one.state for one in grade_unit(few.root, book, prepared, Here())] == ["graded", "graded"]
    assert scores(few.root) == {"ana": IDEAL, "bo": IDEAL}


def test_a_command_that_finds_the_gradebook_locked_says_so_in_one_line(few, monkeypatch):
    monkeypatch.setattr(book_module, "PATIENCE", 0)
    with held(few.root / "gradebook.db", "EXCLUSIVE", 60):
        done = paroleclinic(few.root, "grade")
    assert done.returncode == 1
    assert "another program keeps the gradebook locked" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert paroleclinic(few.root, "grade").returncode == 0


@pytest.mark.parametrize("data", [b"", b"no database" * 500, b"SQLite format 3\0" + b"\0" * 4000])
def test_a_gradebook_that_is_none_is_named_and_not_written_over(tmp_path, data):
    course = copy_of_tiny(tmp_path / "tiny")
    case = course.scenario(CASE)
    hand_in(course, "ana", case, key_answers(case))
    (course.root / "gradebook.db").write_bytes(data)
    done = paroleclinic(course.root, "grade")
    assert "Traceback" not in done.stderr
    if data:
        assert done.returncode == 1
        assert "gradebook" in done.stderr
        assert (course.root / "gradebook.db").read_bytes() == data
    else:
        assert done.returncode == 0


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[object, object]]:
    """A few hundred hand-ins with a gradebook, and how an undisturbed run over them ends."""
    course = copy_of_tiny(tmp_path_factory.mktemp("many") / "tiny")
    case = course.scenario(CASE)
    first = hand_in(course, "l000", case, key_answers(case))
    for number in range(1, MANY):
        shutil.copytree(first, course.root / f"submitted/l{number:03}" / UNIT)
    return before_and_after(course)


def end(root: Path) -> tuple[object, object]:
    return rows(f"sqlite:///{root}/gradebook.db"), files(root / "autograded")


@contextmanager
def started(root: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A run in a group of its own, as a terminal starts it, that has graded somebody and is not done."""
    running = subprocess.Popen(
        [sys.executable, "-m", "paroleclinic.cli", "grade", *words, "--course", str(root)], cwd=root, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not list((root / "autograded").glob(f"*/{UNIT}")):
        assert running.poll() is None
        assert time.monotonic() < until
        time.sleep(0.005)
    try:
        yield running
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate()


def fresh(many: tuple[Path, object], folder: Path) -> Path:
    shutil.copytree(many[0], folder / "course")
    return folder / "course"


def goes_on(root: Path, expected: object) -> None:
    again = paroleclinic(root, "grade", "--json", "--jobs", "2")
    assert (again.returncode, again.stderr) == (0, "")
    assert end(root) == expected
    assert leftovers(root) == []


def test_ctrl_c_ends_with_a_sentence_and_the_next_run_goes_on(many, tmp_path):
    root = fresh(many, tmp_path)
    with started(root, "--jobs", "2") as running:
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "is saved; run the same command again to go on." in err
    assert "Traceback" not in out + err
    assert leftovers(root) == []
    done = len(scores(root))
    assert 0 < done < MANY
    goes_on(root, many[1])


def test_a_run_that_is_killed_is_taken_up_again(many, tmp_path):
    root = fresh(many, tmp_path)
    with started(root, "--jobs", "1") as running:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate(timeout=60)
    assert running.returncode == -signal.SIGKILL
    goes_on(root, many[1])


def test_a_worker_that_is_killed_costs_nothing(many, tmp_path):
    root = fresh(many, tmp_path)
    with started(root, "--jobs", "2", "--json") as running:
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        for child in children[:1]:
            os.kill(int(child), signal.SIGKILL)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (0, "")
    assert json.loads(out)["graded"] == MANY
    assert end(root) == many[1]


KILLS = """
import os, signal, sys
sys.path[:0] = sys.argv[3:]
from cohorts import paroleclinic
from faults import Faults, injected

class Kills(Faults):
    def fail(self, path):
        os.kill(os.getpid(), signal.SIGKILL)

with injected(Kills(sys.argv[1], int(sys.argv[2]))):
    paroleclinic(sys.argv[1], "grade", "--quiet", "--jobs", "1")
"""


@pytest.mark.parametrize("at", [45, 60, 75])
def test_a_real_kill_at_an_operation_is_taken_up_again(two, few, at):
    here = Path(__file__).parent
    words = [sys.executable, "-c", KILLS, str(few.root), str(at), str(here), str(here.parent)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert paroleclinic(few.root, "grade", "--quiet").returncode == 0
    assert end(few.root) == two[1]
    assert leftovers(few.root) == []
