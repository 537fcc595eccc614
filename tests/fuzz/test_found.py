"""What fuzzing found, and what no small file of the corpus shows: time and memory without end, and work put with somebody else's."""

from __future__ import annotations

import json
import stat
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from guard import watched
from mutations import zipped

from conftest import RULE
from paroleclinic.answers import FILE_NAME, LARGEST_FILE, NotReadable, read_answers
from paroleclinic.collecting import Found, Refused, read
from paroleclinic.filing import file_away
from paroleclinic.law import Rule
from paroleclinic.lines import MOST_PROBLEMS
from paroleclinic.progress import Diary
from paroleclinic.reading import Problems
from paroleclinic.reading import read as read_entry

NOW = datetime(2026, 11, 26, tzinfo=UTC)
UNITS = {"first-crossing": "bridges"}
ANSWER = b'{"v": 1, "case": "first-crossing", "question": "when", "answer": "morning"}\n'
DONE = b'{"v": 1, "at": "2026-11-24T10:15:30.123Z", "did": "opened", "page": "01-bridges"}\n'


def collected(path: Path, data: bytes) -> list[Found | Refused]:
    path.write_bytes(data)
    with watched(cpu=6):
        return list(read(path, UNITS, NOW))


def whys(found: list[Found | Refused]) -> list[str]:
    return [one.why for one in found if isinstance(one, Refused)]


def test_in_a_flat_download_nobody_gets_the_notebook_of_another(tmp_path):
    names = ("ana_1_2", "bo_3_4")
    files = [
        (f"{name}_{file}", data)
        for name in names
        for file, data in (("answers.jsonl", ANSWER), ("x.ipynb", name.encode()))
    ]
    found = collected(tmp_path / "submissions.zip", zipped(files))
    assert {one.who[0]: dict(one.notebooks) for one in found} == {
        "ana": {"x.ipynb": b"ana_1_2"},
        "bo": {"x.ipynb": b"bo_3_4"},
    }


def test_a_damaged_notebook_costs_no_answers(tmp_path):
    made = zipped([("bo_3_4_x.ipynb", b"{}"), ("ana_1_2_answers.jsonl", ANSWER), ("bo_3_4_answers.jsonl", ANSWER)])
    at = made.index(b"PK\x01\x02") + 16
    found = collected(tmp_path / "submissions.zip", made[:at] + bytes([made[at] ^ 1]) + made[at + 1 :])
    assert [(one.who[0], dict(one.notebooks)) for one in found] == [("ana", {}), ("bo", {})]


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_way_of_packing_that_unpacks_without_a_limit_is_refused(tmp_path, kind):
    assert (
        "packed in a way"
        in whys(collected(tmp_path / "x.zip", zipped([("bo/answers.jsonl", b"\n" * 900_000 + ANSWER)], kind)))[0]
    )


def test_a_zip_whose_files_lie_over_one_another_is_refused_before_it_is_unpacked(tmp_path):
    one = zipped([("a/answers.jsonl", b"\n" * 900_000)])
    with zipfile.ZipFile(BytesIO(one)) as archive:
        start = archive.start_dir
    head = one[start : one.rindex(b"PK\x05\x06")]
    list_of_files = b"".join(
        head.replace(b"a/answers.jsonl", f"{number:04}/answers.js"[:15].encode()) for number in range(1500)
    )
    count = (1500).to_bytes(2, "little")
    end = (
        b"PK\x05\x06"
        + bytes(4)
        + count * 2
        + len(list_of_files).to_bytes(4, "little")
        + start.to_bytes(4, "little")
        + bytes(2)
    )
    assert whys(collected(tmp_path / "x.zip", one[:start] + list_of_files + end)) == ["its files lie over one another"]


def test_zips_in_a_zip_unpack_no_further_than_one_download_may(tmp_path, monkeypatch):
    monkeypatch.setattr("paroleclinic.collecting.MOST_BYTES_INSIDE", 3_000_000)
    blanks = b"\n" * 900_000
    greedy = zipped([(f"{number}.txt", blanks) for number in range(20)])
    mine = zipped([("answers.jsonl", ANSWER)])
    found = collected(
        tmp_path / "x.zip",
        zipped([("Eva_1_assignsubmission_file_/a.zip", greedy), ("Bo_2_assignsubmission_file_/b.zip", mine)]),
    )
    refused = {one.why for one in found if isinstance(one, Refused) and not one.foreign}
    assert refused == {"it would unpack to far more than it holds"}
    assert [one.who for one in found if isinstance(one, Found)] == [("Bo", "moodle:2")]


def test_many_small_files_that_unpack_to_far_more_than_they_hold_are_refused(tmp_path):
    steep = zipped([(f"{number}/answers.jsonl", b"   \n" * 240_000) for number in range(30)])
    assert whys(collected(tmp_path / "x.zip", steep)) == ["it would unpack to far more than it holds"]


def test_a_file_of_blank_lines_is_refused_before_they_are_read(tmp_path):
    [no] = collected(tmp_path / FILE_NAME, ANSWER + b"\n" * 3_000_000)
    assert isinstance(no, Refused)
    assert "too short" in no.why
    assert collected(tmp_path / FILE_NAME, ANSWER + b"\n" * 900)[0].where == FILE_NAME


def test_a_zip_that_says_it_lies_on_several_disks_is_refused(tmp_path):
    made = zipped([("answers.jsonl", ANSWER)])
    end = made.rindex(b"PK\x05\x06")
    several = made[:end] + b"PK\x06\x07" + bytes(12) + (2).to_bytes(4, "little") + made[end:]
    assert whys(collected(tmp_path / "x.zip", several)) == ["the zip is damaged (BadZipFile); ask for it again"]
    assert len(whys(list(read(tmp_path, UNITS, NOW)))) == 1


def test_folders_within_folders_end(tmp_path):
    place = tmp_path
    for _ in range(60):
        place = place / "d"
        place.mkdir()
    assert "folders" in whys(list(read(tmp_path, UNITS, NOW)))[0]


def test_a_zip_with_an_entry_for_the_folder_itself_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        head = zipfile.ZipInfo("./")
        head.external_attr = (stat.S_IFDIR | 0o755) << 16
        archive.writestr(head, b"")
        archive.writestr("./answers.jsonl", ANSWER)
    assert [one.unit for one in read(tmp_path / "x.zip", UNITS, NOW)] == ["bridges"]


def test_names_that_cannot_be_shown_come_as_one_line(tmp_path):
    manifest = {
        "unit": "bridges",
        "name": "A\nn\x1b[2Ja \ud83d",
        "at": "2026-11-25T09:00:00Z",
        "files": {"x\n" * 5000: "0"},
    }
    [no] = collected(tmp_path / "a.zip", zipped([("manifest.json", json.dumps(manifest).encode())]))
    assert "is not there" in no.why
    assert no.why.isprintable()
    assert len(no.why) < 400
    manifest |= {"unit": "../../out", "files": {}}
    [no] = collected(tmp_path / "b.zip", zipped([("manifest.json", json.dumps(manifest).encode())]))
    assert no.why.startswith("it holds no answers.jsonl; ask the learner")


def test_a_unit_that_is_not_of_the_course_is_refused_where_it_is_read(tmp_path):
    from hashlib import sha256

    manifest = {
        "unit": "../out",
        "name": "Ana",
        "at": "2026-11-25T09:00:00Z",
        "files": {f"x/{FILE_NAME}": sha256(ANSWER).hexdigest()},
    }
    manifest["unit"] = "x"
    [no] = collected(
        tmp_path / "x.zip", zipped([("manifest.json", json.dumps(manifest).encode()), (f"x/{FILE_NAME}", ANSWER)])
    )
    assert isinstance(no, Refused)
    assert no.why == "this course has no unit 'x'"


def test_a_clock_set_to_the_year_999_is_not_the_latest(tmp_path):
    late = Found("", "bridges", ("Ana",), datetime(2026, 11, 25, tzinfo=UTC), ANSWER)
    early = replace(late, at=datetime(999, 1, 1, tzinfo=UTC), answers=ANSWER * 2)
    file_away(tmp_path, [(early, "ana"), (late, "ana")])
    assert (tmp_path / "submitted/ana/bridges" / FILE_NAME).read_bytes() == ANSWER
    file_away(tmp_path / "b", [(early, "ana")])
    assert (tmp_path / "b/submitted/ana/bridges/timestamp.txt").read_text() == "0999-01-01 00:00:00.000000 UTC\n"


def test_a_notebook_whose_name_no_disk_takes_is_left_out(tmp_path):
    long = "\U0001d400" * 80 + ".ipynb"
    file_away(tmp_path, [(Found("", "bridges", ("Ana",), NOW, ANSWER, {long: b"{}", "x.ipynb": b"{}"}), "ana")])
    assert {path.name for path in (tmp_path / "submitted/ana/bridges").iterdir()} == {
        FILE_NAME,
        "timestamp.txt",
        "x.ipynb",
    }


@pytest.mark.parametrize("line", [b"1\n", b"{}\n"])
def test_a_file_full_of_lines_that_are_no_answers_is_read_in_seconds_and_names_some_of_them(tmp_path, line):
    path = tmp_path / FILE_NAME
    path.write_bytes(ANSWER + line * ((LARGEST_FILE - 1000) // len(line)))
    with watched(cpu=8):
        found = read_answers(path)
    assert found.of("first-crossing") == {"when": "morning"}
    assert len(found.problems) <= MOST_PROBLEMS + 2
    path.write_bytes(line * 1000)
    with pytest.raises(NotReadable):
        read_answers(path)


def test_progress_names_the_line_of_the_file_and_not_of_what_is_new(tmp_path):
    path = tmp_path / "progress.jsonl"
    path.write_bytes(DONE + b"\n" + DONE)
    diary = Diary(path)
    assert diary.progress().lines == 2
    with path.open("ab") as file:
        file.write(DONE + b"torn\n" + b'{"v": 1}\n')
    assert diary.progress().problems == ["line 5 is cut off or not JSON", "line 6 is not of this course ('at')"]


def test_a_moment_that_the_system_cannot_place_costs_only_its_line(tmp_path, monkeypatch):
    import paroleclinic.progress as module

    class Clock(datetime):  # Windows: moments before 1970 have no local time
        def astimezone(self, tz=None):
            if self.year < 1970:
                raise OSError(22, "Invalid argument")
            return super().astimezone(tz)

    monkeypatch.setattr(module, "datetime", Clock)
    path = tmp_path / "progress.jsonl"
    path.write_bytes(DONE.replace(b"2026", b"1960") + DONE)
    found = Diary(path).progress()
    assert found.lines == 1
    assert found.problems == ["line 1 is not of this course ([Errno 22] Invalid argument)"]


def test_half_an_entry_leaves_nothing_behind(tmp_path):
    path = tmp_path / "progress.jsonl"
    path.write_bytes(DONE.replace(b'"opened", "page": "01-bridges"', b'"handed-in", "unit": "bridges", "code": "K"'))
    assert Diary(path).progress().handed_in == {}
    path.write_bytes(DONE.replace(b'"opened", "page": "01-bridges"', b'"welcomed", "name": "Ana", "role": "x"'))
    assert Diary(path).progress().name == ""


@pytest.mark.parametrize(
    ("was", "becomes", "line", "says"),
    [
        ("from: 2026-01-01", "from: 2026-02-30", 4, "day is out of range"),
        ("high", "!!int ''", 7, "not valid YAML"),
        ("high", "\x07", 7, "unacceptable character"),
        ("high", "[" * 5000, 7, "within one another"),
        ("high", "{a: " * 60 + "}" * 60, 7, "within one another"),
        ("high", "&x high", 7, "anchor or alias"),
        ("high", "*x", 7, "anchor or alias"),
        ("title: A rule", f"title: A rule\n{'x' * 900}: b", 3, "…"),
        ("high", '"\\ud83d"', 7, "confidence"),
    ],
)  # fmt: skip
def test_yaml_that_ruamel_stumbles_over_is_a_problem_with_its_line(tmp_path, was, becomes, line, says):
    path = tmp_path / "a-rule.yaml"
    path.write_bytes(RULE.replace(was, becomes, 1).encode())
    with watched(), pytest.raises(Problems) as caught:
        read_entry(path, Rule, "law/a-rule.yaml")
    [problem] = caught.value.problems
    assert (problem.path, problem.line) == ("law/a-rule.yaml", line)
    assert says in problem.says
    assert problem.says.isprintable()
    assert len(problem.says) < 400
