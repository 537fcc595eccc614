"""How far two markings of the same memos agree, in total and by criterion, each with how sure one can be. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from paroleclinic.estimates import NOTHING, Estimate, kappa, mean, share
from paroleclinic.questions import Memo

WITHIN = 1.0  # points, in total
MOST_PAIRS = 5  # to talk about


class Pair(NamedTuple):
    """One memo marked twice. Points are by criterion id; `first` is None where the first marker noted only the sum."""

    case: str
    code: str
    total: tuple[float, float]
    most: float
    first: Mapping[str, float] | None
    second: Mapping[str, float]
    note: str = ""

    @property
    def apart(self) -> float:
        """How far apart the two sums are, as a share of the points."""
        return abs(self.total[1] - self.total[0]) / self.most


class Agreement(NamedTuple):
    """Of a number of pairs: the share that is the same, or within a point, weighted kappa, and second minus first in points."""

    exact: Estimate
    close: Estimate
    kappa: Estimate
    apart: Estimate


NONE = Agreement(NOTHING, NOTHING, NOTHING, NOTHING)


def in_total(pairs: Sequence[Pair]) -> Agreement:
    """The agreement of the sums. Kappa takes them in half points, and for cases of different worth as shares of ten points."""
    worths = {pair.most for pair in pairs}
    if not pairs:
        return NONE
    most = worths.pop() if len(worths) == 1 else 10.0
    scaled = [(first * most / pair.most, second * most / pair.most) for pair in pairs for first, second in [pair.total]]
    levels = [(round(2 * first), round(2 * second)) for first, second in scaled]
    return _agreement([pair.total for pair in pairs], levels, round(2 * most))


def by_criterion(pairs: Sequence[Pair], memo: Memo) -> dict[str, Agreement]:
    """Criterion id -> the agreement on it, for the pairs of one case whose first marker noted the points by criterion."""
    known = [(pair.first, pair.second) for pair in pairs if pair.first is not None]
    found = {}
    for criterion in memo.rubric:
        points = [(first[criterion.id], second[criterion.id]) for first, second in known]
        levels = [(round(2 * first), round(2 * second)) for first, second in points]
        found[criterion.id] = _agreement(points, levels, 2 * criterion.points)
    return found


def _agreement(points: Sequence[tuple[float, float]], levels: Sequence[tuple[int, int]], most: int) -> Agreement:
    n = len(points)
    if not n:
        return NONE
    return Agreement(
        share(sum(first == second for first, second in points), n),
        share(sum(abs(first - second) <= WITHIN for first, second in points), n),
        kappa(levels, most),
        mean([second - first for first, second in points]),
    )


def furthest(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs that differ most, the furthest first; none that agree."""
    apart = sorted((pair for pair in pairs if pair.apart), key=lambda pair: (-pair.apart, pair.case, pair.code))
    return apart[:MOST_PAIRS]


def in_words(found: Agreement) -> str:
    """What may be concluded, which for few pairs is nothing."""
    n = found.exact.n
    if not n:
        return "Nothing was marked twice yet."
    if found.exact.few:
        return f"{n} pair{'' if n == 1 else 's'}: too few to conclude anything. Read the pairs below together."
    if found.kappa.value is None:
        return "All marks are alike, so that chance alone could make them agree. Read some memos together."
    low = found.kappa.low or 0.0
    sure = "even at its lowest" if low >= 0.6 else "but it may be chance" if low <= 0 else "but it may be less"
    size = _size(found.kappa.value)
    return f"Agreement beyond chance is {size}, {sure} ({found.kappa.low:.2f}). A number settles no mark: read the pairs together."


def _size(value: float) -> str:
    """Landis and Koch's words, which are a convention."""
    for least, word in ((0.8, "very high"), (0.6, "high"), (0.4, "middling"), (0.2, "low")):
        if value >= least:
            return word
    return "hardly there"
