"""What lies between the pre-test and the post-test of the same people. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from paroleclinic.estimates import LEVEL, NOTHING, Estimate, mean

DRAWS = 2_000
BEFORE, AFTER = "pre-test", "post-test"


class Gains(NamedTuple):
    """Shares from 0 to 1 of the people who took both forms, `one_only` and `other_only` took one.

    `gain` is the mean difference. `normalised` is the part of what could still be learned that was: gain / (1 - before), of the
    class's means. `effect` is the difference in units of the spread: by the mean of both standard deviations, with Hedges'
    correction for small groups. Both have the percentile bootstrap's interval over people. `pairs` has a row a person.
    """

    before: Estimate
    after: Estimate
    gain: Estimate
    normalised: Estimate
    effect: Estimate
    before_only: int
    after_only: int
    pairs: pd.DataFrame


def gains(tests: pd.DataFrame) -> Gains:
    """From a row a learner and form, `right` of `of`."""
    shares = tests.assign(share=tests["right"] / tests["of"].where(tests["of"] > 0))
    wide = shares.pivot(index="learner", columns="form", values="share").reindex(columns=[BEFORE, AFTER]).astype(float)
    both = wide.dropna()
    one, other = both[BEFORE].to_numpy(), both[AFTER].to_numpy()
    pairs = pd.DataFrame({"learner": both.index, "before": one, "after": other, "gain": other - one})
    return Gains(
        mean(list(one)), mean(list(other)), mean(list(other - one)), _drawn(one, other, normalised), _drawn(one, other, effect),
        int((wide[BEFORE].notna() & wide[AFTER].isna()).sum()), int((wide[AFTER].notna() & wide[BEFORE].isna()).sum()), pairs,
    )  # fmt: skip


def normalised(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """(after - before) / (1 - before), of the means along the last axis; nan where nothing was left to learn."""
    b, a = before.mean(axis=-1), after.mean(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: np.ndarray = np.where(1 - b > 1e-12, (a - b) / (1 - b), np.nan)
    return found


def effect(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The mean difference by the mean of both standard deviations, times 1 - 3 / (4 (n - 1) - 1); nan without spread."""
    n = before.shape[-1]
    found: np.ndarray = np.full(before.shape[:-1], np.nan)
    if n < 3:
        return found
    spread = (before.std(axis=-1, ddof=1) + after.std(axis=-1, ddof=1)) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        d = (after - before).mean(axis=-1) / np.where(spread > 1e-12, spread, np.nan)
    found[...] = d * (1 - 3 / (4 * (n - 1) - 1))
    return found


def _drawn(before: np.ndarray, after: np.ndarray, of: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Estimate:
    n = len(before)
    if not n:
        return NOTHING
    value = float(of(before, after))
    if np.isnan(value):
        return Estimate(None, None, None, n)
    picks = np.random.default_rng(0).integers(0, n, (DRAWS, n))
    found = of(before[picks], after[picks])
    found = found[~np.isnan(found)]
    if n == 1 or not len(found):
        return Estimate(value, None, None, n)
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high), n)
