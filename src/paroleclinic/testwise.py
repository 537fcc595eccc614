"""Strategies that know no law. A question that they answer gives its key away by its form.

Each strategy ranks what may be chosen; ties are shared out, so that a strategy that sees nothing scores like chance.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import comb

from paroleclinic.law import long_day
from paroleclinic.questions import Amount, Day, Many, Match, One, Order, Question

HEDGES = re.compile(
    r"\b(may|might|can|could|usually|often|generally|sometimes|perhaps|probably|likely|unless|if|depends?|ask|check|first)\b"
)
ABSOLUTES = re.compile(r"\b(always|never|all|every|only|no one|nobody|must|guarantee\w*|any|none|cannot|certain\w*)\b")
ATTORNEY = re.compile(r"\b(attorney|lawyer|supervisor|supervising)\b")
WORD = re.compile(r"[a-z0-9'-]+")
Feature = Callable[[str, str, Sequence[str]], float]


def _words(text: str) -> set[str]:
    return {word for word in WORD.findall(text.lower()) if len(word) > 3}


def _alike(text: str, others: Sequence[str]) -> float:
    mine = _words(text)
    shares = [len(mine & _words(other)) / max(1, len(mine | _words(other))) for other in others]
    return sum(shares) / max(1, len(shares))


# What each strategy looks at: (the text, the prompt, the other texts) -> the more, the better.
STRATEGIES: dict[str, Feature] = {
    "longest": lambda text, prompt, others: len(text),
    "shortest": lambda text, prompt, others: -len(text),
    "first": lambda text, prompt, others: 0,  # ranked by place
    "last": lambda text, prompt, others: 0,
    "most hedged": lambda text, prompt, others: len(HEDGES.findall(text.lower())),
    "avoids absolutes": lambda text, prompt, others: -len(ABSOLUTES.findall(text.lower())),
    "copies the prompt": lambda text, prompt, others: len(_words(text) & _words(prompt)) / max(1, len(_words(text))),
    "names the attorney": lambda text, prompt, others: bool(ATTORNEY.search(text.lower())),
    "most digits": lambda text, prompt, others: sum(letter.isdigit() for letter in text),
    "most like the others": lambda text, prompt, others: _alike(text, others),
}


@dataclass(frozen=True)
class Result:
    """How a strategy did on some questions: its mean score and that of random guessing, from 0 to 1."""

    strategy: str
    scored: float
    chance: float

    @property
    def above(self) -> float:
        """Percentage points above random guessing."""
        return 100 * (self.scored - self.chance)


def results(questions: Iterable[Question]) -> list[Result]:
    """How every strategy does on the questions, best first. Memos are left out."""
    asked = [question for question in questions if _fair(question)]
    chance = [_chance(question) for question in asked]
    count = max(1, len(asked))
    found = [
        Result(name, float(sum(score(name, question) for question in asked)) / count, float(sum(chance)) / count)
        for name in STRATEGIES
    ]
    return sorted(found, key=lambda result: -result.above)


def score(strategy: str, question: Question) -> Fraction:
    """The share of the points that the strategy earns, ties shared out evenly."""
    match question:
        case One():
            best = _top(strategy, [option.text for option in question.options], question.prompt)
            return Fraction(sum(question.options[place].right for place in best), len(best))
        case Many():
            return _many(strategy, question)
        case Match():
            texts = [group.text for group in question.groups]
            return _placed(
                [
                    Fraction(sum(question.groups[place].id == item.group for place in best), len(best))
                    for item in question.items
                    for best in [_top(strategy, texts, f"{question.prompt} {item.text}")]
                ]
            )
        case Order():
            rank = dict(
                zip(question.key, _values(strategy, [s.text for s in question.steps], question.prompt), strict=True)
            )
            if strategy in ("first", "last"):
                return Fraction(1, 2)  # the steps stand in an order of the learner's own
            pairs = [
                Fraction(1, 2) if rank[a] == rank[b] else Fraction(rank[a] > rank[b]) for a, b in pairwise(question.key)
            ]
            return sum(pairs, Fraction(0)) / len(pairs)
        case Day() | Amount():
            texts = _candidates(question)
            best = _top(strategy, texts, question.prompt)
            return Fraction(0 in best, len(best)) if strategy not in ("first", "last") else Fraction(1, len(texts))
        case _:
            return Fraction(0)


def _values(strategy: str, texts: Sequence[str], prompt: str) -> list[float]:
    if strategy in ("first", "last"):
        return [place if strategy == "last" else -place for place in range(len(texts))]
    look = STRATEGIES[strategy]
    return [look(text, prompt, [*texts[:place], *texts[place + 1 :]]) for place, text in enumerate(texts)]


def _top(strategy: str, texts: Sequence[str], prompt: str) -> list[int]:
    values = _values(strategy, texts, prompt)
    return [place for place, value in enumerate(values) if value == max(values)]


def _many(strategy: str, question: Many) -> Fraction:
    """Half of the options, the best by the strategy; where a tie crosses the line, all ways to cut it count alike."""
    values = _values(strategy, [option.text for option in question.options], question.prompt)
    picks = (len(values) + 1) // 2
    line = sorted(values, reverse=True)[picks - 1]
    sure = [place for place, value in enumerate(values) if value > line]
    tied = [place for place, value in enumerate(values) if value == line]
    cuts = list(combinations(tied, picks - len(sure)))
    return sum((_picked(question, [*sure, *cut]) for cut in cuts), Fraction(0)) / len(cuts)


def _picked(question: Many, places: Sequence[int]) -> Fraction:
    right = sum(question.options[place].right for place in places)
    return Fraction(max(0, 2 * right - len(places)), len(question.key))


def _placed(right: Sequence[Fraction]) -> Fraction:
    """The expected share of points when each item lands right with its own chance."""
    odds = [Fraction(1)]
    for chance in right:
        odds = [
            (odds[hits] * (1 - chance) if hits < len(odds) else Fraction(0))
            + (odds[hits - 1] * chance if hits else Fraction(0))
            for hits in range(len(odds) + 1)
        ]
    count = len(right)
    return sum((odd * max(0, 2 * hits - count) for hits, odd in enumerate(odds)), Fraction(0)) / count


def _chance(question: Question) -> Fraction:
    match question:
        case One():
            return Fraction(1, len(question.options))
        case Many():
            total, picks = len(question.options), (len(question.options) + 1) // 2
            key = len(question.key)
            ways = [
                Fraction(comb(key, right) * comb(total - key, picks - right) * max(0, 2 * right - picks), key)
                for right in range(picks + 1)
            ]
            return sum(ways, Fraction(0)) / comb(total, picks)
        case Match():
            return _placed([Fraction(1, len(question.groups))] * len(question.items))
        case Order():
            return Fraction(1, 2)
        case Day() | Amount():
            return Fraction(1, len(_candidates(question)))
        case _:
            return Fraction(0)


def _candidates(question: Day | Amount) -> list[str]:
    """The key, then the answers foreseen as slips, as a guesser would weigh them."""
    if isinstance(question, Day):
        return [long_day(question.answer), *(long_day(slip.answer) for slip in question.slips)]
    return [question.key, *(slip.answer for slip in question.slips)]


def _fair(question: Question) -> bool:
    return isinstance(question, One | Many | Match | Order | Day | Amount)
