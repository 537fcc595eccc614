"""What the browser tests share: a Chromium, pages of the course in it, and what a person does there."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from conftest import ROOT
from jupyter import WIDE


def opened(context: BrowserContext, site: str, path: str, ready: str = ".pc-q") -> Page:
    page = context.new_page()
    page.goto(f"{site}/lab/tree/{path}?reset")
    page.wait_for_selector(ready, timeout=90_000)
    return page


def visited(page: Page, site: str, path: str, ready: str = ".pc-q") -> Page:
    """The same, in a JupyterLab that is open already, as a link of the course opens it; what was open before is closed."""
    if not page.url.startswith(site):
        page.goto(f"{site}/lab?reset")
        page.wait_for_function("window.jupyterapp")
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    page.evaluate(
        """async (path) => { await window.jupyterapp.restored; await window.jupyterapp.commands.execute("application:close-all");
        await window.jupyterapp.commands.execute("docmanager:open", { path }); }""",
        path,
    )
    page.wait_for_selector(ready, timeout=90_000)
    return page


def question(page: Page, question_id: str) -> Locator:
    return page.locator(f'[data-question="{question_id}"]')


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong inside our content: the article, without JupyterLab's own frame."""
    page.wait_for_timeout(300)
    found = Axe().run(page, context={"include": [[".specta-article-outputs-panel"]]})
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole article for people to look at, in a folder git ignores."""
    folder = ROOT / "screenshots"
    folder.mkdir(exist_ok=True)
    height = page.evaluate("document.querySelector('.specta-article-outputs-panel').scrollHeight")
    before = page.viewport_size
    page.set_viewport_size({"width": before["width"], "height": min(int(height) + 200, 12_000)})
    page.wait_for_timeout(400)
    page.screenshot(path=folder / f"{name}.png")
    page.set_viewport_size(before)


def pick(form: Locator, answer: object) -> None:
    """Give an answer as a person does; native inputs, by their value."""
    form.locator("input, textarea, select, .pc-steps").first.wait_for()
    if isinstance(answer, dict):
        for label, group in answer.items():
            form.locator(f'select[data-item="{label}"]').select_option(group)
    elif form.locator(".pc-steps").count():
        for place, step in enumerate(answer):
            row = form.locator(f'[data-step="{step}"]')
            while row.evaluate("(node) => [...node.parentNode.children].indexOf(node)") > place:
                row.get_by_title("Move up").press("Enter")
    elif isinstance(answer, list):
        for value in answer:
            form.locator(f'input[value="{value}"]').check()
    elif form.locator('input[type="radio"]').count():
        form.locator(f'input[value="{answer}"]').check()
    else:
        field = form.locator("textarea, input").first
        field.fill(str(answer))
        field.blur()


def saved(form: Locator) -> None:
    expect(form.locator(".pc-saved")).to_contain_text("Saved at")


def ensured(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
