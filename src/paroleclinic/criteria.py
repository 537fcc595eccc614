"""A memo's points by criterion, as one line of the marker's comment: nbgrader has one number for a memo, and learners want more."""

from __future__ import annotations

import re
from collections.abc import Sequence

from paroleclinic.questions import Criterion

HEAD = "By criterion, in the order of the table:"
_NUMBER = r"\d{1,3}(?:\.\d{1,3})?"
LINE = re.compile(rf"{HEAD} ({_NUMBER}/\d{{1,3}}(?:, {_NUMBER}/\d{{1,3}})*)\.", re.ASCII)


def levels(criterion: Criterion) -> tuple[tuple[str, float, str], ...]:
    """What can be given for a criterion: word, points and anchor, from full to none."""
    points = criterion.points
    return ("Full", float(points), criterion.full), ("Half", points / 2, criterion.half), ("None", 0.0, criterion.none)


def as_line(points: Sequence[float], rubric: Sequence[Criterion]) -> str:
    """Such as "By criterion, in the order of the table: 2/2, 0.5/1." """
    each = ", ".join(f"{given:g}/{criterion.points}" for given, criterion in zip(points, rubric, strict=True))
    return f"{HEAD} {each}."


def without_line(comment: str) -> str:
    """A comment without its points by criterion."""
    found = LINE.search(comment)
    if not found:
        return comment
    return "\n\n".join(part for part in (comment[: found.start()].rstrip(), comment[found.end() :].lstrip()) if part)


def level(criterion: Criterion, given: float) -> str:
    """Points in words, such as "Half, 1 of 2"; without a word where they are those of no level."""
    word = next((f"{word}, " for word, points, _ in levels(criterion) if points == given), "")
    return f"{word}{given:g} of {criterion.points}"


def from_comment(comment: str, rubric: Sequence[Criterion]) -> tuple[float, ...] | None:
    """The points of each criterion that a comment names; None when it names none, or those of another rubric."""
    found = LINE.search(comment)
    if not found:
        return None
    pairs = [part.split("/") for part in found[1].split(", ")]
    given = tuple(float(points) for points, _ in pairs)
    if [int(most) for _, most in pairs] != [criterion.points for criterion in rubric]:
        return None
    return given if all(points <= one.points for points, one in zip(given, rubric, strict=True)) else None
