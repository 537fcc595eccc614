"""A new client file to begin from: it loads, and `check` then names each thing that is still to write."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from paroleclinic.course import Course

MARK = "WRITE: "  # stands where an author has to write
TEMPLATE = Path(__file__).parent / "case.yaml"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class CannotBegin(ValueError):
    """The new case cannot be written; the message says why and what to do."""


def new_case(course: Course, case_id: str, unit_id: str, day: date) -> Path:
    """Write the skeleton of a case and list it under its unit in course.yaml; returns the file's path.

    Raises CannotBegin, or NoSuchEntry for an unknown unit. Nothing is written over.
    """
    course.unit(unit_id)
    if not SLUG.fullmatch(case_id):
        raise CannotBegin(f'The id "{case_id}" is not kebab-case. Use a-z, 0-9 and single hyphens, such as old-order.')
    if case_id in course.scenario_paths:
        raise CannotBegin(f'There is a case "{case_id}" already: {course.shown(course.scenario_paths[case_id])}')
    path = course.root / "scenarios" / unit_id / f"{case_id}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = TEMPLATE.read_text(encoding="utf-8").format(id=case_id, unit=unit_id, day=day)
    path.write_text(text, encoding="utf-8", newline="\n")
    outline = course.root / "course.yaml"
    outline.write_text(listed(outline.read_text(encoding="utf-8"), unit_id, case_id), encoding="utf-8", newline="\n")
    return path


def listed(outline: str, unit_id: str, case_id: str) -> str:
    """The text of course.yaml with the case at the end of its unit, all other lines as they were."""
    lines = outline.splitlines(keepends=True)
    units = next(number for number, line in enumerate(lines) if line.startswith("units:"))
    begin = next(
        number for number, line in enumerate(lines) if number > units and line.split() == ["-", "id:", unit_id]
    )
    end = begin
    for number in range(begin + 1, len(lines)):
        if lines[number].startswith("  - id:"):
            break
        if lines[number].strip():
            end = number
    if not lines[end].endswith("\n"):
        lines[end] += "\n"
    return "".join([*lines[: end + 1], f"      - {case_id}\n", *lines[end + 1 :]])
