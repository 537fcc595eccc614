"""A tiny course with honest learners and the whole catalogue handed in, and what a run said and left."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import nbgrader.api
from catalogue import CATALOGUE
from entries import CASE, UNIT, Entry, made
from typer import testing

from conftest import copy_of_tiny, hand_in, harmful_answers
from paroleclinic.cli import app
from paroleclinic.course import Course
from paroleclinic.grading import grade_case, key_answers

HONEST = ("aaron", "honest-ideal", "honest-half", "honest-harm", "honest-blank", "zoe")
READABLE = 3_000_000  # bytes of a file that are compared; longer ones by their length


@contextmanager
def hostile_course(folder: Path, entries: Iterable[str] = CATALOGUE) -> Iterator[tuple[Course, dict[str, str]]]:
    """The course, and entry -> learner. It is taken away by the system, since Python cannot remove folders 1,500 deep."""
    course = copy_of_tiny(folder / "tiny")
    try:
        honest(course)
        case = course.scenario(CASE)
        yield course, {name: made(course, name, CATALOGUE[name], case, key_answers(case)) for name in entries}
    finally:
        subprocess.run(["rm", "-rf", "--", str(course.root)], check=True)


def honest(course: Course) -> dict[str, float]:
    """Hand in for those who mean well; learner -> score."""
    case = course.scenario(CASE)
    ideal = key_answers(case)
    given = {
        **dict.fromkeys(("aaron", "honest-ideal", "zoe"), ideal),
        "honest-half": {question.id: ideal[question.id] for question in case.questions[:2]},
        "honest-harm": ideal | {case.questions[0].id: harmful_answers(case.questions[0])[0]},
        "honest-blank": {},
    }
    for learner in HONEST:
        hand_in(course, learner, case, given[learner])
    return {learner: grade_case(case, given[learner]).earned for learner in HONEST}


testing._get_command = cache(testing._get_command)  # building it takes as long as a small run
nbgrader.api.get_alembic_version = cache(nbgrader.api.get_alembic_version)  # starts a program for each new gradebook


def paroleclinic(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command, run in this process; what it does not catch itself is raised here."""
    done = testing.CliRunner().invoke(app, [*words, "--course", str(root)], env={"COLUMNS": "200"})
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


def seen(root: Path, *without: str) -> dict[str, str]:
    """Every path under `root`, however deep, with what it is: kind, permissions, size, and a hash unless it is long.

    `without` names folders and files at the top that are left out.
    """
    found: dict[str, str] = {}
    waiting = [os.fsencode(root)]
    while waiting:
        here = waiting.pop()
        for entry in os.scandir(here):
            name = os.fsdecode(os.path.relpath(entry.path, os.fsencode(root)))
            if name in without:
                continue
            about = entry.stat(follow_symlinks=False)
            what = f"{stat.filemode(about.st_mode)} {about.st_size if not stat.S_ISDIR(about.st_mode) else 0}"
            if stat.S_ISLNK(about.st_mode):
                what += f" -> {Path(os.fsdecode(entry.path)).readlink()}"
            elif stat.S_ISDIR(about.st_mode):
                waiting.append(entry.path)
            elif stat.S_ISREG(about.st_mode) and about.st_size <= READABLE:
                what += " " + hashlib.sha256(Path(os.fsdecode(entry.path)).read_bytes()).hexdigest()
            found[name] = what
    return found


def scores(root: Path) -> dict[str, float | None]:
    """Learner -> what the gradebook says for the case; None where nothing is said."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        return {
            submission.student.id: next(
                grade.auto_score for notebook in submission.notebooks for grade in notebook.grades if grade.name == CASE
            )
            for submission in book.assignment_submissions(UNIT)
        }


def leftovers(root: Path) -> list[str]:
    """Folders and files that a run made aside and forgot."""
    place = root / "autograded"
    return [str(path) for learner in place.glob("*") if learner.is_dir() for path in learner.glob(".*")]


def problems(said: str) -> dict[str, str]:
    """Learner -> why, of `paroleclinic grade --json`."""
    return {one["learner"]: one["why"] for one in json.loads(said)["problems"]}


def refused(entry: Entry) -> bool:
    return isinstance(entry.expects, str)
