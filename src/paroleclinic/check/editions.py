"""A local edition: what it adds is its own, what it changes is there, and what the course changed since is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from paroleclinic.check.places import line_of_text
from paroleclinic.course import Course
from paroleclinic.edition import (
    FILE,
    FOLDER,
    OWN,
    SLOTS,
    Change,
    ChangedCriterion,
    ChangedPoints,
    Edition,
    of_edition,
    slots_in,
    value_in,
)
from paroleclinic.law import long_day
from paroleclinic.reading import Problem, line_of


def edition_names(course: Course) -> Iterator[Problem]:
    """What a local edition adds has an id of its own; the units and cases that it names are there."""
    folder, edition = course.root / FOLDER, course.edition
    if edition is None:
        if (folder / "scenarios").is_dir() or (folder / "law").is_dir():
            says = "there are local cases or law here, and no edition that they belong to"
            yield Problem(FOLDER, 0, says, "run: paroleclinic new edition")
        yield from _borrowed(course)
        return
    yield from _borrowed(course.own)
    for place in ("scenarios", "law"):
        for path in sorted((folder / place).glob("*/*.yaml")):
            if not of_edition(path.stem):
                fix = f"call it {OWN}{path.stem}, in its first line, too: then no update of the course can meet it"
                yield Problem(course.shown(path), 1, f"the id {path.stem!r} does not begin with {OWN}", fix)
    for number, unit in enumerate(edition.units):
        line = line_of(course.root / FILE, "units", number, "id")
        for name in (unit.id, *unit.cases):
            if not of_edition(name):
                fix = f"call it {OWN}{name}; cases of an edition lie in units of its own"
                yield Problem(FILE, line, f"the id {name!r} does not begin with {OWN}", fix)
        if unit.lesson not in {lesson.id for lesson in course.outline.lessons}:
            known = ", ".join(lesson.id for lesson in course.outline.lessons)
            yield Problem(FILE, line, f"there is no lesson {unit.lesson!r}", f"choose one of {known}")
    yield from _named(course, edition)


def _borrowed(own: Course) -> Iterator[Problem]:
    units = [unit.id for unit in own.outline.units]
    for name in [*own.law, *own.scenario_paths, *units]:
        if of_edition(name):
            says = f"the id {name!r} of the course begins with {OWN}, which belongs to local editions"
            yield Problem("course.yaml", 1, says, "give it another id")


def _named(course: Course, edition: Edition) -> Iterator[Problem]:
    units = {unit.id: unit for unit in course.outline.units}
    cases = {case for unit in units.values() for case in unit.cases}
    for name in edition.deadlines:
        if name not in units:
            line = line_of(course.root / FILE, "deadlines", name)
            yield Problem(FILE, line, f"deadlines: there is no unit {name!r}", f"choose one of {', '.join(units)}")
    for number, name in enumerate(edition.closed):
        case, _, question = name.partition("/")
        known = name in units or case in cases
        if known and question and case in course.scenario_paths:
            known = any(one.id == question for one in course.scenario(case).questions)
        if not known:
            line = line_of(course.root / FILE, "closed", number)
            fix = "write a unit, a case, or case/question; a slip here would open a key"
            yield Problem(FILE, line, f"closed: {name} names nothing", fix)


def edition_moved(course: Course) -> Iterator[Problem]:
    """The course still says what the edition replaced; else both are shown, so that the instructor can look again."""
    edition = course.edition
    if edition is None:
        return
    path = course.root / FILE
    if edition.pass_line and edition.pass_line.was != course.own.outline.pass_line:
        now = course.own.outline.pass_line
        yield _moved(line_of(path, "pass_line", "was"), "the pass line", edition.pass_line.was, now)
    seen: dict[tuple[str, str, str], int] = {}
    for number, change in enumerate(edition.changes):
        line = line_of(path, "changes", number, "case")
        what = _what(change)
        place = change.case, change.change, what
        if place in seen:
            yield Problem(FILE, line, f"{change.case}: {what} is changed twice, in line {seen[place]} too", "keep one")
        seen.setdefault(place, line)
        yield from _of_change(course, change, what, line, line_of(path, "changes", number, "was"))


def _of_change(course: Course, change: Change, what: str, line: int, was_at: int) -> Iterator[Problem]:
    kept = "what you wrote here is not lost"
    if of_edition(change.case):
        yield Problem(FILE, line, f"{change.case} is your own case", f"edit it in {FOLDER}/scenarios/ instead")
    elif change.case not in Course(course.root).scenario_paths:
        fix = f"take this change away, or name another case; {kept}"
        yield Problem(FILE, line, f"the course has no case {change.case!r} (any more)", fix)
    elif change.case in course.scenario_paths:  # one case alone may be looked at
        case = course.unresolved(change.case)
        now = value_in(case, change)
        if now is None:
            fix = f"take this change away, or name what is there: {_there(course, change)}; {kept}"
            yield Problem(FILE, line, f"{change.case} has no {what} (any more)", fix)
        elif now != change.was:
            yield _moved(was_at, f"{change.case}, {what}", change.was, now)


def _moved(line: int, what: str, was: object, now: object) -> Problem:
    says = f"{what}: the course changed this since you adapted it: then {_said(was)}, now {_said(now)}"
    fix = f"your own value still holds; look at it again, then write `was: {_written(now)}`, or take your change away"
    return Problem(FILE, line, says, fix)


def _what(change: Change) -> str:
    match change:
        case ChangedPoints():
            return f"question {change.question!r}"
        case ChangedCriterion():
            return f"criterion {change.criterion!r}"
        case _:
            return {"date": "date", "minutes": "minutes", "words": "memo", "rubric": "rubric"}[change.change]


def _there(course: Course, change: Change) -> str:
    case = course.unresolved(change.case)
    if isinstance(change, ChangedPoints):
        return ", ".join(question.id for question in case.graded)
    return ", ".join(one.id for one in case.memo.rubric) if case.memo else "the case asks for no memo"


def _said(value: object) -> str:
    return long_day(value) if isinstance(value, date) else str(value)


def _written(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def edition_places(course: Course) -> Iterator[Problem]:
    """The places that local cases name, in doubled braces, are known ones, and the edition gives them."""
    edition = course.edition
    if edition is None:
        return
    known = {slot.strip("{}"): name for name, slot in SLOTS.items()}
    for case, path in course.scenario_paths.items():
        if not of_edition(case):
            continue
        for slot in dict.fromkeys(slots_in(path.read_text(encoding="utf-8"))):
            line, shown = line_of_text(path, "{{" + slot), course.shown(path)
            if slot not in known:
                yield Problem(
                    shown, line, f"there is no place {slot[:40]!r}", f"write one of {', '.join(SLOTS.values())}"
                )
            elif getattr(edition.places, known[slot]) is None:
                fix = f"add `{known[slot]}:` under `places:` in {FILE}, or write the name itself"
                yield Problem(shown, line, f"{{{{{slot}}}}} has no name in this edition", fix)
