"""Handing in, and the record of study."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from paroleclinic import handin
from paroleclinic.answers import FILE_NAME, record
from paroleclinic.cli import app
from paroleclinic.drawing.recordpage import record_page
from paroleclinic.handin import LONGEST_NAME, NothingToHandIn, code, hand_in, in_a_file_name
from paroleclinic.lines import NotSaved
from paroleclinic.progress import Diary
from paroleclinic.record import checksum, opened
from paroleclinic.record import record as record_of

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


@pytest.fixture
def unit(tiny) -> Path:
    folder = tiny.root / "exercises/bridges"
    record(folder / FILE_NAME, AT, "first-crossing", "when", "morning")
    return tiny.root


def give(root: Path, name: str = "Ana P.") -> handin.Receipt:
    return hand_in(root, "bridges", name, AT, "1.0", "2026-11-23")


def test_a_hand_in_holds_the_answers_the_notebooks_and_a_manifest_that_fits(unit):
    receipt = give(unit)
    assert receipt.path.name == "hand-in-bridges-Ana-P-2026-11-25.zip"
    with zipfile.ZipFile(receipt.path) as archive:
        assert archive.testzip() is None
        about = archive.read("manifest.json")
        manifest = json.loads(about)
        held = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
    assert {*held} == {"bridges/answers.jsonl", "bridges/first-crossing.ipynb"}
    assert manifest["files"] == {name: hashlib.sha256(data).hexdigest() for name, data in held.items()}
    assert (manifest["name"], manifest["unit"], manifest["course"], manifest["law"]) == (
        "Ana P.",
        "bridges",
        "1.0",
        "2026-11-23",
    )
    assert held["bridges/answers.jsonl"] == (unit / "exercises/bridges" / FILE_NAME).read_bytes()
    assert receipt.code == code(about)
    assert re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){2}", receipt.code)


def test_handing_in_twice_keeps_the_earlier(unit):
    first = give(unit)
    before = first.path.read_bytes()
    record(unit / "exercises/bridges" / FILE_NAME, AT, "first-crossing", "when", "never")
    second = give(unit)
    assert second.path.name == "hand-in-bridges-Ana-P-2026-11-25-2.zip"
    assert first.path.read_bytes() == before
    assert second.code != first.code


def test_without_an_answer_there_is_nothing_to_hand_in(tiny):
    with pytest.raises(NothingToHandIn):
        give(tiny.root)
    (tiny.root / "exercises/bridges" / FILE_NAME).touch()
    with pytest.raises(NothingToHandIn):
        give(tiny.root)


@given(st.text(max_size=200))
def test_any_name_makes_a_file_name_that_every_system_takes(name):
    made = in_a_file_name(name)
    assert made
    assert not FORBIDDEN.search(made)
    assert len(made.encode()) <= LONGEST_NAME + 1
    assert made.upper().split(".")[0] not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9"}
    assert not made.endswith((".", " "))
    assert made.isprintable()


@pytest.mark.parametrize(
    ("name", "made"),
    [("María José Núñez", "María-José-Núñez"), ("../../etc/passwd", "etc-passwd"), ("con", "con-"), ("  ", "learner"), ("O'Neil, J.", "O-Neil-J"),
     ("Zoe\u0308", "Zoë"), ("李 明", "李-明"), ("a" * 300, "a" * LONGEST_NAME), ("\u202egnp.exe", "gnp-exe")],
)  # fmt: skip
def test_names_stay_readable(name, made):
    assert in_a_file_name(name) == made


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_disk_that_fails_leaves_no_half_hand_in(unit, monkeypatch, call):
    def fails(*_):
        raise OSError(28, "No space left on device")

    if call == "fsync":
        monkeypatch.setattr(handin.os, "fsync", fails)
    else:
        monkeypatch.setattr(zipfile.ZipFile, "writestr", fails)
    with pytest.raises(NotSaved, match="No space left"):
        give(unit)
    assert list((unit / handin.FOLDER).iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_clear_no(unit):
    (unit / handin.FOLDER).write_text("in the way")
    with pytest.raises(NotSaved):
        give(unit)


@pytest.fixture
def page(tiny) -> str:
    diary = Diary(tiny.root / "progress.jsonl")
    diary.note("welcomed", name="Ana <b>P.</b>", role="paralegal", language="en")
    diary.note("tried", page="01-bridges", question="br-night", verdict="right", certainty="high")
    diary.note("graded", unit="bridges", case="first-crossing", earned=7, points=9, harm=False)
    diary.note("worked", page="01-bridges", seconds=300)
    made = record_of(
        tiny.outline, diary.progress(), tiny.questions_by_lesson, {"first-crossing": "The first crossing"}, AT, "1.0"
    )
    return record_page(made)


def verify(path: Path, page: str) -> tuple[int, str]:
    path.write_text(page, encoding="utf-8", newline="\n")
    result = CliRunner().invoke(app, ["record", "verify", str(path)])
    return result.exit_code, result.output


def test_a_record_says_what_was_done_and_that_it_is_no_accreditation(page, tmp_path):
    for words in (
        "Bridges",
        "1 of 2",
        "The first crossing",
        "7 of 9",
        "0.1 hours",
        "not an accreditation",
        "23 November 2026",
        "paralegal",
    ):
        assert words in page
    assert "<b>P." not in page
    held, printed = opened(page)
    assert checksum(held) == printed
    assert verify(tmp_path / "record.html", page)[0] == 0


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("0.1 hours", "9.1 hours"), ("7 of 9", "9 of 9"), ("not an accreditation", "an accreditation"), ('"earned":7', '"earned":9'),
     ("</main>", "<p>With distinction</p></main>"), ("paralegal", "attorney")],
)  # fmt: skip
def test_a_record_that_was_touched_is_found_out(page, tmp_path, was, becomes):
    assert was in page
    code, says = verify(tmp_path / "record.html", page.replace(was, becomes, 1))
    assert code == 1
    assert "Changed" in says


@pytest.mark.parametrize(
    "text", ["", "<html></html>", '<script type="application/json" id="record">[1]</script>' + "0" * 64, "{" * 99]
)
def test_what_is_no_record_is_called_so(tmp_path, text):
    code, says = verify(tmp_path / "record.html", text)
    assert code == 2
    assert "not a record of study" in says


def test_a_record_that_is_not_there_is_a_sentence(tmp_path):
    result = CliRunner().invoke(app, ["record", "verify", str(tmp_path / "none.html")])
    assert (result.exit_code, "cannot be read" in result.output) == (2, True)
