"""What the numbers of a question mean, in plain words, with what to do. Of a few answers nothing is concluded. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from paroleclinic.estimates import FEW
from paroleclinic.questions import Many, Match, One
from paroleclinic.report.frames import Asked
from paroleclinic.report.items import Items

Row = Mapping[str, Any]
STRONG = 4  # people in the strongest third, under which a key is not doubted
BY_CHANCE = 0.02  # the key is doubted when guessing would bring so many of the strongest together more seldom than this
TOLD = 80  # characters of an option
FLAT = 0.2  # an item-rest correlation that is surely below it tells nobody apart
NEAR_CHANCE = 0.2  # above the share that guessing brings
HARD, EASY = 0.3, 0.8  # shares right that the interval must lie below, or above
SURE_WRONG = 0.4  # of the sure
HARM = 0.25  # of all
SLOW = 3  # times as long as the class needs for its other questions
MANY = 30  # people from which it is said that a question tells nobody apart


class Finding(NamedTuple):
    """One thing that stands out. `concern` orders findings: 0 is nothing, 9 the worst; -1 says that there are too few answers."""

    concern: int
    name: str
    says: str
    do: str = ""


FINE = Finding(0, "fine", "Nothing stands out.")


def findings(items: Items, asked: Sequence[Asked]) -> list[list[Finding]]:
    """What stands out at each question, the worst first; FINE alone, or that there are too few to tell."""
    by_item = choices_by_item(items)
    usual = float(items.table.loc[items.table["timed"] >= FEW, "seconds"].median())
    found = []
    for column, row in enumerate(items.table.to_dict("records")):
        number = int(row["answered"])
        if number < FEW:
            says = "Nobody has answered it yet." if not number else f"Too few to tell: {people(number)} answered."
            found.append([Finding(-1, "too few", says)])
            continue
        some = by_item.get(column, [])
        worst_first = sorted(_found(asked[column], row, some, usual), key=lambda one: -one.concern)
        found.append(worst_first or [FINE])
    return found


def _found(one: Asked, row: Row, choices: Sequence[Row], usual: float) -> Iterator[Finding]:
    number, right = int(row["answered"]), int(row["right"])
    doubt = _doubt(one, choices)
    if doubt:
        yield Finding(
            9, "key or lesson", f"This key or lesson may be wrong: {doubt}",
            "Read the question, its key and the lesson as if for the first time. If the key is wrong, correct it and run "
            f"`paroleclinic regrade {one.unit}`. If it is right, find out what misled them, and teach that.",
        )  # fmt: skip
    elif row["item-rest high"] < 0 and _reversed(row):
        yield Finding(
            8, "upside down",
            f"Who does well elsewhere misses it more often: right are {of(row, 'strong right', 'strong')} of the strongest third "
            f"and {of(row, 'weak right', 'weak')} of the weakest.",
            "Look for a second reading of its words, or a paper that points the other way.",
        )  # fmt: skip
    sure, wrong = int(row["sure"]), int(row["sure and wrong"])
    if sure >= FEW and 1 - row["sure high"] > SURE_WRONG:
        yield Finding(
            7, "sure and wrong", f"Sure and wrong: {wrong} of the {sure} who were sure are not right.{_most_taken(one, choices)}",
            "Meet this misconception in the room: they would not have stopped to ask.",
        )  # fmt: skip
    harmful = int(row["harmful"])
    if harmful >= 3 and harmful / number >= HARM:
        yield Finding(
            6, "harmful advice", f"Harmful advice is common here: {harmful} of {number} gave it.",
            "Tell the class what it would do to the client, before they advise anybody.",
        )  # fmt: skip
    chance = _chance(one) if isinstance(one.question, One) else 0.0
    guessed = chance and row["facility low"] <= chance and row["facility high"] < chance + NEAR_CHANCE
    flat = not row["item-rest high"] >= FLAT + 0.15
    if guessed and flat:
        yield Finding(
            5, "guessing", f"Guessing: {right} of {number} are right, about as many as chance would bring, and who is strong "
            "elsewhere does no better.",
            "Teach it again, or ask it in other words: as it stands it measures luck.",
        )  # fmt: skip
    elif row["facility high"] < HARD:
        yield Finding(
            4, "very hard", f"Hardly anybody is right: {right} of {number}.{_most_taken(one, choices)}",
            "Teach it again, and see whether the papers of the case can be read in two ways.",
        )  # fmt: skip
    if (
        not (guessed and flat)
        and number >= MANY
        and row["item-rest high"] < FLAT
        and row["item-rest high"] >= 0
        and right < number
    ):
        yield Finding(
            3, "tells nobody apart", "Strong and weak learners do equally well: it tells nobody apart.",
            "Keep it if it teaches something; do not judge anybody by it.",
        )  # fmt: skip
    if row["timed"] >= FEW and row["seconds"] > SLOW * usual:
        yield Finding(
            2, "takes long", f"It takes long: {duration(row['seconds'])}, against {duration(usual)} for most questions.",
            "Ask somebody to think aloud over it: is it the law, or the wording?",
        )  # fmt: skip
    if right == number and row["facility low"] >= EASY:
        yield Finding(
            1, "all right", f"Everybody is right ({right} of {number}): it asks nothing of this class.",
            "Leave it out of a test, or make a wrong answer more tempting.",
        )  # fmt: skip
    idle = _idle(one, choices, number - right)
    if idle:
        yield Finding(
            1, "idle distractor", f"A distractor that nobody takes: {idle}.",
            "Put a mistake in its place that people really make.",
        )  # fmt: skip


def _doubt(one: Asked, choices: Sequence[Row]) -> str:
    """What most of the strongest chose against the key, where chance does not explain it; else nothing."""
    worst, says = BY_CHANCE, ""
    for row in choices:
        strong, top, weak, bottom = (row[name] for name in ("top of", "top", "bottom of", "bottom"))
        if strong < STRONG or not weak:
            continue
        if isinstance(one.question, Many):
            against, against_weak = (strong - top, weak - bottom) if row["keyed"] else (top, bottom)
            verb, chance, key_falls = "left out" if row["keyed"] else "chose", 0.5, True
        elif row["keyed"]:
            continue
        else:
            against, against_weak, verb = top, bottom, "chose"
            keyed = [other for other in choices if other["keyed"] and other["part"] == row["part"]]
            for_key, for_key_weak = sum(other["top"] for other in keyed), sum(other["bottom"] for other in keyed)
            key_falls = for_key < against and for_key / strong <= for_key_weak / weak
            chance = _chance(one) or 0.5
        if against * 2 <= strong or against / strong < against_weak / weak or not key_falls:
            continue
        luck = float(stats.binom.sf(against - 1, strong, chance))
        if luck < worst:
            worst, says = luck, f"{against} of {strong} strong learners {verb} {named(row)}."
    return says


def _reversed(row: Row) -> bool:
    """Whether the weakest third is right more often than the strongest by more than chance: Fisher's exact test, one-sided."""
    strong, weak = int(row["strong right"]), int(row["weak right"])
    counts = [[strong, int(row["strong"]) - strong], [weak, int(row["weak"]) - weak]]
    return bool(stats.fisher_exact(counts, alternative="less").pvalue < BY_CHANCE)


def _chance(one: Asked) -> float:
    """How often guessing would choose one thing at one part of it; 0 where nobody can say."""
    match one.question:
        case One():
            return 1 / len(one.question.options)
        case Match():
            return 1 / len(one.question.groups)
    return 0.0


def _most_taken(one: Asked, choices: Sequence[Row]) -> str:
    wrong = [row for row in choices if not row["keyed"] and row["chosen"]]
    if not wrong:
        return ""
    row = max(wrong, key=lambda row: int(row["chosen"]))
    return f" Most often chosen instead: {named(row)}, by {row['chosen']} of {row['of']}."


def _idle(one: Asked, choices: Sequence[Row], wrong: int) -> str:
    """Wrong options that nobody takes although enough people went wrong to have met them."""
    if not isinstance(one.question, One) or wrong < FEW:
        return ""
    distractors = [row for row in choices if not row["keyed"]]
    if (1 - 1 / max(len(distractors), 1)) ** wrong >= 0.05:
        return ""
    return "; ".join(named(row) for row in distractors if not row["chosen"])


def choices_by_item(items: Items) -> dict[int, list[Row]]:
    """Column of a question -> the rows of `choices` about it."""
    found: dict[int, list[Row]] = {}
    for row in items.choices.to_dict("records"):
        found.setdefault(int(row["item"]), []).append({str(name): value for name, value in row.items()})
    return found


def named(row: Row) -> str:
    """A thing to choose as a sentence names it."""
    text = str(row["text"])
    short = text if len(text) <= TOLD else text[:TOLD].rstrip() + " …"
    return f"“{short}”"


def of(row: Row, number: str, whole: str) -> str:
    """Such as "3 of 7"."""
    return f"{int(row[number])} of {int(row[whole])}"


def people(number: int) -> str:
    """Such as "1 person" or "7 people"."""
    return "1 person" if number == 1 else f"{number:,} people"


def duration(seconds: float) -> str:
    """Such as "40 seconds" or "3 minutes"."""
    if np.isnan(seconds):
        return "not known"
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes"
