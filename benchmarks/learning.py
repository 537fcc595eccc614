"""How soon the home is drawn and a click is answered, with 10,000 lines of progress, in the page.

The peer is a single ipywidgets button whose click changes a label, in the same Chromium and run. Times are medians, measured in
the page from the event to the change of the document.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from chromium import FLAGS, chromium  # noqa: E402
from jupyter import WIDE, copy_course, served  # noqa: E402
from paroleclinic import review  # noqa: E402
from paroleclinic.course import Course  # noqa: E402
from paroleclinic.progress import FILE_NAME, Memory  # noqa: E402

LINES = 10_000
ROUNDS = 25
PEER = """import ipywidgets
button, label = ipywidgets.Button(description='Ready'), ipywidgets.Label('0')
button.on_click(lambda _: setattr(label, 'value', str(int(label.value) + 1)))
ipywidgets.VBox([button, label])"""
TIMED = """async ([what, where]) => {
    const start = performance.now();
    const seen = new Promise((done) => {
        const watch = new MutationObserver(() => { watch.disconnect(); done(performance.now() - start); });
        watch.observe(document.querySelector(where), { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["data-drawn"] });
    });
    if (what === "come back") window.dispatchEvent(new Event("focus"));
    else document.querySelector(what).click();
    return seen;
}"""


def seeded(course: Course) -> None:
    """Write a learner's year of work, LINES lines."""
    dice = random.Random(7)
    asked = course.questions_by_lesson
    names = [(lesson, question) for lesson, own in asked.items() for question in own]
    memory: dict[str, Memory] = {}
    first = date(2026, 11, 25) - timedelta(LINES // 30)
    lines: list[dict[str, object]] = [
        {"at": f"{first}T08:00:00.000Z", "did": "welcomed", "name": "Ana", "role": "volunteer", "language": "en"},
        {"at": f"{first}T08:00:01.000Z", "did": "skipped", "what": "pre-test"},
    ]
    while len(lines) < LINES:
        day = first + timedelta(len(lines) // 30)
        lesson, question = dice.choice(names)
        head = {"at": f"{day}T09:00:00.000Z"}
        verdict, sure = dice.choice(["right", "right", "wrong"]), dice.choice(["low", "medium", "high"])
        lines.append(
            head | {"did": "tried", "page": lesson, "question": question, "verdict": verdict, "certainty": sure}
        )
        card = f"question:{question}"
        left = review.review(card, memory.get(card), dice.choice([1, 2, 3, 3]), day)
        memory[card] = Memory(left.stability, left.difficulty, left.due, day, 1)
        lines.append(head | {"did": "reviewed", **left.entry()})
        lines.append(head | {"did": "worked", "page": lesson, "seconds": 60})
    text = "".join(json.dumps({"v": 1, **line}) + "\n" for line in lines[:LINES])
    (course.root / FILE_NAME).write_text(text)


def opened(page: Page, site: str, name: str, ready: str) -> Page:
    page.goto(f"{site}/lab/tree/notebooks/{name}.ipynb?reset")
    page.wait_for_selector(ready, timeout=90_000)
    page.wait_for_timeout(3000)
    return page


def milliseconds(page: Page, what: str, where: str) -> float:
    took = float(page.evaluate(TIMED, [what, where]))
    page.wait_for_timeout(1200)  # the home is drawn anew at most once a second
    return took


def main() -> None:
    """Print the figures for people, then one JSON object."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        root = Path(place) / "course"
        copy_course(root)
        seeded(Course(root))
        cell = {"cell_type": "code", "id": "b", "metadata": {}, "source": PEER, "outputs": [], "execution_count": None}
        kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
        peer = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (root / "notebooks" / "button.ipynb").write_text(json.dumps(peer))
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with served(root) as site:
            pages = {
                name: opened(browser.new_context(viewport=WIDE).new_page(), site, name, ready)
                for name, ready in (
                    ("button", ".specta-article-outputs-panel button"),
                    ("00-start-here", ".pc-tiles"),
                    ("02-humanitarian-parole", ".pc-q"),
                    ("review", "[data-do=next]"),
                )
            }
            pages["review"].click("[data-do=next]")
            pages["review"].wait_for_selector("#card")
            form = pages["02-humanitarian-parole"].locator(".pc-q").first
            form.locator("input").first.check()
            jobs = {
                "button": (
                    "button",
                    ".specta-article-outputs-panel button",
                    ".specta-article-outputs-panel .widget-label",
                ),
                "home": ("00-start-here", "come back", "[data-drawn]"),
                "check": ("02-humanitarian-parole", ".pc-q .pc-main", ".pc-q div[role=status]"),
            }
            times: dict[str, list[float]] = {name: [] for name in (*jobs, "card")}
            for _ in range(ROUNDS):
                for name, (page, what, where) in jobs.items():
                    times[name].append(milliseconds(pages[page], what, where))
                times["card"].append(turned(pages["review"]))
        browser.close()
    middle = {name: statistics.median(found) for name, found in times.items()}
    for name, found in times.items():
        print(
            f"  {name:8} {middle[name]:6.1f} ms, slowest {max(found):6.1f} ms, {middle[name] / middle['button']:.2f}x of one button"
        )
    print(
        json.dumps(
            {f"{name}_ms": round(number, 1) for name, number in middle.items()} | {"lines": LINES, "rounds": ROUNDS}
        )
    )


def turned(page: Page) -> float:
    """One click in the review: the meaning of a word shown, a card rated, or an answer checked."""
    if not page.locator("#card").count() or not page.locator("[data-do=turn], [data-do=rate], [data-do=check]").count():
        page.reload()
        page.wait_for_selector("[data-do=next]", timeout=90_000)
        page.wait_for_timeout(2000)
        page.click("[data-do=next]")
        page.wait_for_selector("#card")
    card = page.locator("#card")
    if card.locator("input:not([type=radio]):not([type=checkbox])").count():
        field = card.locator("input").first
        field.fill("2026-01-01" if field.get_attribute("type") == "date" else "1")
    elif card.locator("input").count():
        card.locator("input").first.check()
    elif card.locator("select").count():
        card.locator("select").first.select_option(index=1)
    elif card.locator(".pc-steps").count():
        card.locator(".pc-steps button:enabled").first.click()
    what = "[data-do=turn], [data-do=check], [data-rating='3']"
    return milliseconds(page, what, "[data-drawn]")


if __name__ == "__main__":
    main()
