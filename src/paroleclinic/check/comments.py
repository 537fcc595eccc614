"""Ready comments for memos: each file names a case, each comment a criterion of its rubric."""

from __future__ import annotations

from collections.abc import Iterator

from paroleclinic.comments import banks, wrong
from paroleclinic.course import Course
from paroleclinic.reading import Problem


def ready_comments(course: Course) -> Iterator[Problem]:
    """What is wrong with the files in `local/comments`."""
    for path in banks(course.root):
        memo = course.scenario(path.stem).memo if path.stem in course.scenario_paths else None
        yield from wrong(course.root, path, memo)
