"""Pages of feedback: what they say, what they keep closed, and how they come to those who handed in."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import md5
from html import escape, unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from typer.testing import CliRunner

from conftest import ROOT, copy_of_tiny, hand_in, harmful_answers, nbgrader, six_learners
from paroleclinic import leaks
from paroleclinic.answers import FILE_NAME
from paroleclinic.cli import app
from paroleclinic.course import Course
from paroleclinic.criteria import as_line
from paroleclinic.drawing import feedbackstyle, style
from paroleclinic.drawing.cards import DISCLAIMER
from paroleclinic.drawing.feedbackpage import Head, feedback_page, not_graded_page
from paroleclinic.drawing.feedbackstyle import page_style
from paroleclinic.drawing.marks import CLOSED
from paroleclinic.grading import grade_case
from paroleclinic.questions import Memo
from paroleclinic.scores import CaseScore, Score

UNIT, CASE = "bridges", "first-crossing"
LARGEST = 150_000  # bytes of a page
NASTY = "</div></p><script>alert(1)</script><img src=x onerror=alert(2)><a href='http://e.vil'>\"'&\n\n\tx  y\u202e"
VOID = ("meta", "br", "link", "img")


class Seen(HTMLParser):
    """A page taken apart: its tags in order, each with attributes; every tag is closed where it was opened."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag, (tag, self.getpos())

    def every(self, name: str) -> list[str]:
        return [value or "" for _, attrs in self.tags for key, value in attrs.items() if key == name]


def seen(page: str) -> str:
    """The page, once it is seen to be whole, alone, in order, and without anything that could run."""
    found = Seen(page)
    names = [tag for tag, _ in found.tags]
    assert not {"script", "img", "link", "iframe", "object", "form", "base", "svg"} & {*names}
    assert not [key for _, attrs in found.tags for key in attrs if key.startswith("on") or key in ("src", "style")]
    assert "default-src 'none'" in found.every("content")[0]
    assert not re.search(r"url\(|@import", page_style())
    ids = found.every("id")
    assert len({*ids}) == len(ids)
    assert {href.removeprefix("#") for href in found.every("href")} <= {*ids}
    assert {*found.every("aria-labelledby")} <= {*ids}
    assert all("href" in attrs for tag, attrs in found.tags if tag == "a"), "a link that leads nowhere"
    levels = [int(name[1]) for name in names if re.fullmatch(r"h[1-6]", name)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels)), levels
    assert all("scope" in attrs for tag, attrs in found.tags if tag == "th")
    assert names.count("main") == names.count("header") == names.count("footer") == 1
    assert DISCLAIMER in page and 'lang="en"' in page
    styled = {*re.findall(r"\.([a-z][\w-]*)", style())}
    used = {name for value in found.every("class") for name in value.split()}
    assert used & styled <= feedbackstyle.SHOWN, "the page's style leaves these out"
    return page


def words(page: str) -> str:
    """What a person reads."""
    return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)).split())


def page_of(course, answers, score=None, closed=frozenset(), case_id=CASE, **more) -> str:
    case = course.scenario(case_id)
    mark = grade_case(case, answers)
    if score is None:
        waits = bool(answers.get(case.memo.id))
        memo = Score(case.memo.points, None if waits else 0.0, waits=waits)
        score = CaseScore(Score(case.points, mark.earned), memo)
    head = Head("Ana Diaz", "Bridges", case, datetime(2026, 11, 24, 9, 5))
    return seen(feedback_page(head, mark, score, course.law, closed, **more))


def marked(auto: float, memo: Score, **more: object) -> CaseScore:
    return CaseScore(Score(9, auto), memo, **more)


# what a page says


def test_a_page_says_whose_it_is_of_what_and_from_when(tiny):
    says = words(page_of(tiny, six_learners(tiny.scenario(CASE))["ideal"]))
    assert says.startswith("Feedback: The first crossing, Ana Diaz Feedback: The first crossing")
    assert "Learner Ana Diaz Case The first crossing Unit Bridges Handed in 24 November 2026, 09:05 UTC" in says
    case = tiny.scenario(CASE)
    odd = feedback_page(Head("x", "Bridges", case), grade_case(case, {}), CaseScore(Score(9, 0.0)), tiny.law)
    assert "no time was noted" in seen(odd)


def test_could_not_grade_blank_and_zero_are_three_different_things(tiny):
    case = tiny.scenario(CASE)
    blank = words(page_of(tiny, {}))
    zero = words(page_of(tiny, {"when": "never", "cost": "99", "rise": "2026-01-01", "bring": ["lamp"]}))
    not_read = words(page_of(tiny, {"when": 7, "cost": "much"}))
    neither = words(seen(not_graded_page(Head("x", "Bridges", case), "it is empty", CaseScore(Score(9)))))
    assert "0 of 13 points" in blank and "Nothing was answered in this case" in blank
    assert "0 of 13 points" in zero and "There are answers, and none of them earned points." in zero
    assert "Nothing was answered" not in zero and "Not answered:" not in zero
    assert "Could not be read: 2 of 4." in not_read and "Not answered: 2 of 4." in not_read
    assert "Could not be graded: there is no score" in neither and "This is not a score of 0" in neither
    assert "Why: it is empty." in neither and "Hand in the unit again" in neither
    assert not re.search(r"\d of \d+ points", neither)
    assert not any("could not be graded" in one.lower() for one in (blank, zero, not_read))


def test_a_page_of_what_could_not_be_graded_tells_no_key(tiny):
    case = tiny.scenario(CASE)
    page = seen(not_graded_page(Head("x", "Bridges", case), "why", CaseScore(Score(9), comments=("See me.",))))
    assert leaks.in_text(tiny, None, page) == []
    assert "See me." in page


def test_a_memo_waits_is_marked_or_was_not_handed_in(tiny):
    answers = six_learners(tiny.scenario(CASE))["ideal"] | {"note": "Dear Ana,\n\n  two  blanks"}
    model = "Dear Ana, cross in the morning."
    waits = page_of(tiny, answers)
    assert "9 of 9 points so far; the memo, worth 4 more, is not marked yet" in waits
    assert "Memo not yet 4 Waits for your instructor to read it. That is not a score of 0." in words(waits)
    assert "Names the hours." not in waits and model not in waits
    done = page_of(tiny, answers, marked(9, Score(4, None, 2.5)))
    assert "11.5 of 13 points</p>" in done
    assert "Memo 2.5 4 Marked by your instructor." in words(done)
    assert "Names the hours." in done and model in done
    blank = page_of(tiny, answers | {"note": "  "}, marked(9, Score(4, 0.0)))
    assert "Memo 0 4 No memo was handed in." in words(blank)
    again = page_of(tiny, answers, marked(9, Score(4, None, 3.0, waits=True)))
    assert "12 of 13 points so far</p>" in again
    assert "look at it again" in again and "Names the hours." not in again
    for page in (waits, done, again):
        assert '<div class="pc-memo">Dear Ana,\n\n  two  blanks</div>' in page
    assert "What you wrote" not in blank


def test_what_a_person_gave_and_took_is_named_and_adds_up(tiny):
    answers = six_learners(tiny.scenario(CASE))["ideal"]
    score = CaseScore(Score(9, 9.0, 8.0, 0.5), Score(4, None, 3.0, 1.0), 2.0, ("Well read.\n\n  Mind the <fee>.",))
    page = page_of(tiny, answers, score)
    says = words(page)
    assert "10.5 of 13 points" in says
    assert "Questions 8 9 Set by your instructor; grading had given 9." in says
    assert "Extra credit +1.5 Given by your instructor." in says
    assert "Late hand-in \u22122 Taken off for handing in late." in says
    assert "Total 10.5 13" in says
    assert "Well read.\n\n  Mind the &lt;fee&gt;." in page
    assert CaseScore(Score(9, 1.0), late=5.0).total == 0


def test_points_by_criterion_stand_in_the_table_and_not_in_the_comment(tiny):
    case = tiny.scenario(CASE)
    answers = six_learners(case)["ideal"] | {"note": "Dear Ana"}
    line = as_line([1, 2], case.memo.rubric)

    def with_comment(says: str, points: float = 3.0, **more) -> str:
        return page_of(tiny, answers, marked(9, Score(4, None, points), comments=(says,)), **more)

    page = with_comment(f"Kind.\n\n{line}\n\nMind the fee.")
    assert '<div class="pc-memo">Kind.\n\nMind the fee.</div>' in page and line not in page
    assert page.count('<th scope="col">Your memo</th>') == 1
    assert "<td><strong>Half, 1 of 2</strong></td>" in page and "<td><strong>Full, 2 of 2</strong></td>" in page
    assert "By criterion it is" not in page
    assert "What your instructor wrote" not in with_comment(line)
    assert "By criterion it is 3; your instructor set the points of the whole memo." in with_comment(line, 3.5)
    assert "<strong>1.5 of 2</strong>" in with_comment(as_line([1.5, 2], case.memo.rubric), 3.5)
    for other in (
        line.replace("1/2", "1/3"),
        line.replace(", 2/2", ""),
        line.replace("1/2", "3/2"),
        "By criterion: fine",
    ):
        assert f'<div class="pc-memo">{other}</div>' in (page := with_comment(other))
        assert "Your memo</th>" not in page
    assert line in (page := with_comment(line, closed=frozenset({case.memo.id}))) and "Your memo</th>" not in page


def test_an_id_stands_beside_a_name_and_once_where_no_name_is_known(tiny):
    case = tiny.scenario(CASE)
    for head, says in ((Head("Bo Kafor", "Bridges", case, id="b<k>"), "Learner Bo Kafor b<k> Case"), (Head("bk", "Bridges", case, id="bk"), "Learner bk Case")):  # fmt: skip
        assert says in words(seen(feedback_page(head, grade_case(case, {}), CaseScore(Score(9, 0.0)), tiny.law)))


def test_harmful_advice_is_read_before_anything_that_is_explained(tiny):
    page = page_of(tiny, six_learners(tiny.scenario(CASE))["harmful"])
    says = words(page)
    order = [says.index(text) for text in (
        "4.5 of 9 points so far", "Stop: this advice could hurt the client.", "Question How it went",
        "Question 1 When may Ana cross?", "The memo Write Ana a note.", "What this case teaches",
    )]  # fmt: skip
    assert order == sorted(order)
    assert "Question 1 Harmful advice 0 2" in says
    assert "Together 7, but harmful advice caps the case at half its points: 4.5." in says


def test_what_was_passed_over_is_named_and_cut(tiny):
    page = page_of(tiny, {"when": "morning"}, passed_over=[f"line {n} is <not> an answer" for n in range(50)] + ["x"])
    assert "line 3 is &lt;not&gt; an answer" in page and "line 30 " not in page
    assert "And 41 more." in page
    assert "passed over" not in page_of(tiny, {"when": "morning"}).lower()


def test_where_to_read_again_is_words_and_the_law_is_that_of_the_day(tiny):
    page = page_of(tiny, {"when": "never"})
    assert "Reread: <strong>Opening hours (lesson 01)</strong>" in page
    assert "The rule on 20 May 2026" in page
    assert "The key was looked at" not in page
    assert "The key was looked at before this was handed in." in page_of(tiny, {}, key_seen=True)


def test_the_same_makes_the_same_bytes(tiny):
    answers = six_learners(tiny.scenario(CASE))["harmful"]
    assert page_of(tiny, answers) == page_of(tiny, answers)


def test_markup_anywhere_is_text(tiny):
    case = tiny.scenario(CASE)
    answers = dict.fromkeys((one.id for one in case.questions), NASTY)
    score = CaseScore(Score(9, 0.0), Score(4, waits=True), 0.0, (NASTY,))
    page = feedback_page(Head(NASTY, NASTY, case), grade_case(case, answers), score, tiny.law, passed_over=[NASTY])
    assert seen(page).count("alert(1)") >= 8
    assert f'<div class="pc-memo">{escape(NASTY)}</div>' in page
    seen(not_graded_page(Head(NASTY, NASTY, case), NASTY, score))


# what stays closed


def opened(page: str) -> str:
    """The page with a word between its blocks, so that the end of one and the start of the next make no sentence."""
    return re.sub(r"</(?:p|li|h\d|summary|strong|em|td|th|dd|div)>", " zzz ", page)


def leaked(course, case, page, closed, answers):
    own = "\n".join(map(str, answers.values()))
    still_open = {one.id for one in case.questions} - closed
    return leaks.in_text(course, [case.id], opened(page), still_open, own)


def test_nothing_of_a_closed_question_is_in_a_page(tiny):
    case = tiny.scenario(CASE)
    every = frozenset(one.id for one in case.questions)
    score = marked(0, Score(4, None, 2.0))
    for answers in (one for one in six_learners(case).values() if one is not None):
        for closed in [*(frozenset({one}) for one in every), every]:
            page = page_of(tiny, answers, score, closed)
            assert leaked(tiny, case, page, closed, answers) == []
            assert CLOSED in page and case.debrief not in page
            assert "What a careful reader sees" not in page
            assert ("Names the hours." in page) is (case.memo.id not in closed)
        assert leaked(tiny, case, page_of(tiny, answers, score), every, answers), "the check finds keys where they are"


def test_a_closed_question_tells_neither_points_nor_verdict_but_that_it_is_blank_unread_or_harmful(tiny):
    closed = frozenset({"when", "cost"})
    right = page_of(tiny, {"when": "morning", "cost": "10"}, closed=closed)
    wrong = page_of(tiny, {"when": "never", "cost": "12"}, closed=closed)
    assert (
        words(right).count("Kept closed for now kept closed")
        == words(wrong).count("Kept closed for now kept closed")
        == 2
    )
    assert "Question 1 Not answered kept closed" in words(page_of(tiny, {}, closed=closed))
    unread = words(page_of(tiny, {"cost": "much"}, closed=closed))
    assert "Could not be read: This is not a number." in unread
    harmful = words(page_of(tiny, {"when": "night"}, closed=closed))
    assert "Something in this answer is dangerous. Ask your instructor." in harmful
    assert "The bridge is closed at night" not in harmful


@pytest.fixture(scope="module")
def course() -> Course:
    return Course(ROOT)


def test_every_case_has_a_small_sound_page_that_keeps_what_is_closed(course):
    cases = [course.scenario(case) for unit in course.outline.units for case in unit.cases]
    assert len(cases) >= 45
    for number, case in enumerate(cases):
        sheets = six_learners(case)
        for learner in ("ideal", "harmful"):
            answers = sheets[learner] | {case.memo.id: "'" * 20_000}
            done = CaseScore(Score(case.points, 0.0), Score(case.memo.points, None, 1.0), 0.0, ("Word. " * 200,))
            page = page_of(course, answers, done, case_id=case.id, passed_over=["&" * 500] * 30)
            assert len(page.encode()) < LARGEST, case.id
        closed = frozenset({case.questions[number % len(case.questions)].id})
        page = page_of(course, sheets["harmful"], done, closed, case.id)
        assert leaked(course, case, page, closed, sheets["harmful"]) == []


def test_a_hostile_answer_of_any_length_leaves_a_small_page(tiny):
    case = tiny.scenario(CASE)
    answers: dict[str, object] = dict.fromkeys((one.id for one in case.questions), "<&'\U0001f600" * 40_000)
    page = page_of(tiny, answers)
    assert len(page.encode()) < 60_000
    assert "more characters are not shown here" in page
    assert "A memo is text of at most 20,000 characters." in page


def test_the_dark_theme_is_that_of_the_course_and_paper_is_light(tiny):
    dark = re.search(r'\[data-jp-theme-light="false"\] \.pc\{([^}]*)\}', style())
    sheet = page_style()
    assert dark and f"@media screen and (prefers-color-scheme:dark){{.pc{{{dark[1]}}}}}" in sheet
    assert "data-jp" not in sheet and "pc-doc" not in sheet
    assert sheet.count("{") == sheet.count("}")
    assert len(sheet) < 9_000


# how pages come to those who handed in


@contextmanager
def gradebook(course: Course) -> Iterator[object]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as book:
        yield book


def run(course: Course, *words: str, code: int = 0) -> str:
    """What a command of ours says, run in this process; in the course's folder in all but name."""
    done = CliRunner().invoke(app, [*words, "--course", str(course.root)])
    assert done.exit_code == code, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return " ".join(done.output.split())


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory) -> Course:
    """The tiny course with six learners graded."""
    course = copy_of_tiny(tmp_path_factory.mktemp("feedback") / "tiny")
    for learner, answers in six_learners(course.scenario(CASE)).items():
        folder = hand_in(course, learner, course.scenario(CASE), answers)
        (folder / "timestamp.txt").write_text("2026-11-24 10:00:00 UTC")
        (folder / "submission_secret.txt").write_text(f"secret of {learner}")
        (folder / "other.txt").write_text("not to be sent")
    run(course, "grade", UNIT, "--quiet", code=1)
    return course


@pytest.fixture
def graded(graded_once, tmp_path) -> Course:
    """A copy of it."""
    shutil.copytree(graded_once.root, tmp_path / "course")
    return Course(tmp_path / "course")


def of(course: Course, learner: str) -> str:
    return seen((course.root / "feedback" / learner / UNIT / f"{CASE}.html").read_text(encoding="utf-8"))


@pytest.mark.pipeline
def test_everybody_who_handed_in_gets_a_page_and_only_what_changed_is_written_again(graded):
    says = run(graded, "feedback")
    assert "6 written, 0 unchanged, 0 not written" in says
    assert "1 of them say that the hand-in could not be graded" in says
    waiting = re.search(r"(\d) learners? ha(?:s|ve) a memo that waits for its mark: .* pages say “so far”", says)
    waits = [page for page in (graded.root / "feedback").rglob("*.html") if "points so far" in page.read_text()]
    assert int(waiting[1]) == len(waits) > 0
    for folder in (graded.root / "feedback").glob(f"*/{UNIT}"):
        assert {path.name for path in folder.iterdir()} == {f"{CASE}.html", "timestamp.txt", "submission_secret.txt"}
    assert "there is no answers.jsonl in the hand-in" in of(graded, "nofile")
    assert "Could not be graded" in of(graded, "nofile")
    assert "9 of 9 points so far" in of(graded, "ideal")
    assert "Handed in 24 November 2026, 10:00 UTC" in words(of(graded, "ideal"))
    assert "0 written, 6 unchanged" in run(graded, "feedback", UNIT)
    with gradebook(graded) as book:
        book.update_or_create_student("half", first_name="Ana", last_name="Diaz")
        notebook = book.find_submission_notebook(CASE, UNIT, "ideal")
        notebook.late_submission_penalty = 1.5
        memo = next(one for one in notebook.grades if one.name != CASE)
        memo.manual_score, memo.extra_credit, memo.needs_manual_grade = 3.0, 0.5, False
        notebook.comments[0].manual_comment = "Kind, and <b>clear</b>."
        book.db.commit()
    assert "2 written, 4 unchanged" in run(graded, "feedback")
    assert "11 of 13 points" in (page := of(graded, "ideal"))
    assert "Kind, and &lt;b&gt;clear&lt;/b&gt;." in page and "Names the hours." in page
    assert "Learner Ana Diaz half" in words(of(graded, "half"))
    assert "1 written, 0 unchanged" in run(graded, "feedback", "--all", "--student", "half")
    report = json.loads(run(graded, "feedback", "--json"))
    assert (report["unchanged"], report["not_written"]) == (6, [])
    assert report["could_not_grade"] == [{"learner": "nofile", "unit": UNIT}]


@pytest.mark.pipeline
def test_nbgraders_own_release_sends_the_pages_out(graded, tmp_path):
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    run(graded, "feedback", "--quiet")
    guest = graded.root / "feedback" / "guest" / UNIT
    guest.mkdir(parents=True)
    (guest / f"{CASE}.html").write_text("handed in by mail")
    says = nbgrader(graded.root, "release_feedback", UNIT, f"--Exchange.root={exchange}")
    assert "Not in the exchange, to be sent another way: guest" in says
    shutil.rmtree(guest.parent)
    sent = exchange / "paroleclinic" / "feedback"
    for learner in six_learners(graded.scenario(CASE)):
        name = md5(f"secret of {learner}{CASE}".encode()).hexdigest()
        page = sent / f"{name}.html"
        assert page.read_text(encoding="utf-8") == of(graded, learner)
        assert page.stat().st_mode & 0o777 == 0o644
    assert len([*sent.iterdir()]) == 6


@pytest.mark.pipeline
def test_a_page_never_contradicts_the_gradebook(graded):
    run(graded, "feedback", "--quiet")
    before = of(graded, "ideal")
    path = graded.root / "scenarios" / UNIT / f"{CASE}.yaml"
    path.write_text(path.read_text().replace("answer: 2026-06-01", "answer: 2026-06-02"))
    says = run(graded, "feedback", "--all", code=1)
    assert f"run `paroleclinic regrade {UNIT}` first" in says
    assert says.count("not written bridges") == 1
    assert "harmful" not in says.split("not written bridges, ")[1].split(":")[0].split(", "), "its cap hides the change"
    assert of(graded, "ideal") == before
    shutil.rmtree(graded.root / "autograded" / "half")
    assert f"half: its graded copy is not there; run `paroleclinic grade {UNIT}` first" in run(
        graded, "feedback", code=1
    )


@pytest.mark.pipeline
def test_what_is_handed_in_but_not_graded_is_named(graded, tmp_path):
    case = graded.scenario(CASE)
    hand_in(graded, "new", case, {})
    hand_in(graded, "nofile", case, six_learners(case)["ideal"])
    says = run(graded, "feedback", code=1)
    assert f"new, nofile: it is not graded yet; run `paroleclinic grade {UNIT}` first" in says
    (graded.root / "submitted/half" / UNIT / FILE_NAME).write_bytes(b"")
    run(graded, "grade", "--quiet", code=1)
    run(graded, "feedback", "--quiet")
    assert "Could not be graded" in of(graded, "half") and "answers.jsonl is empty" in of(graded, "half")
    assert "9 of 9 points so far" in of(graded, "nofile")
    empty = copy_of_tiny(tmp_path / "empty")
    assert run(empty, "feedback") == "Nothing is graded yet. `paroleclinic grade` grades what was handed in."
    assert not (empty.root / "gradebook.db").exists()
    run(empty, "feedback", "--student", "nobody", code=2)
    run(empty, "feedback", "no-unit", code=2)


@pytest.mark.pipeline
def test_a_closed_question_stays_closed_from_the_outline_to_the_page(graded):
    path = graded.root / "course.yaml"
    path.write_text(
        path.read_text().replace(
            "    title: Bridges\n    lesson: 01-bridges\n",
            f"    title: Bridges\n    lesson: 01-bridges\n    closed: [{CASE}]\n",
        )
    )
    run(graded, "feedback", "--quiet")
    case = graded.scenario(CASE)
    for learner, answers in six_learners(case).items():
        page = of(graded, learner)
        every = frozenset(one.id for one in case.questions)
        assert leaked(graded, case, page, every, answers or {}) == []
        assert (CLOSED in page) is bool(answers)


@pytest.mark.pipeline
def test_a_case_in_which_nothing_was_answered_is_explained_only_when_asked(graded):
    run(graded, "feedback", "--quiet")
    case = graded.scenario(CASE)
    every = frozenset(one.id for one in case.questions)
    page = of(graded, "blank")
    assert "0 of 13 points" in page and "not explained yet" in page and "Each answer explained" not in page
    assert leaked(graded, case, page, every, {}) == []
    assert "Each answer explained" in of(graded, "half")
    assert "1 written" in run(graded, "feedback", "--untouched")
    assert "Each answer explained" in of(graded, "blank")
    assert leaked(graded, case, of(graded, "blank"), every, {}) != []


@pytest.mark.browser
def test_pages_can_be_read_by_everybody_on_any_screen_and_on_paper(course, browser, tmp_path):
    from axe_playwright_python.sync_playwright import Axe

    case = course.scenario("renewal-two-days")
    answers = six_learners(case)["half"] | {q.id: bad[0] for q in case.graded if (bad := harmful_answers(q))}
    answers |= {case.memo.id: "wide" * 200, case.graded[-1].id: "unread" * 40}
    done = CaseScore(Score(case.points, 1.0), Score(case.memo.points, None, 1.0, 0.5), 0.5, ("See me.",))
    pages = {
        "done": page_of(course, answers, done, case_id=case.id, passed_over=["line 3 is not an answer"]),
        "closed": page_of(course, answers, closed=frozenset({case.graded[0].id, case.memo.id}), case_id=case.id),
        "not-graded": not_graded_page(Head("ana", "Bridges", case), "it is empty", CaseScore(Score(9))),
    }
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for name, html in pages.items():
        path = tmp_path / f"{name}.html"
        path.write_text(html, encoding="utf-8")
        page.goto(path.as_uri())
        for width, scheme, media in ((1300, "light", "screen"), (400, "dark", "screen"), (700, "dark", "print")):
            page.set_viewport_size({"width": width, "height": 1000})
            page.emulate_media(color_scheme=scheme, media=media)
            found = Axe().run(page).response["violations"]
            assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == [], (name, width)
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (over, paper) == (
                0,
                "rgb(27, 31, 37)" if (scheme, media) == ("dark", "screen") else "rgb(255, 255, 255)",
            )
        if name == "done":
            page.emulate_media(media="screen")
            law = page.locator("details.pc-law > p").first
            assert not law.is_visible()
            page.emulate_media(media="print")
            assert law.is_visible()
            assert page.evaluate(
                "[...document.querySelectorAll('.pc-wide')].every(b => b.scrollWidth <= b.clientWidth)"
            )
    assert [url for url in asked if not url.startswith("file:")] == []
    assert said == []
    context.close()


def test_the_memo_question_is_the_only_one_marked_by_a_person(course):
    """The gradebook has one graded cell beside a case's own, which is taken for its memo."""
    assert all(sum(isinstance(q, Memo) for q in course.scenario(case).questions) == 1 for case in course.scenario_paths)
