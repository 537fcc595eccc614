"""Taking in hand-ins, whatever way they come; what is hostile or broken is refused with a line, and costs nobody else."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
import unicodedata
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from conftest import copy_of_tiny, nbgrader
from paroleclinic.answers import FILE_NAME, record
from paroleclinic.cli import app
from paroleclinic.collecting import Found, Refused, read
from paroleclinic.course import Course
from paroleclinic.filing import BadRoster, plain, roster, whose
from paroleclinic.grading import key_answers
from paroleclinic.handin import hand_in

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
UNITS = {"first-crossing": "bridges"}


def made(folder: Path, name: str = "Ana Núñez", when: str = "morning", at: datetime = AT) -> Path:
    """A hand-in file as the button makes it."""
    course = copy_of_tiny(folder / f"of {name} {at:%H%M%S} {when}")
    record(course.root / "exercises/bridges" / FILE_NAME, at, "first-crossing", "when", when)
    return hand_in(course.root, "bridges", name, at, "1.0", "2026-11-23").path


def loose(folder: Path, when: str = "morning") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    record(folder / FILE_NAME, AT, "first-crossing", "when", when)
    return folder / FILE_NAME


def zipped(path: Path, files: dict[str, bytes | Path]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data.read_bytes() if isinstance(data, Path) else data)
    return path


def collect(course: Course, *words: object) -> tuple[int, str]:
    result = CliRunner().invoke(
        app, ["collect", *map(str, words), "--course", str(course.root)], env={"COLUMNS": "250"}
    )
    return result.exit_code, result.output


def kept(course: Course, learner: str) -> object:
    lines = (course.root / "submitted" / learner / "bridges" / FILE_NAME).read_text().splitlines()
    return json.loads(lines[-1])["answer"]


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(
        "id,name,email\nanunez,Ana Núñez,ana.nunez@example.org\nbo7,Bo Lindqvist,bo@example.org\n", encoding="utf-8"
    )
    return path


def test_a_hand_in_lands_where_nbgrader_looks_with_its_time(tiny, tmp_path, people):
    code, says = collect(tiny, made(tmp_path), "--roster", people)
    assert (code, "1 accepted" in says) == (0, True), says
    folder = tiny.root / "submitted/anunez/bridges"
    assert {path.name for path in folder.iterdir()} == {FILE_NAME, "first-crossing.ipynb", "timestamp.txt"}
    assert (folder / "timestamp.txt").read_text() == "2026-11-25 09:30:00.000000 UTC\n"


def test_a_download_of_moodle_and_one_of_canvas_are_recognised_by_what_they_hold(tiny, tmp_path, people):
    moodle = zipped(tmp_path / "PAROLE-Unit 3-4411.zip", {
        "Ana Núñez_9911_assignsubmission_file/hand-in-bridges-A-2026-11-25.zip": made(tmp_path, "A."),
        "Bo Lindqvist_9912_assignsubmission_file_/answers.jsonl": loose(tmp_path / "bo", "never"),
    })  # fmt: skip
    canvas = zipped(tmp_path / "submissions.zip", {
        "nunezana_LATE_1201_88001_my work.zip": made(tmp_path, "A.", "night", AT + timedelta(hours=2)),
        "lindqvistbo_1202_88002_answers.jsonl": loose(tmp_path / "bo2", "morning"),
    })  # fmt: skip
    code, says = collect(tiny, moodle, "--roster", people)
    assert (code, kept(tiny, "anunez"), kept(tiny, "bo7")) == (0, "morning", "never"), says
    code, says = collect(tiny, canvas, "--roster", people)
    assert (code, kept(tiny, "anunez")) == (0, "night"), says
    assert len(list((tiny.root / "collected/anunez/bridges").iterdir())) == 2


def test_nbgraders_own_folders_and_loose_files_are_taken(tiny, tmp_path, people):
    loose(tmp_path / "in/bo7/bridges", "never")
    loose(tmp_path / "in/Ana Nunez/some folder", "night")
    code, says = collect(tiny, tmp_path / "in", "--roster", people)
    assert (code, kept(tiny, "bo7"), kept(tiny, "anunez")) == (0, "never", "night"), says


def test_an_unpacked_hand_in_keeps_the_time_that_its_manifest_proves(tiny, tmp_path, people):
    with zipfile.ZipFile(made(tmp_path, "A.")) as archive:
        archive.extractall(tmp_path / "in/anunez")
        archive.extractall(tmp_path / "in/bo7")
    late = AT + timedelta(days=9)
    for path in (tmp_path / "in").rglob(FILE_NAME):
        os.utime(path, (late.timestamp(), late.timestamp()))
    loose(tmp_path / "in/bo7/bridges", "night")  # another answer since: the manifest is not of these bytes
    code, says = collect(tiny, tmp_path / "in", "--roster", people)
    assert code == 0 and "passed over" not in says, says
    assert (tiny.root / "submitted/anunez/bridges/timestamp.txt").read_text() == "2026-11-25 09:30:00.000000 UTC\n"
    assert (tiny.root / "submitted/bo7/bridges/timestamp.txt").read_text() != "2026-11-25 09:30:00.000000 UTC\n"


def test_what_is_no_hand_in_is_named_once_and_refuses_nobody(tiny, tmp_path, people):
    inside = tmp_path / "in"
    inside.mkdir()
    shutil.move(made(tmp_path), inside / "ana.zip")
    word = {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>", "word/styles.xml": b"<x/>"}
    zipped(inside / "bo-memo.docx", word)
    zipped(inside / "bo.zip", {"memo.docx": (inside / "bo-memo.docx"), "__MACOSX/._memo.docx": b"x"})
    (inside / "bo-memo.pdf").write_bytes(b"%PDF-1.7")
    for silent in (".DS_Store", "Thumbs.db", "people.csv"):
        (inside / silent).write_bytes(b"x")
    code, says = collect(tiny, inside, "--roster", people)
    assert (code, kept(tiny, "anunez")) == (0, "morning"), says
    named = [Path(line.split()[-1]).name for line in says.splitlines() if line.startswith("passed over")]
    assert named == ["bo-memo.docx", "bo-memo.pdf", "bo.zip"], says
    assert "ask for the zip that *Hand in* makes" in says and "0 refused" in says
    for number in range(12):
        (inside / f"{number}.pdf").write_bytes(b"%PDF")
    assert "... and 7 more that are no hand-ins." in collect(tiny, inside, "--roster", people)[1]


def test_collecting_twice_changes_nothing(tiny, tmp_path, people):
    file = made(tmp_path)
    collect(tiny, file, "--roster", people)
    before = tree(tiny.root)
    code, says = collect(tiny, file, "--roster", people)
    assert (code, "1 already here" in says) == (0, True)
    assert tree(tiny.root) == before


def test_the_latest_counts_and_the_earlier_is_kept_in_whatever_order_they_come(tiny, tmp_path, people):
    early, late = made(tmp_path, when="never"), made(tmp_path, when="morning", at=AT + timedelta(days=1))
    collect(tiny, late, "--roster", people)
    code, says = collect(tiny, early, "--roster", people)
    assert (code, kept(tiny, "anunez"), "1 kept as an earlier version" in says) == (0, "morning", True), says
    collect(tiny, made(tmp_path, when="night", at=AT + timedelta(days=2)), "--roster", people)
    assert kept(tiny, "anunez") == "night"
    assert len(list((tiny.root / "collected/anunez/bridges").iterdir())) == 3


def test_a_clock_that_runs_ahead_does_not_win_for_ever(tiny, tmp_path, people):
    collect(tiny, made(tmp_path, when="never", at=datetime(2031, 1, 1, tzinfo=UTC)), "--roster", people)
    assert kept(tiny, "anunez") == "never"
    time.sleep(1.1)
    collect(tiny, made(tmp_path, when="morning", at=datetime.now(UTC)), "--roster", people)
    assert kept(tiny, "anunez") == "morning"


def test_one_damaged_file_in_a_download_costs_nobody_else(tiny, tmp_path, people):
    moodle = zipped(tmp_path / "m.zip", {
        "Nobody_1_assignsubmission_file_/answers.jsonl": b'{"v": 1, "case": "first-crossing", "x": "' + b"abc" * 99 + b'"}',
        "Ana Nunez_2_assignsubmission_file_/answers.jsonl": loose(tmp_path / "a"),
    })  # fmt: skip
    data = bytearray(moodle.read_bytes())
    data[100] ^= 0xFF  # inside the first member
    moodle.write_bytes(data)
    code, says = collect(tiny, moodle, "--roster", people)
    assert (code, kept(tiny, "anunez"), "it is damaged" in says) == (1, "morning", True), says


def test_a_column_about_somebody_else_identifies_nobody(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("id,name,supervisor,login\nana,Ana P.,Eva Ruiz,apx\n")
    people = roster(path)
    assert whose(Found("", "bridges", ("Eva Ruiz",), AT, b""), people) == ""
    assert whose(Found("", "bridges", ("apx",), AT, b""), people) == "ana"


def test_somebody_who_is_not_on_the_roster_is_named_and_the_others_are_taken(tiny, tmp_path, people):
    code, says = collect(tiny, made(tmp_path, "Somebody Else"), made(tmp_path), "--roster", people)
    assert (code, kept(tiny, "anunez")) == (1, "morning")
    assert "nobody on the roster" in says
    assert "Somebody Else" in says


def test_without_a_roster_names_are_asked_about(tiny, tmp_path):
    file = made(tmp_path)
    result = CliRunner().invoke(app, ["collect", str(file), "--course", str(tiny.root)], input="n\n")
    assert result.exit_code == 1
    assert not (tiny.root / "submitted").exists()
    assert collect(tiny, file, "--yes")[0] == 0
    assert kept(tiny, "ana-núñez") == "morning"


def test_a_hand_in_that_was_changed_is_refused(tiny, tmp_path, people):
    file, changed = made(tmp_path), tmp_path / "changed.zip"
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["bridges/answers.jsonl"] += b'{"v": 1, "case": "first-crossing", "question": "when", "answer": "never"}\n'
    code, says = collect(tiny, zipped(changed, files), "--roster", people)
    assert (code, "its checksum differs" in says) == (1, True)
    assert not (tiny.root / "submitted").exists()


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("bridges/answers.jsonl")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def device() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("bridges/answers.jsonl")
    info.external_attr = (stat.S_IFCHR | 0o666) << 16
    return info


def locked(path: Path) -> Path:
    """A zip whose member says that it is encrypted."""
    data = bytearray(zipped(path, {"bridges/answers.jsonl": b"{}"}).read_bytes())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + place] |= 1
    path.write_bytes(data)
    return path


HOSTILE = {
    "bomb": ({"bridges/answers.jsonl": b"0" * 60_000_000}, "far more than it holds"),
    "many": ({f"{n}.txt": b"" for n in range(20_001)}, "more than 20,000 files"),
    "out": ({"../../answers.jsonl": b"{}"}, "leads out of it"),
    "absolute": ({"/etc/answers.jsonl": b"{}"}, "leads out of it"),
    "windows": ({"C:\\answers.jsonl": b"{}"}, "leads out of it"),
    "backslash": ({"a\\..\\..\\answers.jsonl": b"{}"}, "leads out of it"),
    "nothing": ({"bridges/answers.jsonl": b"not an answer\n" * 9}, "no answer to a case"),
    "empty": ({"bridges/answers.jsonl": b""}, "no answer to a case"),
    "manifest": ({"manifest.json": b"[" * 9000}, "manifest cannot be read"),
    "missing": ({"manifest.json": b'{"unit": "bridges", "name": "A", "at": "2026-11-25T09:00:00Z", "files": {"x": "y"}}'}, "is not there"),
    "deep": ({"answers.jsonl": b"[" * 100_000}, "no answer to a case"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason_and_the_next_one_is_taken(tiny, tmp_path, people, name):
    files, why = HOSTILE[name]
    code, says = collect(tiny, zipped(tmp_path / f"{name}.zip", files), made(tmp_path), "--roster", people)
    assert (code, kept(tiny, "anunez")) == (1, "morning")
    assert why in says
    assert "1 accepted" in says
    assert not (tmp_path / "answers.jsonl").exists()


@pytest.mark.parametrize(("info", "why"), [(link(), "a link or a device"), (device(), "a link or a device")])
def test_links_and_devices_in_a_zip_are_refused(tmp_path, info, why):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    [found] = read(tmp_path / "x.zip", UNITS, AT)
    assert isinstance(found, Refused)
    assert why in found.why


def test_locked_damaged_and_nested_zips_are_refused(tmp_path):
    [found] = read(locked(tmp_path / "locked.zip"), UNITS, AT)
    assert "password" in found.why
    whole = made(tmp_path).read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    assert all(isinstance(one, Refused) for one in read(tmp_path / "half.zip", UNITS, AT))
    inner = zipped(tmp_path / "0.zip", {"answers.jsonl": loose(tmp_path / "l")})
    for number in range(1, 6):
        inner = zipped(tmp_path / f"{number}.zip", {"inner.zip": inner})
    [found] = read(inner, UNITS, AT)
    assert "zip in a zip" in found.why


def test_links_pipes_and_missing_places_are_refused(tmp_path):
    target = loose(tmp_path / "real")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/answers.jsonl").symlink_to(target)
    (tmp_path / "in/loop").symlink_to(tmp_path / "in")
    assert {found.why for found in read(tmp_path / "in", UNITS, AT)} == {"it is a link"}
    os.mkfifo(tmp_path / "pipe")
    assert [found.why for found in read(tmp_path / "pipe", UNITS, AT)] == ["it is not a file"]
    assert [found.why for found in read(tmp_path / "none", UNITS, AT)] == ["there is no such file"]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600), st.integers(0, 4000), st.integers(0, 255))
def test_any_bytes_are_read_or_refused_and_never_crash(tmp_path_factory, junk, place, value):
    folder = tmp_path_factory.mktemp("fuzz")
    sane = BytesIO()
    with zipfile.ZipFile(sane, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "Ana_1_assignsubmission_file_/answers.jsonl",
            '{"v": 1, "case": "first-crossing", "question": "when", "answer": "x"}\n',
        )
        archive.writestr("manifest.json", junk)
    data = bytearray(sane.getvalue())
    data[place % len(data)] = value
    for name, content in (("a", junk), ("b", bytes(data))):
        (folder / name).write_bytes(content)
        assert all(isinstance(one, Found | Refused) for one in read(folder / name, UNITS, AT))
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("text", "says"),
    [("id,name\n../x,Ana\n", ":2"), ("id,name\nana,A\nANA,B\n", "stands in line 2 too"), ("name\nAna\n", "is not made of letters"),
     ("", "names nobody"), ("id\n", "names nobody")],
)  # fmt: skip
def test_a_roster_that_cannot_be_used_is_named_by_line(tiny, tmp_path, text, says):
    path = tmp_path / "r.csv"
    path.write_text(text)
    with pytest.raises(BadRoster, match=says):
        roster(path)
    code, output = collect(tiny, made(tmp_path), "--roster", path)
    assert (code, "Traceback" in output) == (2, False)


def test_people_are_found_by_any_spelling_and_never_guessed(tmp_path, people):
    ana, bo = roster(people)

    def owner(*who: str) -> str:
        return whose(Found("", "bridges", who, AT, b""), [ana, bo])

    assert [owner(who) for who in ("ANA NUNEZ", "Núñez Ana", "nunezana", "ana.nunez", "anunez")] == ["anunez"] * 5
    assert owner("A.", "Bo Lindqvist") == "bo7"
    assert owner("Ana") == ""
    assert plain("Zoë  O'Neil") == "zoeoneil"


def test_of_two_names_that_differ_in_accents_the_one_that_is_written_so_counts_if_it_has_any(tiny, tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(
        "id,name\nml1,María López\nml2,Maria Lopez\nml3,Mária López\nev1,Eva Ruiz\nev2,eva ruiz\n", encoding="utf-8"
    )
    people = roster(path)

    def owner(*who: str) -> str:
        return whose(Found("", "bridges", who, AT, b""), people)

    accented = unicodedata.normalize("NFD", "MARÍA LÓPEZ")
    assert [owner(who) for who in ("María López", accented, "López María", "maria lopez")] == [
        "ml1",
        "ml1",
        "ml1",
        "",
    ], "without accents it may be either"
    assert owner("Marià Lopez") == "" == owner("Eva Ruiz"), "nobody's spelling, or two people's"
    code, says = collect(tiny, made(tmp_path, "María López"), "--roster", path)
    assert (code, kept(tiny, "ml1")) == (0, "morning"), says
    code, says = collect(tiny, made(tmp_path, "Maria Lopez"), "--roster", path)
    assert code == 1 and "several on the roster go by Maria Lopez: ml1, ml2, ml3" in says


@pytest.mark.pipeline
def test_what_was_collected_is_graded_by_nbgrader(tiny, tmp_path, people):
    case = tiny.scenario("first-crossing")
    course = copy_of_tiny(tmp_path / "learner")
    for question, answer in key_answers(case).items():
        record(course.root / "exercises/bridges" / FILE_NAME, AT, case.id, question, answer)
    file = hand_in(course.root, "bridges", "Ana Núñez", AT, "1.0", "2026-11-23").path
    assert collect(tiny, file, "--roster", people)[0] == 0
    nbgrader(tiny.root, "generate_assignment", "bridges", "--force")
    nbgrader(tiny.root, "autograde", "bridges")
    nbgrader(tiny.root, "export")
    [row] = [line for line in (tiny.root / "grades.csv").read_text().splitlines() if "anunez" in line]
    assert ",9.0," in row
    assert "memo waits" in row


def test_two_people_of_one_name_are_never_taken_for_one(tiny, tmp_path):
    answers = loose(tmp_path / "hand-in")
    names = [f"lindqvistbo_{number}_900{number}_answers.jsonl" for number in (11, 12)]
    code, says = collect(tiny, zipped(tmp_path / "submissions.zip", dict.fromkeys(names, answers)), "--yes")
    assert code == 1
    assert says.count("two people go by the name of lindqvistbo") == 2
    assert not (tiny.root / "submitted").exists()
    mac = {names[0]: answers, f"__MACOSX/._{names[0]}": b"\0\5\26\7"}
    code, says = collect(tiny, zipped(tmp_path / "mac.zip", mac), "--yes")
    assert (code, "1 accepted" in says, "0 refused" in says) == (0, True, True)


def test_half_a_zip_is_refused_wherever_it_lies(tiny, tmp_path):
    whole = zipped(tmp_path / "whole.zip", {"answers.jsonl": loose(tmp_path / "hand-in")}).read_bytes()
    half = whole[: len(whole) // 2]
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "ana.zip").write_bytes(half)
    inside = zipped(tmp_path / "download.zip", {"Ana_7_assignsubmission_file_ana.zip": half})
    for place in (folder, folder / "ana.zip", inside):
        code, says = collect(tiny, place, "--yes")
        assert code == 1
        assert "it is no whole zip" in says


def test_a_roster_saved_by_a_spreadsheet_is_read_or_told_how_to_be_saved(tiny, tmp_path):
    roster = tmp_path / "people.csv"
    roster.write_text("id;name;email\nbo7;Lindqvist, Bo;bo@example.org\n", encoding="utf-8-sig")
    answers = zipped(
        tmp_path / "submissions.zip", {"Bo Lindqvist_7_assignsubmission_file_answers.jsonl": loose(tmp_path / "x")}
    )
    code, says = collect(tiny, answers, "--roster", roster)
    assert (code, "bo7" in says) == (0, True)
    roster.write_bytes("id,name\nana,Ana Núñez\n".encode("latin-1"))
    code, says = collect(tiny, answers, "--roster", roster)
    assert code == 2
    assert "CSV UTF-8" in says
