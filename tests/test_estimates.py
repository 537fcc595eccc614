"""Estimates against numbers worked out by hand or taken from a textbook."""

from __future__ import annotations

import random

import pytest

from paroleclinic.estimates import FEW, NOTHING, kappa, mean, share


def test_a_share_has_wilsons_interval():
    found = share(8, 10)
    assert found.value == 0.8
    assert (found.low, found.high) == pytest.approx(
        (0.490162, 0.943318), abs=1e-6
    )  # Brown, Cai, DasGupta (2001), formula 4
    assert share(0, 5).low == 0 and share(5, 5).high == 1
    assert share(0, 0) == NOTHING


def test_a_mean_has_students_interval():
    found = mean([1, 2, 3, 4])
    assert found.value == 2.5
    assert (found.low, found.high) == pytest.approx((2.5 - 3.182446 * 0.6454972, 2.5 + 3.182446 * 0.6454972), abs=1e-5)
    assert mean([3.0])[:3] == (3.0, None, None)
    assert mean([]) == NOTHING and mean([1.0] * (FEW - 1)).few


def test_kappa_weighs_a_distance_by_its_square():
    assert kappa([(0, 0), (1, 1), (2, 2), (2, 2)], 2).value == 1
    assert kappa([(0, 1), (1, 0)], 1).value == -1
    # two yes/no markers, 20 + 15 agree, 5 + 10 do not: (0.7 - 0.5) / (1 - 0.5)
    assert kappa([(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15, 1).value == pytest.approx(0.4)
    # observed 1 + 1 + 0 = 2/3; expected from margins (1,1,1)/3 and (0,2,1)/3: (2*1 + 1*4 + 2*0 + 1*1 + 2*1 + 1*0)/9 = 1
    assert kappa([(0, 1), (1, 1), (2, 2)], 2).value == pytest.approx(1 - (1 / 3) / 1)


def test_kappa_says_nothing_where_chance_explains_all():
    assert kappa([(1, 1)] * 9, 3).value is None
    assert kappa([], 3) == NOTHING


def test_kappas_interval_holds_the_value_and_narrows_with_more_pairs():
    draw = random.Random(3)
    pairs = [(level, min(3, max(0, level + draw.choice((-1, 0, 0, 1))))) for level in draw.choices(range(4), k=400)]
    small, large = kappa(pairs[:20], 3), kappa(pairs, 3)
    assert large.low < large.value < large.high
    assert large.high - large.low < small.high - small.low
    assert kappa(pairs, 3) == large
