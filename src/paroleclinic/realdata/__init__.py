"""What looks like a real person's number, address or day of birth in a text that should hold invented people only.

It guesses from the shape and never says that a number is real. What stands in the case file itself is invented and silent;
so are A-numbers, receipt and passport numbers that begin with 000, the telephone numbers 555-0100 to 555-0199, toll-free
and government lines, and the mail addresses kept for examples. Names are not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from paroleclinic.realdata.finders import BIRTHS, MAILS, NUMBERS, STREETS, days_of, each_year, street_of
from paroleclinic.realdata.shapes import ADDRESS, DAY, EMAIL
from paroleclinic.realdata.signs import folded

KINDS = {
    "a-number": "an A-number",
    "receipt": "a USCIS receipt number",
    "ssn": "a Social Security or tax number",
    "passport": "a passport or I-94 number",
    "email": "an email address",
    "phone": "a phone number",
    "born": "a date of birth",
    "address": "a street address",
}
LONGEST = 100_000  # signs of a text that are looked at
CARE = "Use invented details only; take real ones out before you hand in."
DIGITS = 6  # fewest that make a number worth knowing
NEAR = 80  # signs before and after a number in which it says what it is
RUN = re.compile(r"\d(?:[-. ()/]{0,2}\d){5,}")
BIRTH_NEAR = re.compile(r"[Bb](?:orn|irth)|B(?:ORN|IRTH)|[Dd]\.?[Oo]\.?[Bb]|[Nn]aci|NACI")
MAIL_NEAR = re.compile("@")
STREET_NEAR = re.compile(
    r" (?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Boulevard|Blvd|Terrace|Parkway|Pkwy|Highway|Hwy|Drive|Dr|Court|Ct|Place|Pl|Way|Circle|Walk)\b"
)


class Look(NamedTuple):
    """A piece of a text that looks real: its kind, a key of KINDS, and where it stands."""

    kind: str
    start: int
    end: int


class _Piece(NamedTuple):
    """A piece before it is known whether it is invented. `same` are the ways in which the case file may say it."""

    kind: str
    start: int
    end: int
    same: frozenset[str]


def looks(text: str, invented: frozenset[str] = frozenset()) -> tuple[Look, ...]:
    """The pieces of a text that look real, in order, except those in `invented`, which `invented_in` gives."""
    found = [Look(one.kind, one.start, one.end) for one in _pieces(text[:LONGEST]) if not one.same & invented]
    return tuple(sorted(found, key=lambda one: one.start))


def kinds(text: str, invented: Callable[[], frozenset[str]] = frozenset) -> tuple[str, ...]:
    """The kinds in a text, each once; `invented` is asked only when something looks real without it."""
    found = looks(text)
    if found:
        found = looks(text, invented())
    return tuple(dict.fromkeys(one.kind for one in found))


def invented_in(texts: Iterable[str]) -> frozenset[str]:
    """Every number, day, mail and street address that stands in the texts, in the form in which `looks` compares them."""
    known: set[str] = set()
    for text in map(folded, texts):
        for run in (*re.findall(r"\d(?:[-.()]{0,2}\d)+", text), *re.findall(r"\d(?:[-.() ]{0,2}\d)+", text)):
            digits = re.sub(r"\D", "", run)
            if len(digits) >= DIGITS:
                known |= {digits, digits.lstrip("0")}
        known.update(mail.casefold() for mail in EMAIL.findall(text))
        for found in DAY.finditer(text):
            known |= days_of(found) | each_year(days_of(found))
        known.update(street_of(found.group()) for found in ADDRESS.finditer(text))
    return frozenset(known)


def strings(entry: object) -> Iterator[str]:
    """Every string and day in nested mappings and sequences."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, date):
        yield entry.isoformat()
    elif isinstance(entry, Mapping):
        for key, value in entry.items():
            yield from strings(key)
            yield from strings(value)
    elif isinstance(entry, list | tuple | set | frozenset):
        for value in entry:
            yield from strings(value)


def named(some: Iterable[str]) -> str:
    """Kinds in words: "a phone number and an email address"."""
    *most, last = [KINDS[kind] for kind in some]
    return f"{', '.join(most)} and {last}" if most else last


def warning(some: Iterable[str]) -> str:
    """What the writer is told; nothing when there is no kind."""
    listed = list(some)
    return f"This looks like {named(listed)}. {CARE}" if listed else ""


def _pieces(text: str) -> Iterator[_Piece]:
    """What looks real. A piece that one kind took, real or kept for examples, is none of another kind."""
    text = folded(text)
    for found, finders in ((RUN, NUMBERS), (BIRTH_NEAR, BIRTHS), (MAIL_NEAR, MAILS), (STREET_NEAR, STREETS)):
        for start, near in _around(text, found):
            left = near
            for kind, find in finders:
                taken = list(find(left))
                left = _without(left, taken)
                yield from (_Piece(kind, start + begin, start + end, same) for begin, end, same in taken if same)


def _without(text: str, taken: Iterable[tuple[int, int, frozenset[str]]]) -> str:
    """The text with those pieces, which stand in order, blotted out."""
    parts, last = [], 0
    for begin, end, _ in taken:
        parts += [text[last:begin], "\n" * (end - begin)]
        last = end
    return "".join([*parts, text[last:]])


def _around(text: str, wanted: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """The stretches of the text around each match, and where they begin: the rest need not be read closely."""
    first = last = 0
    for one in wanted.finditer(text):
        start, end = max(0, one.start() - NEAR), one.end() + NEAR
        start = 1 + max(text.rfind(" ", 0, start), text.rfind("\n", 0, start))
        if start > last:
            if last:
                yield first, text[first:last]
            first = start
        last = end
    if last:
        yield first, text[first:last]
