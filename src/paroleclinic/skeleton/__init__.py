"""A new client file to begin from: it loads, and `check` then names each thing that is still to write."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from paroleclinic.course import Course, NoSuchEntry
from paroleclinic.edition import FILE, FOLDER, OWN

MARK = "WRITE: "  # stands where an author has to write
TEMPLATE = Path(__file__).parent / "case.yaml"
EDITION = Path(__file__).parent / "edition.yaml"
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


def new_edition(course: Course, title: str, by: str) -> Path:
    """Write the skeleton of a local edition; returns the file's path. Raises CannotBegin; nothing is written over."""
    path = course.root / FILE
    if path.exists():
        raise CannotBegin(f"There is a local edition already: {FILE}")
    quoted = {name: json.dumps(text.strip(), ensure_ascii=False) for name, text in (("title", title), ("by", by))}
    text = EDITION.read_text(encoding="utf-8").format(**quoted, line=course.outline.pass_line)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def new_local_case(course: Course, case_id: str, unit_id: str, lesson_id: str, day: date, like: str = "") -> Path:
    """Write the skeleton of a case of the local edition and list it under a unit of its own; returns the file's path.

    With `like`, a copy of that case of the course is written in the place of the skeleton. A unit that is not there yet is begun, for that lesson. Raises CannotBegin, or NoSuchEntry for an unknown lesson or case.
    """
    if course.edition is None:
        raise CannotBegin("There is no local edition yet. Begin one first: paroleclinic new edition")
    for name in (case_id, unit_id):
        if not SLUG.fullmatch(name) or not name.startswith(OWN):
            raise CannotBegin(
                f'The id "{name}" is not {OWN} and then a-z, 0-9 and single hyphens, such as {OWN}old-order.'
            )
    if case_id in course.scenario_paths:
        raise CannotBegin(f'There is a case "{case_id}" already: {course.shown(course.scenario_paths[case_id])}')
    if like and like not in course.scenario_paths:
        raise NoSuchEntry("case", like, list(course.scenario_paths))
    outline = course.root / FILE
    text = outline.read_text(encoding="utf-8")
    if unit_id not in {unit.id for unit in course.edition.units}:
        if not lesson_id:
            raise CannotBegin(f'There is no unit "{unit_id}" yet. Say which lesson it belongs to: --lesson LESSON')
        text = with_unit(text, unit_id, course.lesson(lesson_id).id)
    path = course.root / FOLDER / "scenarios" / unit_id / f"{case_id}.yaml"
    skeleton = TEMPLATE.read_text(encoding="utf-8").format(id=case_id, unit=unit_id, day=day)
    if like:
        skeleton = course.scenario_paths[like].read_text(encoding="utf-8")
        skeleton = re.sub(r"(?m)^id: .*$", f"id: {case_id}", skeleton, count=1)
        skeleton = re.sub(r"(?m)^unit: .*$", f"unit: {unit_id}", skeleton, count=1)
    if course.edition.places.clinic:
        skeleton = re.sub(r"(?m)from: Immigration Parole Clinic(.*)$", r'from: "{{clinic}}\1"', skeleton)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(skeleton, encoding="utf-8", newline="\n")
    outline.write_text(listed(text, unit_id, case_id), encoding="utf-8", newline="\n")
    return path


def with_unit(text: str, unit_id: str, lesson_id: str) -> str:
    """The text of edition.yaml with a unit added at the end of `units`, all other lines as they were."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    title = unit_id.removeprefix(OWN).replace("-", " ").capitalize()
    unit = [f"  - id: {unit_id}\n", f"    title: {title}\n", f"    lesson: {lesson_id}\n", "    cases:\n"]
    begin = next(
        (number for number, line in enumerate(lines) if re.match(r"units:\s*(\[\s*\])?\s*(#.*)?$", line)), None
    )
    if begin is None:
        return "".join([*lines, "units:\n", *unit])
    lines[begin] = "units:\n"
    end = begin + 1
    for number in range(begin + 1, len(lines)):
        if lines[number].strip() and not lines[number].startswith((" ", "-", "#")):
            break
        if lines[number].startswith((" ", "-")) and lines[number].strip():
            end = number + 1
    return "".join([*lines[:end], *unit, *lines[end:]])


def listed(outline: str, unit_id: str, case_id: str) -> str:
    """The text of course.yaml with the case at the end of its unit, all other lines as they were."""
    lines = outline.splitlines(keepends=True)
    units = next(number for number, line in enumerate(lines) if line.startswith("units:"))
    begin = next(
        number for number, line in enumerate(lines) if number > units and line.split() == ["-", "id:", unit_id]
    )
    end = begin
    for number in range(begin + 1, len(lines)):
        if lines[number].startswith("  - id:") or (lines[number].strip() and lines[number][0] not in " #"):
            break
        if lines[number].strip():
            end = number
    if not lines[end].endswith("\n"):
        lines[end] += "\n"
    return "".join([*lines[: end + 1], f"      - {case_id}\n", *lines[end + 1 :]])
