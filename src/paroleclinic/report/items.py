"""Each question as the class answered it: how hard, whom it tells apart, who chose what, how long, how sure. Pure.

Blank and unreadable answers are counted and left out of everything else about a question. How strong somebody is at a question
is told by all other questions: the mean, over them, of their share of the points less the class's mean share, blanks
counting nothing. A case that is blank as a whole counts for neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from paroleclinic.estimates import LEVEL
from paroleclinic.grading import in_words
from paroleclinic.questions import Amount, Day, Graded, Many, Match, One, Order
from paroleclinic.report.frames import BLANK, RIGHT, UNREADABLE, Frames, Picks
from paroleclinic.report.seen import SURENESS

DRAWS = 500  # of the bootstrap over learners
MOST_OTHERS = 8  # free answers that are told one by one
LONGEST = 120  # characters of an answer in words
OTHER = "(something else)"
Z = float(stats.norm.ppf((1 + LEVEL) / 2))


class Choice(NamedTuple):
    """One thing to choose at one `part` of a question, and what the key says of it. Learners see options in another order each."""

    part: str
    id: str
    text: str
    keyed: bool
    harm: bool
    because: str


@dataclass(frozen=True)
class Items:
    """`table` has a row a question, `choices` a row a thing to choose; `strength` is learners x questions, nan for nothing."""

    table: pd.DataFrame
    choices: pd.DataFrame
    strength: np.ndarray
    top: np.ndarray
    bottom: np.ndarray


def items(frames: Frames) -> Items:
    """Everything about each question."""
    answered = frames.answered
    strength = strengths(frames)
    usable = answered & ~np.isnan(strength)
    top, bottom = thirds(strength, usable)
    right = frames.verdict == RIGHT
    table = pd.DataFrame(
        {
            "unit": [one.unit for one in frames.asked], "case": [one.case for one in frames.asked],
            "question": [one.question.id for one in frames.asked], "number": [one.number for one in frames.asked],
            "kind": [one.question.kind for one in frames.asked], "lesson": [one.aim.lesson for one in frames.asked],
            "objective": [one.aim.objective for one in frames.asked],
            "answered": answered.sum(0), "blank": (frames.verdict == BLANK).sum(0),
            "unreadable": (frames.verdict == UNREADABLE).sum(0), "right": right.sum(0), "harmful": (frames.harm & answered).sum(0),
        }
    )  # fmt: skip
    table["facility"], table["facility low"], table["facility high"] = wilson(table["right"], table["answered"])
    table["mean share"] = _mean(np.where(answered, frames.share, np.nan))
    found = discrimination(np.where(usable, frames.share, 0), np.where(usable, strength, 0), usable, right, top, bottom)
    for name, values in found.items():
        table[name] = values
    said = answered & (frames.seen.sure > 0)
    high = said & (frames.seen.sure == SURENESS["high"])
    for name, who in (("sure", high), ("unsure", said & ~high)):
        table[name] = who.sum(0)
        table[f"{name} right"] = (who & right).sum(0)
        table[f"{name} facility"], table[f"{name} low"], table[f"{name} high"] = wilson(
            table[f"{name} right"], table[name]
        )
    table["sure and wrong"] = (high & ~right).sum(0)
    table["said how sure"] = said.sum(0)
    table["seconds"] = _median(np.where(answered, frames.seen.seconds, np.nan))
    table["timed"] = (answered & ~np.isnan(frames.seen.seconds)).sum(0)
    tries = np.where(answered & (frames.seen.tries > 0), frames.seen.tries, np.nan)
    table["tries"] = _mean(tries)
    table["more than one try"] = (tries > 1).sum(0)
    return Items(table, choices(frames, top, bottom), strength, top, bottom)


def wilson(
    number: Sequence[int] | pd.Series, of: Sequence[int] | pd.Series
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares with their low and high ends, as `estimates.share` has them, for many at once; nan where there is nothing."""
    k, n = np.asarray(number, float), np.asarray(of, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        p, z2 = k / n, Z * Z
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z / (1 + z2 / n) * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
        low, high = np.where(k == 0, 0.0, low), np.where(k == n, 1.0, high)
        return p, np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def strengths(frames: Frames) -> np.ndarray:
    """How strong each learner is at all other questions than each one: learners x questions, nan where nothing tells."""
    counts = frames.verdict > 0
    columns: dict[str, list[int]] = {}
    for column, one in enumerate(frames.asked):
        columns.setdefault(one.case, []).append(column)
    for some in columns.values():
        empty = (frames.verdict[:, some] == BLANK).all(axis=1)
        counts[np.ix_(empty, some)] = False
    share = np.where(counts, np.nan_to_num(frames.share), np.nan)
    beyond = np.where(counts, share - _mean(share), 0.0)
    number = counts.sum(axis=1, keepdims=True) - counts
    with np.errstate(invalid="ignore", divide="ignore"):
        found: np.ndarray = np.where(number > 0, (beyond.sum(axis=1, keepdims=True) - beyond) / number, np.nan)
    return found


def thirds(strength: np.ndarray, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The strongest and the weakest third at each question of those who answered it; who are equally strong stay together."""
    place = pd.DataFrame(np.where(among, np.round(strength, 9), np.nan)).rank(axis=0).to_numpy() - 0.5
    number = among.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return 3 * place > 2 * number, 3 * place < number


def discrimination(
    share: np.ndarray, strength: np.ndarray, among: np.ndarray, right: np.ndarray, top: np.ndarray, bottom: np.ndarray
) -> dict[str, np.ndarray]:
    """How well each question tells strong from weak: the correlation of its points with the strength at all others, and the
    share of right answers in the strongest third less that in the weakest; with percentile bootstrap intervals over learners.

    The thirds stay who they are in each draw. Cells that are not `among` hold 0.
    """
    n = len(share)
    weights = np.ones((1, n))
    if n > 1:
        drawn = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), DRAWS)
        weights = np.vstack([weights, drawn])
    weights = weights.astype(np.float32)
    x: np.ndarray = share.astype(np.float32)
    y: np.ndarray = strength.astype(np.float32)
    m: np.ndarray = among.astype(np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        count = weights @ m
        mx, my = (weights @ x) / count, (weights @ y) / count
        xx, yy, xy = (weights @ (a * b) / count for a, b in ((x, x), (y, y), (x, y)))
        vx, vy = xx - mx * mx, yy - my * my
        vx, vy = (np.where(v > 1e-6, v, np.nan) for v in (vx, vy))
        r = (xy - mx * my) / np.sqrt(vx * vy)
        upper, lower = (
            (weights @ (right & who).astype(np.float32)) / (weights @ who.astype(np.float32)) for who in (top, bottom)
        )
    found: dict[str, np.ndarray] = {}
    for name, values in (("item-rest", np.clip(r, -1, 1)), ("upper-lower", upper - lower)):
        value, draws = values[0].astype(float), values[1:]
        found[name] = value
        low, high = _quantiles(draws) if len(draws) else (value, value)
        known = ~np.isnan(value)
        found[f"{name} low"] = np.where(known, np.fmin(low, value), np.nan)
        found[f"{name} high"] = np.where(known, np.fmax(high, value), np.nan)
    found["strong"], found["weak"] = top.sum(axis=0), bottom.sum(axis=0)
    found["strong right"], found["weak right"] = (right & top).sum(axis=0), (right & bottom).sum(axis=0)
    return found


def _quantiles(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the middle 95 % in each column, nan left out."""
    ordered = np.sort(draws, axis=0)  # nan goes to the end
    number = (~np.isnan(draws)).sum(axis=0)
    columns = np.arange(draws.shape[1])

    def at(part: float) -> np.ndarray:
        place = part * np.maximum(number - 1, 0)
        below = np.floor(place).astype(int)
        above = np.minimum(below + 1, np.maximum(number - 1, 0))
        found: np.ndarray = ordered[below, columns] + (place - below) * (
            ordered[above, columns] - ordered[below, columns]
        )
        return found

    return at((1 - LEVEL) / 2), at((1 + LEVEL) / 2)


def choices(frames: Frames, top: np.ndarray, bottom: np.ndarray) -> pd.DataFrame:
    """Who chose what: for each thing to choose, how many of all, of the strongest and of the weakest third did."""
    rows: list[tuple[object, ...]] = []
    answered = frames.answered & (frames.seen.given >= 0)
    for column, one in enumerate(frames.asked):
        known = frames.answers[column]
        groups = [answered[:, column] & who for who in (True, top[:, column], bottom[:, column])]
        counts = np.array(
            [np.bincount(frames.seen.given[who, column], minlength=len(known)) for who in groups]
        ).reshape(3, -1)
        totals = counts.sum(axis=1)
        offered = offers(one.question)
        chosen: dict[tuple[str, str], np.ndarray] = {(choice.part, choice.id): np.zeros(3, int) for choice in offered}
        other: dict[tuple[str, str], np.ndarray] = {}
        for code in np.flatnonzero(counts[0]):
            picks = known[code]
            for pick in chosen_in(one.question, picks) if picks else ():
                if pick in chosen:
                    chosen[pick] += counts[:, code]
                else:
                    other[pick] = other.get(pick, np.zeros(3, int)) + counts[:, code]
        found = [(choice, chosen[choice.part, choice.id]) for choice in offered]
        found += _others(one.question, other)
        rows += [(column, *choice, *row) for choice, number in found for row in [_of(number, totals)]]
    names = ["item", "part", "choice", "text", "keyed", "harm", "because"]
    return pd.DataFrame(rows, columns=[*names, "chosen", "of", "top", "top of", "bottom", "bottom of"])


def _of(number: np.ndarray, totals: np.ndarray) -> tuple[int, ...]:
    return tuple(int(one) for pair in zip(number, totals, strict=True) for one in pair)


def _others(question: Graded, other: dict[tuple[str, str], np.ndarray]) -> list[tuple[Choice, np.ndarray]]:
    """Free answers that the question did not foresee, the most common first, the rest in one row."""
    ordered = sorted(other, key=lambda pick: (-other[pick][0], pick))
    found = []
    for part, id_ in ordered[:MOST_OTHERS]:
        found.append((Choice(part, id_, in_short(question, id_), False, False, ""), other[part, id_]))
    if rest := ordered[MOST_OTHERS:]:
        found.append(
            (Choice("", OTHER, OTHER, False, False, ""), sum((other[pick] for pick in rest), np.zeros(3, int)))
        )
    return found


def offers(question: Graded) -> list[Choice]:
    """What can be chosen, as far as the question foresees it. Of a `many` question each option is a part of its own."""
    match question:
        case One() | Many():
            return [
                Choice(option.id if isinstance(question, Many) else "", option.id, option.text, option.right,
                       option.harm, option.because)
                for option in question.options
            ]  # fmt: skip
        case Match():
            return [
                Choice(item.id, group.id, f"{item.text}: {group.text}", group.id == item.group, group.id in item.harm,
                       item.because if group.id == item.group else item.misconception)
                for item in question.items for group in question.groups
            ]  # fmt: skip
        case Order():
            key = " ".join(question.key)
            return [Choice("", key, in_short(question, key), True, False, "")]
        case Day() | Amount():
            right = Choice("", question.key, in_words(question, question.key), True, False, question.because)
            return [
                right,
                *(
                    Choice("", str(slip.answer), in_words(question, str(slip.answer)), False, slip.harm, slip.because)
                    for slip in question.slips
                ),
            ]


def chosen_in(question: Graded, picks: Picks) -> list[tuple[str, str]]:
    """(part, choice) of everything that an answer chooses."""
    match question:
        case One():
            return [("", picks[0])]
        case Many():
            return [(pick, pick) for pick in picks]
        case Match():
            return [(item.id, group) for item, group in zip(question.items, picks, strict=True) if group]
        case Order():
            return [("", " ".join(picks))]
        case Day() | Amount():
            return [("", picks[0])]


def in_short(question: Graded, answer: str) -> str:
    """A free answer in words, cut where it is long."""
    if isinstance(question, Order):
        place = {step.id: str(number) for number, step in enumerate(question.steps, 1)}
        return "steps in the order " + ", ".join(place.get(step, "?") for step in answer.split(" "))
    words = in_words(question, answer) if isinstance(question, Day | Amount) else answer
    return words if len(words) <= LONGEST else words[:LONGEST] + " …"


def _mean(values: np.ndarray) -> np.ndarray:
    """The mean of each column, nan left out."""
    number = (~np.isnan(values)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: np.ndarray = np.nansum(values, axis=0) / np.where(number, number, np.nan)
    return found


def _median(values: np.ndarray) -> np.ndarray:
    """The median of each column, nan left out."""
    found: np.ndarray = pd.DataFrame(values).median(axis=0).to_numpy()
    return found
