"""What is made for whoever teaches: guides, slides, ready courses, and pages to print."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect
from typer.testing import CliRunner

from browsing import opened, violations
from conftest import ROOT, copy_of_tiny
from jupyter import served
from paroleclinic import kit, pdf
from paroleclinic.build import build
from paroleclinic.check import problems, problems_of_lesson
from paroleclinic.cli import app
from paroleclinic.course import Course, NoSuchEntry
from paroleclinic.drawing.flowpicture import picture as drawn
from paroleclinic.drawing.flowpicture import wrapped
from paroleclinic.drawing.lawline import law_line
from paroleclinic.drawing.markdown import plain
from paroleclinic.flow import in_words, looping, ordered, reached
from paroleclinic.handouts import pages
from paroleclinic.instructor import FOLDER, named, names, notebooks
from paroleclinic.teaching import Fork
from test_pages import whole

COURSE = Course(ROOT)
LESSON = "01-bridges"


def fork(name: str, yes: str, no: str) -> Fork:
    return Fork(id=name, ask=f"Is it {name}?", yes=yes, no=no, rules=())


def text_of(course: Course, name: str) -> str:
    return "\n\n".join(
        "".join(cell["source"]) for cell in json.loads(notebooks(course)[f"{FOLDER}/{name}.ipynb"])["cells"]
    )


def test_a_course_has_its_guides_and_programs_by_name(tiny):
    assert tiny.guide(LESSON).role_play.title == "The lamp seller"
    assert tiny.program("one-hour").sessions[0].lessons == {LESSON: 45}
    with pytest.raises(NoSuchEntry, match=f'Did you mean "{LESSON}"'):
        tiny.guide("01-bridge")


def test_a_guide_says_which_rules_are_behind_it(tiny):
    assert tiny.guide(LESSON).rules == ("no-crossing-at-night", "bridge-fee")
    line = law_line(("bridge-fee", "no-crossing-at-night"), tiny.law, tiny.outline.as_of)
    assert (
        line
        == "Law as read on 23 November 2026: Fee for crossing the bridge (since 1 June 2026); No crossing at night."
    )


def test_the_notebooks_for_instructors_hold_words_alone_and_no_output(tiny):
    made = notebooks(tiny)
    assert {*made} == {*names(tiny)}
    assert notebooks(Course(tiny.root)) == made
    for text in made.values():
        cells = json.loads(text)["cells"]
        assert {cell["cell_type"] for cell in cells} == {"markdown"}
        assert len({cell["id"] for cell in cells}) == len(cells)
        assert not re.search(r"(?<!\\)\$", "".join("".join(cell["source"]) for cell in cells))


def test_a_guide_tells_the_minutes_the_law_and_the_right_answers(tiny):
    guide = text_of(tiny, LESSON)
    for words in (
        "**0:10–0:30 Poll**",
        "[slides 2 to 3](/lab/tree/notebooks/instructor/slides-01-bridges.ipynb)",
        "section “Opening hours”",
        "[The first crossing](../../exercises/bridges/first-crossing.ipynb)",
        "After dusk **(right)**",
        "What does \\$10 or \\*more\\* buy?",
        "Sheet for the interpreter",
        "(since 1 June 2026)",
    ):
        assert words in guide
    assert guide.count("page-break-before:always") == 3


def test_the_slides_show_questions_large_and_keep_notes_and_answers_off(tiny):
    deck = json.loads(notebooks(tiny)[f"{FOLDER}/slides-{LESSON}.ipynb"])
    assert deck["metadata"]["specta"]["defaultLayout"] == "slides"
    assert {cell["metadata"]["slideshow"]["slide_type"] for cell in deck["cells"]} == {"slide"}
    asked = "".join(deck["cells"][2]["source"])
    whole(asked)
    assert "font-size:38px" in asked
    assert asked.count("<li") == 3
    assert "right" not in asked and "because" not in asked
    assert '<aside class="notes">Wait for every hand.</aside>' in asked


def test_a_ready_course_adds_its_minutes_up(tiny):
    program = text_of(tiny, "one-hour")
    assert "1 session, 1 hour in all" in program
    assert "45 minutes of lessons, 5 minutes of breaks, 10 minutes for cases and questions" in program
    assert "one-hour.ipynb" in text_of(tiny, "00-for-instructors")


def test_what_a_plan_cannot_use_is_no_link(tiny):
    with pytest.raises(LookupError):
        named(tiny, "case:no-such-case")


def test_the_build_writes_the_notebooks_and_the_check_sees_a_change(tiny):
    path = tiny.root / FOLDER / f"{LESSON}.ipynb"
    path.write_text(path.read_text().replace("lamp", "candle"))
    assert [problem.fix for problem in problems(Course(tiny.root))] == ["run: paroleclinic build"]
    assert build(Course(tiny.root)) == [f"{FOLDER}/{LESSON}.ipynb"]
    assert problems(Course(tiny.root)) == []


def test_a_course_without_teaching_makes_none(tiny):
    shutil.rmtree(tiny.root / "teaching")
    shutil.rmtree(tiny.root / FOLDER)
    assert notebooks(Course(tiny.root)) == {}
    assert problems(Course(tiny.root)) == []


def test_a_guide_is_looked_at_with_its_lesson(tiny):
    path = tiny.root / "teaching/guides/01-bridges.yaml"
    path.write_text(path.read_text().replace("poll:br-night", "poll:br-day"))
    found = [str(problem) for problem in problems_of_lesson(Course(tiny.root), LESSON)]
    assert found and all('"poll:br-day" is not there' in says for says in found)


def test_the_learner_kit_holds_nothing_for_instructors(tiny):
    for name in ("pyproject.toml", "uv.lock", "LICENSE", "LICENSE-CONTENT"):
        (tiny.root / name).write_text("# nothing\n")
    inside = kit.kit_files(tiny)
    assert "notebooks/01-bridges.ipynb" in inside
    assert not [name for name in inside if {"instructor", "teaching"} & {*Path(name).parts}]
    assert not [name for name, data in inside.items() if b"lamp seller" in data]


def test_a_flow_goes_onward_whatever_the_order_it_is_written_in():
    forks = [fork("a", "c", "b"), fork("c", "End.", "Stop: ask."), fork("b", "c", "End.")]
    assert [one.id for one in ordered(forks)] == ["a", "b", "c"]
    assert reached(forks) == {"a", "b", "c"}
    assert next(iter(in_words(forks))) == ("Is it a?", ["Yes: go to question 3.", "No: go to question 2."])
    svg = whole(drawn(forks, "A & B"))
    assert "A &amp; B" in svg and svg.count('class="ask"') == 3
    assert (svg.count('class="stop"'), svg.count('class="end"'), svg.count('class="jump"')) == (1, 2, 1)


def test_a_flow_in_a_circle_is_seen_and_still_drawn():
    forks = [fork("a", "b", "End."), fork("b", "a", "End.")]
    assert looping(forks) == ["a", "b"]
    assert 'class="ask"' in drawn(forks, "x")


def test_text_in_the_picture_is_wrapped_and_nothing_is_lost():
    words = "Whether an extraordinarily long question about I-94 records fits is told by its letters"
    lines = wrapped(words, 120)
    assert " ".join(lines) == words
    assert len(lines) > 3


def test_plain_text_is_no_markdown():
    assert plain("a_b *c* [d](e) $5 <f> | g\nh") == r"a\_b \*c\* \[d\](e) \$5 &lt;f&gt; \| g h"


def test_handouts_are_whole_pages_without_a_network(tiny):
    made = dict(pages(tiny, [LESSON]))
    assert {Path(name).stem for name in made} == {
        "flow",
        "checklist",
        "intake",
        "role-play",
        "notes",
        "guide",
        "slides",
    }
    for name, text in made.items():
        whole(text.replace("<!DOCTYPE html>", ""))
        assert not re.search(r"(src|href)=.https?:|url\((?!#)|@import", text), name
        assert "size:letter" in text or name.endswith("slides.html")
    assert "size:a4" in dict(pages(tiny, [LESSON], "a4"))[f"{LESSON}/flow.html"]
    assert made[f"{LESSON}/role-play.html"].count('class="sheet"') == 4
    for kind in ("flow", "checklist", "intake", "role-play", "slides"):
        assert "(right)" not in made[f"{LESSON}/{kind}.html"]


def test_the_command_writes_handouts_and_says_when_nothing_here_prints(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "printer", lambda: None)
    words = ["handouts", str(tmp_path / "out"), "--course", str(tiny.root), "--pdf"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0
    assert "written: 8 files for 1 lesson" in result.output
    assert "neither Chromium nor Chrome nor Edge" in result.output
    assert f'href="{LESSON}/flow.html"' in (tmp_path / "out/index.html").read_text()
    result = CliRunner().invoke(app, [*words, "--lesson", "02-tunnels"])
    assert (result.exit_code, "There is no guide" in result.output) == (2, True)
    result = CliRunner().invoke(app, [*words, "--paper", "b5"])
    assert (result.exit_code, "letter, a4" in result.output) == (2, True)


def test_a_browser_that_fails_is_named(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<p>x")
    with pytest.raises(pdf.CannotPrint, match="could not print page"):
        pdf.Printer("false").pdf(page)
    with pytest.raises(pdf.CannotPrint):
        pdf.Printer("no-such-browser").pdf(page)


def test_every_lesson_of_the_course_has_a_guide_whose_handouts_can_be_made():
    lessons = [lesson.id for lesson in COURSE.outline.lessons]
    assert [*COURSE.guide_paths] == lessons
    made = {name for name, _ in pages(COURSE, lessons)}
    assert len(made) == 8 * len(lessons)


@pytest.mark.browser
def test_an_instructor_reads_a_guide_shows_slides_and_prints_a_handout(context: BrowserContext, tmp_path: Path):
    course = copy_of_tiny(tmp_path / "tiny")
    with served(course.root) as site:
        guide = opened(context, site, f"{FOLDER}/{LESSON}.ipynb", ready=".specta-article-outputs-panel img")
        expect(guide.get_by_role("heading", name="Plan for 45 minutes")).to_be_visible()
        expect(guide.locator("section", has_text="Sheet for the client")).to_contain_text("You want to cross now")
        assert guide.locator("img").evaluate("image => image.naturalWidth") > 0
        assert violations(guide) == []
        with context.expect_page() as other:  # a browser tab of its own, or the guide would turn into slides
            guide.get_by_role("link", name="Slides", exact=True).click()
        deck = other.value
        now = deck.locator(".slides > section.present")
        expect(now).to_contain_text("When may a person cross?", timeout=60_000)
        deck.keyboard.press("ArrowRight")
        deck.keyboard.press("ArrowRight")
        expect(now).to_contain_text("After dusk")
        expect(now.locator("aside.notes")).to_be_hidden()
        deck.keyboard.press("ArrowLeft")
        expect(now).to_contain_text("It has hours")
        found = Axe().run(deck, context={"include": [[".slides section.present"]]})
        assert found.response["violations"] == []
        expect(guide.get_by_role("heading", name="Plan for 45 minutes")).to_be_visible()
    made = tmp_path / "out"
    result = CliRunner().invoke(app, ["handouts", str(made), "--course", str(course.root)])
    assert result.exit_code == 0, result.output
    browser = pdf.printer()
    if browser:
        printed = browser.pdf(made / LESSON / "flow.html")
        assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) == 1
    page = context.new_page()
    for kind in ("flow", "slides"):
        page.goto((made / LESSON / f"{kind}.html").as_uri())
        assert Axe().run(page).response["violations"] == []
    page.keyboard.press("ArrowRight")
    with page.expect_popup() as notes:
        page.keyboard.press("s")
    expect(notes.value.locator("main")).to_contain_text("Read the code aloud.")
    notes.value.keyboard.press("ArrowRight")
    expect(page.locator(".slide.now")).to_contain_text("When is the bridge closed?")
    expect(notes.value.locator("main")).to_contain_text("Wait for every hand.")


@pytest.mark.browser
def test_on_a_hub_the_slides_open_where_the_instructors_own_jupyterlab_is(context: BrowserContext, tmp_path: Path):
    course = copy_of_tiny(tmp_path / "tiny")
    ready = ".specta-article-outputs-panel h2"
    with served(course.root, base="/user/ana") as site:
        guide = opened(context, site, f"{FOLDER}/{LESSON}.ipynb", ready=ready)
        link = guide.get_by_role("link", name="Slides", exact=True)
        link.focus()
        assert link.get_attribute("href") == f"/user/ana/lab/tree/{FOLDER}/slides-{LESSON}.ipynb"
        with context.expect_page() as by_key:
            guide.keyboard.press("Enter")
        expect(by_key.value.locator(".slides > section.present")).to_contain_text("When may a person", timeout=60_000)
        by_key.value.close()
        link = guide.get_by_role("link", name="slides 2 to 3")
        with context.expect_page() as by_click:
            link.click()
        assert by_click.value.url.startswith(f"{site}/lab/tree/{FOLDER}/slides-{LESSON}.ipynb")
