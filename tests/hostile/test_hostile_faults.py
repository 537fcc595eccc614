"""Each operation on files and database fails in turn; the run says so in a line, and the next run makes everything whole."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cohorts import leftovers, paroleclinic
from entries import CASE, UNIT, instead
from faults import Faults, Killed, injected

from conftest import copy_of_tiny, hand_in
from gradebooks import files, rows
from paroleclinic.cohort import plans
from paroleclinic.course import Course
from paroleclinic.gradebook.book import Book
from paroleclinic.grading import key_answers
from paroleclinic.reading import Problems

KINDS = {"disk full": errno.ENOSPC, "disk broken": errno.EIO, "killed": None}


class Trial:
    """A course to grade again and again from one beginning, by the plan as it was read once."""

    def __init__(self, course: Course) -> None:
        self.root, self.book = course.root, course.root / "gradebook.db"
        case = course.scenario(CASE)
        ideal = key_answers(case)
        hand_in(course, "ana", case, ideal)
        (hand_in(course, "bo", case, {"when": "night"}) / "extra").mkdir()
        (course.root / "submitted/bo" / UNIT / "extra/notes.txt").write_text("mine")
        instead(b"")(hand_in(course, "eve", case, ideal), case, ideal)
        with Book(course.root) as book:
            self.ready = plans.ready(course, book, UNIT)
        self.begin()
        assert self.grade() == (1, "")
        hand_in(course, "bo", case, {"when": "morning"})
        self.empty = self.book.read_bytes()
        self.graded = course.root.parent / "graded"
        shutil.copytree(course.root / "autograded", self.graded)

    def begin(self) -> None:
        """As it was before: graded once, and one learner handed in again."""
        shutil.rmtree(self.root / "autograded", ignore_errors=True)
        for leftover in self.root.glob("gradebook.db-*"):
            leftover.unlink()
        if hasattr(self, "graded"):
            shutil.copytree(self.graded, self.root / "autograded")
            (self.root / "autograded/ana" / UNIT).rename(self.root.parent / "ana-aside")
            shutil.rmtree(self.root.parent / "ana-aside")
            self.book.write_bytes(self.empty)

    def grade(self) -> tuple[int, str]:
        """Exit status, and what was said apart from the line on the learner who cannot be graded."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(plans, "ready", lambda *_: self.ready)
            code, says = first(self.root)
        return code, "\n".join(line for line in says.splitlines() if "answers.jsonl is empty" not in line)

    def state(self) -> tuple[dict[str, list[str]], dict[str, tuple[bytes, int]]]:
        return rows(f"sqlite:///{self.book}"), files(self.root / "autograded")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory):
    return Trial(copy_of_tiny(tmp_path_factory.mktemp("faults") / "tiny"))


@pytest.fixture(scope="module")
def undisturbed(trial: Trial):
    trial.begin()
    before = {path: path.read_bytes() for path in (trial.root / "submitted").rglob("*") if path.is_file()}
    with injected(Faults(str(trial.root))) as counted:
        assert trial.grade() == (1, "")
    return counted.seen, trial.state(), before


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_operation_fails_the_next_run_ends_as_if_nothing_had_happened(trial, undisturbed, kind):
    operations, expected, before = undisturbed
    assert len(operations) > 60
    wrong = []
    for number, operation in enumerate(operations, 1):
        trial.begin()
        faults = Faults(str(trial.root), number, KINDS[kind])
        with injected(faults):
            said = outcome(trial.grade)
        faults.dead = False
        wrong += [f"{number} {operation}: {problem}" for problem in problems(said, kind)]
        assert {path: path.read_bytes() for path in before} == before
        if (again := outcome(trial.grade)) != (1, ""):
            wrong.append(f"{number} {operation}: the second run says {again}")
        elif trial.state() != expected:
            wrong.append(f"{number} {operation}: the second run ends otherwise")
        if left := leftovers(trial.root):
            wrong.append(f"{number} {operation}: left over: {left}")
    assert not wrong, "\n".join(wrong)


EVERY = 13  # of the operations of a first run


@pytest.mark.parametrize("kind", ["disk full", "killed"])
def test_a_first_run_that_fails_is_made_whole_by_the_next(tmp_path, kind):
    """Nothing is there yet: no gradebook, no points of the unit in it."""
    course = copy_of_tiny(tmp_path / "tiny")
    case = course.scenario(CASE)
    hand_in(course, "ana", case, key_answers(case))
    shutil.copytree(course.root, tmp_path / "calm")
    with injected(Faults(str(tmp_path / "calm"))) as counted:
        assert outcome(lambda: first(tmp_path / "calm")) == (0, "")
    expected = state(tmp_path / "calm")
    wrong = []
    for number in range(4 if kind == "killed" else 1, len(counted.seen), EVERY):
        root = tmp_path / f"{number}"
        shutil.copytree(course.root, root)
        with injected(Faults(str(root), number, KINDS[kind])) as faults:
            said = outcome(lambda root=root: first(root))
        again = outcome(lambda root=root: first(root))
        where = f"{number} {faults.seen[number - 1] if len(faults.seen) >= number else ''}"
        if said != (0, ""):  # else the operation did not matter
            wrong += [f"{where}: {problem}" for problem in problems(said, kind)]
        if again != (0, ""):
            wrong.append(f"{where}: the second run says {again}")
        elif (ends := state(root)) != expected:
            wrong.append(
                f"{where}: the second run ends otherwise {[k for k in ends[0] if ends[0][k] != expected[0][k]]}"
            )
    assert not wrong, "\n".join(wrong)


def first(root: Path) -> tuple[int, str]:
    done = paroleclinic(root, "grade", "--quiet", "--jobs", "1")
    return done.returncode, done.stdout + done.stderr


def state(root: Path) -> tuple[dict[str, list[str]], dict[str, tuple[bytes, int]], dict[str, tuple[bytes, int]]]:
    return rows(f"sqlite:///{root}/gradebook.db"), files(root / "autograded"), files(root / "exercises")


def outcome(work: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    try:
        return work()
    except Killed:
        return 137, ""
    except (OSError, Problems) as error:
        return 1, str(error)  # as paroleclinic.cli.run tells them
    except Exception as error:
        return 99, f"Traceback: {error!r}"


def problems(said: tuple[int, str], kind: str) -> list[str]:
    """What is wrong with how a disturbed run ended."""
    code, words = said
    if kind == "killed":
        return [] if code in (137, 1) and not words else [f"ended with {said}"]
    found = [f"ended with {said}"] if code != 1 or "Traceback" in words else []
    return found + ["more than a line a learner"] * (len(words.splitlines()) > 2)
