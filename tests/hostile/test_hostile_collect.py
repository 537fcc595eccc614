"""`paroleclinic collect` over every hostile file at once: each is refused with its reason, the honest are taken."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import pytest
from cohorts import paroleclinic, scores, seen
from entries import CASE, IDEAL, UNIT
from in_zips import ANSWERS, ZIPS, no_files, packed, with_manifest, written

from conftest import copy_of_tiny, hand_in
from paroleclinic.answers import FILE_NAME
from paroleclinic.grading import key_answers


@dataclass
class Collected:
    root: Path
    code: int
    says: str
    outside: tuple[dict[str, str], dict[str, str]]


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    folder = tmp_path_factory.mktemp("collected")
    course = copy_of_tiny(folder / "tiny")
    case = course.scenario(CASE)
    good = (hand_in(copy_of_tiny(folder / "made"), "x", case, key_answers(case)) / FILE_NAME).read_bytes()
    (folder / "in").mkdir()
    people = folder / "roster.csv"
    people.write_text("id,name\nana,Ana\nbo,Bo\neve,Eve\n")
    ana, bo = folder / "in/first.zip", folder / "in/last.zip"
    ana.write_bytes(with_manifest(good, name="Ana"))
    bo.write_bytes(packed((f"Bo_1_assignsubmission_file_/{ANSWERS}", good)))
    places = [ana, *(written(folder / "in", name, good) for name in ZIPS), *no_files(folder / "in"), bo]
    before = seen(folder, "tiny")
    done = paroleclinic(course.root, "collect", *map(str, places), "--roster", str(people))
    return Collected(course.root, done.returncode, done.stdout + done.stderr, (before, seen(folder, "tiny")))


@pytest.mark.parametrize("name", ZIPS)
def test_each_is_refused_with_its_reason(collected, name):
    lines = collected.says.splitlines()
    reasons = [why for where, why in itertools.pairwise(lines) if f"{name}.zip" in where]
    assert reasons
    assert any(ZIPS[name].why in why for why in reasons), reasons


def test_what_is_no_file_is_refused_too(collected):
    for name, why in {
        "a-pipe": "it is not a file",
        "a-link": "it is a link",
        "not-there": "there is no such file",
    }.items():
        assert name in collected.says
        assert why in collected.says


def test_the_honest_are_taken_and_graded_and_the_status_says_that_some_were_refused(collected):
    assert (collected.code, "2 accepted" in collected.says) == (1, True), collected.says
    assert sorted(path.name for path in (collected.root / "submitted").iterdir()) == ["ana", "bo"]
    assert paroleclinic(collected.root, "grade", UNIT).returncode == 0
    assert scores(collected.root) == {"ana": IDEAL, "bo": IDEAL}


def test_nothing_is_written_outside_and_the_terminal_shows_lines_only(collected):
    before, after = collected.outside
    assert after == before
    assert "Traceback" not in collected.says
    assert all(sign.isprintable() or sign == "\n" for sign in collected.says)
