"""The course in JupyterLab, in a real Chromium, as a learner and an instructor meet it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browsing import ensured, opened, pick, picture, question, saved, violations, visited
from conftest import ROOT, copy_of_tiny, hand_in, nbgrader, six_learners
from jupyter import WIDE, copy_course, served, stop
from paroleclinic import lab
from paroleclinic.answers import FILE_NAME, read_answers
from paroleclinic.course import Course
from paroleclinic.grading import grade_case, key_answer, key_answers
from paroleclinic.law import long_day
from paroleclinic.progress import FILE_NAME as PROGRESS
from paroleclinic.progress import Diary
from paroleclinic.spotting import RULES
from paroleclinic.widgets.questions import Questions

pytestmark = pytest.mark.browser
COURSE = Course(ROOT)
CASES = [(unit.id, case) for unit in COURSE.outline.units for case in unit.cases]
WORKED = [  # worked to the end: the hardest of every second unit, and a twin
    *[(unit.id, unit.cases[-1]) for unit in COURSE.outline.units][::2],
    next((unit, case) for unit, case in CASES if COURSE.scenario(case).twin),
]
NARROW = {"width": 700, "height": 1000}


@pytest.fixture(scope="module")
def course_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("browser") / "a course with spaces é"
    copy_course(root)
    diary = Diary(root / PROGRESS)  # a learner who has been here before and wants to go straight to the files
    diary.note("welcomed", name="Ana", role="volunteer", language="en")
    for what in ("pre-test", *(f"interview:{case}" for _, case in CASES)):
        diary.note("skipped", what=what)
    return root


@pytest.fixture(scope="module")
def site(course_copy: Path) -> Iterator[str]:
    with served(course_copy) as address:
        yield address


@pytest.fixture(scope="module")
def room(browser: Browser) -> Iterator[Page]:
    """A window of JupyterLab in which one page after another is opened."""
    made = browser.new_context(viewport=WIDE)
    yield made.new_page()
    made.close()


@pytest.mark.parametrize("path", [f"notebooks/{name}.ipynb" for name in COURSE.outline.notebooks])
def test_a_page_shows_as_an_article_without_code_and_without_barriers(room, site, path):
    page = visited(room, site, path, ready=".pc-q, .pc-sifted, [data-drawn] section, [data-drawn] h2")
    expected = page.locator("h1").first
    expect(expected).to_be_visible()
    page.wait_for_function(
        "document.querySelectorAll('.jp-RenderedMermaid, pre code.language-mermaid').length == 0 || document.querySelector('.jp-RenderedMermaid img, .jp-RenderedMermaid svg')"
    )
    panel = page.locator(".specta-article-outputs-panel")
    assert panel.locator(".jp-InputArea-editor:visible").count() == 0
    assert "paroleclinic" not in panel.inner_text()
    assert (
        page.locator(
            ".jp-OutputArea-output[data-mime-type*='stderr'], .jp-RenderedText[data-mime-type*='error']"
        ).count()
        == 0
    )
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    for width, theme in ((WIDE, "light"), (NARROW, "dark")):
        page.set_viewport_size(width)
        page.emulate_media(color_scheme=theme)
        page.wait_for_selector(f"body[data-jp-theme-light='{str(theme == 'light').lower()}']", state="attached")
        overflow = page.evaluate(
            """[...document.querySelectorAll('.pc-q, .pc-card, .pc-doc, .pc-opt, .pc-sort')].filter(
                (e) => e.scrollWidth > e.clientWidth + 1 && !e.querySelector('.pc-wide')).length"""
        )
        assert (theme, width, overflow, violations(page)) == (theme, width, 0, [])
        heads = page.evaluate(  # axe does not see a table head that is white on white
            """[...document.querySelectorAll('.jp-RenderedMarkdown th')].map((e) => getComputedStyle(e)).filter(
                (s) => Math.abs(parseInt(s.color.slice(4)) - parseInt(s.backgroundColor.match(/[0-9]+/)[0])) < 100
                    && !s.backgroundColor.endsWith(', 0)')).length"""
        )
        assert (theme, heads) == (theme, 0)
    picture(page, f"{Path(path).stem}-{theme}-{width['width']}")


@pytest.mark.parametrize(("unit", "case_id"), CASES[::3])  # the others are drawn by the same code; check reads all
def test_a_case_shows_legible_papers_without_code_and_without_barriers(room, site, unit, case_id):
    case = COURSE.scenario(case_id)
    page = visited(room, site, f"exercises/{unit}/{case_id}.ipynb")
    panel = page.locator(".specta-article-outputs-panel")
    assert panel.locator(".jp-InputArea-editor:visible").count() == 0
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert panel.locator(".pc-doc").count() == len(case.exhibits) == panel.locator(".pc-doc .pc-specimen").count()
    assert panel.locator(".pc-q").count() == len(case.questions)
    assert panel.locator(".pc-aside").count() == sum(question.mirrors is not None for question in case.questions)
    for width, theme in ((WIDE, "light"), (NARROW, "dark")):
        page.set_viewport_size(width)
        page.emulate_media(color_scheme=theme)
        page.wait_for_selector(f"body[data-jp-theme-light='{str(theme == 'light').lower()}']", state="attached")
        too_wide = page.evaluate(
            """[...document.querySelectorAll('.pc-q, .pc-card, .pc-doc, .pc-opt, .pc-sort, .pc-doc dd')].filter(
                (e) => e.scrollWidth > e.clientWidth + 1 && !e.querySelector('.pc-wide')).length"""
        )
        smallest = page.evaluate(
            """Math.min(...[...document.querySelectorAll('.pc-doc *')].filter((e) => e.innerText)
                .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
        )
        assert (theme, too_wide, smallest >= 11) == (theme, 0, True)
    assert violations(page) == []
    if (unit, case_id) in WORKED:
        picture(page, f"{case_id}-dark-700")


def test_a_double_click_opens_the_lesson_as_an_article(context, site):
    page = opened(context, site, "notebooks/00-start-here.ipynb", ready=".pc-map")
    page.locator(".jp-DirListing-item", has_text="02-humanitarian-parole").dblclick()
    expect(page.get_by_role("heading", name="Humanitarian parole", level=1)).to_be_visible(timeout=60_000)
    expect(page.locator(".specta-article-outputs-panel:visible .pc-q").first).to_be_visible(timeout=60_000)


def test_the_map_leads_to_a_case(context, site):
    page = opened(context, site, "notebooks/00-start-here.ipynb", ready=".pc-map")
    page.locator(".pc-map summary", has_text="case").first.click()
    page.locator(".pc-map details a").first.click()
    expect(page.locator(".pc-paper:visible").first).to_be_visible(timeout=60_000)


def test_a_wrong_answer_is_explained_and_can_be_tried_again_and_undone(room, site):
    page = visited(room, site, "notebooks/00-start-here.ipynb")
    form = question(page, "start-not-a-visa")
    assert form.locator("input:checked").count() == 0
    pick(form, "short-visa")
    form.get_by_role("button", name="Check").click()
    verdict = form.locator(".pc-verdict")
    expect(verdict).to_contain_text("Not right")
    asked = COURSE.question("start-not-a-visa")
    expect(verdict).to_contain_text(asked.option("short-visa").because)
    expect(verdict).to_contain_text("8 U.S.C. 1182(d)(5)(A)")
    assert asked.option("permission").because not in verdict.inner_text()  # the key stays closed: try again
    form.get_by_text("What parole means in one minute").click()
    focused = page.evaluate("document.activeElement.textContent")
    assert "What parole means" in focused
    pick(form, "permission")
    expect(verdict).to_have_count(0)
    form.get_by_role("button", name="Check").click()
    expect(form.locator(".pc-verdict")).to_contain_text("Right")
    form.get_by_role("button", name="Undo").click()
    expect(form.locator('input[value="short-visa"]')).to_be_checked()
    form.get_by_role("button", name="Undo").click()
    assert form.locator("input:checked").count() == 0


@pytest.mark.parametrize("kind", ["match", "order"])
def test_sorting_and_ordering_work_by_keyboard_and_can_be_undone(room, site, kind):
    path = COURSE.root / "questions" / "08-building-the-request.yaml"
    asked = next(question for question in COURSE.question_file(path).questions if question.kind == kind)
    page = visited(room, site, "notebooks/08-building-the-request.ipynb")
    form = question(page, asked.id)
    form.get_by_role("button", name="Check").click()
    expect(form.locator(".pc-verdict")).to_contain_text("Not answered")
    pick(form, key_answer(asked))
    form.get_by_role("button", name="Check").press("Enter")
    expect(form.locator(".pc-verdict.right")).to_be_visible()
    form.get_by_role("button", name="Undo").press("Enter")
    expect(form.locator(".pc-verdict")).to_have_count(0)
    form.get_by_role("button", name="Check").press("Enter")
    expect(form.locator(".pc-verdict.right")).to_have_count(0)
    expect(form.locator(".pc-verdict")).to_be_visible()


def test_a_moved_step_is_announced_and_keeps_the_focus(room, site):
    page = visited(room, site, "notebooks/08-building-the-request.ipynb")
    form = page.locator(".pc-q:has(.pc-steps)").first
    last = form.locator(".pc-steps li").last
    words = last.locator(".pc-step").inner_text()
    last.get_by_title("Move up").press("Enter")
    count = form.locator(".pc-steps li").count()
    expect(form.get_by_text(f"{words}: now {count - 1} of {count}")).to_be_visible()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == f"Move up: {words}"


def test_a_word_of_the_glossary_opens_its_meaning_by_keyboard_and_by_mouse(room, site):
    page = visited(room, site, "notebooks/03-advance-parole.ipynb")
    word = page.locator(".pc-term", has_text="Advance parole").first
    word.wait_for(timeout=30_000)
    pop = page.locator(f"#{word.get_attribute('aria-describedby')}")
    assert not pop.is_visible()
    word.press("Enter")
    expect(pop).to_be_visible()
    expect(pop).to_contain_text("Not to be confused with")
    expect(word).to_have_attribute("aria-expanded", "true")
    word.press("Escape")
    expect(pop).not_to_be_visible()
    word.hover()
    expect(pop).to_be_visible()
    page.mouse.move(1, 1)
    expect(pop).not_to_be_visible()
    words = page.locator(".pc-term").all_inner_texts()
    assert len({word.lower() for word in words}) == len(words) > 10


def test_the_comparison_can_be_narrowed_and_printed(room, site):
    page = visited(room, site, "notebooks/06-parole-and-its-neighbors.ipynb", ready=".pc-grid")
    sift = page.locator(".pc:has(> .pc-sifted)").first
    rows = len(COURSE.comparison.rows)
    expect(sift.get_by_text(f"{rows} of {rows} shown")).to_be_visible()
    sift.get_by_label("TPS", exact=True).uncheck()
    expect(sift.locator('th[data-in="tps"]')).to_be_hidden()
    expect(sift.locator('td[data-in="tps"]').first).to_be_hidden()
    sift.get_by_label("Search").fill("no such words anywhere")
    expect(sift.get_by_text("Nothing fits these filters")).to_be_visible()
    sift.get_by_label("Search").fill("")
    with room.context.expect_page() as printed:
        sift.get_by_role("button", name="Print").click()
    paper = printed.value
    expect(paper.locator("table.pc-grid thead th")).to_have_count(len(COURSE.comparison.columns))  # TPS left out


def test_the_timeline_tells_an_event_under_the_pointer_and_filters_by_kind(room, site):
    page = visited(room, site, "notebooks/law-timeline.ipynb", ready=".pc-dot")
    dot = page.locator('[data-event="arrabally-overruled"]').first
    dot.focus()
    expect(page.locator(".pc-pointed")).to_contain_text("Delcarmen-Lara")
    dot.press("Enter")
    assert page.evaluate("document.activeElement.id") == "event-arrabally-overruled"
    shown = page.locator(".pc-line > li:visible").count()
    page.get_by_role("button", name="None").click()
    expect(page.get_by_text("Nothing fits these filters")).to_be_visible()
    page.get_by_label("Advance parole", exact=True).check()
    alone = page.locator(".pc-line > li:visible").count()
    assert 0 < alone < shown
    expect(page.locator("#event-arrabally-overruled")).to_be_visible()


def test_the_pre_test_keeps_the_answers_names_the_lessons_and_no_key(context, site):
    page = opened(context, site, "notebooks/pre-test.ipynb")
    asked = next(question for question in COURSE.form("pre-test") if question.kind == "one")
    form = question(page, asked.id)
    pick(form, key_answer(asked))
    saved(form)
    page.once("dialog", lambda dialog: dialog.accept())  # 23 are not answered: finish all the same
    page.get_by_role("button", name="Finish").click()
    expect(page.locator(".pc-score")).to_contain_text("1 of 24 right")
    assert page.locator(".pc-verdict").count() == 0
    again = opened(context, site, "notebooks/pre-test.ipynb")
    expect(question(again, asked.id).locator(f'input[value="{asked.key[0]}"]')).to_be_checked()


def test_harmful_advice_is_named_first(room, site):
    page = visited(room, site, "notebooks/00-start-here.ipynb")
    form = question(page, "start-unsure")
    pick(form, "reassure")
    form.get_by_role("button", name="Check").click()
    expect(form.locator(".pc-says")).to_contain_text("Stop: this advice could hurt the client")


def test_the_keyboard_alone_is_enough(room, site):
    page = visited(room, site, "notebooks/00-start-here.ipynb")
    form = question(page, "start-not-a-visa")
    form.scroll_into_view_if_needed()
    form.locator("input").first.focus()
    page.keyboard.press("Space")
    for _ in range(3):  # the options stand in an order of the learner's own
        if not form.locator('input[value="permission"]').is_checked():
            page.keyboard.press("ArrowDown")
    expect(form.locator('input[value="permission"]')).to_be_checked()
    for _ in range(4):  # past the three taps for certainty, which may be left out
        page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert (page.evaluate("document.activeElement.textContent"), outline) == ("Check", "solid")
    page.keyboard.press("Enter")
    expect(form.locator(".pc-verdict")).to_contain_text("Right")
    date = question(page, "start-day-of-the-law")
    date.locator("input").focus()
    page.keyboard.type("10082026")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Check":
            break
    page.keyboard.press("Enter")
    expect(date.locator(".pc-verdict")).to_contain_text("Right")


def test_verdicts_are_announced_and_questions_are_named_to_a_screen_reader(room, site):
    page = visited(room, site, "notebooks/00-start-here.ipynb")
    form = question(page, "start-not-a-visa")
    group = page.get_by_role("group", name=re.compile("A volunteer asks you what parole is"))
    expect(group.get_by_role("radio", name="A temporary permission without admission")).to_have_count(1)
    assert form.locator('[role="status"]').count() == 2


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A tiny course of one's own in JupyterLab, and its address."""
    course = copy_of_tiny(tmp_path_factory.mktemp("desk") / "tiny")
    with served(course.root) as address:
        yield course.root, address


@pytest.fixture
def desk(context: BrowserContext, small: tuple[Path, str]) -> Iterator[tuple[Path, str]]:
    """The same, as if nobody had been there before."""
    root, address = small
    yield root, address
    end_kernels(context, address)
    if (root / "elsewhere.yaml").exists():
        (root / "elsewhere.yaml").rename(root / "course.yaml")
    (root / PROGRESS).unlink(missing_ok=True)
    answers = root / "exercises" / "bridges" / FILE_NAME
    answers.rmdir() if answers.is_dir() else answers.unlink(missing_ok=True)


def end_kernels(context: BrowserContext, site: str) -> None:
    """End each kernel of a JupyterLab that was opened in the browser, without asking."""
    token = next(cookie["value"] for cookie in context.cookies(site) if cookie["name"] == "_xsrf")
    for session in context.request.get(f"{site}/api/sessions").json():
        assert context.request.delete(f"{site}/api/sessions/{session['id']}", headers={"X-XSRFToken": token}).ok


CASE = "exercises/bridges/first-crossing.ipynb"


def kept(root: Path) -> dict[str, object]:
    return read_answers(root / "exercises" / "bridges" / FILE_NAME).of("first-crossing")


def test_every_change_in_a_case_is_on_disk_when_the_page_says_saved(context, desk):
    root, site = desk
    page = opened(context, site, CASE)
    answers = {"when": "never", "bring": ["money"], "rise": "2026-01-01", "cost": "12", "note": "Dear Ana,\n\nwait."}
    for name, answer in answers.items():
        pick(question(page, name), answer)
        saved(question(page, name))
        assert kept(root)[name] == answer
    pick(question(page, "when"), "morning")
    saved(question(page, "when"))
    question(page, "when").get_by_role("button", name="Undo").click()
    saved(question(page, "when"))
    assert kept(root)["when"] == "never"
    page.close()
    again = opened(context, site, CASE)
    expect(again.get_by_text("5 of 5 answered")).to_be_visible()
    expect(question(again, "when").locator('input[value="never"]')).to_be_checked()
    expect(question(again, "bring").locator('input[value="money"]')).to_be_checked()
    expect(question(again, "note").locator("textarea")).to_have_value("Dear Ana,\n\nwait.")
    expect(question(again, "rise").locator("input")).to_have_value("2026-01-01")


def test_the_same_case_shown_twice_in_one_window_keeps_the_first_ones_choice(context):
    page = context.new_page()
    checked = page.evaluate(
        """async (code) => {
            const asked = [{id: "q", kind: "one", prompt: "?", points: 1, papers: [], options: [{id: "a", text: "A"}]}];
            for (const n of [1, 2]) {  // anywidget loads the module anew for each widget
                const module = await import(URL.createObjectURL(new Blob([code], {type: "text/javascript"})));
                const state = {mode: "case", intro: "", questions: asked, answers: {q: "a"}, sure: {}, done: [], home: "", trouble: ""};
                const model = {get: (key) => state[key], set() {}, save_changes() {}, send() {}, on() {}, off() {}};
                module.default.render({model, el: document.body.appendChild(document.createElement("div"))});
            }
            return document.querySelectorAll("input:checked").length;
        }""",
        str(Questions._esm),
    )
    assert checked == 2


def test_a_number_that_cannot_be_read_is_saved_and_named_at_once(context, desk):
    root, site = desk
    page = opened(context, site, CASE)
    pick(question(page, "cost"), "ten dollars")
    expect(question(page, "cost").locator(".pc-saved")).to_contain_text("This is not a number")
    assert kept(root) == {"cost": "ten dollars"}


def test_an_exercise_outside_the_course_says_so_and_shows_no_traceback(context, desk):
    root, site = desk
    (root / "course.yaml").rename(root / "elsewhere.yaml")
    page = opened(context, site, CASE, ready=".pc-verdict")
    expect(page.locator(".pc-verdict")).to_contain_text("Keep the page inside the folder of the course")
    assert "Traceback" not in page.content()


def test_two_tabs_lose_nothing(context, desk):
    root, site = desk
    one, two = opened(context, site, CASE), opened(context, site, CASE)
    pick(question(one, "when"), "morning")
    saved(question(one, "when"))
    pick(question(two, "cost"), "10")
    saved(question(two, "cost"))
    pick(question(one, "bring"), ["money", "ticket"])
    saved(question(one, "bring"))
    found = kept(root)
    assert sorted(found.pop("bring")) == ["money", "ticket"]
    assert found == {"when": "morning", "cost": "10"}


def test_when_the_kernel_dies_the_page_says_not_saved_and_nothing_earlier_is_lost(context, desk):
    root, site = desk
    page = opened(context, site, CASE)
    pick(question(page, "when"), "morning")
    saved(question(page, "when"))
    end_kernels(context, site)
    pick(question(page, "cost"), "10")
    expect(question(page, "cost").locator(".pc-saved")).to_contain_text("Not saved", timeout=20_000)
    assert kept(root) == {"when": "morning"}
    again = opened(context, site, CASE)
    expect(question(again, "when").locator('input[value="morning"]')).to_be_checked()


def test_a_place_that_cannot_be_written_is_named_at_once(context, desk):
    root, site = desk
    (root / "exercises" / "bridges" / FILE_NAME).mkdir()  # even root cannot write to a folder as a file
    page = opened(context, site, CASE)
    expect(question(page, "when").locator(".pc-saved")).to_contain_text("Answers cannot be saved here")
    pick(question(page, "when"), "morning")
    expect(question(page, "when").locator(".pc-saved")).to_contain_text("Not saved")


@pytest.mark.parametrize(("unit", "case_id"), WORKED)
def test_show_me_how_i_did_explains_a_whole_case_and_notes_that_the_key_was_shown(
    context, site, course_copy, unit, case_id
):
    case = COURSE.scenario(case_id)
    page = opened(context, site, f"exercises/{unit}/{case_id}.ipynb")
    key = key_answers(case)
    harmful = next(q for q in case.graded if any(getattr(o, "harm", False) for o in getattr(q, "options", ())))
    twin = case.twin
    bad = next(option.id for option in harmful.options if option.harm)
    key[harmful.id] = bad if harmful.kind == "one" else [bad]
    for one in case.questions:
        pick(question(page, one.id), key[one.id])
        saved(question(page, one.id))
    page.get_by_role("button", name="Show me how I did").click()
    mark = grade_case(case, key)
    summary = page.locator(".pc-card", has_text="How you did")
    expect(summary).to_contain_text(f"{mark.earned:g} of {mark.points} points", timeout=20_000)
    expect(summary).to_contain_text("this advice could hurt the client")
    right = next(q for q in case.graded if q.id != harmful.id)
    expect(question(page, right.id).locator(".pc-verdict")).to_contain_text(right.fact.split(".")[0].strip()[:60])
    expect(question(page, case.memo.id)).to_contain_text(case.memo.rubric[0].full)
    expect(page.get_by_label("What a careful reader sees")).to_contain_text(RULES[case.issues[0].issue].says)
    if twin:
        expect(page.get_by_label("The same client on two days")).to_contain_text(long_day(twin.as_of))
        expect(page.get_by_label("The same client on two days")).to_contain_text(long_day(case.as_of))
    assert violations(page) == []
    picture(page, f"{case_id}-shown")
    found = read_answers(course_copy / "exercises" / unit / FILE_NAME)
    assert found.happened(case_id, "shown")
    assert key_answer(right) == found.of(case_id)[right.id]


def test_no_key_reaches_the_page_before_it_is_shown(context, desk):
    _, site = desk
    page = context.new_page()
    heard: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: heard.append(str(data))))
    page.goto(f"{site}/lab/tree/{CASE}?reset")
    page.wait_for_selector(".pc-q", timeout=90_000)
    pick(question(page, "when"), "never")
    saved(question(page, "when"))
    said = page.content() + "".join(heard)
    assert "Ana wants to cross the bridge" in said
    for secret in ("open by day", "Only the fee changes", "Names the hours", "cross in the morning", "The day decides"):
        assert secret not in said


def test_an_instructor_marks_a_memo_in_formgrader_and_finds_the_total(context, tmp_path, released_tiny):
    course = released_tiny(tmp_path / "tiny")
    case = course.scenario("first-crossing")
    hand_in(course, "ana", case, six_learners(case)["ideal"] | {"note": "Dear Ana <b>come</b>\n\nby day."})
    nbgrader(course.root, "autograde", "bridges")
    with served(course.root) as site:
        page = context.new_page()
        page.goto(f"{site}/formgrader/gradebook/bridges/first-crossing")
        page.get_by_role("link", name=re.compile("Submission")).first.click()
        memo = page.locator(".nbgrader_cell", has_text="The memo")
        expect(memo).to_contain_text("Dear Ana <b>come</b>")
        expect(memo).to_contain_text("Names the fee and where it is due.")
        field = page.locator("#first-crossing-memo")
        page.wait_for_load_state("networkidle")  # formgrader listens to the field once its marks have come
        with page.expect_response(
            lambda answer: answer.request.method == "PUT" and "/api/grade/" in answer.url
        ) as told:
            field.fill("3")
            field.blur()
        assert told.value.ok
        page.screenshot(path=ensured(ROOT / "screenshots") / "formgrader.png", full_page=True)
        page.wait_for_timeout(800)
        page.goto(f"{site}/formgrader/gradebook/bridges/first-crossing")
        row = page.locator("tbody tr").first
        expect(row).to_contain_text("12", timeout=20_000)
    nbgrader(course.root, "generate_feedback", "bridges")
    assert "Score: 12.0 / 13.0" in (course.root / "feedback/ana/bridges/first-crossing.html").read_text()


def test_feedback_pages_are_readable_and_without_barriers(context, tmp_path, released_tiny):
    course = released_tiny(tmp_path / "tiny")
    case = course.scenario("first-crossing")
    hand_in(course, "ana", case, six_learners(case)["harmful"])
    nbgrader(course.root, "autograde", "bridges")
    nbgrader(course.root, "generate_feedback", "bridges")
    page = context.new_page()
    page.goto((course.root / "feedback/ana/bridges/first-crossing.html").as_uri())
    found = Axe().run(page, context={"include": [[".pc"]]}).response["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found] == []
    page.screenshot(path=ensured(ROOT / "screenshots") / "feedback.png", full_page=True)


def test_a_busy_port_is_passed_over(tmp_path):
    course = copy_of_tiny(tmp_path / "tiny")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        words = lab.command(
            course.root, "--allow-root", "--no-browser", f"--ServerApp.port={port}", page="notebooks/01-bridges.ipynb"
        )
        server = subprocess.Popen(
            words,
            cwd=course.root,
            env=lab.environment(course.root),
            stderr=subprocess.STDOUT,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            said = ""
            while "http://" not in said:
                line = server.stdout.readline()
                assert line, said
                said += line
            assert f":{port}/" not in said
        finally:
            stop(server)


def test_without_a_desktop_the_address_is_printed_and_the_users_own_settings_stay_untouched(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("DISPLAY", raising=False)
    course = copy_of_tiny(tmp_path / "tiny")
    shutil.copy(course.root / "notebooks/01-bridges.ipynb", course.root / "notebooks/00-start-here.ipynb")
    server = subprocess.Popen(
        [sys.executable, "-m", "paroleclinic.cli", "lab", "--allow-root", "--ServerApp.port=0"],
        cwd=course.root, env=dict(os.environ), stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        said = ""
        while "notebooks/00-start-here.ipynb" not in said:
            line = server.stdout.readline()
            assert line, said
            said += line
        assert re.search(r"http://\S+/lab/tree/notebooks/00-start-here.ipynb", said)
    finally:
        stop(server)
    own = [".jupyter", ".ipython", ".local", ".config", "Library", "AppData"]
    assert [name for name in own if (home / name).exists()] == []
