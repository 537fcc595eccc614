"""Whether marks went up or down over the pile, in the order they were given. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from paroleclinic.estimates import FEW, LEVEL, NOTHING, Estimate, mean

Numbers = np.ndarray[Any, Any]


class Trend(NamedTuple):
    """Marks in percent of their points: those of the first and the last third, and the change over the whole pile."""

    first: Estimate
    last: Estimate
    change: Estimate


def trend(marks: Sequence[tuple[str, float]]) -> Trend:
    """The rise from the first to the last of (case, mark from 0 to 1), in the order they were given, in points of a hundred.

    Each mark is held against the mean of its case, so that a hard case is not taken for a strict marker; what sets one case
    apart from the next cannot be seen. The rise is that of a straight line, with Student's interval.
    """
    n, cases = len(marks), sorted({case for case, _ in marks})
    if not n:
        return Trend(NOTHING, NOTHING, NOTHING)
    which = np.array([cases.index(case) for case, _ in marks])
    given = np.array([100 * mark for _, mark in marks])
    held = _held(given, which)
    third = max(1, n // 3)
    level = held + given.mean()
    ends = (mean(level[:third].tolist()), mean(level[-third:].tolist()))
    place = _held(np.linspace(0, 1, n), which)
    spread, free = float(place @ place), n - len(cases) - 1
    if free < 1 or spread < 1e-12:
        return Trend(*ends, Estimate(None, None, None, n))
    slope = float(place @ held) / spread
    rest = held - slope * place
    half = float(stats.t.ppf((1 + LEVEL) / 2, free)) * float(np.sqrt(rest @ rest / free / spread))
    return Trend(*ends, Estimate(slope, slope - half, slope + half, n))


def _held(values: Numbers, which: Numbers) -> Numbers:
    """Each value less the mean of its case; `which` is the case's number."""
    sums = np.bincount(which, weights=values)
    found: Numbers = values - (sums / np.bincount(which))[which]
    return found


def in_words(change: Estimate) -> str:
    """What may be concluded from a trend."""
    if change.value is None or change.n < FEW:
        return f"{change.n} mark{'' if change.n == 1 else 's'} with a time: too few to conclude anything."
    low, high = change.low or 0.0, change.high or 0.0
    if low > 0:
        return (
            "Later memos got higher marks: either they are better, or the marking grew milder. A second reading tells."
        )
    if high < 0:
        return (
            "Later memos got lower marks: either they are worse, or the marking grew stricter. A second reading tells."
        )
    return f"No trend shows; one of up to {max(abs(low), abs(high)):.0f} points of a hundred could still be there."


def again_in_words(apart: Estimate) -> str:
    """What a second, blind reading of the early memos says; `apart` is second minus first in percent points."""
    if apart.value is None or apart.few:
        return f"{apart.n} read again: too few to conclude anything."
    if (apart.low or 0.0) > 0:
        return "Read again, early memos got more: the marking was stricter at the start."
    if (apart.high or 0.0) < 0:
        return "Read again, early memos got less: the marking was milder at the start."
    return "Read again, early memos got about the same."
