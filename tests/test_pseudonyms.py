"""Pseudonyms: the same for the same learner, told apart among thousands, made once however many ask at once, and turned back."""

from __future__ import annotations

import base64
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from conftest import ROOT, hand_in
from paroleclinic.cli import app
from paroleclinic.course import Course
from paroleclinic.gradebook.book import Book
from paroleclinic.pseudonyms import FILE_NAME, Pseudonyms

SECRET = "5e" * 32


def with_secret(root: Path, secret: str = SECRET) -> Pseudonyms:
    (root / FILE_NAME).write_text(f"{secret}\n")
    return Pseudonyms(root)


def who(course: Course, *codes: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["who", *codes, "--course", str(course.root)], env={"COLUMNS": "200"})
    assert "Traceback" not in result.output
    return result.exit_code, result.output


def test_the_same_learner_has_the_same_one_and_it_says_nothing(tmp_path):
    one = Pseudonyms(tmp_path).of("abecker")
    assert re.fullmatch(r"L-[A-Z2-7]{8}", one)
    assert Pseudonyms(tmp_path).of("abecker") == one != Pseudonyms(tmp_path).of("abecker2")


def test_another_course_or_a_lost_secret_gives_another_one(tmp_path):
    one = Pseudonyms(tmp_path).of("abecker")
    (tmp_path / FILE_NAME).unlink()
    assert Pseudonyms(tmp_path).of("abecker") != one


def test_the_secret_is_for_its_owner_alone(tmp_path):
    Pseudonyms(tmp_path).of("abecker")
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_ten_thousand_learners_are_told_apart(tmp_path):
    """Forty bits: two of 10,000 meet once in about 22,000 courses. With thirty bits it was once in 22."""
    names = with_secret(tmp_path)
    assert len({names.of(f"learner-{number:05}") for number in range(10_000)}) == 10_000


def test_two_who_share_one_by_chance_are_both_named(tmp_path, monkeypatch):
    monkeypatch.setattr("paroleclinic.pseudonyms.LENGTH", 1)
    names = with_secret(tmp_path)
    learners = [f"learner-{number}" for number in range(40)]
    assert any(len(names.whose(names.of(one), learners)) > 1 for one in learners)
    assert all(one in names.whose(names.of(one), learners) for one in learners)


def test_odd_ids_have_one_too(tmp_path):
    names = with_secret(tmp_path)
    odd = ["", "María López", "=1+1", "\udcff", "a\nb", "x" * 5000]
    assert len({names.of(one) for one in odd}) == len(odd)


def test_many_threads_that_need_it_first_agree(tmp_path):
    for number in range(20):
        root = tmp_path / str(number)
        root.mkdir()
        with ThreadPoolExecutor(16) as pool:
            found = set(pool.map(lambda _, root=root: Pseudonyms(root).of("ana"), range(16)))
        assert len(found) == 1
        assert [path.name for path in root.iterdir()] == [FILE_NAME]


def test_many_processes_that_need_it_first_agree(tmp_path):
    code = f"from pathlib import Path; from paroleclinic.pseudonyms import Pseudonyms; print(Pseudonyms(Path({str(tmp_path)!r})).of('ana'))"
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert len({one.communicate(timeout=60)[0] for one in running}) == 1


def test_where_no_links_can_be_made_the_secret_is_kept_all_the_same(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    one = Pseudonyms(tmp_path).of("ana")
    assert Pseudonyms(tmp_path).of("ana") == one
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("text", ["", "\n", "short"])
def test_a_file_without_a_secret_is_named_and_not_written_over(tmp_path, text):
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(OSError, match="holds no secret; delete it, and all get new pseudonyms"):
        Pseudonyms(tmp_path).of("ana")
    assert (tmp_path / FILE_NAME).read_text() == text


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tiny):
    (tiny.root / FILE_NAME).mkdir()
    code, says = who(tiny, "L-AAAAAAAA")
    assert (code, f"{FILE_NAME} could not be read or written" in says) == (1, True), says


def test_git_never_takes_the_secret():
    assert f"{FILE_NAME}*" in (ROOT / ".gitignore").read_text().splitlines()


def test_who_turns_a_pseudonym_back_for_everybody_known(tiny):
    names = with_secret(tiny.root)
    case = tiny.scenario("first-crossing")
    hand_in(tiny, "abecker", case, {})
    for place in ("collected/bo7/bridges/v", "regraded/batch-1/zoë/bridges", "feedback/=cmd/bridges"):
        (tiny.root / place).mkdir(parents=True)
    for learner in ("abecker", "bo7", "zoë", "=cmd"):
        assert who(tiny, names.of(learner)) == (0, f"{names.of(learner)} is {learner}\n")
    assert who(tiny, names.of("abecker").lower())[0] == 0
    assert who(tiny, names.of("abecker").removeprefix("L-"), names.of("bo7"))[1].count(" is ") == 2
    assert not (tiny.root / "gradebook.db").exists()


def test_who_knows_names_from_the_gradebook(tiny):
    names = with_secret(tiny.root)
    row = {"id": "mlopez", "first": "María", "last": "López\x1b[31m"}
    with Book(tiny.root) as book:
        book.change(
            lambda db: db.execute(
                text("INSERT INTO student (id, first_name, last_name) VALUES (:id, :first, :last)"), row
            )
        )
    assert who(tiny, names.of("mlopez")) == (0, f"{names.of('mlopez')} is mlopez, María López\\x1b[31m\n")


def test_who_says_when_nobody_has_it_and_makes_no_secret(tiny):
    code, says = who(tiny, "L-AAAAAAAA")
    assert (code, says) == (1, f"There is no {FILE_NAME} here, so no pseudonym was ever made in this folder.\n")
    assert not (tiny.root / FILE_NAME).exists()
    with_secret(tiny.root)
    code, says = who(tiny, "L-AAAAAAAA\x1b[31m")
    assert (code, "nobody in the gradebook" in says, "\x1b" in says) == (1, True, False)


def test_thirty_bits_would_have_met_among_ten_thousand_in_one_course_of_about_twenty_two():
    """Why LENGTH is 8: the odds, from the birthday of n things in N boxes, n(n-1)/2N."""
    odds = {length: 10_000 * 9_999 / 2 / 32**length for length in (6, 8)}
    assert len(base64.b32encode(b"\0" * 5)) == 8
    assert 1 / odds[6] == pytest.approx(21.5, abs=0.5)
    assert 1 / odds[8] == pytest.approx(22_000, rel=0.01)
