"""A question and an answer make a mark. No files, no clock, no widgets.

The rules, all of them: right or wrong for `one`, `date` and `amount`; for `many` and `match`
points x max(0, (right picks - wrong picks) / number right); for `order` the share of neighboring steps that stand in
the right order. Blank and unreadable earn 0 and say so differently.
A harmful choice earns 0 for its question and caps the case at half its points.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from paroleclinic.content import Scenario
from paroleclinic.law import long_day
from paroleclinic.questions import Amount, Day, Many, Match, Memo, One, Order, Question
from paroleclinic.sealed import (
    SealedAmount,
    SealedDay,
    SealedMany,
    SealedMatch,
    SealedMemo,
    SealedOne,
    SealedOrder,
    SealedQuestion,
)

Verdict = Literal["right", "partly", "wrong", "blank", "unreadable", "waiting"]
VERDICT_WORDS: dict[Verdict, str] = {
    "right": "Right",
    "partly": "Partly right",
    "wrong": "Not right",
    "blank": "Not answered",
    "unreadable": "Could not be read",
    "waiting": "Waits for your instructor",
}
LONGEST_MEMO = 20_000  # characters
LONGEST_NUMBER = 40  # characters
NUMBER = re.compile(r"-?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")


@dataclass(frozen=True)
class Note:
    """What is said about one answer: the answer in words, and why it is right or wrong."""

    text: str
    because: str
    right: bool
    chosen: bool
    harm: bool = False


@dataclass(frozen=True)
class Mark:
    """The mark for one question: 0 <= earned <= points."""

    question: Question
    verdict: Verdict
    earned: float
    notes: tuple[Note, ...] = ()
    answer: str = ""

    @property
    def harmful(self) -> tuple[Note, ...]:
        """The dangerous advice that was chosen."""
        return tuple(note for note in self.notes if note.harm and note.chosen)


@dataclass(frozen=True)
class CaseMark:
    """The marks of a case; `earned` is what nbgrader is told, `capped` says that harm halved it."""

    case: Scenario
    marks: tuple[Mark, ...]
    earned: float
    points: int
    capped: bool

    @property
    def harmful(self) -> tuple[Mark, ...]:
        """The marks with dangerous advice in them."""
        return tuple(mark for mark in self.marks if mark.harmful)


class Unreadable(ValueError):
    """An answer that is there but makes no sense for its question."""


def grade(question: Question, answer: object) -> Mark:
    """The mark for one answer, given as it stands in the answer file (text, list of option ids, or None)."""
    try:
        parsed = parsed_answer(question, answer)
    except Unreadable as error:
        note = Note("", str(error), right=False, chosen=True)
        return Mark(question, "unreadable", 0.0, (note,), answer if isinstance(answer, str) else "")
    if parsed is None:
        return Mark(question, "blank", 0.0, _key_notes(question))
    match question:
        case One() | Many():
            return _grade_choice(question, parsed)
        case Match():
            return _grade_match(question, parsed)
        case Order():
            return _grade_order(question, parsed)
        case Day() | Amount():
            return _grade_value(question, parsed)
        case Memo():
            return Mark(question, "waiting", 0.0, (), parsed[0])


def grade_case(case: Scenario, answers: Mapping[str, object]) -> CaseMark:
    """The marks for all questions of a case; `answers` maps question ids to answers, missing ones are blank."""
    marks = tuple(grade(question, answers.get(question.id)) for question in case.questions)
    total = sum(mark.earned for mark in marks)
    harmful = any(mark.harmful for mark in marks)
    earned = min(total, case.points / 2) if harmful else total
    return CaseMark(case, marks, round(earned, 2), case.points, capped=earned < total)


def key_answers(case: Scenario) -> dict[str, object]:
    """The answers that earn every point, with the model memo, in the form of an answer file."""
    return {question.id: key_answer(question) for question in case.questions}


def key_answer(question: Question) -> object:
    """The answer that earns all points of a question."""
    match question:
        case One():
            return question.key[0]
        case Many() | Order():
            return list(question.key)
        case Match() | Day() | Amount():
            return question.key
        case Memo():
            return question.model


def why_unreadable(question: Question | SealedQuestion, answer: object) -> str:
    """Why an answer makes no sense for its question, or nothing; no key is needed to tell."""
    try:
        parsed_answer(question, answer)
    except Unreadable as error:
        return str(error)
    return ""


def parsed_answer(question: Question | SealedQuestion, answer: object) -> tuple[str, ...] | None:
    """The answer in canonical form: ids, one ISO day, one decimal number, or one text; None when blank.

    For a `match` question there is one entry an item, in the order of the items: the id of its group, or "".
    Raises Unreadable, saying what was expected.
    """
    if answer is None or answer in ("", [], {}) or (isinstance(answer, str) and not answer.strip()):
        return None
    match question:
        case One() | SealedOne():
            known = {option.id for option in question.options}
            if not isinstance(answer, str) or answer not in known:
                raise Unreadable("This is not one of the answers offered. Choose again.")
            return (answer,)
        case Many() | SealedMany():
            known = {option.id for option in question.options}
            if not isinstance(answer, list) or not all(isinstance(pick, str) and pick in known for pick in answer):
                raise Unreadable("These are not the answers offered. Choose again.")
            return tuple(sorted(set(answer)))
        case Match() | SealedMatch():
            groups = {group.id for group in question.groups}
            items = {item.id for item in question.items}
            if not isinstance(answer, dict) or not set(answer) <= items or not _all_in(answer, groups):
                raise Unreadable("These are not the items and groups offered. Sort them again.")
            return tuple(answer.get(item.id, "") for item in question.items)
        case Order() | SealedOrder():
            steps = {step.id for step in question.steps}
            if not isinstance(answer, list) or not _all_in(answer, steps) or len(answer) != len(steps):
                raise Unreadable("These are not the steps offered. Put them in order again.")
            if len(set(answer)) < len(answer):
                raise Unreadable("A step stands there twice. Put them in order again.")
            return tuple(answer)
        case Day() | SealedDay():
            return (_day(answer),)
        case Amount() | SealedAmount():
            return (_number(answer),)
        case Memo() | SealedMemo():
            if not isinstance(answer, str) or len(answer) > LONGEST_MEMO:
                raise Unreadable(f"A memo is text of at most {LONGEST_MEMO:,} characters.")
            return (answer,)


def _all_in(answer: list[object] | dict[str, object], known: set[str]) -> bool:
    values = answer.values() if isinstance(answer, dict) else answer
    return all(isinstance(value, str) and value in known for value in values)


def _day(answer: object) -> str:
    try:
        if not isinstance(answer, str):
            raise ValueError
        return date.fromisoformat(answer.strip()[:LONGEST_NUMBER]).isoformat()
    except ValueError:
        raise Unreadable("This is not a date. Write it as year-month-day, such as 2026-08-13.") from None


def _number(answer: object) -> str:
    text = answer.strip().removeprefix("$").strip() if isinstance(answer, str) else ""
    if len(text) > LONGEST_NUMBER or not NUMBER.fullmatch(text):
        raise Unreadable("This is not a number. Write digits only, such as 1000.")
    number = Decimal(text.replace(",", ""))
    return format(number.normalize(), "f") if number else "0"


def _grade_choice(question: One | Many, picks: tuple[str, ...]) -> Mark:
    key = set(question.key)
    right = len(key.intersection(picks))
    wrong = len(picks) - right
    harmful = any(question.option(pick).harm for pick in picks)
    share = 0.0 if harmful else max(0, right - wrong) / len(key)
    notes = tuple(
        Note(option.text, option.because, option.right, option.id in picks, option.harm) for option in question.options
    )
    chosen = "; ".join(note.text for note in notes if note.chosen)
    return Mark(question, _verdict(share), round(question.points * share, 2), notes, chosen)


def _grade_match(question: Match, placed: tuple[str, ...]) -> Mark:
    groups = {group.id: group.text for group in question.groups}
    notes, given, right, wrong = [], [], 0, 0
    for item, group in zip(question.items, placed, strict=True):
        fits = group == item.group
        if group:
            given.append(f"{item.text}: {groups[group]}")
            right, wrong = right + fits, wrong + (not fits)
        if group and not fits:
            why = f"The mistake behind it: {item.misconception.rstrip('.')}."
            notes.append(Note(given[-1], why, right=False, chosen=True, harm=group in item.harm))
        notes.append(Note(f"{item.text}: {groups[item.group]}", item.because, right=True, chosen=fits))
    harmful = any(note.harm for note in notes)
    share = 0.0 if harmful else max(0, right - wrong) / len(question.items)
    return Mark(question, _verdict(share), round(question.points * share, 2), tuple(notes), "; ".join(given))


def _grade_order(question: Order, steps: tuple[str, ...]) -> Mark:
    place = {step: number for number, step in enumerate(steps)}
    text = {step.id: step.text for step in question.steps}
    pairs = list(pairwise(question.key))
    share = sum(place[one] < place[other] for one, other in pairs) / len(pairs)
    why = f"The mistake behind it: {question.misconception.rstrip('.')}."
    notes = [Note("", why, right=False, chosen=True)] if share < 1 else []
    for danger in question.dangers:
        if place[danger.first] < place[danger.then]:
            says = f"{text[danger.first]}, placed before: {text[danger.then]}"
            notes.append(Note(says, danger.because, right=False, chosen=True, harm=True))
            share = 0.0
    notes += _steps(question, chosen=share == 1)
    answer = " → ".join(text[step] for step in steps)
    return Mark(question, _verdict(share), round(question.points * share, 2), tuple(notes), answer)


def _steps(question: Order, *, chosen: bool) -> list[Note]:
    return [
        Note(f"{number}. {step.text}", step.because, right=True, chosen=chosen)
        for number, step in enumerate(question.steps, 1)
    ]


def _verdict(share: float) -> Verdict:
    return "right" if share == 1 else "partly" if share > 0 else "wrong"


def _grade_value(question: Day | Amount, parsed: tuple[str, ...]) -> Mark:
    given = parsed[0]
    right = Note(in_words(question, question.key), question.because, right=True, chosen=False)
    if _same(question, given, question.key):
        note = Note(right.text, right.because, right=True, chosen=True)
        return Mark(question, "right", float(question.points), (note,), right.text)
    words = in_words(question, given)
    note = Note(words, question.otherwise, right=False, chosen=True)
    for slip in question.slips:
        if _same(question, given, str(slip.answer)):
            note = Note(words, slip.because, right=False, chosen=True, harm=slip.harm)
    return Mark(question, "wrong", 0.0, (note, right), words)


def _same(question: Day | Amount, one: str, other: str) -> bool:
    return one == other if isinstance(question, Day) else Decimal(one) == Decimal(other)


def in_words(question: Day | Amount, answer: str) -> str:
    """A day or number as a person writes it, such as "13 August 2026" or "1,050 US dollars"."""
    if isinstance(question, Day):
        return long_day(date.fromisoformat(answer))
    return f"{Decimal(answer):,} {question.unit}"


def _key_notes(question: Question) -> tuple[Note, ...]:
    match question:
        case One() | Many():
            return tuple(
                Note(option.text, option.because, option.right, chosen=False, harm=option.harm)
                for option in question.options
            )
        case Match():
            groups = {group.id: group.text for group in question.groups}
            return tuple(
                Note(f"{item.text}: {groups[item.group]}", item.because, right=True, chosen=False)
                for item in question.items
            )
        case Order():
            return tuple(_steps(question, chosen=False))
        case Day() | Amount():
            return (Note(in_words(question, question.key), question.because, right=True, chosen=False),)
        case Memo():
            return ()
