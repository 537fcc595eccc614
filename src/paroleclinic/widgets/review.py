"""The daily review: cards that are due, one after another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from paroleclinic import review as schedule
from paroleclinic.course import Course, NoSuchEntry
from paroleclinic.drawing import cardbox, lookup
from paroleclinic.drawing.marks import verdict
from paroleclinic.grading import Mark, grade
from paroleclinic.questions import Question
from paroleclinic.review import Waiting
from paroleclinic.widgets.home import deck_of
from paroleclinic.widgets.lesson import tried
from paroleclinic.widgets.pages import Heard, Panel
from paroleclinic.widgets.place import diary, here, noted, today
from paroleclinic.widgets.questions import public


@dataclass
class Sitting:
    """A session under way: the cards still to take, those done, and what stands on the table."""

    left: list[Waiting]
    day: date
    cards: int = 0
    stage: Literal["start", "asked", "told", "over"] = "start"
    done: int = 0
    again: int = 0
    card: Waiting | None = None
    question: Question | None = None
    rating: int = 3
    seen: set[str] = field(default_factory=set)

    @property
    def place(self) -> str:
        """Which card this is, in words."""
        return f"Card {self.done + 1} of {self.cards}"


def daily_review(on: str | None = None) -> Panel:
    """Today's review, or that of the day `on` (YYYY-MM-DD)."""
    course = here()
    sitting = _begin(course, on)

    def hear(message: Heard) -> dict[str, object]:
        nonlocal sitting
        do = message.get("do")
        if do == "open" and (
            sitting.stage == "start" or (sitting.stage == "over" and not on and today() != sitting.day)
        ):
            sitting = _begin(course, on)
            return {"html": _start(course, sitting)}
        if do == "next" and sitting.stage == "start":
            return _next(course, sitting)
        if do == "turn" and sitting.stage == "asked" and sitting.card:
            sitting.stage = "told"
            term = course.term(sitting.card.card.partition(":")[2])
            html = cardbox.meaning(sitting.card, term, sitting.place, _dates(sitting), lookup.meaning(term))
            return {"html": html, "focus": "#card"}
        if do == "check" and sitting.stage == "asked" and sitting.question:
            return _check(course, sitting, message)
        if do == "rate" and sitting.stage == "told":
            return _rate(course, sitting, message)
        return {}  # a second click on what has gone

    return Panel(hear, "review", html=_start(course, sitting), fresh=True)


def _begin(course: Course, on: str | None) -> Sitting:
    progress = diary().progress()
    day = date.fromisoformat(on) if on else today()
    cards = schedule.session(schedule.waiting(progress, deck_of(course, progress), day))
    return Sitting(cards, day, len(cards))


def _start(course: Course, sitting: Sitting) -> str:
    progress = diary().progress()
    waits = len(schedule.waiting(progress, deck_of(course, progress), sitting.day))
    return cardbox.start(sitting.cards, waits, schedule.minutes(sitting.left))


def _next(course: Course, sitting: Sitting) -> dict[str, object]:
    sitting.stage = "asked"
    while sitting.left:
        card = sitting.card = sitting.left.pop(0)
        what, _, name = card.card.partition(":")
        try:
            if what == "term":
                sitting.question = None
                return {"html": cardbox.term(card, course.term(name), sitting.place), "focus": "#card"}
            sitting.question = _asked(course, name)
            html = cardbox.question(card, public([sitting.question])[0], sitting.place)
            return {"html": html, "focus": "#card"}
        except NoSuchEntry:  # it has left the course since
            sitting.cards -= 1
    sitting.card, sitting.question, sitting.stage = None, None, "over"
    home = course.outline.lessons[0].id
    due = [memory.due for memory in diary().progress().memory.values() if memory.due > sitting.day]
    return {"html": cardbox.finish(sitting.done, sitting.again, min(due, default=None), home), "focus": "#card"}


def _asked(course: Course, name: str) -> Question:
    """The question, or every second time its near twin: what should last is the point, not the look of the answer."""
    memory = diary().progress().memory.get(f"question:{name}")
    twin = course.near_twin(name) if memory and memory.times % 2 else None
    return twin or course.question(name)


def _check(course: Course, sitting: Sitting, message: Heard) -> dict[str, object]:
    assert sitting.card and sitting.question
    given = message.get("given") or {}
    mark = grade(sitting.question, given.get("answer"))
    if mark.verdict in ("blank", "unreadable"):
        return {
            "trouble": mark.notes[0].because
            if mark.verdict == "unreadable"
            else "Answer first, even if you must guess."
        }
    sure = str(given.get("sure") or "")
    why = tried(course, sitting.question, mark, {"sure": sure}, "review")
    sitting.stage = "told"
    tries = 2 if sitting.card.card in sitting.seen else 1
    sitting.rating = schedule.rating(right=mark.verdict == "right", tries=tries, certainty=sure)
    return {"html": _explained(course, sitting, mark), "focus": "#card", "trouble": why}


def _explained(course: Course, sitting: Sitting, mark: Mark) -> str:
    assert sitting.card and sitting.question
    shown = verdict(mark, course.law, course.outline.as_of, reveal=True)
    return cardbox.answered(
        sitting.card, sitting.question.prompt, sitting.place, shown, _dates(sitting), sitting.rating
    )


def _rate(course: Course, sitting: Sitting, message: Heard) -> dict[str, object]:
    assert sitting.card
    rating = int(str(message.get("rating")))
    memory = diary().progress().memory.get(sitting.card.card)
    why = noted("reviewed", **schedule.review(sitting.card.card, memory, rating, sitting.day).entry())
    sitting.done += 1
    if rating == 1:
        sitting.again += 1
        if sitting.card.card not in sitting.seen:  # once more at the end of this session
            sitting.seen.add(sitting.card.card)
            sitting.left.append(sitting.card)
            sitting.cards += 1
    return _next(course, sitting) | ({"trouble": why} if why else {})


def _dates(sitting: Sitting) -> dict[int, date]:
    assert sitting.card
    memory = diary().progress().memory.get(sitting.card.card)
    return {rating: schedule.review(sitting.card.card, memory, rating, sitting.day).due for rating in schedule.RATINGS}
