"""What of a case is secret until it is graded: sentences, and the key as data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from paroleclinic.content import Scenario
from paroleclinic.questions import Amount, Day, Many, Match, Memo, One, Order, Question

CASE = "case"  # stands for a question in what a whole case keeps back: debrief, issues, hidden things
INTERVIEW = "interview"  # and in what a client may tell
FAR = 8000  # letters after the id of a question in which its options are looked for


class Secret(NamedTuple):
    """A text that no learner may see: of which case and question, and what it is."""

    case: str
    question: str
    what: str
    text: str


def secrets(case: Scenario) -> Iterator[Secret]:
    """Every text of a case that is kept back until it is graded."""
    for question, what, text in _texts(case):
        if text:
            yield Secret(case.id, question, what, text)


def _texts(case: Scenario) -> Iterator[tuple[str, str, str | None]]:
    yield CASE, "debrief", case.debrief
    for issue in [*case.issues, *(case.twin.issues if case.twin else ())]:
        yield CASE, "issue", issue.because
    for thing in case.hidden:
        yield CASE, "hidden", thing.says
    if case.interview:
        for fact in case.interview.facts:
            yield INTERVIEW, "fact", fact.says
            yield INTERVIEW, "because", fact.because
        for ask in case.interview.asks:
            yield INTERVIEW, "answer", ask.answer
            yield INTERVIEW, "answer", ask.guarded
            yield INTERVIEW, "because", ask.because
        for pair in case.interview.order:
            yield INTERVIEW, "because", pair.because
        for line in case.interview.statements:
            yield INTERVIEW, "because", line.because
    for question in case.questions:
        for what, text in _of(question):
            yield question.id, what, text


def _of(question: Question) -> Iterator[tuple[str, str | None]]:
    yield "fact", question.fact
    match question:
        case One() | Many():
            for option in question.options:
                yield from (("because", option.because), ("misconception", option.misconception))
        case Match():
            for item in question.items:
                yield from (("because", item.because), ("misconception", item.misconception))
        case Order():
            yield "misconception", question.misconception
            for step in question.steps:
                yield "because", step.because
            for danger in question.dangers:
                yield "because", danger.because
        case Day() | Amount():
            yield from (("because", question.because), ("otherwise", question.otherwise))
            for slip in question.slips:
                yield from (("because", slip.because), ("misconception", slip.misconception))
        case Memo():
            yield "model memo", question.model
            for flaw in question.flaws:
                yield "flaw", flaw
            for criterion in question.rubric:
                yield "criterion", criterion.says
                for anchor in (criterion.full, criterion.half, criterion.none):
                    yield "anchor", anchor


def seen_before(case: Scenario) -> str:
    """What a learner sees of a case before answering, as text; not its title, which names it on every list."""
    parts = [case.task, *case.story, *(repr(paper.model_dump()) for paper in case.exhibits)]
    parts += [case.twin.says] if case.twin else []
    if talk := case.interview:
        parts += [talk.scene, talk.opening, talk.closed]
        parts += [ask.text for ask in talk.asks] + [line.text for line in talk.statements]
    for question in case.questions:
        parts.append(question.prompt)
        match question:
            case One() | Many():
                parts += [option.text for option in question.options]
            case Match():
                parts += [item.text for item in question.items] + [group.text for group in question.groups]
            case Order():
                parts += [step.text for step in question.steps]
            case Amount():
                parts.append(question.unit)
            case _:
                pass
    return "\n".join(parts)


NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
SKIPPED = frozenset({"answer", "answers", "value", "key", "right", "correct", "solution"})
ID = r"""\bid["']?\s*[:=]\s*["']?"""


def key_forms(questions: Mapping[str, list[tuple[str, Question]]], text: str) -> Iterator[tuple[str, str, str]]:
    """The case, the question and the words of each key that stands in a text as data.

    `questions` maps ids of questions to their cases and questions. Found are a table or a line that maps a question to its
    key (`Q: a`, `"Q": ["a", "b"]`, `"question": "Q", "answer": "a"`), an option with
    `right: true`, an item with its `group`, a day or number as `answer`, and steps in their right order.
    """
    text = re.sub(r"(?<!\\)\\++(?=[\"'])", "", text)
    for found in NAME.finditer(text):
        for case, question in questions.get(found[0], ()):
            after = text[found.end() : found.end() + FAR]
            if form := _mapped(question, after) or _told(
                question, text[max(0, found.start() - 12) : found.start()], after
            ):
                yield case, question.id, form


def _mapped(question: Question, after: str) -> str:
    if not re.match(r"""["']?\s*[:=,]""", after):
        return ""
    given = [one for one in VALUE.findall(after[:1500]) if one not in SKIPPED]
    match question:
        case One() | Day():
            key = [question.key if isinstance(question, Day) else question.key[0]]
        case Amount():
            return f"{question.id}: {question.key}" if given and _same(given[0].rstrip("."), question.key) else ""
        case Many():
            others = {option.id for option in question.options}
            taken = given[: len(question.key)]
            whole = {*taken} == {*question.key} and not {*given[len(taken) : len(taken) + 1]} & others
            return f"{question.id}: {', '.join(taken)}" if whole else ""
        case Match():
            pairs = given[: 2 * len(question.items)]
            table = dict(zip(pairs[::2], pairs[1::2], strict=False))
            return f"{question.id}: {table}" if table == question.key else ""
        case Order():
            key = [*question.key]
        case Memo():
            return ""
    return f"{question.id}: {', '.join(key)}" if given[: len(key)] == key else ""


def _told(question: Question, before: str, after: str) -> str:
    if not re.search(ID + r"$", before):
        return ""
    parts = re.split(ID, after)
    match question:
        case Day() | Amount():
            for said in re.findall(r"""\b(?:answer|key)["']?\s*[:=]\s*["']?([0-9.-]+)""", parts[0]):
                if _same(said.rstrip("."), question.key) or said == question.key:
                    return f"answer: {said}"
        case One() | Many():
            for part in parts[1:]:
                name = NAME.match(part)
                if not name or name[0] not in {option.id for option in question.options}:
                    break
                if name[0] in question.key and re.search(r"""\bright["']?\s*[:=]\s*["']?(?i:true|yes|1)\b""", part):
                    return f"{name[0]}: right"
        case Match():
            for part in parts[1:]:
                name = NAME.match(part)
                group = re.search(r"""\bgroup["']?\s*[:=]\s*["']?([A-Za-z0-9-]+)""", part)
                if name and group and question.key.get(name[0]) == group[1]:
                    return f"{name[0]}: {group[1]}"
        case Order():
            names = [name[0] for part in parts[1 : len(question.key) + 1] if (name := NAME.match(part))]
            if names == [*question.key]:
                return "steps in their right order"
        case Memo():
            pass
    return ""


def _same(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False
