"""Memos marked fairly: formgrader's page without names, ready comments, a second marker's blind sample, agreement and drift."""

from __future__ import annotations

import csv
import getpass
import io
import re
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Page, Response, expect
from scipy import stats
from typer.testing import CliRunner

from conftest import copy_of_tiny, hand_in, six_learners
from gradebooks import ORDER, paroleclinic, rows
from jupyter import served
from paroleclinic import comments, criteria
from paroleclinic.check.comments import ready_comments
from paroleclinic.cli import app
from paroleclinic.course import Course
from paroleclinic.estimates import FEW
from paroleclinic.gradebook.book import Book
from paroleclinic.gradebook.formgrade import configure_marking, memo_in
from paroleclinic.gradebook.formgrade import page as page_of
from paroleclinic.gradebook.memos import memo_rows
from paroleclinic.gradebook.setup import settings
from paroleclinic.marking import memo_cell
from paroleclinic.memos.agreement import Pair, by_criterion, furthest, in_total, in_words
from paroleclinic.memos.drift import in_words as drift_in_words
from paroleclinic.memos.drift import trend
from paroleclinic.memos.form import COLUMNS, Sample, lines, page
from paroleclinic.memos.pile import known_codes
from paroleclinic.memos.sample import Marked, Sheet, drawn, unsigned
from paroleclinic.memos.taken import NotAForm, read
from paroleclinic.pseudonyms import Pseudonyms
from paroleclinic.reading import Problems

UNIT, CASE = "bridges", "first-crossing"
HOSTILE = '</div></section><script>document.title="hacked"</script><img src=x onerror="document.title=1">\n\n**b** $x$ {{ x }}'
LEARNERS = {f"zq-learner-{number:02}": f"Memo {number}. Dear Ana, cross by day." for number in range(10)}
LEARNERS |= {
    "zq-hostile": HOSTILE,
    "zq-real": "Dear Ana, call me at (512) 867-5309.",
    "zq-signs": "Dear Ana.\n\nYours, zq-signs, Xaviera Quirke",
    "zq-blank": "",
}


@pytest.fixture
def tiny(tmp_path: Path) -> Course:
    return copy_of_tiny(tmp_path / "tiny")


@pytest.fixture
def memo(tiny):
    return tiny.scenario(CASE).memo


# the points by criterion, in the comment


def test_points_by_criterion_go_into_a_comment_and_come_back(memo):
    line = criteria.as_line([2, 0.5], memo.rubric)
    assert line == "By criterion, in the order of the table: 2/2, 0.5/2."
    assert criteria.from_comment(f"Well done.\n\n{line}\n\nMore.", memo.rubric) == (2.0, 0.5)


@pytest.mark.parametrize(
    "comment", ["", "2/2", f"{criteria.HEAD} 2/2.", f"{criteria.HEAD} 3/2, 1/2.", f"{criteria.HEAD} 2/2, 1/3."]
)
def test_a_comment_of_another_rubric_tells_no_points(memo, comment):
    assert criteria.from_comment(comment, memo.rubric) is None


def test_the_memo_in_a_graded_notebook_is_the_one_that_was_written(tiny):
    from paroleclinic.grading import grade_case

    case = tiny.scenario(CASE)
    for closed in (frozenset(), frozenset({case.memo.id})):
        assert memo_in(memo_cell(grade_case(case, {case.memo.id: HOSTILE}), closed)) == HOSTILE
    assert memo_in("*Write your memo in the box above.*") is None


# ready comments


def test_a_ready_comment_is_kept_listed_and_checked(tiny, memo):
    says = 'Say "by day": # the hours'
    done = CliRunner().invoke(
        app, ["memos", "comments", CASE, "--criterion", "time", "--add", says, "--course", str(tiny.root)]
    )
    assert done.exit_code == 0, done.output
    comments.add(tiny.root, CASE, "fee", "Name the fee.")
    assert comments.ready(memo, comments.bank(tiny.root, CASE))[0] == comments.Ready("time", says, True)
    assert list(ready_comments(tiny)) == []
    listed = CliRunner().invoke(app, ["memos", "comments", CASE, "--course", str(tiny.root)]).output
    assert says in listed
    assert "Tells her the fee: partly there. What earns half: " in " ".join(listed.split())
    assert "Tells her the fee: not there yet. What earns nothing: " in " ".join(listed.split())


def test_what_is_wrong_with_ready_comments_is_told_with_its_line(tiny):
    path = comments.path_of(tiny.root, CASE)
    path.parent.mkdir(parents=True)
    path.write_text(
        "comments:\n  - criterion: hour\n    says: Yes\n  - criterion: fee\n    says: No\n  - criterion: fee\n    says: No\n"
    )
    (path.parent / "no-such-case.yaml").write_text("comments: []\n")
    assert [(one.path, one.line, one.says) for one in sorted(ready_comments(tiny))] == [
        ("local/comments/first-crossing.yaml", 2, 'the rubric has no criterion "hour"'),
        ("local/comments/first-crossing.yaml", 6, "this comment is here twice"),
        ("local/comments/no-such-case.yaml", 0, 'there is no case "no-such-case" with a memo'),
    ]


def test_a_file_that_cannot_take_a_comment_stays_as_it_was(tiny):
    path = comments.path_of(tiny.root, CASE)
    path.parent.mkdir(parents=True)
    path.write_text("comments: []\n")
    with pytest.raises(Problems):
        comments.add(tiny.root, CASE, "fee", "Name the fee.")
    assert [one.read_text() for one in path.parent.iterdir()] == ["comments: []\n"]


# which memos a second marker reads


def pile(number: int) -> list[Marked]:
    return [Marked(f"case-{at % 3}", f"L-{at:06}", (at * 7 % number) / number) for at in range(number)]


def test_the_same_pile_and_seed_give_the_same_sample_and_another_seed_another():
    assert drawn(pile(60), 20, 1) == drawn(list(reversed(pile(60))), 20, 1)
    assert drawn(pile(60), 20, 1) != drawn(pile(60), 20, 2)


@pytest.mark.parametrize("seed", range(20))
def test_a_sample_holds_every_case_and_low_and_high_first_marks(seed):
    found = drawn(pile(60), 20, seed)
    assert len(found) == len(set(found)) == 12
    for case in ("case-0", "case-1", "case-2"):
        marks = [one.first for one in found if one.case == case]
        assert len(marks) == 4
        assert min(marks) < 0.3
        assert max(marks) > 0.7


def test_the_order_within_a_case_does_not_follow_the_marks():
    orders = [[one.first for one in drawn(pile(60), 50, seed) if one.case == "case-0"] for seed in range(10)]
    assert not any(marks in (sorted(marks), sorted(marks, reverse=True)) for marks in orders)


def test_a_share_of_a_small_pile_is_at_least_one_memo_and_never_more_than_all():
    assert [len(drawn(pile(number), share, 1)) for number, share in [(0, 20), (1, 20), (3, 1), (3, 100), (7, 50)]] == [
        0,
        1,
        1,
        3,
        4,
    ]


def test_a_whole_name_or_id_is_taken_out_of_a_memo_and_a_clients_first_name_stays():
    text = "Dear Ana,\nYours\nana  pérez (aperez7), not aperez77"
    assert unsigned(text, "aperez7", "Ana Pérez") == "Dear Ana,\nYours\n[the writer] ([the writer]), not aperez77"
    assert unsigned("Dear Ana", "a", "Ana") == "Dear Ana"


# a second marker's file


def sample(memo, *codes: str, marker: str = "Bo") -> Sample:
    return Sample(
        UNIT, "second", marker, tuple(Sheet(CASE, "The first crossing", code, HOSTILE, memo) for code in codes)
    )


def filled(one: Sample, *points: object, between: str = ",") -> bytes:
    table = [list(row) for row in lines(one)]
    for row, given in zip(table[1:], points, strict=True):
        row[8] = given
    out = io.StringIO()
    csv.writer(out, delimiter=between).writerows(table)
    return out.getvalue().encode()


def taken(data: bytes, memo, *codes: str):
    return read(data, {UNIT: {CASE: memo}}, {(UNIT, CASE): frozenset(codes)})


def test_marks_come_back_as_they_were_given_and_open_memos_stay_open(memo):
    one = sample(memo, "L-A", "L-B", "L-C")
    found = taken(filled(one, 2, 1, 0, 0.5, "", ""), memo, "L-A", "L-B", "L-C")
    assert [(mark.code, mark.points) for mark in found.marks] == [
        ("L-A", {"time": 2, "fee": 1}),
        ("L-B", {"time": 0, "fee": 0.5}),
    ]
    assert found.open == ((CASE, "L-C"),)
    assert found.problems == ()


def test_a_file_from_a_spreadsheet_with_semicolons_and_decimal_commas_is_read(memo):
    data = filled(sample(memo, "L-A", marker="'=Bo"), "1,5", "2,0", between=";").decode().encode("utf-8-sig")
    (mark,) = taken(data, memo, "L-A").marks
    assert (mark.points, mark.marker) == ({"time": 1.5, "fee": 2.0}, "=Bo")


def test_everything_wrong_with_a_file_is_told_at_once_by_row_and_column(memo):
    one = sample(memo, "L-A", "L-B", "L-C", "L-X")
    found = taken(filled(one, 3, "x", "", 1, "nan", 0.3, 1, 1), memo, "L-A", "L-B", "L-C")
    assert found.marks == ()
    assert [problem.partition(": ")[0] for problem in found.problems] == [
        f"row {row}, column {column}"
        for row, column in [
            (2, "points"),
            (3, "points"),
            (4, "points"),
            (6, "points"),
            (7, "points"),
            (8, "memo"),
            (9, "memo"),
        ]
    ]
    assert "from 0 to 2 in halves" in found.problems[0]


def test_a_line_twice_or_missing_or_of_a_second_marker_is_refused(memo):
    head, first, second, *_ = filled(sample(memo, "L-A"), 1, 1).decode().splitlines()
    said = lambda *some: taken("\n".join(some).encode(), memo, "L-A").problems  # noqa: E731
    assert "stand in row 2" in said(head, first, first, second)[0]
    assert "has no line for fee" in said(head, first)[0]
    assert any("2 markers" in one for one in said(head, first, second.replace("Bo", "Cy")))
    assert "neither second nor again" in said(head, first.replace(",second,", ",third,"), second)[0]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"a,b\n1,2\n", b"x" * 6_000_000, b"\x00\xff\xfe"])
def test_what_is_no_form_is_refused_in_a_sentence(memo, data):
    with pytest.raises(NotAForm):
        taken(data, memo)


def test_a_hostile_memo_and_marker_are_text_on_the_page(memo):
    text = page(sample(memo, "L-A", marker="</script><script>alert(1)</script>"))
    assert "<script>document.title" not in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;document.title" in text


# agreement and drift


def pair(first: tuple[float, float], second: tuple[float, float], code: str = "L-A", *, noted: bool = True) -> Pair:
    by = [dict(zip(("time", "fee"), points, strict=True)) for points in (first, second)]
    return Pair(CASE, code, (sum(first), sum(second)), 4.0, by[0] if noted else None, by[1])


def test_kappa_of_known_marks(memo):
    """Worked by hand: levels 0 to 4 in half points; apart 0, 0, 0 and 2; expected (squared) 5, observed 1: kappa 0.8."""
    given = [(0, 0), (1, 1), (2, 2), (2, 1)]
    found = by_criterion([pair((first, 0), (second, 0)) for first, second in given], memo)["time"]
    assert found.kappa.value == pytest.approx(0.8)
    assert found.exact.value == 0.75
    assert found.close.value == 1.0
    assert found.apart.value == -0.25
    assert found.exact.n == 4


def test_agreement_in_total_counts_pairs_without_points_by_criterion(memo):
    pairs = [pair((2, 2), (2, 1), "L-A", noted=False), pair((0, 0), (2, 0), "L-B"), pair((1, 1), (1, 1), "L-C")]
    total = in_total(pairs)
    assert (total.exact.value, total.close.value, total.exact.n) == (pytest.approx(1 / 3), pytest.approx(2 / 3), 3)
    assert by_criterion(pairs, memo)["time"].exact.n == 2
    assert [one.code for one in furthest(pairs)] == ["L-B", "L-A"]


def test_few_pairs_conclude_nothing():
    assert "too few to conclude anything" in in_words(in_total([pair((2, 2), (2, 2))] * (FEW - 1)))
    many = [pair((at % 3, 1), (at % 3, 1)) for at in range(30)]
    assert "very high" in in_words(in_total(many))
    assert "chance alone" in in_words(in_total([pair((2, 2), (2, 2))] * FEW))


def test_a_pile_that_grows_stricter_is_seen_and_an_even_one_is_not():
    falling = trend([("a", 1 - at / 100 + 0.01 * (-1) ** at) for at in range(50)])
    assert falling.change.value == pytest.approx(-49, abs=1)
    assert "lower marks" in drift_in_words(falling.change)
    even = trend([("a", 0.5 + 0.1 * (-1) ** at) for at in range(50)])
    assert even.change.low < 0 < even.change.high
    assert "could still be there" in drift_in_words(even.change)
    assert "too few" in drift_in_words(trend([("a", 0.1), ("a", 0.5), ("a", 0.9)]).change)
    assert "too few" in drift_in_words(trend([]).change)


def test_a_hard_case_marked_last_is_no_drift_and_one_case_is_an_ordinary_line():
    marks = [("easy", 0.8 + 0.05 * (-1) ** at) for at in range(20)] + [
        ("hard", 0.3 + 0.05 * (-1) ** at) for at in range(20)
    ]
    assert abs(trend(marks).change.value) < 10
    given = [0.3, 0.5, 0.2, 0.6, 0.9, 0.4, 0.8, 0.7]
    line = stats.linregress(range(8), given)
    found = trend([("a", one) for one in given]).change
    assert found.value == pytest.approx(700 * line.slope)
    assert found.high - found.value == pytest.approx(700 * line.stderr * stats.t.ppf(0.975, 6))


# the real formgrader


@pytest.fixture(scope="module")
def graded(tmp_path_factory, released_tiny):
    """A course with a dozen memos graded, one hostile, one signed, one blank."""
    course = released_tiny(tmp_path_factory.mktemp("memos") / "tiny")
    comments.add(course.root, CASE, "time", "Say <b>when</b>.")
    case = course.scenario(CASE)
    for learner, text in LEARNERS.items():
        hand_in(course, learner, case, six_learners(case)["ideal"] | {case.memo.id: text})
    paroleclinic(course.root, "grade", UNIT)
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as book:
        for learner in LEARNERS:
            book.update_or_create_student(learner, first_name="Xaviera", last_name="Quirke")
    return course


@pytest.fixture(scope="module")
def site(graded):
    with served(graded.root) as address:
        yield address


def notebooks(course: Course) -> dict[str, str]:
    """Learner -> nbgrader's id of the hand-in."""
    with Book(course.root) as book:
        return {row.learner: row.notebook for row in memo_rows(book, UNIT)}


def shown(page: Page, site: str, notebook: str) -> Page:
    page.goto(f"{site}/formgrader/submissions/{notebook}/")
    page.wait_for_selector("body[data-ready]")
    return page


def row_of(course: Course, learner: str):
    with Book(course.root) as book:
        return next(row for row in memo_rows(book, UNIT) if row.learner == learner)


@pytest.mark.browser
def test_the_marking_page_names_nobody_until_it_is_asked(context, graded, site):
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for learner in ("zq-learner-03", "zq-blank", "zq-hostile"):
        shown(page, site, notebooks(graded)[learner])
        for said in (page.content(), page.title(), page.url):
            assert "zq-" not in said
            assert "Quirke" not in said
    assert [url for url in asked if not url.startswith(site) or "zq-" in url] == []
    assert page.locator("#real").count() == 0
    expect(page.locator("#memo")).to_contain_text('<script>document.title="hacked"</script>')
    assert page.title().startswith("Memo ")
    page.locator("#more summary").click()
    page.get_by_role("button", name="Show whose it is").click()
    expect(page.locator("#whose")).to_have_text("zq-hostile")


LISTS = ("manage_submissions/bridges", "gradebook/bridges/first-crossing", "manage_students", "manage_students/{}", "manage_students/{}/bridges")  # fmt: skip


@pytest.mark.browser
def test_formgraders_lists_and_what_they_load_name_nobody_until_somebody_asks(context, graded, site):
    code = Pseudonyms(graded.root).of("zq-learner-03")
    page = context.new_page()
    loaded: list[Response] = []
    page.on("response", lambda answer: "/formgrader/" in answer.url and "/static/" not in answer.url and loaded.append(answer))  # fmt: skip

    def names_nobody(most: int) -> None:
        page.wait_for_load_state("networkidle")
        texts = [answer.text() for answer in loaded]
        loaded.clear()
        assert len(texts) == most
        assert [text for text in texts if "zq-" in text or "Quirke" in text] == []

    for path in LISTS:
        page.goto(f"{site}/formgrader/{path.format(code)}")
        page.wait_for_function("models !== undefined && models.loaded")
        names_nobody(2)
        assert code in page.content() or path.startswith("gradebook")
        expect(page.locator("#names")).to_contain_text("Names are hidden.")
    shown(page, site, notebooks(graded)["zq-learner-03"])
    names_nobody(3)
    page.goto(f"{site}/formgrader/manage_submissions/bridges")
    row = page.locator("#main-table tr", has_text=code)
    row.locator(".autograde a").click()
    expect(page.locator(".modal")).to_contain_text(f"Successfully autograded 'bridges' for student '{code}'.")
    assert "zq-" not in page.locator(".modal").inner_text()
    page.goto(f"{site}/formgrader/manage_students")
    page.wait_for_function("models !== undefined && models.loaded")
    expect(page.locator("#main-table .edit a").first).to_be_hidden()
    assert "403" in page.evaluate(
        "code => { const one = models.get(code); one.save({first_name: 'A'}, {wait: true}); return new Promise(done => one.on('error', (_, answer) => done(String(answer.status)))) }",
        code,
    )
    page.locator("#names button").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#main-table")).to_contain_text("Quirke, Xaviera")
    expect(page.locator("#main-table .edit a").first).to_be_visible()
    page.goto(f"{site}/formgrader/manage_submissions/bridges")
    expect(page.locator("#main-table")).to_contain_text("zq-learner-03")
    with page.expect_navigation():
        page.get_by_role("button", name="Hide names").click()
    expect(page.locator("#main-table")).to_contain_text(code)


@pytest.mark.browser
def test_levels_add_up_and_nothing_is_saved_before_the_marker_says_so(context, graded, site):
    page = shown(context.new_page(), site, notebooks(graded)["zq-learner-00"])
    assert page.locator("#memo").bounding_box()["y"] < 200
    expect(page.locator("#use")).to_be_disabled()
    first = page.locator("fieldset").first.get_by_role("radio").first
    first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#picked")).to_have_text("1 of 4; 1 of 2 criteria to go")
    page.locator("fieldset").nth(1).get_by_label("Full").check()
    expect(page.locator("#picked")).to_have_text("3 of 4")
    assert row_of(graded, "zq-learner-00").first is None
    page.locator("#use").focus()
    page.keyboard.press("Enter")
    expect(page.locator('[data-for="first-crossing-memo"]')).to_contain_text("Saved at")
    expect(page.locator('[data-for="first-crossing-memo-comment"]')).to_contain_text("Saved at")
    page.locator("summary", has_text="Ready comments").first.click()
    with page.expect_response(lambda answer: "/api/comment/" in answer.url):
        page.get_by_role("button", name="Say <b>when</b>.").click()
    row = row_of(graded, "zq-learner-00")
    assert (row.first, row.waits) == (3.0, False)
    assert row.comment == "By criterion, in the order of the table: 1/2, 2/2.\n\nSay <b>when</b>."
    assert row.at is not None and row.marker == getpass.getuser()
    shown(page, site, row.notebook)
    expect(page.locator("#picked")).to_have_text("3 of 4")
    expect(page.locator("#first-crossing-memo")).to_have_value("3")
    differs = page.get_by_role("status").and_(page.locator("#differs"))
    expect(differs).to_have_text("")
    page.locator("#first-crossing-memo").fill("3.5")
    expect(differs).to_have_text("The comment still says 3 by criterion: press “Use … points” again or change it.")
    with page.expect_response(lambda answer: "/api/grade/" in answer.url):
        page.locator("#first-crossing-memo").blur()
    shown(page, site, row.notebook)
    expect(differs).to_contain_text("The comment still says 3 by criterion")
    page.locator("#use").click()
    expect(page.locator('[data-for="first-crossing-memo"]')).to_contain_text("Saved at")
    expect(differs).to_have_text("")
    assert row_of(graded, "zq-learner-00").first == 3.0


@pytest.mark.browser
def test_a_memo_that_seems_to_hold_a_real_number_says_so_and_what_to_do(context, graded, site):
    page = shown(context.new_page(), site, notebooks(graded)["zq-real"])
    expect(page.locator("#real")).to_have_text(
        "This looks like a phone number. If it is real, ask the learner to take it out and hand in again;"
        " docs/privacy.md, Invented clients only, says how to remove the earlier one."
    )


@pytest.mark.browser
def test_points_typed_by_hand_are_saved_and_odd_ones_are_refused(context, graded, site):
    page = shown(context.new_page(), site, notebooks(graded)["zq-learner-01"])
    field, says = page.locator("#first-crossing-memo"), page.locator('[data-for="first-crossing-memo"]')
    for wrong in ("5", "-1"):
        field.fill(wrong)
        field.blur()
        expect(says).to_contain_text("Not saved: a number from 0 to 4")
    assert row_of(graded, "zq-learner-01").first is None
    field.fill("2.5")
    with page.expect_navigation():
        page.keyboard.press("Control+.")
    assert row_of(graded, "zq-learner-01").first == 2.5
    assert notebooks(graded)["zq-learner-01"] not in page.url


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_marking_page_is_without_barriers(browser, graded, site, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=scheme, viewport={"width": 1300, "height": 1000})
    page = shown(context.new_page(), site, notebooks(graded)["zq-hostile"])
    for fold in page.locator("details > summary").all():
        fold.evaluate("(node) => { node.parentNode.open = true; }")
    for width in (1300, 700):
        page.set_viewport_size({"width": width, "height": 1000})
        found = [violation["id"] for violation in Axe().run(page).response["violations"]]
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_a_notebook_that_is_no_case_has_nbgraders_own_page(tiny):
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    configure_marking(config)
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Hello")])
    about = {"metadata": {"path": str(tiny.root)}, "notebook_id": "not-a-case", "assignment_id": UNIT, "submission_id": "x",
             "base_url": "", "index": 0, "total": 1, "notebook_path": ""}  # fmt: skip
    assert page_of(nb, about) == ""
    text, _ = HTMLExporter(config=config).from_notebook_node(nb, resources=about)
    assert "formgrader/static/js/formgrade.js" in text
    assert "Hello" in text


def test_what_cannot_be_read_is_said_on_the_page(tiny):
    cell = nbformat.v4.new_markdown_cell(
        "*Write*", metadata={"nbgrader": {"grade": True, "solution": True, "grade_id": "memo"}}
    )
    nb = nbformat.v4.new_notebook(cells=[cell])
    about = {"metadata": {"path": str(tiny.root)}, "notebook_id": CASE, "assignment_id": UNIT, "submission_id": "x", "base_url": "",
             "index": 0, "total": 1}  # fmt: skip
    path = comments.path_of(tiny.root, CASE)
    path.parent.mkdir(parents=True)
    path.write_text("comments: 7\n")
    text = page_of(nb, about)
    assert "The ready comments cannot be shown: local/comments/first-crossing.yaml" in text
    assert "Tells her the fee" in text
    assert "No memo was written." in text
    (tiny.root / "scenarios" / UNIT / f"{CASE}.yaml").write_text("id: first-crossing\n")
    assert "The rubric cannot be shown: scenarios/" in page_of(nb, about)


def test_feedback_keeps_nbgraders_own_template(tiny):
    from nbgrader.converters import GenerateFeedback
    from nbgrader.coursedir import CourseDirectory

    config = settings(tiny.root)
    made = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)
    assert made.config.HTMLExporter.template_name == "feedback"
    assert any((Path(place) / "feedback").is_dir() for place in made.config.HTMLExporter.extra_template_basedirs)


# from the pile to the drift


def told(course: Course, *words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["memos", *words, "--course", str(course.root)], env={"COLUMNS": "200"})
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def scores(course: Course) -> dict[str, list[str]]:
    return {table: found for table, found in rows(f"sqlite:///{course.root}/gradebook.db").items() if table in ORDER}


@pytest.mark.browser
def test_a_second_marker_marks_blind_and_no_score_changes(browser, graded, tmp_path):
    assert re.search(
        rf"bridges *\n.*\n.*\n.*\n│ first-crossing │ \d+ +│ \d+ +│ 1 +│ {getpass.getuser()} \(\d+\)",
        told(graded, "list"),
    )
    address = re.search(r"/formgrader/submissions/(\w+)/", told(graded, "next"))
    assert address[1] in notebooks(graded).values()
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db") as book:
        for at, learner in enumerate(sorted(LEARNERS)):
            hand = book.find_submission_notebook(CASE, UNIT, learner)
            grade = next(one for one in hand.grades if one.name == "first-crossing-memo")
            if grade.manual_score is None and learner != "zq-blank":
                grade.manual_score, grade.needs_manual_grade = (
                    (at % 5) * 0.9,
                    False,
                )  # 0.9: a mark that stands nowhere else
                book.db.commit()
    before = scores(graded)
    assert "0 memos wait" in told(graded, "list")
    words = ("sample", UNIT, "--share", "100", "--second", "=Bo & Co", "--seed", "7", "--to")
    for place in ("one", "two"):
        assert "13 memos of 13" in told(graded, *words, str(tmp_path / place))
    assert "perhaps filled in" in told(graded, *words, str(tmp_path / "one"), code=2)
    for name in ("memos-bridges-second.html", "memos-bridges-second.csv"):
        data = (tmp_path / "one" / name).read_bytes()
        assert data == (tmp_path / "two" / name).read_bytes()
        for secret in (b"zq-", b"Quirke", *(f"{mark * 0.9:g}".encode() for mark in (1, 2, 3, 4))):
            assert secret not in data
    told(graded, *words, str(tmp_path / "other"), "--share", "30")
    filled_in = second_reading(browser, tmp_path / "one" / "memos-bridges-second.html", tmp_path)
    assert next(csv.reader(io.StringIO(filled_in.read_text("utf-8-sig")))) == list(COLUMNS)
    assert "2 memos taken; 11 left open. No score was changed." in told(graded, "take", str(filled_in))
    assert "2 of them in the place of earlier ones" in told(graded, "take", str(filled_in))
    said = told(graded, "agree", UNIT)
    assert "2 pairs: too few to conclude anything" in said
    assert "=Bo & Co" in said
    table, _, _ = said.partition("2 pairs:")
    assert max(map(len, table.splitlines())) <= 80
    assert f"The first marks of bridges were set by {getpass.getuser()} (13)." in said
    assert "zq-" not in said
    assert scores(graded) == before


def second_reading(browser, form: Path, folder: Path) -> Path:
    """Two memos marked on the page, with the page loaded anew between them; the file that it saves."""
    page = browser.new_page()
    for at in range(2):
        page.goto(form.as_uri())
        for group in page.locator(".pc-two").nth(at).locator("fieldset").all():
            group.get_by_label("Half").check()
    page.locator("textarea").first.fill("=1+1; <b>why</b>")
    assert "hacked" not in page.title()
    expect(page.locator("#left")).to_have_text("22 of 26 lines are still open.")
    with page.expect_download() as told_:
        page.get_by_role("button", name="Save my marks").click()
    told_.value.save_as(folder / "back.csv")
    page.close()
    return folder / "back.csv"


def test_drift_tells_the_order_of_marking_and_a_second_reading_of_the_early_ones(graded, tmp_path):
    said = told(graded, "drift", UNIT)
    assert "13 marked memos in bridges; when it was marked is known of 13" in said
    told(graded, "sample", UNIT, "--again", "--share", "50", "--to", str(tmp_path))
    table = list(csv.reader(io.StringIO((tmp_path / "memos-bridges-again.csv").read_text("utf-8-sig"))))
    with Book(graded.root) as book:
        codes = {
            code: learner for known in known_codes(graded, book, [UNIT]).values() for code, learner in known.items()
        }
        timed = sorted(memo_rows(book, UNIT), key=lambda row: row.at or datetime.max)
    assert {codes[row[4]] for row in table[1:]} <= {row.learner for row in timed[:7]}
    for row in table[1:]:
        row[8] = "2"
    with (tmp_path / "again.csv").open("w", newline="") as file:
        csv.writer(file).writerows(table)
    before = scores(graded)
    assert "Next: `paroleclinic memos drift bridges`" in told(graded, "take", str(tmp_path / "again.csv"))
    said = told(graded, "drift", UNIT)
    assert "Read again by first marker: 4 memos" in said
    assert "4 read again: too few" in said
    assert scores(graded) == before


def test_a_bad_file_is_refused_whole_and_in_sentences(graded, tmp_path):
    code = Pseudonyms(graded.root).of("zq-learner-02")
    bad = tmp_path / "bad.csv"
    bad.write_bytes(filled(sample(graded.scenario(CASE).memo, code, "L-\x1b[31m"), 1, 9, 1, 1))
    before = rows(f"sqlite:///{graded.root}/gradebook.db")
    said = told(graded, "take", str(bad), code=1)
    assert "row 3, column points: '9' is not a number from 0 to 2 in halves" in said
    assert "\x1b" not in said
    assert "Nothing was taken" in said
    assert "cannot be read" in told(graded, "take", str(tmp_path / "none.csv"), code=2)
    assert "is no form" in told(graded, "take", str(graded.root / "course.yaml"), code=2)
    assert rows(f"sqlite:///{graded.root}/gradebook.db") == before


def test_without_a_gradebook_or_marks_a_sentence_says_what_to_do(tiny):
    assert "no gradebook yet" in told(tiny, "list", code=1)
    assert "no gradebook yet" in told(tiny, "sample", UNIT, "--second", "Bo", code=1)
    assert not (tiny.root / "gradebook.db").exists()
