"""The same hand-ins through `nbgrader autograde` with our steps: it starts nothing, stops for nobody, and says the same."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import in_files
import in_names
import in_notebooks
import pytest
from catalogue import CATALOGUE
from cohorts import HONEST, honest, hostile_course, paroleclinic, refused, scores, seen
from entries import UNIT

from conftest import copy_of_tiny, nbgrader
from gradebooks import rows

pytestmark = pytest.mark.pipeline

EVERYTHING = "HOSTILE_ALL" in os.environ  # nbgrader takes 0.2 s a hand-in
ITS_OWN = (in_notebooks.SHAPE, in_files.LEADS, in_files.TIME, in_names.COMMAND)  # where nbgrader does more than we do
GIVEN = {
    name: entry
    for number, (name, entry) in enumerate(CATALOGUE.items())
    if entry.agrees is not None and (EVERYTHING or entry.group in ITS_OWN or refused(entry) or number % 10 == 0)
}
Rows = dict[str, list[str]]


@dataclass
class Both:
    root: Path
    learners: dict[str, str]
    says: str
    scores: dict[str, float | None]
    nbgrader: dict[str, Rows]
    ours: dict[str, Rows]


def by_learner(root: Path) -> dict[str, Rows]:
    """Learner -> table -> rows that speak of them."""
    found: dict[str, Rows] = {}
    for table, lines in rows(f"sqlite:///{root}/gradebook.db").items():
        for line in lines:
            row = json.loads(line)
            about = row.get("student_id") or (table == "student" and row["id"])
            parts = str(row.get("notebook_id", "")).split("/")
            learner = about or (parts[1] if len(parts) > 2 else "")
            found.setdefault(learner, {}).setdefault(table, []).append(line)
    return found


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("nbgrader")
    with hostile_course(folder, GIVEN) as (course, learners):
        paroleclinic(course.root, "grade", "--quiet")
        ours = by_learner(course.root)
        (course.root / "gradebook.db").unlink()
        shutil.rmtree(course.root / "autograded")
        nbgrader(course.root, "generate_assignment", UNIT, "--force")
        says = nbgrader(course.root, "autograde", UNIT, fails=True)
        yield Both(course.root, learners, says, scores(course.root), by_learner(course.root), ours)


def test_nothing_that_was_handed_in_ran(both):
    assert not {name for name in seen(both.root.parent) if Path(name).name == "it-ran"}
    assert not {name for name, what in seen(both.root / "autograded").items() if what[0] not in "-d"}


def test_the_honest_have_the_grades_they_have_alone(both, tmp_path):
    expected = honest(copy_of_tiny(tmp_path / "alone"))
    assert {learner: both.scores[learner] for learner in HONEST} == expected
    assert [both.nbgrader[learner] for learner in HONEST] == [both.ours[learner] for learner in HONEST]


@pytest.mark.parametrize("name", [name for name, entry in GIVEN.items() if entry.agrees])
def test_nbgrader_and_our_own_command_write_the_same(both, name):
    entry, learner = GIVEN[name], both.learners[name]
    if refused(entry):
        assert both.scores.get(learner) is None
        assert entry.expects in both.says
    else:
        assert both.scores[learner] == entry.expects
        assert both.nbgrader[learner] == both.ours[learner]


def test_what_nbgrader_cannot_do_costs_nobody_else(both):
    for name, entry in GIVEN.items():
        if not entry.agrees:
            assert both.scores.get(both.learners[name]) is None
