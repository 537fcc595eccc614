"""Numbers from a few people, each with how sure one can be. No number of a small group stands without its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

LEVEL = 0.95
FEW = 8  # people, under which nothing is concluded
DRAWS = 1_000


class Estimate(NamedTuple):
    """A value with its 95 % interval, from `n` people or pairs. `value` is None when there is nothing to say."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    @property
    def few(self) -> bool:
        """Whether too few people are behind it to conclude anything."""
        return self.n < FEW


NOTHING = Estimate(None, None, None, 0)


def share(number: int, of: int) -> Estimate:
    """A share between 0 and 1, with Wilson's interval."""
    if not of:
        return NOTHING
    low, high = stats.binomtest(number, of).proportion_ci(LEVEL, method="wilson")
    return Estimate(number / of, float(low), float(high), of)


def mean(values: Sequence[float]) -> Estimate:
    """The mean with Student's interval, which is left out for one value."""
    n = len(values)
    if not n:
        return NOTHING
    middle = float(np.mean(values))
    if n == 1:
        return Estimate(middle, None, None, 1)
    half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
    return Estimate(middle, middle - half, middle + half, n)


def kappa(pairs: Sequence[tuple[int, int]], most: int, *, seed: int = 0) -> Estimate:
    """Cohen's kappa of two markers, weighted by the square of the distance, for levels 0 to `most`.

    The interval is that of the percentile bootstrap over the pairs. There is no value when chance alone explains the pairs.
    """
    n = len(pairs)
    if not n:
        return NOTHING
    table = np.asarray(pairs, dtype=np.int64)
    value = float(_kappas(table[None, :, :], most)[0])
    if np.isnan(value):
        return Estimate(None, None, None, n)
    draws = table[np.random.default_rng(seed).integers(0, n, (DRAWS, n))]
    found = _kappas(draws, most)
    found = found[~np.isnan(found)]
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(found) else (value, value)
    return Estimate(value, min(float(low), value), max(float(high), value), n)


def _kappas(draws: np.ndarray, most: int) -> np.ndarray:
    """One kappa a draw, for draws x pairs x 2 levels: 1 - observed / expected disagreement, which is nan for 0 / 0."""
    apart = (draws[:, :, 0] - draws[:, :, 1]) ** 2
    levels = np.arange(most + 1)
    counts = (draws[:, :, :, None] == levels).mean(axis=1)  # draws x markers x levels
    square = (levels[:, None] - levels[None, :]) ** 2
    chance = np.einsum("di,ij,dj->d", counts[:, 0], square, counts[:, 1])
    with np.errstate(invalid="ignore", divide="ignore"):
        found: np.ndarray = 1 - apart.mean(axis=1) / chance
    return found
