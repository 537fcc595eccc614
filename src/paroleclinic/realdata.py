"""What looks like a real person's number, address or day of birth in a text that should hold invented people only.

It guesses from the shape and never says that a number is real. What stands in the case file itself is invented and silent;
so are A-numbers, receipt and passport numbers that begin with 000, the telephone numbers 555-0100 to 555-0199, toll-free
and government lines, and the mail addresses kept for examples. Names are not looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

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
    for text in map(_folded, texts):
        for run in (*re.findall(r"\d(?:[-.()]{0,2}\d)+", text), *re.findall(r"\d(?:[-.() ]{0,2}\d)+", text)):
            digits = re.sub(r"\D", "", run)
            if len(digits) >= DIGITS:
                known |= {digits, digits.lstrip("0")}
        known.update(mail.casefold() for mail in EMAIL.findall(text))
        for found in DAY.finditer(text):
            known |= _days(found) | _each_year(_days(found))
        for street in ADDRESS.finditer(text):
            known.add(_street(street.group()))
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


MONTHS = {
    word: number
    for number, words in enumerate(
        ("january jan enero", "february feb febrero", "march mar marzo", "april apr abril", "may mayo", "june jun junio",
         "july jul julio", "august aug agosto", "september sept sep septiembre", "october oct octubre",
         "november nov noviembre", "december dec diciembre"), 1,
    )
    for word in words.split()
}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DAY = re.compile(
    rf"""(?<![\w])(?:(?P<iso>\d{{4}}-\d{{1,2}}-\d{{1,2}})
    |(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\ (?:of\ |de\ )?(?P<m1>{_MONTH})\.?,?\ (?:de\ )?(?P<y1>\d{{4}})
    |(?P<m2>{_MONTH})\.?\ (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\ (?P<y2>\d{{4}})
    |(?P<a>\d{{1,2}})(?P<by>[-/.])(?P<b>\d{{1,2}})(?P=by)(?P<y3>\d{{4}}|\d{{2}}))(?![\w])""",
    re.IGNORECASE | re.VERBOSE,
)
_BIRTH = re.compile(
    r"\b(?:(?:born|birth ?date|birth ?day|date of birth|nacid[oa]|naci[oó]|fecha de nacimiento)\b|d\.?o\.?b\b\.?)",
    re.IGNORECASE,
)
_NOT_THE_BIRTH = re.compile(
    r"\b(?:after|before|since|until|by|between|under|over|certificate|filed|signed|entered|arrived|came|paroled|abroad|and|who|was)\b",
    re.IGNORECASE,
)
_BORN_AFTER = re.compile(r"\s*[,(]{0,2}\s*(?:is |was |as )?(?:the |his |her |their |my )?(?:date of birth|birth ?day|birth ?date|d\.?o\.?b\b)",
                         re.IGNORECASE)  # fmt: skip
_A_GROUPS = r"(?:\d{8,9}|\d{2,3}[- .]\d{3}[- .]\d{3})"
A_NUMBER = re.compile(
    rf"(?<![\w-])(?:A[- #:]{{0,3}}({_A_GROUPS})"
    rf"|(?i:a(?:[#-]|[- ]?no\.?|[- ]?num(?:ber|\.)?|[- ]?nbr\.?|lien (?:registration )?(?:number|no\.?|\#))\W{{0,3}}(?:(?:is|was|of)\W{{1,2}})?(?:a[- #]{{0,2}})?({_A_GROUPS}))"
    rf"|(?i:uscis ?(?:\#|number|no\.?)\W{{0,3}}(?:(?:is|was)\W{{1,2}})?({_A_GROUPS}))"
    rf"|a({_A_GROUPS}))(?![\w-])"
)
RECEIPT = re.compile(
    r"(?<![\w-])(?!(?i:fax|tel|cel|doc|ssn))([A-Z]{3}|(?i:ioe|eac|wac|lin|src|msc|nbc|ysc))"
    r"[- #]?(\d{10}|\d{2}[- ]\d{3}[- ]\d{5})(?![\w-])"
)
SSN = re.compile(
    r"(?<![\w-])(\d{3}[- ]\d{2}[- ]\d{4})(?![\w-])"
    r"|(?i:\bs\.?s\.?n\b\.?|\bsocial security(?: number| no\.?| card)?|\bsocial number|\bitin\b|\btax(?:payer)? (?:id|number))"
    r"\W{0,4}(?:(?:is|was|number)\W{1,3})?(\d{9})(?!\w)"
)
PASSPORT = re.compile(
    r"\b(?:passport|pasaporte|travel document|admission(?: record)?|i-?94)\b[^\n\d]{0,25}?(?<!\w)([a-z]{0,2}\d{6,9}|\d{9,10}[a-z]\d)(?![\w-])",
    re.IGNORECASE,
)
_WHOLE_DAY = re.compile(r"(?:19|20)\d\d(?:0\d|1[0-2])[0-3]\d")
EMAIL = re.compile(r"(?<![\w.+@-])[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?![\w@-])", re.IGNORECASE)
PHONE = re.compile(
    r"(?<![\w.+-])(?:\+?1[-. ]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])\d{3}[-. ]\d{4}(?![\w-]|\.\d)"
    r"|(?<![\w+])(?:\+|(?:011|00) ?)[1-9][\d ().-]{6,20}\d(?![\w-])"
    r"|(?i:\b(?:phone|telephone|tel|cell|cel|mobile|celular|tel[eé]fono|whats ?app|signal|fax|call(?:ed|ing)?|text(?:ed)?|dial"
    r"|reach(?:ed)?)\b[^\n\d;!?]{0,25}?)(?<![\w$/.-])(\d{3}[-. ]\d{4}|\d{10,11}|\d{2,4}(?:[-. ]\d{2,4}){2,4})(?![\w/-]|[.,]\d)"
)
TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")
_SUFFIX = {
    "street": "st", "avenue": "ave", "road": "rd", "lane": "ln", "drive": "dr", "boulevard": "blvd", "terrace": "ter",
    "parkway": "pkwy", "highway": "hwy", "court": "ct", "place": "pl",
}  # fmt: skip
ADDRESS = re.compile(
    r"(?<![\w$.,/-])\d{1,5}[A-Z]?\ (?:(?:[NSEW]\.?|North|South|East|West)\ )?"
    r"(?:[A-Z][a-z'’]{1,20}|\d{1,3}(?:st|nd|rd|th))(?:\ [A-Z][a-z'’]{1,20}){0,2}?\ "
    r"(?:(?:Street|Avenue|Road|Lane|Boulevard|Terrace|Parkway|Highway)\b"
    r"|(?:St|Ave|Rd|Ln|Blvd|Pkwy|Hwy|Dr|Ct|Pl|Drive|Court|Place|Way|Circle|Walk)\b(?=\.?\s*(?:,|;|$|\n|(?:Apt|Unit|Suite|Ste)\b|\#)))",
)
_YEAR_BEFORE = re.compile(rf"\b(?:in|of|since|until|by|from|{_MONTH}),? $", re.IGNORECASE)
_NO_STREET = re.compile(
    rf"^\d+\w? (?:{_MONTH}|(?:mon|tues|wednes|thurs|fri|satur|sun)day|supreme|district|circuit|immigration|federal|appeals)\b",
    re.IGNORECASE,
)
NEAR = 80  # signs before and after a number in which it says what it is
RUN = re.compile(r"\d(?:[-. ()/]{0,2}\d){5,}")
BIRTH_NEAR = re.compile(r"[Bb](?:orn|irth)|B(?:ORN|IRTH)|[Dd]\.?[Oo]\.?[Bb]|[Nn]aci|NACI")
MAIL_NEAR = re.compile("@")
STREET_NEAR = re.compile(
    r" (?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Boulevard|Blvd|Terrace|Parkway|Pkwy|Highway|Hwy|Drive|Dr|Court|Ct|Place|Pl|Way|Circle|Walk)\b"
)
_ONE_BY_ONE = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d", "-"),
        **dict.fromkeys("\xa0\u2007\u2009\u202f\u3000\t", " "),
    }
)


def _pieces(text: str) -> Iterator[_Piece]:
    """What looks real. A piece that one kind took, real or kept for examples, is none of another kind."""
    text = _folded(text)
    for found, finders in ((RUN, _NUMBERS), (BIRTH_NEAR, _DAYS), (MAIL_NEAR, _MAIL), (STREET_NEAR, _STREETS)):
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


def _folded(text: str) -> str:
    """The text with plain hyphens, blanks and digits in place of their many kinds, sign for sign."""
    text = text.translate(_ONE_BY_ONE)
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(sign: str) -> str:
    if sign.isascii():
        return sign
    number = unicodedata.decimal(sign, None)
    if number is not None:
        return str(number)
    folded = unicodedata.normalize("NFKC", sign)
    return folded if len(folded) == 1 and folded.isascii() else sign


_Found = Iterator[tuple[int, int, frozenset[str]]]
NONE: frozenset[str] = frozenset()


def _numbers(digits: str, reserved: bool) -> frozenset[str]:
    return NONE if reserved else frozenset((digits, digits.lstrip("0")))


def _a_numbers(text: str) -> _Found:
    for one in A_NUMBER.finditer(text):
        digits = re.sub(r"\D", "", next(filter(None, one.groups())))
        yield one.start(), one.end(), _numbers(digits, digits.startswith("000" if len(digits) > 8 else "00"))


def _receipts(text: str) -> _Found:
    for one in RECEIPT.finditer(text):
        digits = re.sub(r"\D", "", one.group(2))
        yield one.start(), one.end(), _numbers(digits, digits.startswith("000"))


def _ssns(text: str) -> _Found:
    for one in SSN.finditer(text):
        digits = re.sub(r"\D", "", next(filter(None, one.groups())))
        never_given = digits[:3] in ("000", "666") or digits[3:5] == "00" or digits[5:] == "0000"
        yield one.start(), one.end(), _numbers(digits, never_given or digits.startswith("98765432"))


def _passports(text: str) -> _Found:
    for one in PASSPORT.finditer(text):
        digits = re.sub(r"\D", "", one.group(1))
        yield one.start(1), one.end(1), _numbers(digits, digits.startswith("000") or bool(_WHOLE_DAY.fullmatch(digits)))


def _emails(text: str) -> _Found:
    for one in EMAIL.finditer(text):
        host = one.group().casefold().rpartition("@")[2]
        last_two = ".".join(host.split(".")[-2:])
        kept = host.endswith((".example", ".test", ".invalid", ".localhost", ".gov", ".mil"))
        example = last_two in ("example.com", "example.net", "example.org", "example.edu")
        yield one.start(), one.end(), NONE if kept or example else frozenset((one.group().casefold(),))


def _phones(text: str) -> _Found:
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


def _births(text: str) -> _Found:
    for day in DAY.finditer(text):
        before = text[max(0, day.start() - 60) : day.start()]
        words = list(_BIRTH.finditer(before))
        gap = before[words[-1].end() :] if words else ""
        close = words and len(gap) <= 45 and not re.search(r"[;!?]|\.\s|\n.*\w", gap) and not _NOT_THE_BIRTH.search(gap)
        if (close or _BORN_AFTER.match(text, day.end())) and (same := _days(day)):
            birthday = bool(words) and "day" in words[-1].group().casefold()
            yield day.start(), day.end(), same | (_each_year(same) if birthday else NONE)


def _days(found: re.Match[str]) -> frozenset[str]:
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


def _each_year(days: Iterable[str]) -> frozenset[str]:
    """The days without their year, since an eighteenth birthday is no new day of birth."""
    return frozenset(day[4:] for day in days)


def _addresses(text: str) -> _Found:
    for one in ADDRESS.finditer(text):
        year = re.match(r"(?:19|20)\d\d ", one.group()) and _YEAR_BEFORE.search(
            text, max(0, one.start() - 12), one.start()
        )
        if not year and not _NO_STREET.match(one.group()):
            yield one.start(), one.end(), frozenset((_street(one.group()),))


def _street(shown: str) -> str:
    words = re.sub(r"[^\w ]", "", shown.casefold()).split()
    return " ".join(_SUFFIX.get(word, word) for word in words)


_NUMBERS = (
    ("a-number", _a_numbers),
    ("receipt", _receipts),
    ("ssn", _ssns),
    ("passport", _passports),
    ("phone", _phones),
)
_DAYS, _MAIL, _STREETS = ((("born", _births),), (("email", _emails),), (("address", _addresses),))
