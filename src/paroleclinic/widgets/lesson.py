"""The pieces of a lesson: title card, law cards, timelines, quizzes, pictures, the map."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

from paroleclinic.course import Course
from paroleclinic.drawing import Drawing, cards, charts, exhibits, lookup
from paroleclinic.drawing.hints import ladder
from paroleclinic.drawing.marks import verdict
from paroleclinic.grading import Mark, grade
from paroleclinic.questions import Question
from paroleclinic.widgets.desk import hint
from paroleclinic.widgets.pages import Sift, TitleCard
from paroleclinic.widgets.place import diary, here, noted
from paroleclinic.widgets.questions import Questions, public

FEW_CASES = 6  # links in a lesson that has no unit of its own


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
    again = cards.resume(diary().progress().pages.get(page_id, ""))
    return TitleCard(page_id, html=f"{card}{again}", terms=terms if page_id != "glossary" else [])


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


def quiz(*question_ids: str) -> Questions:
    """Questions of the bank with Check, hints, retry and undo; each answer is explained on the spot and noted in the diary."""
    course = here()
    found = {question_id: course.question(question_id) for question_id in question_ids}

    def hear(do: str, question_id: str, message: Mapping[str, Any]) -> dict[str, object]:
        if question_id not in found:
            return {"re": "nothing"}
        question = found[question_id]
        if do == "hint":
            return hint(ladder(question, {}, course.law, course.outline.as_of), message.get("value"))
        if do != "check":
            return {"re": "nothing"}
        mark = grade(question, message.get("value"))
        right = mark.verdict == "right"
        answer: dict[str, object] = {
            "re": "checked",
            "html": verdict(mark, course.law, course.outline.as_of, reveal=right),
            "why": tried(course, question, mark, message),
        }
        twin = None if right or mark.verdict in ("blank", "unreadable") else course.near_twin(question_id)
        if twin:
            found[twin.id] = twin
            answer["twin"] = public([twin])[0]
        return answer

    right = diary().progress().ever_right
    done = [name for name in question_ids if name in right]
    return Questions(hear, mode="lesson", questions=public(found.values()), done=done)


def tried(course: Course, question: Question, mark: Mark, message: Mapping[str, Any], page: str = "") -> str:
    """Note a try in the diary; returns why it could not be kept, or nothing. A blank is no try."""
    if mark.verdict in ("blank", "unreadable"):
        return ""
    more: dict[str, object] = {"harm": True} if mark.harmful else {}
    more |= {key: message[name] for key, name in (("certainty", "sure"), ("hints", "hints")) if message.get(name)}
    name = question.near or question.id
    return noted("tried", page=page or course.lesson_of(name), question=name, verdict=mark.verdict, **more)
