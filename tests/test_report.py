"""The report: each number against one worked out by hand or by scipy, a planted wrong key, hostile names, and the pages."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import hypothesis
import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, expect
from scipy import stats
from typer.testing import CliRunner

from browsing import opened, violations
from conftest import copy_of_tiny
from invented_class import BEGAN, answer_lines, grade_quickly, likely, put, stamp
from jupyter import served
from paroleclinic import estimates
from paroleclinic.cli import app
from paroleclinic.course import Course
from paroleclinic.fingerprint import hand_in_print
from paroleclinic.grading import key_answers
from paroleclinic.report import gains, seen
from paroleclinic.report.frames import BLANK, PARTLY, RIGHT, WRONG, sittings_in
from paroleclinic.report.items import discrimination, strengths, thirds, wilson
from paroleclinic.report.making import NotOurs, csv_of, report_of, write
from paroleclinic.report.page import page

pytestmark = pytest.mark.pipeline
NOW = datetime(2026, 11, 25, 12, 0)
HOSTILE = '=HYPERLINK("http://example.org","<img src=x onerror=alert(1)>")'


def class_of(course: Course, answers: dict[str, dict[str, object]]) -> Course:
    """The course with these hand-ins graded."""
    for learner, given in answers.items():
        lines = [line(question, answer, 30 * number) for number, (question, answer) in enumerate(given.items(), 1)]
        put(course, learner, "bridges", "".join(lines).encode())
    grade_quickly(course, ["bridges"])
    return course


def line(question: str, answer: object, seconds: float, **more: object) -> str:
    at = stamp(datetime.fromtimestamp(BEGAN.timestamp() + seconds))
    asked = {} if more.get("event") else {"question": question, "answer": answer}
    return json.dumps({"v": 1, "at": at, "case": "first-crossing", **asked, **more}) + "\n"


@pytest.fixture(scope="module")
def tiny_class(tmp_path_factory, released_tiny):
    """Nine people in the tiny course, each of another kind, and somebody on the roster who handed in nothing."""
    course = released_tiny(tmp_path_factory.mktemp("report") / "tiny")
    key = key_answers(course.scenario("first-crossing"))
    kinds: dict[str, dict[str, object] | None] = {
        "ideal": key, "half": {"when": "morning", "bring": ["money"]}, "harmful": key | {"when": "night"}, "blank": {},
        "unread": key | {"cost": "ten or so"}, "nofile": None, HOSTILE.replace("/", "_")[:40]: key, "slow": key, "late": key,
    }  # fmt: skip
    for learner, given in kinds.items():
        lines = [line("", None, 0, event="opened")]
        for number, (question, answer) in enumerate((given or {}).items(), 1):
            wait = 2000 * number if learner == "slow" else 40 * number
            sure = {"certainty": "high"} if learner in ("harmful", "ideal") and question != "note" else {}
            lines.append(line(question, answer, wait, **sure))
        put(course, learner, "bridges", b"" if given is None else "".join(lines).encode())
    grade_quickly(course, ["bridges"])
    put(course, "late", "bridges", line("when", "never", 1).encode())  # handed in anew since
    (course.root / "people.csv").write_text(f'id,name\nabsent,Ab Sent\nideal,"{HOSTILE.replace(chr(34), chr(39))}"\n')
    return course


def run(course: Course, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["report", "--course", str(course.root), *words])
    assert result.exit_code == code, result.output
    return result.output


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


# numbers


def test_many_shares_at_once_have_the_interval_of_one():
    for number, of in ((0, 5), (5, 5), (8, 10), (3, 700)):
        assert [float(one[0]) for one in wilson([number], [of])] == pytest.approx(estimates.share(number, of)[:3])
    assert all(np.isnan(one[0]) for one in wilson([0], [0]))


def test_discrimination_is_the_correlation_with_all_other_questions_and_the_difference_of_the_thirds():
    rng = np.random.default_rng(1)
    strength = rng.normal(size=(60, 1))
    share = (strength + rng.normal(size=(60, 6)) > 0).astype(float)
    verdict = np.where(share == 1, RIGHT, WRONG)
    frames = _Frames(verdict, share)
    rest = strengths(frames)
    beyond = share - share.mean(axis=0)
    by_hand = (beyond.sum(axis=1) - beyond[:, 2]) / 5
    assert rest[:, 2] == pytest.approx(by_hand)
    top, bottom = thirds(rest, np.ones_like(rest, bool))
    found = discrimination(share, rest, np.ones_like(rest, bool), verdict == RIGHT, top, bottom)
    assert found["item-rest"][2] == pytest.approx(stats.pearsonr(share[:, 2], by_hand).statistic, abs=1e-4)
    order = stats.rankdata(np.round(by_hand, 9)) - 0.5
    upper, lower = share[3 * order > 120, 2].mean(), share[3 * order < 60, 2].mean()
    assert found["upper-lower"][2] == pytest.approx(upper - lower, abs=1e-6)
    low, high = stats.bootstrap(
        (share[:, 2], by_hand), lambda a, b: stats.pearsonr(a, b).statistic, paired=True, vectorized=False, n_resamples=2000,
        method="percentile", rng=np.random.default_rng(2),
    ).confidence_interval  # fmt: skip
    assert (found["item-rest low"][2], found["item-rest high"][2]) == pytest.approx((low, high), abs=0.06)


def test_a_question_that_everybody_answers_alike_has_no_correlation():
    share = np.ones((12, 2))
    share[:, 1] = np.arange(12) % 2
    every = np.ones_like(share, bool)
    rest = strengths(_Frames(np.where(share == 1, RIGHT, WRONG), share))
    found = discrimination(share, rest, every, share == 1, *thirds(rest, every))
    assert np.isnan(found["item-rest"][0]) and np.isnan(found["item-rest low"][0])


def test_equals_are_kept_together_in_the_thirds():
    strength = np.array([[3.0], [2], [2], [2], [2], [2], [2], [2], [1]])
    top, bottom = thirds(strength, np.ones_like(strength, bool))
    assert (top.sum(), bottom.sum()) == (1, 1)
    nine = np.arange(9.0)[:, None]
    top, bottom = thirds(nine, np.ones_like(nine, bool))
    assert top[:, 0].tolist() == [False] * 6 + [True] * 3 and bottom[:, 0].tolist() == [True] * 3 + [False] * 6


def test_a_blank_counts_for_strength_and_a_case_that_is_blank_as_a_whole_does_not():
    verdict = np.array([[RIGHT, BLANK, BLANK], [RIGHT, RIGHT, RIGHT], [WRONG, PARTLY, BLANK]])
    share = np.array([[1, 0, 0], [1, 1, 1], [0, 0.5, 0]], float)
    frames = _Frames(verdict, share, cases=["a", "a", "b"])
    rest = strengths(frames)  # question 3 is a case of its own: blank for the first and the last
    assert rest[0, 0] == pytest.approx(0 - 0.5) and np.isnan(rest[:, 2]).tolist() == [False, False, False]
    assert rest[1, 2] == pytest.approx(((1 - 2 / 3) + (1 - 0.5)) / 2)


def test_gains_of_four_people_worked_out_by_hand():
    rows = [("a", 4, 8), ("b", 6, 9), ("c", 5, 5), ("d", 5, 8)]
    tests = pd.DataFrame(
        [(who, "pre-test", one, 10) for who, one, _ in rows] + [(who, "post-test", two, 10) for who, _, two in rows]
        + [("e", "pre-test", 3, 10), ("f", "post-test", 9, 10), ("g", "post-test", 9, 10)],
        columns=["learner", "form", "right", "of"],
    )  # fmt: skip
    found = gains.gains(tests)
    assert (found.before.value, found.after.value) == pytest.approx((0.5, 0.75))
    differences = [0.4, 0.3, 0.0, 0.3]
    half = stats.t.ppf(0.975, 3) * np.std(differences, ddof=1) / 2
    assert found.gain[:3] == pytest.approx((0.25, 0.25 - half, 0.25 + half))
    assert found.normalised.value == pytest.approx(0.25 / 0.5)
    spread = (np.std([0.4, 0.6, 0.5, 0.5], ddof=1) + np.std([0.8, 0.9, 0.5, 0.8], ddof=1)) / 2
    assert found.effect.value == pytest.approx(0.25 / spread * (1 - 3 / 11))
    assert found.normalised.low < 0.5 < found.normalised.high
    assert (found.gain.n, found.before_only, found.after_only) == (4, 1, 2) and found.gain.few
    assert gains.gains(tests.iloc[:0]).gain.n == 0


def test_times_pauses_tries_and_certainty_are_read_as_they_stand(tmp_path):
    folder = tmp_path / "submitted" / "ana" / "u"
    folder.mkdir(parents=True)
    head = {"v": 1, "case": "c"}
    lines = [
        {"at": "2026-11-24T10:00:00.000Z", "event": "opened"}, {"at": "2026-11-24T10:00:40.000Z", "question": "q", "answer": "x", "certainty": "low"},
        {"at": "2026-11-24T10:00:50.500Z", "question": "q", "answer": "y", "certainty": "high"},
        {"at": "2026-11-24T10:20:50.500Z", "question": "r", "answer": ["a", "b"]},  # a pause
        {"at": "2026-11-24T10:21:00.000Z", "question": "r", "answer": {"a": "b"}, "certainty": ["high"]},
        {"at": "2026-11-25T10:21:00.000Z", "question": "s", "answer": [["deep"]]},  # another sitting
        {"at": "2026-11-25T09:21:00.000Z", "question": "s", "answer": "back in time"}, {"at": 7, "question": ["q"], "answer": "no"},
    ]  # fmt: skip
    whole = b"".join(json.dumps({**head, **one}).encode() + b"\n" for one in lines)
    columns = {("c", "q"): 0, ("c", "r"): 1, ("c", "s"): 2}
    for data in (whole, whole + b"torn {\n"):  # in one go, and line by line
        (folder / "answers.jsonl").write_bytes(data)
        found = seen.seen(tmp_path, ["ana", "nobody"], ["u"], columns)
        assert found.tries[0].tolist() == [2, 2, 2] and found.tries[1].tolist() == [0, 0, 0]
        assert found.seconds[0, 0] == pytest.approx(50.5) and found.seconds[0, 1] == pytest.approx(9.5)
        assert np.isnan(found.seconds[0, 2]) and found.pauses.tolist() == [1, 0]
        assert found.sure[0].tolist() == [3, 0, 0]
        last = [seen.as_answer(found.answers[column][found.given[0, column]]) for column in range(3)]
        assert last == ["y", {"a": "b"}, "back in time"]


def test_another_process_reads_what_this_one_would(tmp_path, monkeypatch):
    for number in range(3):
        put(
            Course(tmp_path),
            f"l{number}",
            "u",
            json.dumps({"case": "c", "question": "q", "answer": "x", "at": ""}).encode() + b"\n",
        )
    monkeypatch.setattr(seen, "MANY", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    who = ["l0", "l1", "l2"]
    with seen.Reading(tmp_path, who, ["u"], {("c", "q"): 0}).begun() as reading:
        folders = [tmp_path / "submitted" / one / "u" for one in (*who, "later")]
        assert list(map(reading.print_of, folders)) == list(map(hand_in_print, folders))
        found = reading.result()
    assert found.tries.tolist() == seen.seen(tmp_path, who, ["u"], {("c", "q"): 0}).tries.tolist() == [[1], [1], [1]]


ODD = [
    *(
        "3",
        "[]",
        "",
        "   ",
        "{torn",
        "}",
        '"x": 1',
        '"at": "2026-01-01T00:00:00.000Z"}',
        '"case": ["c"], "question": {}, "answer": 1}',
    ),
    *(
        f'"case": "c", "question": "q", "answer": {answer}}}'
        for answer in (
            '"a"',
            '"\\ud800"',
            '"é"',
            '"\u2028"',
            "NaN",
            "1e400",
            "true",
            "1",
            "null",
            '["a", ["b"]]',
            '{"a": [1]}',
        )
    ),
    '"case": "c", "question": "q", "answer": "a", "certainty": ["high"]}',
    '"case": "c", "question": "q", "answer": "a", "answer": "b", "certainty": "high"}',
    '"case": "c", "question": "q", "answer": "' + "a" * seen.LONGEST_LINE + '"}',
]


@hypothesis.given(
    st.lists(st.lists(st.tuples(st.sampled_from(ODD), st.booleans()), max_size=6), min_size=1, max_size=4)
)
def test_lines_that_are_known_are_read_as_if_they_were_not(files):
    def read(plain: re.Pattern[bytes]) -> tuple[object, ...]:
        with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
            patch.setattr(seen, "PLAIN", plain)
            for number, lines in enumerate(files):
                whole = (
                    f'{{"v": 1, "at": "2026-11-2{number}T10:00:{n:02}.123Z", {odd}' for n, (odd, _) in enumerate(lines)
                )
                text = "".join(
                    line + ("\n" if usual else "\r\n") for line, (_, usual) in zip(whole, lines, strict=True)
                )
                put(Course(Path(name)), f"l{number}", "u", text.encode())
            one = seen.seen(Path(name), [f"l{number}" for number in range(len(files))], ["u"], {("c", "q"): 0})
            return (
                one.sure.tolist(),
                one.tries.tolist(),
                repr(one.seconds),
                one.given.tolist(),
                one.pauses.tolist(),
                repr(one.answers),
            )

    assert read(seen.PLAIN) == read(re.compile(rb"(never)(this)\n"))


# verdicts


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Twenty-seven people, twenty healthy questions and more, one of which has its key on a wrong option."""
    course = copy_of_tiny(tmp_path_factory.mktemp("planted") / "tiny")
    text = (course.root / "scenarios/bridges/first-crossing.yaml").read_text()
    head, _, rest = text.partition("questions:\n")
    first, _, tail = rest.partition("  - id: bring")
    ones = "".join(
        re.sub(r"id: when\n", f"id: healthy-{number}\n", first, count=1) for number in range(20)
    ) + first.replace("id: when\n", "id: planted\n", 1)
    many = "  - id: bring" + tail
    path = course.root / "scenarios/bridges/first-crossing.yaml"
    path.write_text(f"{head}questions:\n{ones}{many}")
    course = Course(course.root)
    case = course.scenario("first-crossing")
    for kind in ("solutions", "exercises"):
        notebook = course.root / kind / "bridges" / "first-crossing.ipynb"
        notebook.write_text(re.sub(r'"points": 9\b', f'"points": {case.points}', notebook.read_text()))
    rng = random.Random(11)

    def answer(chance: random.Random, question, strength: float):
        if question.id == "planted":  # what is right is keyed as wrong: the strong choose it
            return "never" if strength > chance.gauss(0, 0.5) else chance.choice(["morning", "night", "never"])
        return likely(chance, question, strength)

    for number in range(27):
        put(course, f"l{number:02}", "bridges", answer_lines(rng, [case], rng.gauss(0.3, 1), answer))
    grade_quickly(course, ["bridges"])
    return report_of(course, ["bridges"], NOW)


def test_a_planted_wrong_key_is_named_first_with_what_the_strong_chose(planted):
    (at,) = (number for number, one in enumerate(planted.frames.asked) if one.question.id == "planted")
    first = planted.findings[at][0]
    assert first.concern == max(some[0].concern for some in planted.findings) == 9
    found = re.fullmatch(
        r"This key or lesson may be wrong: (\d+) of (\d+) strong learners chose “Not before June”\.", first.says
    )
    assert found and int(found[1]) > int(found[2]) / 2
    assert "paroleclinic regrade bridges" in first.do
    html = page(planted)
    assert html.index("strong learners chose") < html.index("All questions</h2>")


def test_twenty_healthy_questions_raise_no_alarm(planted):
    found = {
        one.question.id: [finding.name for finding in some if finding.concern > 4]
        for one, some in zip(planted.frames.asked, planted.findings, strict=True)
        if one.question.id.startswith("healthy")
    }
    assert len(found) == 20
    assert {name for name, some in found.items() for finding in some if finding != "harmful advice"} == set()


def test_of_seven_people_nothing_is_concluded(tmp_path, released_tiny):
    answers: dict[str, dict[str, object]] = {f"l{number}": {"when": "never", "bring": ["lamp"]} for number in range(7)}
    report = report_of(class_of(released_tiny(tmp_path / "tiny"), answers), ["bridges"], NOW)
    assert report.findings[0][0].says == "Too few to tell: 7 people answered."
    assert {some[0].concern for some in report.findings} == {-1}
    html = page(report)
    assert "may be wrong:" not in html and "too few to tell" in html


def test_a_case_that_nobody_worked_on_is_left_out_and_named_until_somebody_does(tmp_path):
    course = copy_of_tiny(tmp_path / "tiny")
    for path in [*course.root.glob("*/bridges/first-crossing.*")]:
        text = (
            path.read_text().replace("first-crossing", "second-crossing").replace("The first crossing", "The <second>")
        )
        path.with_stem("second-crossing").write_text(text)
    outline = course.root / "course.yaml"
    outline.write_text(outline.read_text().replace("- first-crossing\n", "- first-crossing\n      - second-crossing\n"))
    course = Course(course.root)
    key = key_answers(course.scenario("first-crossing"))
    put(course, "odd", "bridges", b"")
    put(course, "nothing", "bridges", line("", None, 0, event="opened").encode())
    class_of(course, {f"l{number}": key for number in range(8)})
    made = report_of(course, ["bridges"], NOW)
    says = "Nobody answered anything in 1 case, which is left out of blanks, signs and questions: The <second>."
    assert made.left_out == says and "The &lt;second&gt;." in page(made)
    people = made.learners.set_index("learner")
    assert (people.loc["l0", "blank"], people.loc["l0", "asked"], people.loc["l0", "possible"]) == (0, 4, 9)
    assert people.loc["l0", "why"] == () and people.loc["nothing", "why"] == ("What was handed in is blank.",)
    assert {*made.items.table["case"]} == {"first-crossing"} == {one.case for one in made.frames.asked}
    assert {*made.grids["case"]["key"]} == {"first-crossing", "second-crossing"}
    told = " ".join(run(course, "--out", str(tmp_path / "r")).split())
    assert says in told
    put(course, "l1", "bridges", line("when", "never", 1).replace("first-", "second-").encode())  # not graded yet
    assert report_of(course, ["bridges"], NOW).left_out == ""
    grade_quickly(course, ["bridges"])
    made = report_of(course, ["bridges"], NOW)
    assert made.left_out == "" and {*made.items.table["case"]} == {"first-crossing", "second-crossing"}
    assert made.learners.set_index("learner").loc["l0", "why"] == ("Many blanks: 4 of 8 questions.",)


def test_all_right_guessing_and_an_idle_distractor_are_told(tmp_path, released_tiny):
    course = released_tiny(tmp_path / "tiny")
    key = key_answers(course.scenario("first-crossing"))

    def told(when: list[str]) -> dict[str, list[str]]:
        answers = {
            f"l{number:02}": {
                "when": when[number % len(when)], "bring": key["bring"], "rise": key["rise"] if number % 2 else "2026-01-01",
                "cost": key["cost"] if number % 2 or number % 5 == 0 else "12",
            }
            for number in range(60)
        }  # fmt: skip
        report = report_of(class_of(course, answers), ["bridges"], NOW)
        return {
            one.question.id: [finding.name for finding in some]
            for one, some in zip(report.frames.asked, report.findings, strict=True)
        }

    said = told(["never", "morning", "never"])
    assert "all right" in said["bring"] and "idle distractor" in said["when"]
    assert said["rise"] == ["fine"] and said["cost"] == ["fine"]
    assert "guessing" in told(["night", "never", "morning"])["when"]


# the class, the page and the files


def test_states_stay_apart_and_each_sign_is_told_without_a_judgment(tiny_class, tmp_path):
    says = run(tiny_class, "--out", str(tmp_path / "r"), "--names", "--roster", str(tiny_class.root / "people.csv"))
    rows = {row["learner"]: row for row in lines_of(tmp_path / "r" / "learners.csv")}
    states = {name: row["state"] for name, row in rows.items()}
    assert states["blank"] == "blank" and states["nofile"] == "could not grade" and states["absent"] == "not handed in"
    assert states["late"] == "not graded yet" and states["ideal"] == "memo waits" and states["half"] == "graded"
    assert rows["absent"]["ask"] == "Nothing was handed in." and rows["blank"]["ask"] == "What was handed in is blank."
    assert rows["half"]["ask"].startswith("Many blanks: 2 of 4")
    assert rows["slow"]["pauses"] == "5" and "Long pauses" in rows["slow"]["ask"] and rows["ideal"]["ask"] == ""
    assert rows["unread"]["unreadable"] == "1"
    (harm,) = lines_of(tmp_path / "r" / "harmful.csv")
    assert (harm["learner"], harm["question"], harm["chose"]) == ("harmful", "when", "At night, when nobody looks")
    (wrong,) = lines_of(tmp_path / "r" / "sure-and-wrong.csv")
    assert (wrong["question"], wrong["sure and wrong"], wrong["sure"]) == ("when", "1", "2")
    grid = {(row["learner"], row["state"]) for row in lines_of(tmp_path / "r" / "grid.csv") if row["by"] == "case"}
    assert ("nofile", "could not grade") in grid and ("blank", "blank") in grid
    assert "9 learners of 10 handed something in" in says
    assert "It shows names" in says


def test_names_are_hidden_unless_asked_for_and_the_same_each_time(tiny_class, tmp_path):
    for number in (1, 2):
        run(tiny_class, "--out", str(tmp_path / str(number)), "--roster", str(tiny_class.root / "people.csv"))
    texts = [(path.name, path.read_text("utf-8-sig")) for path in sorted((tmp_path / "1").iterdir())]
    for name, text in texts:
        for learner in ("harmful", "unread", "absent", "Ab Sent", "nofile", "HYPERLINK"):
            cell = rf"(?m)(^|[,>]){learner}([,<]|$)"
            assert not re.search(cell, text.partition("\n")[2]) or name in ("about.csv",), (name, learner)
    one, two = ({row["learner"] for row in lines_of(tmp_path / number / "learners.csv")} for number in "12")
    assert one == two and all(re.fullmatch(r"L-[A-Z2-7]{8}", name) for name in one)
    assert all(path.stat().st_mode & 0o77 == 0 for path in (tmp_path / "1").iterdir())


def test_hostile_names_are_text_on_the_page_and_no_formula_in_a_table(tiny_class, tmp_path, context: BrowserContext):
    run(tiny_class, "--out", str(tmp_path / "r"), "--names", "--roster", str(tiny_class.root / "people.csv"))
    html = (tmp_path / "r" / "report.html").read_text()
    assert "<img" not in html and "&lt;img" in html
    for path in (tmp_path / "r").glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "+", "@"))]
            assert not [cell for cell in row if cell.startswith("-") and not re.fullmatch(r"-[0-9.]+", cell)]
    shown = context.new_page()
    said: list[str] = []
    shown.on("dialog", lambda dialog: said.append(dialog.message))
    shown.on("console", lambda message: said.append(message.text))
    shown.goto((tmp_path / "r" / "report.html").as_uri())
    expect(shown.get_by_text("For the instructor only.")).to_be_visible()
    assert said == []


def test_tables_come_back_from_their_files_as_they_were():
    table = pd.DataFrame(
        {
            "a": ["x,y", 'q"', "=1", "é\n2"],
            "n": [1, 2, 3, 4],
            "f": [0.5, float("nan"), -0.25, 1.0],
            "b": [True, False] * 2,
        }
    )
    back = pd.read_csv(io.BytesIO(csv_of(table)))
    assert back["a"].tolist() == ["x,y", 'q"', "'=1", "é\n2"]
    assert back["n"].tolist() == [1, 2, 3, 4] and back["f"].fillna(9).tolist() == [0.5, 9, -0.25, 1.0]
    assert back["b"].tolist() == ["yes", "no", "yes", "no"]


def test_the_page_is_read_by_everybody_sorted_by_keyboard_and_needs_no_network(
    planted, tmp_path, context: BrowserContext
):
    write(planted, tmp_path / "r")
    html = (tmp_path / "r" / "report.html").read_text()
    assert not re.search(r"(src|href)=[\"'](?!#)", html) and "default-src 'none'" in html
    shown = context.new_page()
    troubles: list[str] = []
    shown.on("console", lambda message: troubles.append(message.text))
    for width, scheme in ((1300, "light"), (700, "dark")):
        shown.set_viewport_size({"width": width, "height": 900})
        shown.emulate_media(color_scheme=scheme)
        shown.goto((tmp_path / "r" / "report.html").as_uri())
        shown.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert Axe().run(shown).response["violations"] == []
    table = shown.get_by_role("table", name="All questions")
    heading = table.get_by_role("button", name="Right, and likely range")
    heading.focus()
    shown.keyboard.press("Enter")
    rights = table.locator("tbody tr td:nth-child(3)").evaluate_all(
        "cells => cells.map(cell => parseFloat(cell.dataset.v))"
    )
    assert rights == sorted(rights, reverse=True)
    expect(heading.locator("xpath=..")).to_have_attribute("aria-sort", "descending")
    assert troubles == []


def test_pre_and_post_tests_come_from_progress_files(tmp_path):
    def sat(form: str, right: int) -> str:
        marks = {f"q{number}": "right" if number < right else "wrong" for number in range(10)}
        return (
            json.dumps({"v": 1, "at": stamp(BEGAN), "did": "tested", "form": form, "marks": marks, "certainty": {}})
            + "\n"
        )

    (tmp_path / "ana.jsonl").write_text(sat("pre-test", 4) + sat("post-test", 8) + sat("post-test", 10))
    (tmp_path / "ben" / "course").mkdir(parents=True)
    (tmp_path / "ben" / "course" / "progress.jsonl").write_text(sat("pre-test", 5) + "torn {\n")
    (tmp_path / "stranger.jsonl").write_text(sat("pre-test", 5))
    (tmp_path / "cy.jsonl").symlink_to(tmp_path / "ana.jsonl")
    found, strangers = sittings_in(tmp_path, ["ana", "ben", "cy"])
    assert found.to_dict("split")["data"] == [
        ["ana", "pre-test", 4, 10],
        ["ana", "post-test", 8, 10],
        ["ben", "pre-test", 5, 10],
    ]
    assert strangers == ["stranger"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["brigdes"], 2, 'There is no unit "brigdes". Did you mean "bridges"?'),
        (["--progress", "nowhere"], 2, "There is no folder nowhere"),
        (["--roster", "nobody.csv"], 2, "nobody.csv cannot be read"),
        (["--out", "{root}/law"], 2, "it holds something else than a report"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_sentence(tiny_class, words, code, says):
    before = sorted((tiny_class.root / "law").iterdir())
    assert says in run(tiny_class, *(word.format(root=tiny_class.root) for word in words), code=code).replace("\n", " ")
    assert sorted((tiny_class.root / "law").iterdir()) == before


def test_before_anything_is_handed_in_nothing_is_made(tiny):
    assert "Nothing is handed in yet" in run(tiny, code=1)
    assert not (tiny.root / "gradebook.db").exists() and not (tiny.root / "reports").exists()


def test_a_report_replaces_the_one_of_the_same_day_and_nothing_else(planted, tmp_path):
    write(planted, tmp_path / "r")
    write(planted, tmp_path / "r")
    (tmp_path / "r" / "mine.txt").write_text("mine")
    with pytest.raises(NotOurs):
        write(planted, tmp_path / "r")
    assert (tmp_path / "r" / "mine.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


@pytest.mark.browser
def test_an_instructor_opens_the_notebook_chooses_and_sorts(tiny_class, tmp_path, context: BrowserContext):
    root = shutil.copytree(tiny_class.root, tmp_path / "course")
    source = Path(__file__).parent.parent / "notebooks" / "instructor" / "cohort.ipynb"
    shutil.copy(source, root / "notebooks" / "instructor" / "cohort.ipynb")
    with served(root) as site:
        shown = opened(context, site, "notebooks/instructor/cohort.ipynb", ready="#shown h2")
        expect(shown.get_by_role("heading", name="Whom to ask how it is going")).to_be_visible()
        assert shown.get_by_text("absent").count() == 0
        assert violations(shown) == []
        shown.get_by_label("Show names").check()
        shown.get_by_role("combobox", name="Unit").select_option("bridges")
        shown.get_by_role("button", name="Show, as it stands now").click()
        expect(shown.locator("#shown th[scope=row]", has_text="nofile").first).to_be_visible(timeout=30_000)
        button = shown.get_by_role("table", name="Learners with a sign").get_by_role("button", name="Blank")
        button.click()
        expect(button.locator("xpath=..")).to_have_attribute("aria-sort", "descending")
        shutil.rmtree(root / "submitted")
        (root / "gradebook.db").unlink()
        shown.get_by_role("button", name="Show, as it stands now").click()
        expect(shown.get_by_role("heading", name="Nothing is handed in yet")).to_be_visible(timeout=30_000)


class _Frames:
    """Marks alone, for the functions that need no more."""

    def __init__(self, verdict: np.ndarray, share: np.ndarray, cases: list[str] | None = None) -> None:
        self.verdict, self.share = verdict, share
        self.asked = [type("Asked", (), {"case": case})() for case in cases or ["c"] * share.shape[1]]
