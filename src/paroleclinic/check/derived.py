"""Derived files: what stands there is what a fresh build makes, and nothing lies beside it."""

from __future__ import annotations

from collections.abc import Iterator

from paroleclinic.check.editions import edition_moved, edition_names, edition_places
from paroleclinic.check.teaching import teaching
from paroleclinic.course import Course
from paroleclinic.edition import FOLDER as LOCAL
from paroleclinic.edition import OWN
from paroleclinic.instructor import FOLDER, by_hand, names
from paroleclinic.reading import Problem

IGNORED = {"answers.jsonl", ".ipynb_checkpoints", "__pycache__", ".DS_Store"}


def stray_files(course: Course) -> Iterator[Problem]:
    """Nothing lies in solutions/ or exercises/ but the notebooks of the cases, and none in notebooks/instructor/ without a source."""
    for folder in dict.fromkeys(
        ("solutions", "exercises", course.shown(course.solutions), course.shown(course.exercises))
    ):
        units = course.own.outline.units if folder == "solutions" else course.outline.units
        wanted = {f"{folder}/{unit.id}/{case}.ipynb" for unit in units for case in unit.cases}
        for path in sorted((course.root / folder).rglob("*")):
            name = course.shown(path)
            if path.is_dir() or IGNORED & {*path.parts} or name in wanted:
                continue
            yield Problem(
                name,
                0,
                "this file belongs to no case",
                "remove it; a file in solutions/ would reach the learners",
            )
    made = {*names(course), *by_hand()}
    for path in sorted((course.root / FOLDER).rglob("*.ipynb")):
        if course.shown(path) not in made and not IGNORED & {*path.parts}:
            says = "this page is made from no guide and no ready course"
            yield Problem(course.shown(path), 0, says, "remove it, or write its source in teaching/")


def fresh_exercises(course: Course) -> Iterator[Problem]:
    """Solutions, exercises, tables and the notebooks for instructors are what their sources make of them today."""
    from paroleclinic.build import fresh

    try:
        made = fresh(course)
    except LookupError:
        return  # references or teaching says so
    unsound = next(teaching(course), None) is not None  # what is wrong with a guide is said once, by its own check
    local = []
    for name, text in made.items():
        if unsound and name.startswith(FOLDER):
            continue
        path = course.root / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if name.startswith((f"{LOCAL}/", f"exercises/{OWN}")):
            local.append(name)
        else:
            yield Problem(name, 0, "it is not what a fresh build makes", "run: paroleclinic build")
    if local and not any(True for check in (edition_names, edition_moved, edition_places) for _ in check(course)):
        says = (
            f"{len(local)} file{'s are' if len(local) > 1 else ' is'} not what a fresh build makes of the local edition"
        )
        yield Problem(LOCAL, 0, f"{says}: {local[0]}{', …' * (len(local) > 1)}", "run: paroleclinic build")
