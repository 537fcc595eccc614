"""The pieces of a lesson: title card, law cards, timelines, quizzes, pictures, the map."""

from __future__ import annotations

from datetime import date
from functools import cache
from html import escape
from pathlib import Path

from paroleclinic.course import Course
from paroleclinic.drawing import Drawing, cards, charts, exhibits, lookup
from paroleclinic.drawing.marks import verdict
from paroleclinic.grading import grade
from paroleclinic.widgets.pages import Sift, TitleCard
from paroleclinic.widgets.questions import Questions, public

FEW_CASES = 6  # links in a lesson that has no unit of its own


def here() -> Course:
    """The course around the notebook that is running; each file is read once while its kernel lives."""
    return _course(Course.around(Path.cwd()).root)


@cache
def _course(root: Path) -> Course:
    return Course(root)


def title(page_id: str) -> TitleCard:
    """The title card of a lesson or page. It opens the meaning of each term of the glossary at its first use."""
    course = here()
    pages = {page.id: page for page in course.outline.pages}
    if page_id in pages:
        card = cards.page_card(pages[page_id], course.outline)
    else:
        card = cards.title_card(course.lesson(page_id), course.outline)
    terms = [
        {
            "id": term.id,
            "names": term.names,
            "html": f"<p><strong>{escape(term.term)}</strong></p>{lookup.meaning(term)}",
        }
        for term in course.terms_in(course.root / "notebooks" / f"{page_id}.ipynb")
    ]
    return TitleCard(html=str(card), terms=terms if page_id != "glossary" else [])


def rule(*rule_ids: str, on: str | None = None) -> Drawing:
    """Law cards, as of the day of the course or of `on` (YYYY-MM-DD)."""
    course = here()
    day = date.fromisoformat(on) if on else course.outline.as_of
    html = "".join(cards.rule_card(course.law[rule_id], day) for rule_id in rule_ids)
    says = "\n".join(course.law[rule_id].at(day).says for rule_id in rule_ids)
    return Drawing(html, says)


def timeline(rule_id: str) -> Drawing:
    """The dated versions of one rule, drawn down a line."""
    return cards.timeline(here().law[rule_id])


def specimen(specimen_id: str) -> Drawing:
    """A paper with numbered notes on how to read it."""
    return exhibits.specimen(here().specimen(specimen_id))


def chart(data_set: str) -> Drawing:
    """Published numbers as bars, with their dates, sources and limits."""
    return charts.chart(here().figures(data_set))


def grid() -> Sift:
    """The kinds of parole beside asylum, TPS, a visa and deferred action, as a table to filter and print."""
    course = here()
    table = course.comparison
    kinds = {"parole": "Parole", "neighbor": "Neighbors"}
    filters = [
        {"title": kinds[group], "filters": [{"id": c.id, "title": c.title} for c in table.columns if c.group == group]}
        for group in kinds
    ]
    filters.append({"title": "Questions", "filters": [{"id": row.id, "title": row.title} for row in table.rows]})
    html = lookup.comparison(table, course.law, course.outline.as_of)
    return Sift(html=html, what="tbody tr", filters=filters, print=True)


def events() -> Sift:
    """What happened to the law, as a picture with a lane for each kind of parole, to filter and search."""
    course = here()
    kinds = [{"id": kind.id, "title": kind.title} for kind in course.events.kinds]
    html = lookup.events(course.events, course.law)
    return Sift(html=html, what="li", filters=[{"title": "Kinds of parole", "filters": kinds}], print=True)


def glossary() -> Sift:
    """Every term of the glossary, to search."""
    course = here()
    terms = sorted((course.term(term) for term in course.term_paths), key=lambda term: term.term.lower())
    html = lookup.glossary(terms, course.law, course.outline.as_of)
    return Sift(html=html, what="section", print=True)


def cases(lesson_id: str) -> Drawing:
    """The cases that practice a lesson, with links: those of its own units, else those that lead back to it."""
    course = here()
    course.lesson(lesson_id)
    units = course.outline.units
    own = [(unit.id, case) for unit in units for case in unit.cases if unit.lesson == lesson_id]
    back = {*course.cases_sending_back_to(lesson_id)}
    others = [(unit.id, case) for unit in units for case in unit.cases if case in back]
    first = [(unit.id, unit.cases[0]) for unit in units]
    shown = own or others[:FEW_CASES] or first
    return cards.cases({place: course.glance(place[1]) for place in shown}, own=bool(own))


def course_map() -> Drawing:
    """The lessons and cases of the course, with links."""
    course = here()
    glances = {case: course.glance(case) for unit in course.outline.units for case in unit.cases}
    return cards.course_map(course.outline, glances)


def quiz(*question_ids: str) -> Questions:
    """Questions of the bank with Check, retry and undo; each answer is explained on the spot."""
    course = here()
    found = {question_id: course.question(question_id) for question_id in question_ids}

    def hear(do: str, question_id: str, value: object) -> dict[str, object]:
        if do != "check" or question_id not in found:
            return {"re": "nothing"}
        mark = grade(found[question_id], value)
        html = verdict(mark, course.law, course.outline.as_of, reveal=mark.verdict == "right")
        return {"re": "checked", "html": html}

    return Questions(hear, mode="lesson", questions=public(found.values()))
