"""Asking the room: what is asked, how votes are counted, what the service may know, and a class that uses it."""

from __future__ import annotations

import csv
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browsing import opened, violations
from conftest import ROOT, copy_of_tiny
from gradebooks import paroleclinic
from jupyter import copy_course, free_port, served
from paroleclinic import estimates
from paroleclinic.course import Course
from paroleclinic.drawing.deck import lettered
from paroleclinic.poll.ballot import Ballot, Choice, ballots, reasons
from paroleclinic.poll.door import WRONG_CODES, ByCode
from paroleclinic.poll.kept import GONE, Service
from paroleclinic.poll.link import Link, NoAnswer, found
from paroleclinic.poll.page import SMALLEST, charts, learner, size
from paroleclinic.poll.record import rows
from paroleclinic.poll.rounds import Refused, Room, ballot_of, public, room_of
from paroleclinic.poll.stage import Stage
from paroleclinic.poll.tally import FEW, MOST, Tally, caution, moved, of_cards, of_votes, summed
from paroleclinic.questions import Memo

COURSE = Course(ROOT)
AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
TEA = Ballot("tea", "Tea?", False, (Choice("A", "Green"), Choice("B", "Black"), Choice("C", "None")))
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


# What is asked


def test_every_question_of_the_bank_can_be_put_to_the_room():
    for path in COURSE.question_paths:
        for raw in COURSE.question_file(path).questions:
            question = COURSE.question(raw.id)
            made = ballots(question)
            assert bool(made) is not isinstance(question, Memo)
            for ballot in made:
                known = reasons(question, ballot.name.partition("/")[2])
                assert [(one.letter, one.text) for one in known] == [*ballot.choices]
                assert 2 <= len(known) <= 10
                assert ballot.several or sum(one.right for one in known) == 1
                assert all(one.because for one in known if one.right)
                assert ballot_of(json.loads(json.dumps(public(ballot)))) == ballot


def test_the_letters_are_those_on_the_slide(tiny):
    question = tiny.question("br-night")
    assert [*ballots(question)[0].choices] == [(letter, option.text) for letter, option in lettered(question)]


def test_a_number_is_asked_with_the_slips_as_choices(tiny):
    (fee,) = ballots(tiny.question("br-fee"))
    known = reasons(tiny.question("br-fee"))
    assert fee.choices[-1].text == "Something else"
    assert known[-1].because == "Look at the fee in force today."
    assert next(one for one in known if one.text == "$10").idea == "The old fee still holds"
    assert sum(one.right for one in known) == 1


def test_every_poll_of_a_guide_is_large_enough_for_the_back_row():
    polls = [poll.question for lesson in COURSE.guide_paths for poll in COURSE.guide(lesson).polls]
    assert len(polls) == 2 * len(COURSE.outline.lessons)
    assert min(size(ballot) for poll in polls for ballot in ballots(COURSE.question(poll))) == SMALLEST == 28
    assert size(TEA) == 40


# How votes are counted


def test_few_votes_get_honest_words_and_no_percentage():
    assert Tally({"A": 2}, 5).in_words("A") == "2 of 5"
    assert Tally({"A": 4}, 12).in_words("A") == "4 (33 %)"
    assert caution(0) == "Nobody voted."
    assert caution(1).startswith("Only 1 person voted")
    assert caution(FEW) == ""
    assert FEW == estimates.FEW
    assert "Only 3 people voted" in charts(TEA, [Tally({"A": 3}, 3)])


def test_the_chart_is_a_table_too_and_tells_no_key(tiny):
    (ballot,) = ballots(tiny.question("br-night"))
    drawn = charts(ballot, [Tally({"A": 3, "B": 6}, 9), Tally({"B": 9}, 9)])
    assert drawn.count("<figure>") == 2
    assert "<caption>" in drawn and drawn.count('scope="row"') == 3
    assert "right" not in drawn.lower() and "because" not in drawn


def test_a_second_vote_is_compared_without_a_claim_about_why():
    assert moved(Tally({"A": 3}, 9), Tally({"A": 7}, 9), ["A"]) == "The right answer, A, went from 3 of 9 to 7 of 9."
    assert "Not the same number" in moved(Tally({"A": 3}, 9), Tally({"A": 7}, 8), ["A"])
    assert moved(Tally({}, 0), Tally({"A": 7}, 8), ["A"]) == ""


@pytest.mark.parametrize("sent", [None, 7, "ABC", [1], {"A": -4}, {"A": "9"}, {"A": True}, {"A": 1e9}, {"Z": 5}])
def test_cards_are_whole_numbers_of_known_letters_whatever_is_sent(sent):
    assert of_cards(sent, None, TEA.letters, False) == Tally({"A": 0, "B": 0, "C": 0}, 0)


def test_no_room_holds_more_cards_than_a_room():
    assert of_cards({"A": 10**30}, 0, ("A", "B"), False).people == MOST


def test_where_several_may_be_chosen_people_are_counted_and_not_cards():
    assert of_cards({"A": 4, "B": 6}, 7, ("A", "B"), True) == Tally({"A": 4, "B": 6}, 7)
    assert of_cards({"A": 4, "B": 6}, 2, ("A", "B"), True).people == 6
    assert of_votes(["AB", "B", ""], ("A", "B")) == Tally({"A": 1, "B": 2}, 2)
    assert summed(Tally({"A": 1}, 1), Tally({"A": 1, "B": 1}, 2)) == Tally({"A": 2, "B": 1}, 3)


# The room as the service knows it


def test_a_vote_can_be_changed_until_the_round_closes():
    room = Room()
    number = room.ask(TEA)
    room.cast("one", number, ["A"])
    room.cast("one", number, ["C"])
    room.cast("two", number, ["A"])
    assert room.cast_by("one") == "C"
    assert room.told() == {"round": 1, "open": True, "answers": 2}
    assert room.close(number) == Tally({"A": 1, "B": 0, "C": 1}, 2)
    with pytest.raises(Refused, match="closed"):
        room.cast("one", number, ["B"])
    assert room.close(number).people == 2  # asked twice, counted once


def test_after_closing_nothing_tells_who_chose_what():
    room = Room()
    number = room.ask(TEA)
    room.cast("maria", number, ["A"])
    assert "maria" not in room.saved()
    (who,) = room.votes
    salt = room.salt
    room.close(number)
    assert who not in room.saved() and salt not in room.saved()
    assert room.cast_by("maria") == ""


@pytest.mark.parametrize(
    ("number", "letters"),
    [
        (0, ["A"]),
        (2, ["A"]),
        (True, ["A"]),
        ("1", ["A"]),
        (None, None),
        (1, "A"),
        (1, ["Z"]),
        (1, ["A", "B"]),
        (1, [["A"]]),
        (1, [None]),
        (1, {"A": 1}),
    ],
)
def test_votes_for_another_round_and_garbage_are_refused(number, letters):
    room = Room()
    room.ask(TEA)
    with pytest.raises(Refused):
        room.cast("one", number, letters)
    assert room.answers == 0


def test_a_full_room_still_lets_its_people_change_their_votes():
    room = Room()
    number = room.ask(TEA)
    for person in range(MOST):
        room.cast(str(person), number, ["A"])
    with pytest.raises(Refused, match="full"):
        room.cast("late", number, ["A"])
    room.cast("7", number, ["B"])
    assert room.close(number).counts == {"A": MOST - 1, "B": 1, "C": 0}


def test_a_key_that_is_sent_with_a_question_is_not_taken():
    sent = public(TEA) | {"key": "A", "because": "secret", "choices": [["A", "Green"], ["B", "Black"]]}
    assert "secret" not in Room(ballot=ballot_of(sent)).saved()
    for broken in (
        None,
        [],
        {},
        public(TEA) | {"choices": [["B", "x"], ["A", "y"]]},
        public(TEA) | {"choices": [["A", "x" * 5000], ["B", "y"]]},
    ):
        with pytest.raises(Refused):
            ballot_of(broken)


def test_what_a_learner_sees_is_escaped():
    room = Room()
    room.ask(Ballot("x", "<script>1</script>", False, (Choice("A", "<b>"), Choice("B", "&"))))
    assert "<script>" not in learner(room, "", "browser") and "<b>" not in learner(room, "", "browser").replace(
        '<b class="pc-poll-letter">', ""
    )


def test_a_restart_goes_on_with_the_open_round_or_says_that_it_is_gone(tmp_path):
    service = Service(tmp_path)
    service.room.ask(TEA)
    service.room.cast("one", 1, ["B"])
    service.save()
    assert service.path.stat().st_mode & 0o077 == 0
    again = Service(tmp_path)
    again.take_up()
    assert (again.code, again.room.cast_by("one")) == (service.code, "B")
    assert "1 person voted so far" in again.says
    again.room.close(1)
    again.done()
    assert not service.path.exists()
    for broken in ("{", "[]", json.dumps({"code": "1", "secret": "2", "room": "{}"}), "\0"):
        service.path.write_text(broken)
        lost = Service(tmp_path)
        lost.take_up()
        assert (lost.says, lost.room.ballot) == (GONE, None)


def test_a_saved_room_is_read_back_as_it_was():
    room = Room()
    room.ask(TEA, 2)
    assert room_of(room.saved()) == room
    room.close(1)
    room.show(1, "<p>")
    assert room_of(room.saved()) == room


def test_wrong_codes_are_counted_by_a_clock_that_cannot_jump(tmp_path, monkeypatch):
    door = ByCode(Service(tmp_path))
    cookies = []
    handler = SimpleNamespace(
        request=SimpleNamespace(remote_ip="10.0.0.7"), set_cookie=lambda *a, **k: cookies.append(a)
    )
    for _ in range(WRONG_CODES):
        assert "not the code" in door.join(handler, "00000")
    monkeypatch.setattr(time, "time", lambda: 4e9)  # somebody sets the clock
    assert "Wait a minute" in door.join(handler, door.service.code)
    neighbor = SimpleNamespace(request=SimpleNamespace(remote_ip="10.0.0.8"), set_cookie=handler.set_cookie)
    assert door.join(neighbor, f" {door.service.code} ") == "" and len(cookies) == 1
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert door.join(handler, door.service.code) == ""


# The instructor's side


def stage_of(course: Course, link: Callable[[], Link | None] = lambda: None) -> Stage:
    return Stage(course, link, lambda: AT)


def test_an_instructor_counts_cards_asks_again_and_explains(tiny):
    stage = stage_of(tiny)
    assert "paroleclinic poll" in stage.page()
    stage.hear({"do": "poll", "lesson": "01-bridges", "number": "1"})
    right = next(one.letter for one in reasons(tiny.question("br-night")) if one.right)
    wrong = next(one.letter for one in reasons(tiny.question("br-night")) if not one.right)
    stage.hear({"do": "open"})
    assert stage.hear({"do": "cards", "counts": {right: 3, wrong: 7}}) == {"answers": 10}
    assert stage.hear({"do": "list"})["html"] and stage.asking.phase == "open"  # a late click ends no vote
    closed = stage.hear({"do": "close"})["html"]
    assert "Voting is closed: 10 people voted" in closed
    shown = stage.hear({"do": "show"})["html"]
    assert "3 (30 %)" in shown and "Right answer" not in shown and "The code closes it" not in shown
    assert "3 (30 %)" not in stage.hear({"do": "again"})["html"]
    stage.hear({"do": "cards", "counts": {right: 9, wrong: 1}})
    assert "Ask again" not in stage.hear({"do": "close"})["html"]
    told = stage.hear({"do": "explain"})["html"]
    for words in (
        "First vote · 10 people", "Second vote · 10 people", "went from 3 of 10 to 9 of 10", "Right answer.", "Not right.",
        "The code closes it from dusk to dawn.", "Busy means closed", "The rule on ", "To those at noon: busy is open.",
    ):  # fmt: skip
        assert words in told
    assert "Next: poll 2" in told
    assert "What does a crossing cost today?" in stage.hear({"do": "next"})["html"]
    assert "asked in this session" in stage.hear({"do": "list"})["html"]


def test_a_page_that_is_loaded_anew_goes_on(tiny):
    kept = []
    stage = Stage(tiny, lambda: None, lambda: AT, kept.append)
    for message in (
        {"do": "poll", "lesson": "01-bridges", "number": "1"}, {"do": "open"}, {"do": "cards", "counts": {"A": 3}}, {"do": "close"},
        {"do": "again"}, {"do": "cards", "counts": {"A": 1, "B": 3}},
    ):  # fmt: skip
        stage.hear(message)
    again = stage_of(tiny)
    again.take_up(kept[-1])
    assert again.page() == stage.page()
    for message in ({"do": "close"}, {"do": "explain"}):
        assert again.hear(message)["html"] == stage.hear(message)["html"]
    again.hear({"do": "list"})
    assert "asked in this session, not saved yet" in again.page()
    assert "asked in this session" not in str(again.hear({"do": "anew"})["html"])


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "{",
        "[]",
        "{}",
        "null",
        '{"session": [["x", "y", "open", []]], "asking": true, "lesson": "", "saved": "", "path": ""}',
    ],
)
def test_a_session_that_cannot_be_read_begins_anew(tiny, kept):
    stage = stage_of(tiny)
    stage.take_up(kept)
    assert stage.session == [] and "Which question?" in stage.page()


def test_clicks_in_the_wrong_order_change_nothing(tiny):
    stage = stage_of(tiny)
    for do in ("close", "show", "explain", "again", "cards", "tick", "next", "nonsense", None):
        stage.hear({"do": do})
    stage.hear({"do": "poll", "lesson": "01-bridges", "number": "9"})
    assert stage.asking is None and stage.session == []
    with pytest.raises(LookupError):
        stage.hear({"do": "pick", "lesson": "01-bridges", "name": "no-such-question"})


def test_every_question_of_a_lesson_can_be_chosen():
    stage = stage_of(COURSE)
    listed = str(stage.hear({"do": "lesson", "lesson": "01-what-parole-is"})["html"])
    names = re.findall(r'data-name="([^"]+)"', listed)
    assert len(names) >= len(COURSE.quizzed("01-what-parole-is")) and any("/" in name for name in names)
    for name in names:
        stage.hear({"do": "pick", "lesson": "01-what-parole-is", "name": name})
        assert stage.asking.ballot.name == name
        for do in ("open", "close", "explain"):
            page = str(stage.hear({"do": do})["html"])
        assert "Right answer." in page and "Nobody voted." in page


def test_a_session_is_saved_as_counts_without_a_formula(tiny):
    stage = stage_of(tiny)
    for message in (
        {"do": "poll", "lesson": "01-bridges", "number": "1"}, {"do": "open"}, {"do": "cards", "counts": {"A": 2}}, {"do": "close"},
        {"do": "list"}, {"do": "save"}, {"do": "save"},
    ):  # fmt: skip
        page = stage.hear(message)
    assert "Saved: reports/poll-2026-11-2" in page["html"]
    (path,) = (tiny.root / "reports").glob("*.json")
    saved = json.loads(path.read_text())
    assert [row["cards"] for row in saved["rows"]] == [2, 0, 0]
    with path.with_suffix(".csv").open(newline="") as file:
        assert [row["cards"] for row in csv.DictReader(file)] == ["2", "0", "0"]
    assert rows(stage.session) == saved["rows"]


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tiny):
    (tiny.root / "reports").write_text("a file where the folder should be")
    stage = stage_of(tiny)
    for message in ({"do": "poll", "lesson": "01-bridges", "number": "1"}, {"do": "open"}, {"do": "close"}):
        stage.hear(message)
    with pytest.raises(OSError):
        stage.hear({"do": "save"})


def test_the_service_is_found_by_its_file_or_by_the_hubs_variables(tmp_path):
    assert found(tmp_path, {}) is None
    hub = {"PAROLECLINIC_POLL_URL": "http://hub/services/poll", "JUPYTERHUB_API_TOKEN": "t"}
    assert found(tmp_path, hub) == Link("http://hub/services/poll/", "t")
    place = tmp_path / "reports/poll/hub/service.json"
    place.parent.mkdir(parents=True)
    place.write_text('{"url": "http://127.0.0.1:9/services/poll/"}')
    assert found(tmp_path, {}) is None
    assert found(tmp_path, hub) == Link("http://127.0.0.1:9/services/poll/", "t")
    (tmp_path / "reports/poll/service.json").write_text('{"url": "http://127.0.0.1:8/", "token": "own"}')
    assert found(tmp_path, hub) == Link("http://127.0.0.1:8/", "own")
    (tmp_path / "reports/poll/service.json").write_text("[")
    assert found(tmp_path, hub).url.endswith(":9/services/poll/")


def test_when_the_service_is_gone_the_cards_still_count(tiny):
    gone = Link(f"http://127.0.0.1:{free_port()}/", "x")
    stage = stage_of(tiny, lambda: gone)
    assert "Raised cards still work" in stage.page()
    stage.hear({"do": "poll", "lesson": "01-bridges", "number": "1"})
    assert "does not answer" in stage.hear({"do": "open"})["trouble"]
    stage.asking.votes[-1].number = 1  # it was there when the vote was opened
    assert stage.hear({"do": "cards", "counts": {"A": 4}}) == {"answers": 4}
    assert "Press Close voting again" in stage.hear({"do": "close"})["trouble"]
    assert stage.asking.phase == "open"
    assert "4 people voted" in stage.hear({"do": "close"})["html"]


# The service itself


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[SimpleNamespace]:
    """`paroleclinic poll` for a copy of the course, as an instructor starts it."""
    root = tmp_path_factory.mktemp("poll") / "course"
    copy_course(root)
    shutil.copytree(ROOT / "teaching", root / "teaching")
    place = SimpleNamespace(root=root, port=free_port(), server=None, code="")
    start(place)
    yield place
    place.server.terminate()
    assert "Stopped." in place.server.communicate(timeout=15)[0]


def start(place: SimpleNamespace) -> str:
    """Start the service and return what it printed."""
    words = ["poll", "--address", "127.0.0.1", "--port", str(place.port), "--course", str(place.root)]
    place.server = subprocess.Popen(
        [sys.executable, "-m", "paroleclinic.cli", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    said = ""
    while "Ctrl-C stops it" not in said:
        line = place.server.stdout.readline()
        assert line, said
        said += line
    place.code = re.search(r"and type +(\d{5})", said).group(1)
    return said


class Phone:
    """A browser's cookie and its requests."""

    def __init__(self, place: SimpleNamespace, join: bool = True) -> None:
        self.port, self.cookie = place.port, ""
        if join:
            status, head, _ = self.call("POST", "/", f"code={place.code}", "application/x-www-form-urlencoded")
            assert status == 303
            self.cookie = head["Set-Cookie"].partition(";")[0]

    def call(
        self, method: str, path: str, body: str | bytes | None = None, kind: str = "application/json", **head: str
    ):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request(method, path, body, {"Cookie": self.cookie, "Content-Type": kind, **head})
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            link.close()

    def vote(self, number: object, letters: object) -> tuple[int, dict]:
        status, _, text = self.call("POST", "/api/vote", json.dumps({"round": number, "letters": letters}))
        return status, json.loads(text)


def desk(place: SimpleNamespace) -> Link:
    link = found(place.root, {})
    assert link
    return link


def test_no_endpoint_tells_the_key_before_the_instructor_does(running):
    question = COURSE.question("ap-order")
    secrets = [one.because for one in reasons(question)] + [one.idea for one in reasons(question) if one.idea]
    secrets += [option.id for option in question.options] + [*question.rules, "harm", "misconception", "Right answer"]
    stage = stage_of(Course(running.root), lambda: desk(running))
    phone, token = Phone(running), f"token {desk(running).token}"

    def told_in(text: str) -> list[str]:
        return [secret for secret in secrets if secret in text]

    def everything() -> str:
        asked = [
            phone.call(method, path, body, Authorization=who)
            for path in (
                "/",
                "/api/state",
                "/api/vote",
                "/api/desk",
                "/page.js",
                "/room.json",
                "/service.json",
                "/api/",
                "/../room.json",
            )
            for method, body in (("GET", None), ("POST", "{}"), ("PUT", "{}"), ("HEAD", None))
            for who in ("", token)
            if (path, method, who) != ("/", "POST", token)
        ]
        kept = (running.root / "reports/poll/room.json").read_text()
        return kept + "".join(f"{head}{text}" for _, head, text in asked)

    for message in ({"do": "poll", "lesson": "03-advance-parole", "number": "1"}, {"do": "open"}):
        stage.hear(message)
        assert told_in(everything()) == []
    assert phone.vote(stage.asking.votes[-1].number, ["B"])[0] == 200
    assert '"counts"' not in everything()
    for message in ({"do": "close"}, {"do": "show"}):
        stage.hear(message)
        assert told_in(everything()) == []
    stage.hear({"do": "explain"})
    told = json.loads(phone.call("GET", "/api/state")[2])["html"]
    assert "Right answer" in told and "could hurt the client" in told
    stage.hear({"do": "list"})
    assert "No question is open now" in phone.call("GET", "/")[2] and "Right answer" not in everything()


def test_strangers_garbage_and_huge_bodies_get_a_sentence(running):
    link = desk(running)
    number = link.ask(TEA, 1)
    stranger, phone = Phone(running, join=False), Phone(running)
    assert "The code on the big screen" in stranger.call("GET", "/")[2]
    assert stranger.vote(number, ["A"])[0] == 401
    assert stranger.call("POST", "/", "code=1", "application/x-www-form-urlencoded")[0] == 403
    stranger.cookie = f"{phone.cookie}0"
    assert stranger.vote(number, ["A"])[0] == 401
    for body, kind, status in (
        ("{", "application/json", 400), ("[1]", "application/json", 400), ('"A"', "application/json", 400), ("[" * 1500, "application/json", 400),
        ('{"round": 1e999, "letters": ["A"]}', "application/json", 409), ("\x00", "application/json", 400), ("x" * 3000, "application/json", 413),
        ("letters=A", "application/x-www-form-urlencoded", 415), ("{}", "text/plain", 415), (b"\xff\xfe", "application/json", 400),
    ):  # fmt: skip
        got, _, text = phone.call("POST", "/api/vote", body, kind)
        assert (got, "Traceback" in text) == (status, False), body
        assert json.loads(text)["trouble"].endswith(".")
    with suppress(OSError):  # it may hang up at once
        assert phone.call("POST", "/api/vote", b"x" * 3_000_000)[0] in (400, 413)
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("DELETE", "/api/vote", 405),
        ("GET", "/api/desk", 403),
        ("POST", "/api/desk", 403),
    ):
        assert phone.call(method, path)[0] == status
    with pytest.raises(NoAnswer, match="Only the instructor"):
        link._replace(token="guess").clear()
    with pytest.raises(NoAnswer, match="Close this question first"):
        link.show(number, "<p>too early</p>")
    with pytest.raises(NoAnswer, match="Another question"):
        link.close(number + 1)
    assert link.told()["answers"] == 0
    head = phone.call("GET", "/")[1]
    assert "script-src 'self'" in head["Content-Security-Policy"] and "unsafe" not in head["Content-Security-Policy"]
    assert "Server" not in head
    link.clear()


def test_two_hundred_votes_a_second_are_counted(running):
    link = desk(running)
    number = link.ask(TEA, 1)
    phones = [Phone(running) for _ in range(40)]
    start_at = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        done = [*pool.map(lambda n: phones[n % 40].vote(number, ["ABC"[n // 40 % 3]])[0], range(400))]
    seconds = time.perf_counter() - start_at
    assert {*done} == {200}
    tally = link.close(number)
    assert tally.people == 40 and sum(tally.counts.values()) == 40
    assert 400 / seconds > 200
    assert phones[0].vote(number, ["A"])[0] == 409
    link.clear()


def test_a_killed_service_goes_on_with_the_open_question(running):
    link = desk(running)
    number = link.ask(TEA, 2)
    phone = Phone(running)
    assert phone.vote(number, ["C"])[0] == 200
    time.sleep(0.8)  # votes are kept every half second
    running.server.kill()
    running.server.communicate()
    code = running.code
    with pytest.raises(NoAnswer, match="does not answer"):
        link.told()
    assert "Going on with the open question; 1 person voted so far." in start(running)
    assert running.code == code
    assert "checked" in phone.call("GET", "/")[2] and "Second vote" in phone.call("GET", "/")[2]
    assert phone.vote(number, ["A"])[0] == 200
    with pytest.raises(NoAnswer):
        link.told()  # the token of the earlier run
    assert desk(running).close(number) == Tally({"A": 1, "B": 0, "C": 0}, 1)
    desk(running).clear()


def test_a_second_poll_and_a_busy_port_are_told_in_a_sentence(running, tmp_path):
    again = paroleclinic(running.root, "poll", "--port", str(free_port()), code=1)
    assert "running for this course already" in again.stderr + again.stdout
    other = copy_of_tiny(tmp_path / "tiny").root
    busy = paroleclinic(other, "poll", "--address", "127.0.0.1", "--port", str(running.port), code=1)
    assert f"Try another, such as: paroleclinic poll --port {running.port + 1}" in busy.stderr + busy.stdout
    nowhere = paroleclinic(other, "poll", "--address", "203.0.113.9", code=1)
    assert "has no such address" in nowhere.stderr + nowhere.stdout


def test_the_hubs_service_says_when_there_is_no_hub():
    env = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTERHUB_")}
    done = subprocess.run(
        [sys.executable, "-m", "paroleclinic.poll.service"], capture_output=True, text=True, env=env, check=False
    )
    assert (done.returncode, done.stderr) == (2, "A JupyterHub starts this. Without one, run: paroleclinic poll\n")


# A class


def joined(browser: Browser, place: SimpleNamespace, scheme: str) -> Page:
    """A phone that has joined."""
    page = browser.new_context(**PHONE, color_scheme=scheme).new_page()
    page.goto(f"http://127.0.0.1:{place.port}/")
    page.get_by_label("The code on the big screen").fill("11111" if place.code != "11111" else "22222")
    page.get_by_role("button", name="Join").click()
    expect(page.locator("form")).to_contain_text("That is not the code.")
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("The code on the big screen").fill(place.code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("No question is open now.")
    return page


def second_vote(page: Page, light: Page, dark: Page) -> None:
    """The first result, another vote after talking, and the explanation on all screens."""
    page.get_by_role("button", name="Close voting").click()
    expect(page.get_by_text("Voting is closed: 8 people voted.")).to_be_visible()
    expect(light.get_by_role("status")).to_contain_text("Voting is closed. 2 people voted here.")
    page.get_by_role("button", name="Show results").click()
    expect(page.locator("figure")).to_contain_text("3 (38 %)")
    expect(dark.locator("figure")).to_contain_text("3 (38 %)")
    page.get_by_role("button", name="Discuss, then ask again").click()
    dark.locator(".pc-opt").nth(0).click()
    expect(dark.get_by_role("status")).to_have_text("Your vote is in; you can change it until it closes.")
    light.locator(".pc-opt").nth(0).click()
    expect(page.get_by_role("region", name="The question")).to_be_focused()
    for _ in range(6):
        page.keyboard.press("a")
    expect(page.locator(".pc-answers")).to_have_text("8")
    page.get_by_role("button", name="Close voting").click()
    page.get_by_role("button", name="Explain at once").click()
    for where in (page, light, dark):
        told = where.locator(".pc-poll-why")
        expect(told).to_contain_text("Right answer.")
        expect(told).to_contain_text("Not right, and harmful: it could hurt the client.")
        expect(told).to_contain_text("The rule on 23 November 2026")
        expect(told).to_contain_text("went from 1 of 8 to 8 of 8")
        expect(where.locator("figure")).to_have_count(2)
    first, second = (figure.bounding_box() for figure in page.locator("figure").all())
    assert first["y"] == second["y"] and first["x"] < second["x"]
    for phone in (light, dark):
        assert Axe().run(phone).response["violations"] == []
    assert violations(page) == []


@pytest.mark.browser
def test_a_class_votes_with_cards_and_phones_and_thinks_again(browser: Browser, context: BrowserContext, running):
    with served(running.root) as site:
        page = opened(context, site, "notebooks/instructor/poll.ipynb", ready=".pc-stage")
        page.set_viewport_size({"width": 1300, "height": 800})
        light, dark = joined(browser, running, "light"), joined(browser, running, "dark")
        expect(page.locator(".pc-poll-join")).to_contain_text(running.code)
        page.get_by_role("button", name="Poll 1 of Advance parole").click()
        expect(page.get_by_role("button", name="Open voting")).to_be_visible()
        sizes = page.locator(".pc-poll-ask p, .pc-poll-options span").evaluate_all(
            "nodes => nodes.map(node => parseFloat(getComputedStyle(node).fontSize))"
        )
        assert len(sizes) == 5 and min(sizes) >= 28
        page.get_by_role("button", name="Open voting").click()
        for phone, number in ((light, 0), (dark, 1)):
            phone.locator(".pc-opt").nth(number).click()
            expect(phone.get_by_role("status")).to_have_text("Your vote is in; you can change it until it closes.")
            assert Axe().run(phone).response["violations"] == []
        dark.locator(".pc-opt").nth(2).click()
        stage = page.get_by_role("region", name="The question")
        expect(stage).to_be_focused()
        for press in ("a", "B", "b", "b", "c", "d", "d", "Shift+D", "Backspace", "Shift+A"):
            page.keyboard.press(press if len(press) > 1 else press.lower())
        page.get_by_role("button", name="One more card C").click()
        page.get_by_role("button", name="Undo").click()
        counts = [page.get_by_label(f"Cards {letter}", exact=True) for letter in "ABCD"]
        for count, number in zip(counts, ("0", "3", "1", "2"), strict=True):
            expect(count).to_have_text(number)
        expect(page.locator(".pc-answers")).to_have_text("8")
        expect(light.locator("#poll")).not_to_contain_text("Right answer")
        assert violations(page) == []
        page.reload()  # which starts another kernel
        expect(page.locator(".pc-answers")).to_have_text("8", timeout=60_000)
        second_vote(page, light, dark)
        page.get_by_role("button", name="All questions", exact=True).click()
        expect(light.get_by_role("status")).to_have_text("No question is open now.")
        page.get_by_role("button", name="Save the counts").click()
        expect(page.get_by_text("Counts only, no names.")).to_be_visible()
        assert [*(running.root / "reports").glob("poll-*.csv")]
        assert violations(page) == []
        light.context.close()
        dark.context.close()
