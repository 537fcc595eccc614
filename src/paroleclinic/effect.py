"""What a change in the course's files changes: for the keys, the law, the rubrics, the pass line and the dates. Pure.

A `Picture` is all of that as it was at one time. `build` leaves one behind, so that nobody needs git to see what is new.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from paroleclinic import whole
from paroleclinic.content import Scenario
from paroleclinic.course import Course
from paroleclinic.law import NotYetLaw
from paroleclinic.questions import Memo, Question

VERSION = 1
FILE = ".last-build"
Picture = dict[str, Any]
NONE = "none"
SAME_LAW = "the law said the same on both days"


class Told(NamedTuple):
    """One thing that changed: the unit and case it belongs to, empty for the whole course, and what to say of it."""

    unit: str
    case: str
    says: str


def picture(course: Course) -> Picture:
    """How the course stands today. Raises Problems, or NoSuchEntry for a case that is listed and not there."""
    edition = course.edition
    return {
        "pass line": course.outline.pass_line,
        "places": dict(edition.places.listed) if edition else {},
        "deadlines": {unit: str(day) for unit, day in sorted(edition.deadlines.items())} if edition else {},
        "units": {unit.id: list(unit.cases) for unit in course.outline.units},
        "closed": {unit.id: sorted(unit.closed) for unit in course.outline.units if unit.closed},
        "cases": {
            case: {"unit": unit.id, **_of_case(course, course.scenario(case))}
            for unit in course.outline.units
            for case in unit.cases
        },
    }


def _of_case(course: Course, case: Scenario) -> dict[str, Any]:
    rest = course.unresolved(case.id).model_dump_json(exclude={"questions", "as_of", "title", "minutes"})
    return {
        "day": str(case.as_of),
        "title": case.title,
        "minutes": case.minutes,
        "questions": {question.id: _of_question(question) for question in case.questions},
        "law": _law(course, case),
        "rest": _print(rest),
    }


def _of_question(question: Question) -> dict[str, Any]:
    if isinstance(question, Memo):
        rubric = {one.id: {"points": one.points, "text": _print(one.model_dump_json())} for one in question.rubric}
        words = question.model_dump_json(exclude={"points", "rubric", "words"})
        return {"memo": rubric, "points": question.points, "words": question.words, "text": _print(words)}
    key = json.dumps(question.key, ensure_ascii=False)
    return {"key": key, "points": question.points, "text": _print(question.model_dump_json(exclude={"points"}))}


def _law(course: Course, case: Scenario) -> dict[str, str]:
    found = {}
    for question in case.questions:
        day = question.on or case.as_of
        for rule in question.rules:
            if rule in course.law:
                found[rule] = _since(course, rule, day)
    return dict(sorted(found.items()))


def _since(course: Course, rule: str, day: date) -> str:
    try:
        version = course.law[rule].at(day)
    except NotYetLaw:
        return "not yet law"
    value = f", {version.value} {version.unit}" if version.value else ""
    return f"the version since {version.since} ({version.status.replace('-', ' ')}{value})"


def _print(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


def as_text(made: Picture) -> str:
    """A picture as the text of its file."""
    text = json.dumps(made, ensure_ascii=False, sort_keys=True)
    return f"{VERSION} {_print(text)}\n{text}\n"


def remembered(root: Path) -> Picture | None:
    """The picture that the last build left behind, untouched since; None when there is none."""
    try:
        head, _, text = (root / FILE).read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        return None
    text = text.removesuffix("\n")
    return dict(json.loads(text)) if head == f"{VERSION} {_print(text)}" else None


def remember(course: Course) -> None:
    """Leave the picture of today behind, for its owner alone: it holds the keys."""
    whole.write(course.root / FILE, as_text(picture(course)), private=True)


def differences(before: Picture, after: Picture) -> list[Told]:
    """Everything that differs, the whole course first, then case by case."""
    found = list(_whole(before, after))
    for name in dict.fromkeys([*after["cases"], *before["cases"]]):
        one, other = before["cases"].get(name), after["cases"].get(name)
        if one is None:
            found.append(Told(other["unit"], name, f"a new case: {_size(other)}"))
        elif other is None:
            found.append(Told(one["unit"], name, "the case is gone"))
        else:
            found += [Told(other["unit"], name, says) for says in _case(one, other)]
    return found


def _whole(before: Picture, after: Picture) -> Iterator[Told]:
    if before["pass line"] != after["pass line"]:
        yield Told("", "", f"the pass line: {before['pass line']} percent → {after['pass line']} percent")
    for what in dict.fromkeys([*before["places"], *after["places"]]):
        one, other = before["places"].get(what, NONE), after["places"].get(what, NONE)
        if one != other:
            yield Told("", "", f"{what.lower()}: {one} → {other}")
    for unit in dict.fromkeys([*before["deadlines"], *after["deadlines"]]):
        one, other = before["deadlines"].get(unit, NONE), after["deadlines"].get(unit, NONE)
        if one != other:
            yield Told("", "", f"{unit} is due: {one} → {other}")
    for unit in dict.fromkeys([*before["units"], *after["units"]]):
        if unit not in before["units"]:
            yield Told("", "", f"a new unit: {unit}")
        elif unit not in after["units"]:
            yield Told("", "", f"the unit {unit} is gone")
        one, other = (set(some["closed"].get(unit, ())) for some in (before, after))
        for name in sorted(other - one):
            yield Told("", "", f"closed from now on in feedback: {name}")
        for name in sorted(one - other):
            yield Told("", "", f"open from now on in feedback: {name}")


def _case(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    if one["unit"] != other["unit"]:
        yield f"it moved from the unit {one['unit']} to {other['unit']}"
    for name in ("title", "minutes"):
        if one[name] != other[name]:
            yield f"{name}: {one[name]} → {other[name]}"
    moved = [
        f"{rule}: {one['law'].get(rule, 'not named')} → {other['law'].get(rule, 'not named')}"
        for rule in dict.fromkeys([*one["law"], *other["law"]])
        if one["law"].get(rule) != other["law"].get(rule)
    ]
    if one["day"] != other["day"]:
        yield f"its day: {one['day']} → {other['day']}" + ("" if moved else f"; {SAME_LAW} for its questions")
        yield "read its story, papers and prompts again: what they say of days and weeks is as it was"
    for law in moved:
        yield f"law {law}"
    for name in dict.fromkeys([*other["questions"], *one["questions"]]):
        yield from _question(name, one["questions"].get(name), other["questions"].get(name))
    if one["rest"] != other["rest"]:
        yield "its story, papers, typed facts or lesson after it were edited"


def _question(name: str, one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> Iterator[str]:
    if one is None or other is None:
        yield f"{name}: {'a new question' if one is None else 'the question is gone'}"
        return
    if one["points"] != other["points"]:
        yield f"{name}: {one['points']} points → {other['points']} points"
    if one.get("key") != other.get("key"):
        yield f"{name}, its key: {one.get('key', NONE)} → {other.get('key', NONE)}"
    elif one["text"] != other["text"]:
        yield f"{name}: its words were edited (question, options or reasons), the key is the same"
    if one.get("words") != other.get("words"):
        yield f"{name}: {one.get('words', NONE)} words at most → {other.get('words', NONE)}"
    before, after = one.get("memo", {}), other.get("memo", {})
    for criterion in dict.fromkeys([*before, *after]):
        first, then = before.get(criterion), after.get(criterion)
        if first is None or then is None:
            yield f"{name}, criterion {criterion}: {'new' if first is None else 'gone'}"
        elif first["points"] != then["points"]:
            yield f"{name}, criterion {criterion}: {first['points']} points → {then['points']} points"
        elif first["text"] != then["text"]:
            yield f"{name}, criterion {criterion}: its words were edited"


def _size(case: Mapping[str, Any]) -> str:
    asked = [one for one in case["questions"].values() if "memo" not in one]
    memo = [one for one in case["questions"].values() if "memo" in one]
    points = sum(one["points"] for one in asked)
    return f"{len(asked)} questions for {points} points" + (
        f", a memo for {sum(one['points'] for one in memo)}" if memo else ", no memo"
    )


def memos_changed(before: Picture, after: Picture) -> dict[str, tuple[int, int]]:
    """Case -> the points of its memo before and after, where anything of the rubric changed."""
    found = {}
    for name, other in after["cases"].items():
        for question, now in other["questions"].items():
            then = before["cases"].get(name, {"questions": {}})["questions"].get(question)
            if then and now.get("memo") != then.get("memo"):
                found[name] = (then["points"], now["points"])
    return found
