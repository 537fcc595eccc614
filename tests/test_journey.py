"""A learner's whole way through the course, by keyboard alone, in a real Chromium; and the course for people who see or move differently."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browsing import opened, picture, question, violations
from conftest import ROOT
from jupyter import copy_course, served
from paroleclinic.answers import read_answers
from paroleclinic.course import Course
from paroleclinic.grading import key_answer
from paroleclinic.interview import played
from paroleclinic.progress import Diary

pytestmark = pytest.mark.browser
COURSE = Course(ROOT)
UNIT, CASE = "advance-parole", "week-in-toronto"
PANEL = ".specta-article-outputs-panel:visible"
NAME = """() => { const e = document.activeElement; const label = e.labels?.[0]?.innerText ?? '';
    return e.matches('a, button, input, select, textarea') && e.closest('.specta-article-outputs-panel') ? `${e.ariaLabel ?? ''} ${label} ${e.innerText ?? ''} ${e.value ?? ''}` : ''; }"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("journey") / "Ana's course ñ"
    copy_course(made)
    return made


@pytest.fixture(scope="module")
def site(root: Path) -> Iterator[str]:
    with served(root) as address:
        yield address


def reach(page: Page, words: str, most: int = 400) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(most):
        if words in page.evaluate(NAME):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {words!r}")


def press(page: Page, words: str, key: str = "Enter") -> None:
    """Reach a control with Tab and press it."""
    reach(page, words)
    page.keyboard.press(key)


def begin(page: Page, selector: str) -> None:
    """Put the focus where a learner's eyes are, as a click into the text does."""
    page.locator(selector).first.evaluate("(e) => { e.tabIndex = -1; e.focus(); }")


def chosen(page: Page, question_id: str, option: str) -> None:
    """Choose an option of a question that offers one, with Tab, Space and the arrow keys."""
    form = question(page, question_id)
    begin(page, f'[data-question="{question_id}"] legend')
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    for _ in range(form.locator("input[type=radio]").count()):
        if form.locator(f'input[value="{option}"]').is_checked():
            return
        page.keyboard.press("ArrowDown")
    expect(form.locator(f'input[value="{option}"]')).to_be_checked()


def test_a_new_learner_goes_from_welcome_to_hand_in_by_keyboard_alone(context, root, site):  # noqa: PLR0915
    page = opened(context, site, "notebooks/00-start-here.ipynb", "form[data-do=welcome]")
    assert violations(page) == []
    picture(page, "journey-01-welcome")
    begin(page, "#welcome")
    reach(page, "Your name or initials")
    page.keyboard.type("Ana Núñez")
    press(page, "Begin")
    expect(page.get_by_text("First, what do you know already?")).to_be_visible()
    press(page, "Skip it")
    expect(page.get_by_text("Good to see you, Ana Núñez")).to_be_visible()
    assert violations(page) == []
    picture(page, "journey-02-home")
    press(page, "Begin with this page")
    assert "What parole means" in page.evaluate("document.activeElement.textContent")

    asked = COURSE.question("start-not-a-visa")  # a question: sure, a hint, a miss, one like it, then right
    chosen(page, asked.id, "short-visa")
    form = question(page, asked.id)
    press(page, "high")
    press(page, "Hint")
    expect(form.locator(".pc-hints li")).to_have_count(1)
    begin(page, f'[data-question="{asked.id}"] .pc-sure')
    press(page, "Check")
    expect(form.locator(".pc-verdict")).to_contain_text("Not right")
    press(page, "Try one like it")
    twin = COURSE.near_twin(asked.id)
    assert twin is not None
    expect(question(page, twin.id)).to_be_visible()
    assert violations(page) == []
    picture(page, "journey-03-lesson")
    chosen(page, asked.id, asked.key[0])
    press(page, "Check")
    expect(form.locator(".pc-verdict.right")).to_be_visible()

    page = opened(context, site, "notebooks/03-advance-parole.ipynb")
    page.locator(f"{PANEL} h2").nth(2).scroll_into_view_if_needed()
    page.wait_for_timeout(4000)  # long enough to have read its heading
    page = opened(context, site, f"exercises/{UNIT}/{CASE}.ipynb", "[data-meeting]")  # the client, before the file
    expect(page.locator(".pc-q").first).to_be_hidden()
    assert violations(page) == []
    interview = COURSE.scenario(CASE).interview
    assert interview is not None
    begin(page, "[data-meeting] h2")
    press(page, "Meet the client")
    expect(page.locator(".pc-asks")).to_be_visible()
    for number, ask in enumerate(interview.model, 1):
        begin(page, "#talk h3")
        press(page, interview.ask(ask).text.strip()[:60])
        expect(page.locator(".pc-talk li.me")).to_have_count(number)
        said = played(interview, interview.model[:number]).lines[-1].said
        assert said.split()[0] in page.evaluate(
            "document.activeElement.textContent"
        )  # the answer has the focus, to be read out
    assert violations(page) == []
    picture(page, "journey-04-interview")
    press(page, "Say where we stand")
    expect(page.locator("#stating")).to_be_visible()
    for line in interview.statements:
        reach(page, line.text.strip()[:50])
        page.keyboard.type("We know")
    assert violations(page) == []
    press(page, "See how it went")
    expect(page.locator("#debrief .pc-score")).to_contain_text("of 100")
    assert violations(page) == []
    picture(page, "journey-05-debrief")
    press(page, "Open the file")

    one = next(q for q in COURSE.scenario(CASE).questions if q.kind == "one")  # the case
    expect(question(page, one.id)).to_be_visible()
    chosen(page, one.id, str(key_answer(one)))
    expect(question(page, one.id).locator(".pc-saved")).to_contain_text("Saved at")
    press(page, "medium")
    expect(question(page, one.id).locator(".pc-saved")).to_contain_text("Saved at")
    begin(page, ".pc-work > .pc-acts")
    press(page, "Show me how I did")
    expect(page.locator(".pc-score").last).to_be_visible(timeout=20_000)
    kept = read_answers(root / "exercises" / UNIT / "answers.jsonl")
    assert kept.of(CASE) == {one.id: key_answer(one)}
    assert kept.certainty == {(CASE, one.id): "medium"}
    picture(page, "journey-06-case")

    page = opened(context, site, "notebooks/consultations.ipynb", "[data-do=open-one]")  # a consultation, to its end
    assert violations(page) == []
    begin(page, "#shelf")
    press(page, "Begin")
    expect(page.locator("#scene")).to_be_visible()
    assert violations(page) == []
    picture(page, "journey-07-consultation")
    for _ in range(14):
        if page.locator("[data-do=choose]").count() == 0:
            break
        drawn = page.locator("[data-drawn]").get_attribute("data-drawn")
        begin(page, ".pc-asks")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.querySelector('[data-drawn]').dataset.drawn !== '{drawn}'")
    expect(page.locator("#scene .pc-verdict").first).to_be_visible()
    assert violations(page) == []
    picture(page, "journey-08-ending")

    page = opened(context, site, "notebooks/review.ipynb", "[data-do=next]")  # what was missed
    begin(page, f"{PANEL} h1")
    press(page, "Begin")
    expect(page.locator("#card")).to_be_visible()
    assert "You missed this before" in page.locator(PANEL).inner_text()  # sure and wrong, and put right since
    assert violations(page) == []
    picture(page, "journey-09-review")

    page = opened(context, site, "notebooks/my-progress.ipynb", "section[aria-label='Your data']")
    assert violations(page) == []
    picture(page, "journey-10-progress")
    begin(page, "section[aria-label='Record of study'] h2")
    press(page, "Keep it as a file")
    expect(page.locator("#kept")).to_be_visible()
    record = context.new_page()
    record.goto(next(root.glob("record-of-study-*.html")).as_uri())
    expect(record.get_by_text("Ana Núñez")).to_be_visible()
    record.screenshot(path=ROOT / "screenshots/journey-11-record.png", full_page=True)

    page = opened(context, site, "notebooks/00-start-here.ipynb", ".pc-tiles")  # home again, and hand in
    expect(page.locator("section[aria-label='My last cases']")).to_contain_text(COURSE.scenario(CASE).title)
    expect(page.get_by_text("Continue where I was: Advance parole")).to_be_visible()
    begin(page, "#hand-in h2")
    press(page, "Hand in")
    expect(page.locator("#receipt")).to_contain_text("Receipt code")
    assert violations(page) == []
    picture(page, "journey-12-handed-in")
    [made] = (root / "hand-ins").iterdir()
    assert made.name.startswith(f"hand-in-{UNIT}-Ana-Núñez-")
    with zipfile.ZipFile(made) as archive:
        assert {f"{UNIT}/answers.jsonl", f"{UNIT}/{CASE}.ipynb", "manifest.json"} <= {*archive.namelist()}
    done = Diary(root / "progress.jsonl").progress()
    assert (done.name, done.problems, [*done.met], [*done.handed_in]) == ("Ana Núñez", [], [CASE], [UNIT])


PLACES = {
    "notebooks/00-start-here.ipynb": ".pc-q",
    "notebooks/consultations.ipynb": "[data-do=open-one]",
    "notebooks/my-progress.ipynb": "section[aria-label='Your data']",
    f"exercises/{UNIT}/mother-dying-at-home.ipynb": "[data-meeting]",
}
ROLES = ("button", "link", "textbox", "radio", "checkbox", "combobox", "heading", "region", "spinbutton")


@pytest.mark.parametrize("path", PLACES)
def test_every_control_has_a_name_and_small_forced_or_still_screens_can_be_used(browser: Browser, root, site, path):
    made = browser.new_context(viewport={"width": 650, "height": 500}, reduced_motion="reduce", forced_colors="active")
    page = opened(made, site, path, PLACES[path])
    assert violations(page) == []
    session = made.new_cdp_session(page)
    session.send("DOM.enable")
    panel = session.send("Runtime.evaluate", {"expression": "document.querySelector('.specta-article-outputs-panel')"})
    found = 0
    for role in ROLES:
        asked = {"objectId": panel["result"]["objectId"], "role": role}
        nodes = [n for n in session.send("Accessibility.queryAXTree", asked)["nodes"] if not n["ignored"]]
        found += len(nodes)
        assert (role, [node for node in nodes if not node.get("name", {}).get("value", "").strip()]) == (role, [])
    assert found > 4
    for width in (650, 400):  # 200 % of 1300, and a phone
        if width == 400:
            page.set_viewport_size({"width": width, "height": 800})
            page.reload()
            page.wait_for_selector(PLACES[path], timeout=90_000)
        page.wait_for_timeout(800)
        wide, inner, share = page.evaluate(
            """() => { const p = document.querySelector('.specta-article-outputs-panel');
            return [p.scrollWidth, p.clientWidth, p.clientWidth / innerWidth]; }"""
        )
        assert wide <= inner + 1, (width, wide, inner)
        assert share > 0.7, (width, share)
        cut = page.evaluate(
            """[...document.querySelectorAll('.pc button, .pc a, .pc select, .pc input')].filter((e) => {
            const r = e.getBoundingClientRect(); return r.width > 0 && (r.right > innerWidth + 1 || r.left < -1) && !e.closest('.pc-wide'); })
            .map((e) => e.outerHTML.slice(0, 120))"""
        )
        assert (width, cut) == (width, [])
    picture(page, f"small-{Path(path).stem}")
    made.close()


def test_no_answer_of_an_interview_and_no_ending_reaches_the_page_before_its_time(context, root, site):
    heard: list[str] = []
    page = context.new_page()
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: heard.append(str(data))))
    page.goto(f"{site}/lab/tree/exercises/{UNIT}/mother-dying-at-home.ipynb?reset")
    page.wait_for_selector("[data-meeting]", timeout=90_000)
    page.click("[data-do=begin]")
    page.wait_for_selector(".pc-asks")
    said = page.content() + json.dumps(heard, ensure_ascii=False)
    interview = COURSE.scenario("mother-dying-at-home").interview
    assert interview is not None
    assert interview.asks[0].text.strip()[:40] in page.inner_text("body")
    for fact in interview.facts:
        assert fact.says.strip()[:40] not in said
    for ask in interview.asks:
        assert ask.because.strip()[:40] not in said
        assert ask.answer.strip()[:40] not in said
