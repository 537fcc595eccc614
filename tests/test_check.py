"""Each check catches its mistake, and only it does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import ROOT, SAMPLES, copy_of_tiny
from paroleclinic.check import CHECKS, problems, unreadable
from paroleclinic.cli import app
from paroleclinic.course import Course

BROKEN = sorted(path for path in (SAMPLES / "broken").iterdir() if path.is_dir())


def broken(sample: Path, folder: Path) -> Course:
    """The tiny course with the files of a broken sample laid over it; a file named *.gone is taken away."""
    copy_of_tiny(folder)
    shutil.copytree(sample, folder, dirs_exist_ok=True)
    for gone in folder.rglob("*.gone"):
        gone.with_suffix("").unlink()
        gone.unlink()
    (folder / "EXPECT").unlink()
    return Course(folder)


@pytest.mark.parametrize("sample", BROKEN, ids=lambda path: path.name)
def test_a_broken_sample_is_caught_by_its_check_and_by_no_other(sample, tmp_path):
    course = broken(sample, tmp_path / "course")
    wanted = sample.name.split("--")[0]
    expected = (sample / "EXPECT").read_text().strip().splitlines()
    checks = [unreadable] if wanted == "unreadable" else [unreadable, *CHECKS]
    found = {check.__name__: [str(problem) for problem in check(course)] for check in checks}
    assert [name for name, says in found.items() if says] == [wanted]
    text = "\n".join(found[wanted])
    assert all(line in text for line in expected), text


def test_every_check_has_a_broken_sample():
    assert {path.name.split("--")[0] for path in BROKEN} == {
        "unreadable",
        *(check.__name__ for check in CHECKS),
    }


def test_the_tiny_course_is_clean(tiny):
    assert problems(tiny) == []


def test_the_course_itself_is_clean():
    assert [str(problem) for problem in problems(Course(ROOT))] == []


def test_the_command_says_nothing_when_all_is_well(tiny):
    result = CliRunner().invoke(app, ["check", "--course", str(tiny.root)])
    assert (result.exit_code, result.output) == (0, "")


def test_the_command_prints_all_problems_with_file_line_and_cure(tiny):
    (tiny.root / "law/fees/bridge-fee.yaml").write_text("id: bridge-fee\nid: again\n")
    (tiny.root / "questions/01-bridges.yaml").write_text("lesson: 01-bridges\nquestion: []\n")
    result = CliRunner().invoke(app, ["check", "--course", str(tiny.root)])
    assert result.exit_code == 1
    assert "law/fees/bridge-fee.yaml:2  " in result.output
    assert "questions/01-bridges.yaml:2  " in result.output
    assert result.output.count("fix: ") >= 3
    assert "Traceback" not in result.output


def test_outside_a_course_the_command_says_where_to_go(tmp_path):
    result = CliRunner().invoke(app, ["check", "--course", str(tmp_path)])
    assert result.exit_code == 2
    assert "There is no course.yaml" in result.output
