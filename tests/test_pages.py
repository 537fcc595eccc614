"""The pages that Python draws and redraws, played message by message as the page sends them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from conftest import SAMPLES, copy_of_tiny
from paroleclinic.answers import FILE_NAME, record
from paroleclinic.course import Course
from paroleclinic.lines import NotSaved
from paroleclinic.progress import Diary
from paroleclinic.widgets import place
from paroleclinic.widgets.consultation import consultations
from paroleclinic.widgets.home import home
from paroleclinic.widgets.interview import meet
from paroleclinic.widgets.learning import my_progress
from paroleclinic.widgets.lesson import quiz
from paroleclinic.widgets.pages import Panel
from paroleclinic.widgets.questions import Questions
from paroleclinic.widgets.review import daily_review

DAY = date(2026, 11, 25)


@pytest.fixture
def course(tmp_path, monkeypatch) -> Course:
    """The tiny course with an interview and a word, as a learner stands in it."""
    made = copy_of_tiny(tmp_path / "tiny")
    with (made.root / "scenarios/bridges/first-crossing.yaml").open("a") as file:
        file.write((SAMPLES / "interview.yaml").read_text())
    (made.root / "glossary").mkdir()
    (made.root / "glossary/bridge.yaml").write_text(
        "id: bridge\nterm: Bridges\nsays: Ways over water.\nconfused: A ferry.\nrules: [bridge-fee]\n"
    )
    monkeypatch.chdir(made.root / "notebooks")
    return made


@pytest.fixture
def diary(course) -> Diary:
    return place.diary()


def tell(panel: Panel | Questions, do: str, **more: object) -> dict[str, object]:
    """What the page hears when it sends this."""
    heard: list[dict[str, object]] = []
    panel.send = heard.append  # type: ignore[method-assign]
    panel._on_message(None, {"do": do, "n": 1, **more}, None)
    return heard[0] if heard else {}


class Tags(HTMLParser):
    VOID = ("input", "br", "img", "meta", "hr")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.odd: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.odd.append(tag)


def whole(html: object) -> str:
    """The HTML, once its tags are seen to be balanced."""
    tags = Tags()
    tags.feed(str(html))
    assert (tags.open, tags.odd) == ([], [])
    return str(html)


def test_the_first_visit_is_a_welcome_and_then_the_pre_test_can_be_skipped(diary):
    page = home()
    assert "What is written down, and where" in whole(page.html)
    html = whole(tell(page, "welcome", given={"name": " Ana <i>P.</i> ", "role": "hacker"})["html"])
    assert "Ana &lt;i&gt;P.&lt;/i&gt;" in html
    assert "Take the pre-test" in html
    assert diary.progress().role == "other"
    assert "Take the pre-test" not in whole(tell(page, "skip")["html"])
    assert "What is written down" not in home().html


def test_home_shows_what_is_done_and_what_is_due(diary):
    diary.note("welcomed", name="Ana", role="volunteer", language="en")
    page = home()
    ask = quiz("br-night", "br-fee")
    tell(ask, "check", id="br-night", value="dark", sure="high", hints=0)
    tell(ask, "check", id="br-fee", value="10", sure="high", hints=1)
    html = whole(tell(page, "open")["html"])
    assert "1 of 2 answered right" in html
    assert "2</strong> to review today" in html  # the missed question, and the word of the lesson
    assert [(one.question, one.right, one.certainty, one.hints) for one in diary.progress().tries] == [
        ("br-night", True, "high", 0),
        ("br-fee", False, "high", 1),
    ]


def test_a_blank_is_no_try_and_a_near_twin_counts_for_its_question(diary):
    ask = quiz("br-night")
    tell(ask, "check", id="br-night", value=None)
    assert diary.progress().tries == []
    missed = tell(ask, "check", id="br-night", value="noon")
    assert missed["twin"]["id"] == "br-night-again"
    assert "because" not in json.dumps(missed["twin"])
    assert "twin" not in tell(ask, "check", id="br-night-again", value="shut")
    assert [(one.question, one.right) for one in diary.progress().tries] == [("br-night", False), ("br-night", True)]


def test_hints_lead_from_the_lesson_to_the_rule_and_never_to_the_key(course):
    ask = quiz("br-night")
    first, second = tell(ask, "hint", id="br-night", value=0), tell(ask, "hint", id="br-night", value=1)
    assert ("Opening hours" in first["html"], first["more"]) == (True, True)
    assert ("No crossing at night" in second["html"], second["more"]) == (True, False)
    for odd in (99, -1, "x", None):
        assert "The code closes it" not in tell(ask, "hint", id="br-night", value=odd)["html"]


@pytest.mark.parametrize("message", [{"id": "zzz"}, {"id": "br-night", "do": "peek"}, {"id": None}])
def test_a_message_that_makes_no_sense_is_answered_with_nothing(course, message):
    assert tell(quiz("br-night"), message.pop("do", "check"), **message)["re"] == "nothing"


def test_handing_in_shows_a_receipt_and_needs_a_name(course, diary):
    diary.note("welcomed", name="", role="volunteer", language="en")
    assert "Once you have answered something" in home().html
    record(course.root / "exercises/bridges" / FILE_NAME, place.now(), "first-crossing", "when", "morning")
    page = home()
    assert "Write your name" in tell(page, "hand-in", given={"unit": "bridges", "name": " "})["trouble"]
    answer = tell(page, "hand-in", given={"unit": "bridges", "name": "Ana"})
    [made] = (course.root / "hand-ins").iterdir()
    assert made.name in whole(answer["html"])
    assert answer["focus"] == "#receipt"
    [code] = diary.progress().handed_in["bridges"].values()
    assert f"receipt code {code}" in home().html
    assert "trouble" in tell(page, "hand-in", given={"unit": "../..", "name": "Ana"})


def play(day: date, verdicts: list[bool]) -> list[str]:
    """Take a whole session on a day, answering right or wrong in turn; the cards as they came."""
    page, seen = daily_review(day.isoformat()), []
    html = tell(page, "next").get("html", "")
    answers = iter(verdicts)
    while 'data-do="turn"' in html or "data-question" in html:
        right = next(answers)
        whole(html)
        if 'data-do="turn"' in html:
            seen.append("term")
            html = tell(page, "turn")["html"]
            html = tell(page, "rate", rating="3" if right else "1")["html"]
        else:
            question = "br-night-again" if "Bo stands" in html else "br-night"
            seen.append(question)
            value = (
                {"br-night": "dark", "br-night-again": "shut"}[question]
                if right
                else {"br-night": "noon", "br-night-again": "busy"}[question]
            )
            html = whole(tell(page, "check", given={"answer": value, "sure": ""})["html"])
            html = tell(page, "rate", rating="3" if right else "1")["html"]
    assert "Done for today" in whole(html)
    return seen


def test_a_missed_question_comes_back_and_then_its_near_twin(diary):
    tell(quiz("br-night"), "check", id="br-night", value="noon", sure="high")
    assert play(DAY, [True] * 9) == ["br-night", "term"]
    assert play(DAY, []) == []
    due = diary.progress().memory["question:br-night"].due
    assert due > DAY
    assert play(due, [True] * 9)[0] == "br-night-again"


def test_what_is_missed_in_a_session_comes_once_more_at_its_end(diary):
    tell(quiz("br-night"), "check", id="br-night", value="noon")
    assert play(DAY, [False, True, True]) == ["br-night", "term", "br-night-again"]
    assert diary.progress().memory["question:br-night"].due <= DAY + timedelta(3)


def test_a_second_click_in_the_review_changes_nothing(diary):
    tell(quiz("br-night"), "check", id="br-night", value="noon")
    page = daily_review(DAY.isoformat())
    tell(page, "next")
    assert tell(page, "next").keys() == {"n"}
    assert tell(page, "rate", rating="3").keys() == {"n"}
    assert "Card 1 of 2" in page.html
    tell(page, "check", given={"answer": "dark", "sure": "high"})
    tell(page, "rate", rating="3")
    assert tell(page, "rate", rating="3").keys() == {"n"}
    assert [*diary.progress().memory] == ["question:br-night"]
    assert "Card 2 of 2" in page.html  # what is shown anew when the tab is opened again


def test_a_blank_in_the_review_is_asked_for_and_costs_nothing(diary):
    tell(quiz("br-night"), "check", id="br-night", value="noon")
    page = daily_review(DAY.isoformat())
    tell(page, "next")
    assert "Answer first" in tell(page, "check", given={"answer": None})["trouble"]
    assert diary.progress().memory == {}


def test_a_question_that_has_left_the_course_leaves_the_review_quietly(diary):
    diary.note("tried", page="x", question="br-night", verdict="wrong")
    page = daily_review(DAY.isoformat())
    place.here().question_paths = []
    place.here().twin_paths = []
    answer = tell(page, "next")
    assert "Done for today" in answer["html"] or "What does this mean" in answer["html"]


def test_an_interview_is_played_to_its_debrief_and_noted(diary):
    page = meet("first-crossing")
    assert "data-meeting" in whole(page.html)
    html = whole(tell(page, "begin")["html"])
    assert "Ten dollars" not in html
    for ask in ("hello", "hour", "pay"):
        html = whole(tell(page, "ask", ask=ask)["html"])
    assert "Tonight, when nobody looks." in html
    assert whole(tell(page, "ask", ask="hour")["html"]).count("Tonight, when nobody looks.") == 1  # a second click
    tell(page, "undo")
    tell(page, "ask", ask="pay")
    tell(page, "ask", ask="who")
    whole(tell(page, "state")["html"])
    went = whole(tell(page, "judge", given={"st-hour": "known", "st-rain": "unknown", "st-fee": "needed"})["html"])
    assert "100 of 100" in went
    assert diary.progress().met["first-crossing"].total == 100
    assert "data-meeting" not in whole(tell(page, "skip")["html"])
    assert "data-meeting" not in meet("first-crossing").html


def test_an_interview_that_was_left_can_be_gone_on_with(diary):
    page = meet("first-crossing")
    tell(page, "begin")
    tell(page, "ask", ask="hello")
    again = meet("first-crossing")  # the page was loaded anew
    assert "Go on where you were" in whole(again.html)
    html = whole(tell(again, "go-on")["html"])
    assert "Only you and Bo." in html
    diary.note("paused", what="interview:first-crossing", steps=["who", "zzz"])  # it cannot be said any more
    assert "Go on where you were" not in meet("first-crossing").html


def test_lines_left_open_are_pointed_out_once(diary):
    page = meet("first-crossing")
    tell(page, "begin")
    tell(page, "state")
    first = tell(page, "judge", given={"st-hour": "unknown"})
    assert ("html" in first, "2 lines are not sorted yet" in first["trouble"]) == (False, True)
    assert "of 100" in tell(page, "judge", given={"st-hour": "unknown"})["html"]


def test_an_interview_that_is_skipped_stays_skipped_and_can_be_held_later(diary):
    page = meet("first-crossing")
    assert "Meet the client" in whole(tell(page, "skip")["html"])
    assert "data-meeting" not in meet("first-crossing").html
    assert "data-meeting" in tell(page, "begin")["html"]


def test_a_consultation_is_lived_through_and_rewound(diary):
    page = consultations()
    assert "not begun" in whole(page.html)
    whole(tell(page, "open-one", name="the-late-walk")["html"])
    html = whole(tell(page, "choose", choice="wait")["html"])
    assert "13 days later" in html
    assert "A sign" in html
    whole(tell(page, "choose", choice="zzz")["html"])  # a second click
    assert "It might have gone better" in whole(tell(page, "choose", choice="old")["html"])
    assert "Noon" in whole(tell(page, "rewind", to="0")["html"])
    assert "The client was harmed" in whole(tell(page, "choose", choice="go")["html"])
    tell(page, "back")
    assert "2 of 3 endings seen" in whole(tell(page, "shelf")["html"])
    assert [one.ending for one in diary.progress().consulted["the-late-walk"]] == ["mixed", "bad"]


def test_a_consultation_that_was_left_can_be_gone_on_with(diary):
    page = consultations()
    tell(page, "open-one", name="the-late-walk")
    tell(page, "choose", choice="wait")
    assert "Go on where you were" in whole(tell(page, "shelf")["html"])
    again = consultations()
    assert "At the gate" in whole(tell(again, "go-on", name="the-late-walk")["html"])
    tell(again, "choose", choice="pay")
    assert "Go on where you were" not in tell(again, "shelf")["html"]


def test_a_question_answered_right_before_says_so_when_the_lesson_is_opened_again(diary):
    tell(quiz("br-night"), "check", id="br-night", value="dark")
    assert quiz("br-night", "br-fee").done == ["br-night"]


def test_my_progress_tells_copies_and_deletes(course, diary):
    page = my_progress()
    assert "Tap how sure you are" in whole(page.html)
    tell(quiz("br-night"), "check", id="br-night", value="noon", sure="high")
    html = whole(tell(page, "open")["html"])
    assert "Sure and wrong" in html
    assert "When is the bridge closed?" in html
    whole(tell(page, "copy")["html"])
    tell(page, "copy")
    copies = sorted(course.root.glob("progress-copy-*.jsonl"))
    assert [path.read_bytes() for path in copies] == [
        diary.path.read_bytes()
    ] * 2  # the second does not replace the first
    tell(page, "keep-record")
    [kept] = course.root.glob("record-of-study-*.html")
    assert "not an accreditation" in kept.read_text()
    assert "<!DOCTYPE html>" in tell(page, "print-record")["print"]
    tell(page, "delete")
    assert not diary.path.exists()
    assert "Tap how sure you are" in whole(tell(page, "open")["html"])


def test_progress_that_cannot_be_kept_is_said_at_once(course, diary):
    (course.root / "progress.jsonl").mkdir()
    assert "not being kept" in tell(quiz("br-night"), "check", id="br-night", value="noon")["why"]
    page = home()
    welcomed = tell(page, "welcome", given={"name": "Ana"})
    assert "not being kept" in welcomed["trouble"]
    assert "The map of the course" in welcomed["html"]
    opened = tell(meet("first-crossing"), "skip")  # the file can be read all the same
    assert ("data-meeting" in opened["html"], "not being kept" in opened["trouble"]) == (False, True)
    record(course.root / "exercises/bridges" / FILE_NAME, place.now(), "first-crossing", "when", "morning")
    given = tell(page, "hand-in", given={"unit": "bridges", "name": "Ana"})
    assert ("Receipt code" in given["html"], "not being kept" in given["trouble"]) == (True, True)
    with pytest.raises(NotSaved):
        diary.note("skipped", what="x")
