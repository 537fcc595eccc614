"""Branching consultations: choose a client, live with the consequences, go back to any fork."""

from __future__ import annotations

from dataclasses import dataclass, field

from paroleclinic.consultation import Consultation, NoSuchChoice, followed
from paroleclinic.course import Course
from paroleclinic.drawing import story
from paroleclinic.widgets.pages import Heard, Panel
from paroleclinic.widgets.place import diary, here, noted
from paroleclinic.widgets.questions import shuffled, who


@dataclass
class Seat:
    """The consultation at hand, if any, and the choices made in it."""

    name: str = ""
    choices: list[str] = field(default_factory=list)


def consultations() -> Panel:
    """All consultations of the course, to choose from and to play in place."""
    course, seat = here(), Seat()

    def hear(message: Heard) -> dict[str, object]:
        return _heard(course, seat, message)

    return Panel(hear, "consultations", html=_shelf(course))


def _heard(course: Course, seat: Seat, message: Heard) -> dict[str, object]:
    do, why = message.get("do"), ""
    if do in ("open-one", "go-on"):
        seat.name = str(message.get("name"))
        seat.choices = _paused(course.consultation(seat.name)) if do == "go-on" else []
    elif do == "shelf" or not seat.name:
        seat.name = ""
        return {"html": _shelf(course), "focus": "#shelf"}
    consultation = course.consultation(seat.name)
    if do == "choose":
        try:
            followed(consultation, [*seat.choices, str(message.get("choice"))])
        except NoSuchChoice:  # a second click
            return {"html": _page(course, consultation, seat.choices)}
        seat.choices.append(str(message.get("choice")))
        why = _note(consultation, seat.choices)
    elif do == "back":
        del seat.choices[-1:]
    elif do == "rewind":
        del seat.choices[int(str(message.get("to"))) :]
    elif do == "again":
        seat.choices.clear()
    return {"html": _page(course, consultation, seat.choices), "focus": "#scene", "trouble": why}


def _note(consultation: Consultation, choices: list[str]) -> str:
    """Write an ending into the diary; returns why it could not be kept, or nothing."""
    scene = followed(consultation, choices).scene
    why = noted("paused", what=f"consultation:{consultation.id}", steps=[] if scene.ending else list(choices))
    if not scene.ending:
        return why
    about = {"consultation": consultation.id, "choices": list(choices)}
    return noted("consulted", **about, scene=scene.id, ending=scene.ending)


def _page(course: Course, consultation: Consultation, choices: list[str]) -> str:
    path = followed(consultation, choices)
    if path.scene.ending:
        return story.ending(consultation, path, course.law)
    shown = shuffled(path.scene.choices, f"{who()}/{consultation.id}/{path.scene.id}")
    return story.scene(consultation, path, course.law, shown)


def _shelf(course: Course) -> str:
    before = diary().progress().consulted
    found = [course.consultation(name) for name in course.consultation_paths]
    reached = {name: {one.scene: one.ending for one in ways} for name, ways in before.items()}
    shown = sorted(found, key=lambda one: (one.stars, one.title))
    return story.shelf((one, reached.get(one.id, {}), bool(_paused(one))) for one in shown)


def _paused(consultation: Consultation) -> list[str]:
    """The choices made when it was left, if they still can be made."""
    steps = diary().progress().paused.get(f"consultation:{consultation.id}", [])
    try:
        followed(consultation, steps)
    except NoSuchChoice:  # it has changed since
        return []
    return list(steps)
