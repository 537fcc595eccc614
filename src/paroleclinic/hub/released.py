"""Units given out: copies of their exercises where learners' Assignment List finds them, as nbgrader's release_assignment does."""

from __future__ import annotations

import shutil

from paroleclinic.course import Course
from paroleclinic.hub.places import Places


def released(places: Places, course: Course, unit: str) -> int:
    """Put the exercises of a unit into the exchange, whole; returns how many notebooks there are."""
    target = places.released / unit
    aside = target.with_name(f".{unit}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for case in course.unit(unit).cases:
        shutil.copy(course.exercises / unit / f"{case}.ipynb", aside)
    number = len([*aside.iterdir()])
    shutil.rmtree(target, ignore_errors=True)
    aside.rename(target)
    return number
