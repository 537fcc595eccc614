"""One function a kind: where a text holds something of its shape, and in which forms a case file may say the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from paroleclinic.realdata.shapes import (
    A_NUMBER,
    ADDRESS,
    BIRTH,
    BORN_AFTER,
    DAY,
    EMAIL,
    MONTHS,
    NO_STREET,
    NOT_THE_BIRTH,
    PASSPORT,
    PHONE,
    RECEIPT,
    SSN,
    SUFFIX,
    TOLL_FREE,
    WHOLE_DAY,
    YEAR_BEFORE,
)  # fmt: skip

Found = Iterator[tuple[int, int, frozenset[str]]]
NONE: frozenset[str] = frozenset()


def _numbers(digits: str, reserved: bool) -> frozenset[str]:
    return NONE if reserved else frozenset((digits, digits.lstrip("0")))


def _a_numbers(text: str) -> Found:
    for one in A_NUMBER.finditer(text):
        digits = re.sub(r"\D", "", next(filter(None, one.groups())))
        yield one.start(), one.end(), _numbers(digits, digits.startswith("000" if len(digits) > 8 else "00"))


def _receipts(text: str) -> Found:
    for one in RECEIPT.finditer(text):
        digits = re.sub(r"\D", "", one.group(2))
        yield one.start(), one.end(), _numbers(digits, digits.startswith("000"))


def _ssns(text: str) -> Found:
    for one in SSN.finditer(text):
        digits = re.sub(r"\D", "", next(filter(None, one.groups())))
        never_given = digits[:3] in ("000", "666") or digits[3:5] == "00" or digits[5:] == "0000"
        yield one.start(), one.end(), _numbers(digits, never_given or digits.startswith("98765432"))


def _passports(text: str) -> Found:
    for one in PASSPORT.finditer(text):
        digits = re.sub(r"\D", "", one.group(1))
        yield one.start(1), one.end(1), _numbers(digits, digits.startswith("000") or bool(WHOLE_DAY.fullmatch(digits)))


def _emails(text: str) -> Found:
    for one in EMAIL.finditer(text):
        host = one.group().casefold().rpartition("@")[2]
        last_two = ".".join(host.split(".")[-2:])
        kept = host.endswith((".example", ".test", ".invalid", ".localhost", ".gov", ".mil"))
        example = last_two in ("example.com", "example.net", "example.org", "example.edu")
        yield one.start(), one.end(), NONE if kept or example else frozenset((one.group().casefold(),))


def _phones(text: str) -> Found:
    for one in PHONE.finditer(text):
        shown, start = (one.group(1), one.start(1)) if one.group(1) else (one.group(), one.start())
        digits = re.sub(r"\D", "", shown)
        if not 7 <= len(digits) <= 15 or DAY.fullmatch(shown):
            continue
        if len(digits) == 11 and digits.startswith("1"):
            digits = digits[1:]
        at_home = not shown.lstrip().startswith(("+", "00", "011")) or shown.lstrip().startswith("+1")
        reserved = digits[-7:-2] == "55501" or (len(digits) == 10 and digits.startswith(TOLL_FREE))
        yield start, one.end(), _numbers(digits, at_home and reserved)


def _births(text: str) -> Found:
    for day in DAY.finditer(text):
        before = text[max(0, day.start() - 60) : day.start()]
        words = list(BIRTH.finditer(before))
        gap = before[words[-1].end() :] if words else ""
        close = words and len(gap) <= 45 and not re.search(r"[;!?]|\.\s|\n.*\w", gap) and not NOT_THE_BIRTH.search(gap)
        if (close or BORN_AFTER.match(text, day.end())) and (same := days_of(day)):
            birthday = bool(words) and "day" in words[-1].group().casefold()
            yield day.start(), day.end(), same | (each_year(same) if birthday else NONE)


def days_of(found: re.Match[str]) -> frozenset[str]:
    """The days that a date may mean, as ISO; two where day and month may change places, none where there is no such day."""
    part = found.groupdict()
    tries: list[tuple[int, int, int]] = []
    if part["iso"]:
        year, month, day = map(int, part["iso"].split("-"))
        tries = [(year, month, day)]
    elif part["m1"]:
        tries = [(int(part["y1"]), MONTHS[part["m1"].lower()], int(part["d1"]))]
    elif part["m2"]:
        tries = [(int(part["y2"]), MONTHS[part["m2"].lower()], int(part["d2"]))]
    else:
        one, other, year = int(part["a"]), int(part["b"]), int(part["y3"])
        years = [year] if year > 99 else [1900 + year, 2000 + year]
        tries = [(year, *pair) for year in years for pair in ((one, other), (other, one))]
    days = set()
    for year, month, day in tries:
        try:
            days.add(date(year, month, day).isoformat())
        except ValueError:
            continue
    return frozenset(days)


def each_year(days: Iterable[str]) -> frozenset[str]:
    """The days without their year, since an eighteenth birthday is no new day of birth."""
    return frozenset(day[4:] for day in days)


def _addresses(text: str) -> Found:
    for one in ADDRESS.finditer(text):
        year = re.match(r"(?:19|20)\d\d ", one.group()) and YEAR_BEFORE.search(
            text, max(0, one.start() - 12), one.start()
        )
        if not year and not NO_STREET.match(one.group()):
            yield one.start(), one.end(), frozenset((street_of(one.group()),))


def street_of(shown: str) -> str:
    """A street address without case, points and ways of writing "Street"."""
    words = re.sub(r"[^\w ]", "", shown.casefold()).split()
    return " ".join(SUFFIX.get(word, word) for word in words)


NUMBERS = (
    ("a-number", _a_numbers),
    ("receipt", _receipts),
    ("ssn", _ssns),
    ("passport", _passports),
    ("phone", _phones),
)
BIRTHS, MAILS, STREETS = ((("born", _births),), (("email", _emails),), (("address", _addresses),))
