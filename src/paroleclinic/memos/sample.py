"""Which memos a second marker reads: one of each slice of the pile, ordered by case and first mark. Pure."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from paroleclinic.questions import Memo

SHORTEST_ID = 3  # signs, under which an id is not looked for in a memo


class Marked(NamedTuple):
    """A memo with its first mark, as a share of its points. `code` is its pseudonym, by which alone it is known outside."""

    case: str
    code: str
    first: float


class Sheet(NamedTuple):
    """One memo of a sample as the second marker gets it."""

    case: str
    title: str
    code: str
    text: str
    memo: Memo


def drawn(pile: Sequence[Marked], percent: float, seed: int) -> list[Marked]:
    """About `percent` of the pile, at least one: one at random from each of as many slices of equal size.

    The pile is ordered by case, and within it by first mark, up and down in turn, so that every case and every height of
    mark comes in. What is returned is mixed again within each case. The same pile and seed give the same sample.
    """
    if not pile:
        return []
    number = min(len(pile), max(1, math.ceil(len(pile) * percent / 100 - 1e-9)))
    chance = random.Random(seed)
    mixed = sorted(pile, key=lambda one: (one.case, one.code))
    chance.shuffle(mixed)
    ordered: list[Marked] = []
    for place, case in enumerate(sorted({one.case for one in pile})):
        ordered += sorted(
            (one for one in mixed if one.case == case), key=lambda one: one.first, reverse=bool(place % 2)
        )
    edges = [len(ordered) * at // number for at in range(number + 1)]
    found = [ordered[chance.randrange(low, high)] for low, high in pairwise(edges)]
    chance.shuffle(found)
    return sorted(found, key=lambda one: one.case)


def unsigned(text: str, learner: str, name: str) -> str:
    """The memo without its writer's id and whole name; a first name alone stays, since a client may have the same."""
    for hidden in (name, learner):
        if len(hidden) < SHORTEST_ID or (hidden == name and " " not in name):
            continue
        parts = r"\s+".join(map(re.escape, hidden.split()))
        text = re.sub(rf"(?<!\w){parts}(?!\w)", "[the writer]", text, flags=re.IGNORECASE)
    return text
