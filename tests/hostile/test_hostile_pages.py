"""What learners wrote and how they are called, looked at in a real browser: nothing of it is markup, code or a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import in_answers
import in_names
import pytest
from catalogue import CATALOGUE
from cohorts import HONEST, hostile_course, paroleclinic, refused, scores
from entries import CASE, FLAG, FOREIGN, UNIT

from conftest import nbgrader
from jupyter import served

NAMED = {
    name: entry
    for name, entry in in_names.ATTACKS.items()
    if entry.group in (in_names.MARKUP, in_names.FORMULA) and not refused(entry)
}
TAGGED = [f"named-{name}" for name in in_names.TAGS]  # not graded, but their folders are there and are listed
SHOWN = {name: entry for name, entry in CATALOGUE.items() if entry.shown or name in NAMED}
LOOKS = f"""() => ({{
    flag: window.{FLAG} !== undefined && !(window.{FLAG} instanceof Element),
    element: !!document.getElementById("{FLAG}"),
    active: [...document.querySelectorAll("iframe, object, embed, base, [onerror], [onload], [onfocus], a[href^='javascript:' i], [src*='{FOREIGN}'], [href*='{FOREIGN}']")]
        .map(found => found.outerHTML.slice(0, 200)),
}})"""
MEMOS = [name for name in SHOWN if name.startswith("memo-")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A graded course of all entries that are looked at, with feedback of ours and, in a folder beside, of nbgrader."""
    with hostile_course(tmp_path_factory.mktemp("pages"), [*SHOWN, *TAGGED]) as (course, _):
        assert paroleclinic(course.root, "grade", "--quiet").returncode == 1
        done = paroleclinic(course.root, "feedback", UNIT)
        assert done.returncode in (0, 1), done.stderr
        nbgrader(
            course.root,
            "generate_feedback",
            UNIT,
            "--student=memo-*",
            "--CourseDirectory.feedback_directory=of-nbgrader",
        )
        yield course.root


class Watched:
    """A page, and everything it did that it should not have done."""

    def __init__(self, context) -> None:
        self.wrong: list[str] = []
        context.route("**/*", self._asked)
        self.page = context.new_page()
        self.page.on("dialog", self._dialog)

    def _asked(self, route) -> None:
        host = urlsplit(route.request.url).hostname or ""
        if FOREIGN in host:
            self.wrong.append(f"asked {route.request.url}")
        if host in ("", "127.0.0.1"):
            route.continue_()
        else:
            route.abort()

    def _dialog(self, dialog) -> None:
        self.wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def look(self, address: str, ready: str = "") -> list[str]:
        """Open a page, touch every link's place and say what was wrong."""
        self.wrong.clear()
        self.page.goto(address)
        if ready:
            self.page.wait_for_selector(ready, state="attached")
        found = self.page.evaluate(LOOKS)
        if FOREIGN in self.page.url or found["flag"] or found["element"] or found["active"]:
            self.wrong.append(str(found))
        return list(self.wrong)


@pytest.fixture
def watched(context) -> Watched:
    return Watched(context)


@pytest.mark.browser
def test_the_watch_itself_sees_what_it_is_to_see(watched, tmp_path):
    for name in ("memo-script", "memo-image-that-fails", "memo-frames"):
        (tmp_path / "bad.html").write_text(f"<body>{in_answers.MARKUP[name.removeprefix('memo-')]}</body>")
        assert watched.look((tmp_path / "bad.html").as_uri()), name


@pytest.mark.browser
def test_our_feedback_is_inert(site, watched):
    pages = sorted((site / "feedback").glob(f"*/{UNIT}/{CASE}.html"))
    assert len(pages) == len(SHOWN) + len(HONEST)
    assert {str(page): wrong for page in pages if (wrong := watched.look(page.as_uri()))} == {}


@pytest.mark.browser
def test_nbgraders_feedback_is_inert(site, watched):
    pages = sorted((site / "of-nbgrader").glob(f"*/{UNIT}/{CASE}.html"))
    assert len(pages) == len(MEMOS)
    assert {str(page): wrong for page in pages if (wrong := watched.look(page.as_uri()))} == {}


@pytest.mark.browser
def test_formgrader_is_inert(site, watched):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{site}/gradebook.db") as book:
        memos = {
            one.student.id: one.id
            for one in book.notebook_submissions(CASE, UNIT)
            if one.student.id in {*MEMOS, *(e.learner for e in NAMED.values())}
        }
    assert len(memos) == len(MEMOS) + len(NAMED)
    wrong = {}
    with served(site) as address:
        home = f"{address}/formgrader"
        lists = [
            "manage_assignments",
            f"manage_submissions/{UNIT}",
            "gradebook",
            f"gradebook/{UNIT}",
            f"gradebook/{UNIT}/{CASE}",
            "manage_students",
        ]
        for place in lists:
            if found := watched.look(f"{home}/{place}", "#main-table tr td.sorting_1, #main-table tr td"):
                wrong[place] = found
        for entry in NAMED.values():
            for place in (
                f"manage_students/{quote(entry.learner, safe='')}",
                f"manage_students/{quote(entry.learner, safe='')}/{UNIT}",
            ):
                if found := watched.look(f"{home}/{place}"):
                    wrong[place] = found
        for learner, id_ in memos.items():
            if found := watched.look(f"{home}/submissions/{id_}/?index=0", "textarea.comment"):
                wrong[learner] = found
    assert not wrong, "\n".join(f"{place}: {found}" for place, found in wrong.items())


def test_tables_hold_no_formulas(site):
    import openpyxl

    for by in ("unit", "case", "question"):
        out = site / f"{by}.csv"
        done = paroleclinic(site, "export", str(out), "--by", by, "--force")
        assert done.returncode in (0, 1), done.stderr
        with out.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
        assert len(rows) > len(SHOWN)
        bad = [
            cell
            for row in rows
            for cell in row
            if cell.lstrip("\ufeff \u200b")[:1] in "=+-@\t\r＝＋－＠" and cell and not number(cell)
        ]
        assert bad == []
    done = paroleclinic(site, "export", str(site / "marks.xlsx"), "--force")
    assert done.returncode in (0, 1), done.stderr
    book = openpyxl.load_workbook(site / "marks.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b", "d"}
    assert not [cell.value for cell in cells if cell.hyperlink and not str(cell.hyperlink.location or "")]
    book.close()


def number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_every_name_is_in_the_tables_as_it_is_or_marked_as_text(site):
    with (site / "case.csv").open(newline="", encoding="utf-8-sig") as file:
        said = file.read()
    for entry in NAMED.values():
        assert entry.learner.replace('"', '""') in said
    assert set(scores(site)) >= {entry.learner for entry in NAMED.values()}
