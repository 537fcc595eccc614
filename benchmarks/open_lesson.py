"""How soon a lesson's first and last questions take a click, against a notebook with a single ipywidgets button.

Names of lessons on the command line measure these alone. Each round opens the button's notebook and one lesson in a fresh page of the same Chromium, paired and alternating.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from chromium import FLAGS, chromium  # noqa: E402
from jupyter import WIDE, copy_course, served  # noqa: E402
from paroleclinic.course import Course  # noqa: E402

ROUNDS = 5
BUTTON = "import ipywidgets\nipywidgets.Button(description='Ready')"


def button_notebook() -> str:
    """A notebook with one button in it."""
    cell = {"cell_type": "code", "id": "b", "metadata": {}, "source": BUTTON, "outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    return json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def seconds(browser: Browser, site: str, path: str, *selectors: str) -> list[float]:
    """Seconds from asking for a page until each control takes a click, trial clicks included."""
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    start = time.perf_counter()
    page.goto(f"{site}/lab/tree/{path}?reset", wait_until="commit")
    times = []
    for selector in selectors:
        page.locator(selector).first.click(timeout=120_000, trial=True)
        times.append(time.perf_counter() - start)
    context.close()
    return times


def main() -> None:
    """Print the figures for people, then one JSON object; the worst lesson counts."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        root = Path(place) / "course"
        copy_course(root)
        course = Course(root)
        lessons = sys.argv[1:] or [lesson.id for lesson in course.outline.lessons]
        (root / "notebooks" / "button.ipynb").write_text(button_notebook())
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        first: dict[str, list[float]] = {}
        last: dict[str, list[float]] = {}
        with served(root) as site:
            seconds(browser, site, "notebooks/button.ipynb", ".specta-article-outputs-panel button")  # warm both caches
            for number in range(ROUNDS):
                for lesson in lessons:
                    questions = course.questions_by_lesson[lesson]
                    control = ":is(input, select, .pc-steps button:enabled)"
                    wanted = [f'[data-question="{name}"] {control}' for name in (questions[0], questions[-1])]
                    jobs = [("button", [".specta-article-outputs-panel button"]), (lesson, wanted)]
                    found = {
                        name: seconds(browser, site, f"notebooks/{name}.ipynb", *selectors)
                        for name, selectors in (jobs if number % 2 else reversed(jobs))
                    }
                    (base,) = found["button"]
                    first.setdefault(lesson, []).append(found[lesson][0] / base)
                    last.setdefault(lesson, []).append(found[lesson][1] / base)
        browser.close()
    for lesson in lessons:
        print(
            f"  {lesson:26} first {statistics.median(first[lesson]):.2f}x, last {statistics.median(last[lesson]):.2f}x of one button"
        )
    worst = [max(statistics.median(ratios) for ratios in side.values()) for side in (first, last)]
    print(json.dumps({"first_question": round(worst[0], 2), "last_question": round(worst[1], 2), "rounds": ROUNDS}))


if __name__ == "__main__":
    main()
