"""Handing in from a page: the file is made, noted in the diary, and shown with its receipt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

from paroleclinic import sittings
from paroleclinic.answers import FILE_NAME, NotReadable, is_blank, read_answers
from paroleclinic.content import Scenario
from paroleclinic.course import Course
from paroleclinic.drawing.home import receipt
from paroleclinic.handin import FOLDER, NothingToHandIn, Receipt, hand_in, hand_in_tests
from paroleclinic.lab import has_desktop
from paroleclinic.lines import NotSaved
from paroleclinic.realdata import invented_in, kinds, strings, warning
from paroleclinic.sealed import SealedScenario
from paroleclinic.widgets.place import in_a_room, noted, now
from paroleclinic.wording import count

LONGEST_NAME = 60


class Said(NamedTuple):
    """What a page shows and says after a hand-in: `receipt` is empty when there is none, and `trouble` then says why."""

    receipt: str = ""
    say: str = ""
    trouble: str = ""


def unit_handed_in(course: Course, given: Mapping[str, Any]) -> Said:
    """Hand in the answers of a unit; `given` are the fields of the form."""
    return _handed_in(course, course.unit(str(given.get("unit", ""))).id, given)


def tests_handed_in(course: Course, given: Mapping[str, Any], *, desktop: bool = True) -> Said:
    """Hand in the results of the tests; `given` are the fields of the form."""
    return _handed_in(course, sittings.UNIT, given, desktop=desktop)


def _handed_in(course: Course, unit: str, given: Mapping[str, Any], *, desktop: bool = True) -> Said:
    name = str(given.get("name", ""))[:LONGEST_NAME].strip()
    if not name:
        return Said(trouble="Write your name or initials first: your instructor must know whose work it is.")
    try:
        done = _made(course, unit, name)
    except NothingToHandIn as error:
        return Said(trouble=str(error))
    except NotSaved as error:
        return Said(trouble=f"Not saved: {error}.")
    why = noted("handed-in", unit=unit, file=done.path.name, code=done.code)
    ends = () if unit == sittings.UNIT else open_ends(course, unit)
    holds = "the results of your tests, and nothing else" if unit == sittings.UNIT else f"{done.files} files"
    shown = receipt(
        done.path.name, FOLDER, done.code, holds, desktop=desktop and has_desktop(), room=in_a_room(), open_ends=ends
    )
    return Said(shown, f"Handed in. Receipt code {done.code}.", why)


def open_ends(course: Course, unit: str) -> list[str]:
    """What of a unit is still blank, and whose text looks as if it held a real person's number, in a sentence each."""
    try:
        answered = read_answers(course.root / "exercises" / unit / FILE_NAME)
    except NotReadable:
        return []
    found: list[str] = []
    untouched = 0
    for name in course.unit(unit).cases:
        if all(map(is_blank, answered.of(name).values())):
            untouched += 1
        else:
            found += _open_in(course.case_file(name), answered.of(name))
    if untouched:
        found.append(f"{count(untouched, 'case')} of this unit: nothing answered yet.")
    return found


def _open_in(case: Scenario | SealedScenario, given: Mapping[str, object]) -> Iterator[str]:
    blank = sum(is_blank(given.get(question.id)) for question in case.questions)
    if blank:
        yield f"{case.title}: {blank} of {count(len(case.questions), 'question')} still blank."
    invented = cache(lambda: invented_in(strings(case.model_dump(mode="json"))))
    texts = [text for question in case.questions if isinstance(text := given.get(question.id), str)]
    if seen := dict.fromkeys(kind for text in texts for kind in kinds(text, invented)):
        yield f"{case.title}: {warning(seen)}"


def _made(course: Course, unit: str, name: str) -> Receipt:
    about = (now().astimezone(), version("paroleclinic"), course.outline.as_of.isoformat())
    if unit == sittings.UNIT:
        return hand_in_tests(course.root, name, *about)
    return hand_in(course.root, unit, name, *about)
