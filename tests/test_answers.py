"""Answers on disk are never lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from paroleclinic import lines as module
from paroleclinic.answers import NotReadable, read_answers, record, record_event
from paroleclinic.lines import NotSaved, stamp

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "answers.jsonl"


def test_the_last_line_for_a_question_counts_and_earlier_ones_are_tries(path):
    for value in ("a", "b", "c"):
        record(path, AT, "case", "q", value)
    found = read_answers(path)
    assert found.of("case") == {"q": "c"}
    assert found.tries["case", "q"] == 3
    assert path.read_bytes().count(b"\n") == 3


def test_a_moment_is_written_in_utc():
    assert stamp(AT) == "2026-11-24T10:00:00.000Z"


def test_opened_and_shown_are_kept_apart_from_answers(path):
    record_event(path, AT, "case", "opened")
    found = read_answers(path)
    assert found.happened("case", "opened")
    assert not found.happened("case", "shown")
    assert found.of("case") == {}


def test_a_torn_line_costs_only_itself(path):
    record(path, AT, "case", "one", "kept")
    with path.open("ab") as file:
        file.write(b'{"v": 1, "case": "case", "question": "two", "ans')
    record(path, AT, "case", "three", "kept too")
    found = read_answers(path)
    assert found.of("case") == {"one": "kept", "three": "kept too"}
    assert found.problems == ["line 2 is cut off or not JSON"]


def test_a_wrong_clock_changes_nothing_since_order_counts(path):
    record(path, AT.replace(year=2040), "case", "q", "first")
    record(path, AT.replace(year=1999), "case", "q", "last")
    assert read_answers(path).of("case") == {"q": "last"}


def test_two_writers_at_once_lose_nothing(path):
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, timezone; from paroleclinic.answers import record\n"
        "for n in range(150): record(Path(sys.argv[1]), datetime.now(timezone.utc), 'case', f'{sys.argv[2]}-{n}', 'x' * 300)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("tab-1", "tab-2")]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    found = read_answers(path)
    assert len(found.of("case")) == 300
    assert found.problems == []


def test_killed_in_the_middle_of_saving_no_earlier_answer_is_lost(path):
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, timezone; from paroleclinic.answers import record\n"
        "n = 0\n"
        "while True:\n"
        "    record(Path(sys.argv[1]), datetime.now(timezone.utc), 'case', f'q{n}', 'x' * 900)\n"
        "    n += 1; print(n, flush=True)"
    )
    for _ in range(5):
        writer = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
        time.sleep(0.4)
        writer.kill()
        told, _ = writer.communicate()
        said = int(told.split()[-1]) if told.split() else 0
        kept = read_answers(path).of("case")
        assert all(f"q{n}" in kept for n in range(said))
    record(path, AT, "case", "after", "still works")
    assert read_answers(path).of("case")["after"] == "still works"


@pytest.mark.parametrize("fails_at", range(1, 5))
def test_a_disk_that_fills_up_takes_back_the_half_line_and_says_not_saved(path, monkeypatch, fails_at):
    record(path, AT, "case", "one", "kept")
    before = path.read_bytes()
    calls = {"n": 0}
    real = os.write

    def write(handle, data):
        calls["n"] += 1
        if calls["n"] >= fails_at:
            raise OSError(28, "No space left on device")
        return real(handle, data[:7])

    monkeypatch.setattr(module.os, "write", write)
    with pytest.raises(NotSaved, match="No space left"):
        record(path, AT, "case", "two", "lost")
    assert path.read_bytes() == before


def test_a_save_that_cannot_reach_the_disk_is_not_called_saved(path, monkeypatch):
    def fsync(_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(module.os, "fsync", fsync)
    with pytest.raises(NotSaved):
        record(path, AT, "case", "q", "x")


def test_a_folder_that_is_not_there_is_a_clear_no(tmp_path):
    with pytest.raises(NotSaved, match="No such file"):
        record(tmp_path / "none" / "answers.jsonl", AT, "case", "q", "x")


def test_where_a_folder_stands_in_place_of_the_file_the_answer_is_not_saved(path):
    path.mkdir()
    with pytest.raises(NotSaved):
        record(path, AT, "case", "q", "x")


@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"\xff\xfe" * 100, b"[]\n", b"{}\n", b'{"case": 1}\n'])
def test_a_file_without_a_single_answer_is_not_readable(path, content):
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NotReadable):
        read_answers(path)


def test_a_link_is_not_followed(path, tmp_path):
    other = tmp_path / "other.jsonl"
    record(other, AT, "case", "q", "x")
    path.symlink_to(other)
    with pytest.raises(NotReadable):
        read_answers(path)


def test_a_file_of_fifty_megabytes_is_refused_at_once(path):
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(NotReadable, match="50 MB"):
        read_answers(path)


def test_an_endless_line_is_passed_over(path):
    record(path, AT, "case", "q", "kept")
    with path.open("ab") as file:
        file.write(b'{"case": "' + b"x" * 5_000_000 + b'"}\n')
    record(path, AT, "case", "r", "kept too")
    found = read_answers(path)
    assert found.of("case") == {"q": "kept", "r": "kept too"}
    assert found.problems == ["line 2 is longer than 200,000 bytes"]


def test_deep_nesting_is_passed_over(path):
    record(path, AT, "case", "q", "kept")
    with path.open("ab") as file:
        file.write(b"[" * 90_000 + b"\n")
    assert read_answers(path).of("case") == {"q": "kept"}


def test_every_language_survives(path):
    text = 'María "ناصر" 李\u2028\u200b\U0001f600\n\\'
    record(path, AT, "case", "q", text)
    assert read_answers(path).of("case")["q"] == text
    assert all(json.loads(line) for line in path.read_text("ascii").splitlines())


def test_a_lone_surrogate_is_passed_over_since_no_page_can_show_it(path):
    record(path, AT, "case", "q", "kept")
    record(path, AT, "case", "r", "\ud83d")
    found = read_answers(path)
    assert found.of("case") == {"q": "kept"}
    assert found.problems == ["line 2 is not UTF-8 text"]
