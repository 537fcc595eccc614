"""What a room is asked: a question with lettered choices, and apart from it what is right and why. Pure.

A ballot never holds a key. One question may make several ballots: a `match` question is asked item by item.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from paroleclinic.drawing.deck import lettered
from paroleclinic.law import long_day
from paroleclinic.questions import Amount, Day, Many, Match, Memo, One, Order, Question

LETTERS = "ABCDEFGHIJ"


class Choice(NamedTuple):
    """One answer to vote for."""

    letter: str
    text: str


class Ballot(NamedTuple):
    """A question as everybody may see it. `name` is the question's id, with `/ITEM` for one item of several.

    `several` says that a person may choose more than one letter.
    """

    name: str
    prompt: str
    several: bool
    choices: tuple[Choice, ...]

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of the choices, in order."""
        return tuple(choice.letter for choice in self.choices)


class Reason(NamedTuple):
    """Why a choice is right or wrong. `because` may be empty where the course says nothing of that choice alone.

    `idea` is the wrong idea that leads there, where the course names one.
    """

    letter: str
    text: str
    right: bool
    harm: bool
    because: str
    idea: str = ""


def ballots(question: Question) -> tuple[Ballot, ...]:
    """The question as it is put to the room, in one ballot or in several; none for a memo."""
    if isinstance(question, Match):
        groups = _lettered(group.text for group in question.groups)
        return tuple(
            Ballot(f"{question.id}/{item.id}", f"{question.prompt.strip()}\n\n{item.text}", False, groups)
            for item in question.items
        )
    if isinstance(question, Memo):
        return ()
    prompt = question.prompt.strip()
    if isinstance(question, Order):
        prompt += "\n\nWhich of these comes first?"
    choices = tuple(Choice(reason.letter, reason.text) for reason in reasons(question))
    return (Ballot(question.id, prompt, isinstance(question, Many), choices),)


def reasons(question: Question, item_id: str = "") -> tuple[Reason, ...]:
    """What stands behind each choice of a ballot, in its order; `item_id` names the item of a `match` question.

    Raises KeyError for an item that is not there.
    """
    match question:
        case One() | Many():
            return tuple(
                Reason(letter, option.text, option.right, option.harm, option.because, option.misconception or "")
                for letter, option in lettered(question)
            )
        case Match():
            item = {item.id: item for item in question.items}[item_id]
            return tuple(
                Reason(
                    letter,
                    group.text,
                    group.id == item.group,
                    group.id in item.harm,
                    item.because if group.id == item.group else "",
                )
                for letter, group in zip(LETTERS, question.groups, strict=False)
            )
        case Day():
            days = [(question.answer, question.because, True, False, "")]
            days += [(slip.answer, slip.because, False, slip.harm, slip.misconception or "") for slip in question.slips]
            return _foreseen(((long_day(day), *rest) for day, *rest in sorted(days)), question.otherwise)
        case Amount():
            sums = [(question.key, question.because, True, False, "")]
            sums += [(slip.answer, slip.because, False, slip.harm, slip.misconception or "") for slip in question.slips]
            sums.sort(key=lambda one: Decimal(one[0]))
            return _foreseen(((_amount(number, question.unit), *rest) for number, *rest in sums), question.otherwise)
        case Order():
            first = question.key[0]
            dangers = {danger.first: danger.because for danger in question.dangers}
            steps = sorted(question.steps, key=lambda step: step.text)
            return tuple(
                Reason(
                    letter,
                    step.text,
                    step.id == first,
                    step.id in dangers,
                    step.because if step.id == first else dangers.get(step.id, ""),
                )
                for letter, step in zip(LETTERS, steps, strict=False)
            )
        case _:
            return ()


def besides(question: Question, item_id: str = "") -> tuple[str, ...]:
    """What the course says besides the reasons: the wrong idea behind an item, or the whole order of the steps."""
    if isinstance(question, Match):
        wrong = next(item.misconception for item in question.items if item.id == item_id)
        return (f"What people often get wrong here: {wrong}",)
    if isinstance(question, Order):
        return tuple(f"{number}. {step.text}: {step.because}" for number, step in enumerate(question.steps, 1))
    return ()


def _foreseen(answers: Iterable[tuple[Any, ...]], otherwise: str) -> tuple[Reason, ...]:
    """A number or a day to choose: the foreseen answers, each text, because, right, harm, idea; and any other."""
    rows = [*answers][: len(LETTERS) - 1]
    found = [
        Reason(letter, text, right, harm, because, idea)
        for letter, (text, because, right, harm, idea) in zip(LETTERS, rows, strict=False)
    ]
    return (*found, Reason(LETTERS[len(rows)], "Something else", False, False, otherwise))


def _lettered(texts: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(letter, text) for letter, text in zip(LETTERS, texts, strict=False))


def _amount(number: str, unit: str) -> str:
    return f"${Decimal(number):,}" if unit == "US dollars" else f"{Decimal(number):,} {unit}"
