"""Progress on disk, the spaced review, and what a learner is told about their learning."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from conftest import ROOT
from paroleclinic import lines, review
from paroleclinic import progress as past
from paroleclinic.cli import app
from paroleclinic.course import Course
from paroleclinic.progress import Diary, Memory, Progress
from paroleclinic.review import Why
from paroleclinic.standing import calibration, counted, counting, gain, hours, share, steps, sure_and_wrong, terms_met

DAY = date(2026, 11, 25)


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path / "progress.jsonl")


def tried(question: str, verdict: str = "wrong", certainty: str = "", day: date = DAY) -> dict[str, object]:
    line = {"v": 1, "at": f"{day}T12:00:00.000Z", "did": "tried", "page": "x", "question": question, "verdict": verdict}
    return line | ({"certainty": certainty} if certainty else {})


def done(*entries: dict[str, object]) -> Progress:
    progress = Progress()
    for entry in entries:
        progress.take(entry)
    return progress


def test_what_was_done_is_there_after_a_restart(diary):
    diary.note("welcomed", name="Zoë Ł.", role="volunteer", language="en")
    diary.note("read", page="03-advance-parole", section="an-old-removal-order")
    diary.note("tried", page="03-advance-parole", question="ap-order", verdict="wrong", certainty="high")
    again = Diary(diary.path).progress()
    assert (again.name, again.pages) == ("Zoë Ł.", {"03-advance-parole": "an-old-removal-order"})
    assert again.last["ap-order"].certainty == "high"
    assert not again.last["ap-order"].right


def test_two_windows_see_what_the_other_wrote(diary):
    other = Diary(diary.path)
    diary.note("skipped", what="pre-test")
    assert other.progress().skipped == {"pre-test"}
    other.note("skipped", what="interview:a")
    assert diary.progress().skipped == {"pre-test", "interview:a"}
    assert diary.progress().lines == 2


def test_two_processes_writing_at_once_lose_nothing(diary):
    code = (
        "import sys; from pathlib import Path; from paroleclinic.progress import Diary\n"
        "diary = Diary(Path(sys.argv[1]))\n"
        "for n in range(60): diary.note('read', page=sys.argv[2], section=f's{n}')\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(diary.path), page]) for page in ("a", "b")]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert {page: len(seen) for page, seen in diary.progress().read.items()} == {"a": 60, "b": 60}


def test_a_line_in_the_making_is_read_once_it_is_whole(diary):
    diary.note("skipped", what="one")
    whole = json.dumps({"v": 1, "at": "2026-11-25T12:00:00.000Z", "did": "skipped", "what": "two"})
    with diary.path.open("a") as file:
        file.write(whole[:20])
    assert diary.progress().skipped == {"one"}
    with diary.path.open("a") as file:
        file.write(f"{whole[20:]}\n")
    assert diary.progress().skipped == {"one", "two"}
    assert diary.progress().problems == []


def test_a_torn_line_costs_itself_only(diary):
    diary.note("skipped", what="one")
    with diary.path.open("a") as file:
        file.write('{"v": 1, "did": "sk')  # a crash
    diary.note("skipped", what="two")
    assert diary.progress().skipped == {"one", "two"}
    assert len(diary.progress().problems) == 1


def test_a_deleted_file_is_a_fresh_start(diary):
    diary.note("skipped", what="one")
    assert diary.progress().skipped
    diary.path.unlink()
    assert Diary.progress(diary) == Progress()
    diary.note("skipped", what="two")
    assert diary.progress().skipped == {"two"}


HOSTILE = [
    b"[]", b"7", b'"x"', b"{}", b"\xff\xfe", b'{"did": "tried"}', b'{"at": 5, "did": "read"}',
    b'{"at": "yesterday", "did": "read", "page": "a", "section": "b"}',
    b'{"at": "2026-11-25T12:00:00Z", "did": "worked", "page": "a", "seconds": 1e999}',
    b'{"at": "2026-11-25T12:00:00Z", "did": "worked", "page": "a", "seconds": NaN}',
    b'{"at": "2026-11-25T12:00:00Z", "did": "reviewed", "card": "x", "day": "x", "due": "x", "stability": 1, "difficulty": 1}',
    b'{"at": "2026-11-25T12:00:00Z", "did": "tested", "form": "x", "marks": [1]}',
    b'{"at": "2026-11-25T12:00:00Z", "did": "graded", "unit": "u", "case": {}, "earned": 1, "points": 1}',
    b'{"at": "2026-11-25T12:00:00Z", "did": "reviewed", "card": "x", "day": "2026-11-25", "due": "2026-11-26", "stability": -1, "difficulty": 5}',
    b'{"at": "2026-11-25T12:00:00Z", "did": "consulted", "consultation": "c", "scene": "s", "ending": "splendid"}',
    b'{"at": "2026-11-25T12:00:00Z", "did": "told-tales"}', b"[" * 5000, b'{"a":' * 3000,
]  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_a_line_that_makes_no_sense_is_passed_over_and_named(diary, line):
    diary.note("skipped", what="one")
    with diary.path.open("ab") as file:
        file.write(line + b"\n")
    diary.note("skipped", what="two")
    assert diary.progress().skipped == {"one", "two"}
    assert len(diary.progress().problems) == 1


def test_an_hour_in_one_line_counts_as_five_minutes(diary):
    diary.note("worked", page="a", seconds=3600)
    diary.note("worked", page="a", seconds=-50)
    assert hours(diary.progress()) == 300 / 3600


def test_a_full_disk_is_said_and_earlier_lines_stay(diary, monkeypatch):
    diary.note("skipped", what="one")

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(lines.os, "write", full)
        with pytest.raises(lines.NotSaved, match="No space left"):
            diary.note("skipped", what="two")
    assert diary.progress().skipped == {"one"}


def test_only_what_was_missed_or_unsure_comes_back(tiny):
    progress = done(
        tried("missed"), tried("unsure", "right", "low"), tried("known", "right", "high"), tried("sure-wrong", "wrong", "high"),
        tried("case-question"),
    )  # fmt: skip
    deck = review.deck(progress, ["parole"], ["missed", "unsure", "known", "sure-wrong"])
    assert deck == {
        "question:missed": Why.MISSED,
        "question:unsure": Why.UNSURE,
        "question:sure-wrong": Why.SURE_AND_WRONG,
        "term:parole": Why.TERM,
    }


def test_sure_and_wrong_comes_first_and_new_words_last():
    progress = done(tried("missed"), tried("unsure", "right", "low"), tried("sure-wrong", "wrong", "high"))
    deck = review.deck(progress, [f"t{n}" for n in range(20)], ["missed", "unsure", "sure-wrong"])
    order = [one.card for one in review.waiting(progress, deck, DAY)]
    assert order[:3] == ["question:sure-wrong", "question:missed", "question:unsure"]
    assert len(order) == 3 + review.NEW_TERMS_A_DAY


@pytest.mark.parametrize(
    ("right", "tries", "certainty", "rating"),
    [
        (False, 1, "", 1), (False, 1, "high", 1), (True, 2, "high", 2), (True, 1, "low", 2),
        (True, 1, "", 3), (True, 1, "medium", 3), (True, 1, "high", 4),
    ],
)  # fmt: skip
def test_the_rating_follows_from_the_answer(right, tries, certainty, rating):
    assert review.rating(right=right, tries=tries, certainty=certainty) == rating


def test_a_better_rating_never_brings_a_card_back_sooner():
    memory = Memory(5.0, 5.0, DAY, DAY - timedelta(5), 2)
    dues = [review.review("term:x", memory, rating, DAY).due for rating in (1, 2, 3, 4)]
    assert dues == sorted(dues)
    assert DAY < dues[0] < dues[3]


def test_a_clock_set_back_neither_fails_nor_forgets():
    memory = Memory(5.0, 5.0, DAY + timedelta(9), DAY, 2)
    early = DAY - timedelta(400)
    assert 0 <= review.recall(memory, early) <= 1
    assert review.review("term:x", memory, 3, early).due > early


def year(terms: int = 40, seed: int = 0) -> tuple[Counter[date], Progress]:
    """A year of daily sessions over a deck of terms and missed questions; every seventh answer is missed."""
    names = [f"q{n}" for n in range(120)]
    progress = done(*(tried(name, day=DAY) for name in names))
    minutes: Counter[date] = Counter()
    for after in range(365):
        day = DAY + timedelta(after)
        deck = review.deck(progress, [f"t{n}" for n in range(terms)], names)
        for number, one in enumerate(review.session(review.waiting(progress, deck, day))):
            rating = 1 if (number + after + seed) % 7 == 0 else 3
            left = review.review(one.card, progress.memory.get(one.card), rating, day)
            progress.take({"at": f"{day}T12:00:00.000Z", "did": "reviewed", **left.entry()})
            minutes[day] += review.MINUTES[one.card.partition(":")[0]]
    return minutes, progress


def test_a_year_of_daily_sessions_stays_at_ten_minutes_and_keeps_what_was_learned():
    minutes, progress = year()
    assert max(minutes.values()) <= review.MINUTES_A_DAY
    last = DAY + timedelta(364)
    known = [review.recall(memory, last) for memory in progress.memory.values()]
    assert len(known) == 160
    assert sum(known) / len(known) > 0.85
    assert sum(minutes.values()) / 365 < review.MINUTES_A_DAY / 2  # the load falls as things are known


def test_the_same_reviews_give_the_same_days():
    assert year(5)[1].memory == year(5)[1].memory


def test_calibration_counts_first_answers_and_the_first_sitting_of_a_test():
    progress = done(
        tried("a", "wrong", "high"), tried("a", "right", "high"), tried("b", "right", "high"), tried("c", "right")
    )
    progress.tests["pre-test"] = [
        past.Tested("pre-test", {"x": "wrong", "y": "wrong"}, {"x": "high", "y": "low"}, DAY),
        past.Tested("pre-test", {"x": "right", "y": "wrong"}, {"x": "high", "y": "low"}, DAY),
    ]
    found = calibration(progress)
    assert {sure: (one.right, one.of) for sure, one in found.items()} == {
        "low": (0, 1),
        "medium": (0, 0),
        "high": (1, 3),
    }


def test_sure_and_wrong_stays_until_it_is_answered_right():
    progress = done(
        tried("a", "wrong", "high"), tried("b", "wrong", "high"), tried("b", "right"), tried("c", "wrong", "low")
    )
    assert [one.question for one in sure_and_wrong(progress)] == ["a"]


@given(st.integers(0, 30), st.integers(1, 30))
def test_an_interval_holds_its_share_and_stays_within_0_and_1(right, more):
    one = share(right, right + more)
    assert 0 <= one.low <= one.share <= one.high <= 1


def test_wilsons_and_newcombes_intervals_are_those_of_the_books():
    one = share(10, 20)  # Wilson 1927
    assert (round(one.low, 4), round(one.high, 4)) == (0.2993, 0.7007)
    two = gain(share(48, 80), share(56, 70))  # Newcombe 1998, example (a) of table II, method 10: 0.0524 to 0.3339
    assert (round(two.low, 3), round(two.high, 3)) == (0.052, 0.334)
    assert two.told_from_chance


def test_the_sitting_that_counts_is_the_first_and_not_the_practice_after_it():
    def sitting(form: str, verdicts: str) -> past.Tested:
        words = {"r": "right", "w": "wrong", "-": "blank"}
        return past.Tested(form, {str(n): words[v] for n, v in enumerate(verdicts)}, {}, DAY)

    assert counting([]) is None
    assert counting([sitting("post-test", "----")]) is None
    first, later = sitting("post-test", "rw--"), sitting("post-test", "rrrr")  # Finish opens the keys
    assert counting([sitting("post-test", "----"), first, later]) is first
    peek, whole, again = sitting("pre-test", "r---"), sitting("pre-test", "rwww"), sitting("pre-test", "rrrr")
    assert counting([peek, whole, again]) is whole
    assert counting([peek]) is peek


def test_what_was_sure_and_wrong_is_an_ordinary_card_once_it_was_put_right():
    progress = done(tried("a", "wrong", "high"), tried("a", "right", "high"), tried("b", "wrong", "high"))
    assert review.deck(progress, [], ["a", "b"]) == {"question:a": Why.MISSED, "question:b": Why.SURE_AND_WRONG}


def test_the_first_look_at_a_key_stays_beside_the_last():
    def look(earned: int) -> dict[str, object]:
        return {
            "at": "2026-11-25T12:00:00.000Z",
            "did": "graded",
            "unit": "u",
            "case": "c",
            "earned": earned,
            "points": 9,
        }

    progress = done(look(4), look(9))
    assert (progress.first_looks["c"].earned, progress.cases["c"].earned) == (4, 9)


def test_only_words_that_a_lesson_says_are_its_words():
    found = Course(ROOT).terms_by_lesson
    assert "convention-against-torture" not in found["11-keeping-current"]  # its acronym stands inside "location"
    assert all(
        "form-i-9" not in terms or "I-9" in (ROOT / f"notebooks/{lesson}.ipynb").read_text()
        for lesson, terms in found.items()
    )


def test_a_small_gain_is_not_told_from_chance():
    before = past.Tested("pre-test", {f"q{n}": "right" if n < 10 else "wrong" for n in range(24)}, {}, DAY)
    after = past.Tested("post-test", {f"p{n}": "right" if n < 13 else "wrong" for n in range(24)}, {}, DAY)
    found = gain(counted(before), counted(after))
    assert found.gain == pytest.approx(3 / 24)
    assert not found.told_from_chance
    assert found.low < 0 < found.high


def test_a_lesson_is_done_when_each_question_was_answered_right_once(tiny):
    asked = {"01-bridges": ["br-night", "br-fee"]}
    half = done(tried("br-night", "right"), tried("br-fee"))
    [step] = steps(tiny.outline, half, asked)
    assert (step.right, step.questions, step.done, step.minutes) == (1, 2, False, 2)
    [step] = steps(tiny.outline, done(tried("br-night", "right"), tried("br-night"), tried("br-fee", "right")), asked)
    assert (step.done, step.minutes) == (True, 0)
    assert terms_met([step], {"01-bridges": ["gate"]}) == ["gate"]


def test_the_questions_and_words_of_a_lesson_are_found_without_reading_the_bank():
    course = Course(ROOT)
    for lesson in course.outline.lessons:
        bank = [
            q.id
            for path in course.question_paths
            if path.stem == lesson.id
            for q in course.question_file(path).questions
        ]
        assert sorted(course.questions_by_lesson[lesson.id]) == sorted(bank)
    assert "advance-parole" in course.terms_by_lesson["03-advance-parole"]


def run(course: Course, *words: str, **more: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*words, "--course", str(course.root)], **more)
    return result.exit_code, result.output


def test_progress_in_the_terminal_is_shown_copied_and_deleted(tiny, tmp_path):
    assert "Nothing has been done" in run(tiny, "progress")[1]
    assert run(tiny, "progress", "export", str(tmp_path / "copy"))[0] == 1
    Diary(tiny.root / "progress.jsonl").note(
        "tried", page="01-bridges", question="br-night", verdict="right", certainty="high"
    )
    code, says = run(tiny, "progress")
    assert (code, "Bridges" in says, "1 of 2" in says, "certainty was high: 1 of 1" in says) == (0, True, True, True)
    assert run(tiny, "progress", "export", str(tmp_path / "copy"))[0] == 0
    assert (tmp_path / "copy").read_bytes() == (tiny.root / "progress.jsonl").read_bytes()
    assert run(tiny, "progress", "export", str(tmp_path / "copy"))[0] == 2  # nothing is written over
    assert run(tiny, "progress", "delete", input="n\n")[0] == 1
    assert (tiny.root / "progress.jsonl").exists()
    assert run(tiny, "progress", "delete", "--yes")[0] == 0
    assert not (tiny.root / "progress.jsonl").exists()
