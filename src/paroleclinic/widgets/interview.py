"""Meeting the client of a case before the file is read. While it lasts, the file below is out of sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from paroleclinic.content import Scenario
from paroleclinic.course import Course, NoSuchEntry
from paroleclinic.drawing import talk as drawing
from paroleclinic.interview import Interview, NotOffered, Talk, begin, outcome, played
from paroleclinic.sealed import SealedScenario
from paroleclinic.widgets.pages import Heard, Panel
from paroleclinic.widgets.place import diary, here, noted
from paroleclinic.widgets.questions import shuffled, who


@dataclass
class Meeting:
    """An interview under way: what was asked so far, and whether lines left open were pointed out."""

    asked: list[str] = field(default_factory=list)
    warned: bool = False


def meet(case_id: str) -> Panel:
    """The interview of a case. Skipping it, or coming back after it, leaves one line above the file."""
    course = here()
    scenario = course.case_file(case_id)
    if scenario.interview is None:
        raise NoSuchEntry("interview", case_id, [])
    meeting = Meeting()

    def hear(message: Heard) -> dict[str, object]:
        return _heard(course, scenario, meeting, message)

    seen = case_id in diary().progress().met or f"interview:{case_id}" in diary().progress().skipped
    paused = len(_paused(scenario))
    html = drawing.closed(_last(case_id)) if seen else drawing.invitation(scenario.interview, _last(case_id), paused)
    return Panel(hear, f"{scenario.unit}/{scenario.id}", html=html)


def _heard(course: Course, scenario: Scenario | SealedScenario, meeting: Meeting, message: Heard) -> dict[str, object]:
    script = scenario.interview
    assert script is not None
    do = message.get("do")
    if do == "begin":
        meeting.asked, meeting.warned = [], False
        return {"html": _talk(script, begin(script), scenario.id), "focus": "#talk"}
    if do == "go-on":
        meeting.asked = _paused(scenario)
        return {"html": _talk(script, played(script, meeting.asked), scenario.id), "focus": "#talk"}
    if do == "skip":
        met = scenario.id in diary().progress().met
        why = "" if met else noted("skipped", what=f"interview:{scenario.id}")
        html = drawing.closed(_last(scenario.id))
        return {"html": html, "focus": "#talk", "say": "The file is open below.", "trouble": why}
    if do == "ask":
        try:
            talk = played(script, [*meeting.asked, str(message.get("ask"))])
        except NotOffered:  # a second click, or another window
            return {"html": _talk(script, played(script, meeting.asked), scenario.id)}
        meeting.asked.append(str(message.get("ask")))
        why = noted("paused", what=f"interview:{scenario.id}", steps=list(meeting.asked))
        said = f"The client is {drawing.TRUST_WORDS[talk.trust]}."
        return {"html": _talk(script, talk, scenario.id), "focus": "#answer", "say": said, "trouble": why}
    if do == "undo" and meeting.asked:
        meeting.asked.pop()
        return {"html": _talk(script, played(script, meeting.asked), scenario.id), "focus": "#talk"}
    if do == "state":
        lines = shuffled(script.statements, f"{who()}/{scenario.id}")
        return {"html": drawing.stating(script, lines), "focus": "#stating"}
    if do == "judge" and not meeting.warned and (left := _left_open(script, message.get("given") or {})):
        meeting.warned = True
        return {
            "trouble": f"{left} not sorted yet. Sort {'it' if left.startswith('1 ') else 'them'}, or press again to see how it went."
        }
    if do == "judge":
        noted("paused", what=f"interview:{scenario.id}", steps=[])
        went = outcome(played(script, meeting.asked), message.get("given") or {})
        why = noted("met", case=scenario.id, asked=list(meeting.asked), total=went.total)
        return {"html": drawing.debrief(went, course.law, scenario.as_of), "focus": "#debrief", "trouble": why}
    return {"html": _talk(script, played(script, meeting.asked), scenario.id), "focus": "#talk"}


def _talk(script: Interview, talk: Talk, case_id: str) -> str:
    return drawing.talk(talk, shuffled(script.asks, f"{who()}/{case_id}"))


def _last(case_id: str) -> int | None:
    met = diary().progress().met.get(case_id)
    return met.total if met else None


def _paused(scenario: Scenario | SealedScenario) -> list[str]:
    """What was said when the talk was left, if it still can be said."""
    steps = diary().progress().paused.get(f"interview:{scenario.id}", [])
    try:
        assert scenario.interview is not None
        played(scenario.interview, steps)
    except NotOffered:  # the interview has changed since
        return []
    return list(steps)


def _left_open(script: Interview, given: Mapping[str, object]) -> str:
    left = sum(not given.get(line.id) for line in script.statements)
    return f"{left} line{'s are' if left > 1 else ' is'}" if left else ""
