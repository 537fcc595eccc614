"""Text made fit for a cell of a spreadsheet, whatever somebody typed. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 32_767  # UTF-16 units that a cell of Excel holds; what is longer makes Excel call a workbook damaged
CUT = " … [cut]"
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
UNSEEN = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")  # letters and signs that are drawn as nothing
STARTS = frozenset("=+-@\u2212")
BREAK = re.compile(r"([;\t\r\n])")  # begins a cell where a spreadsheet is told, or set, to part lines there


@lru_cache(maxsize=1 << 16)
def shown(text: str) -> str:
    """The text with what XML forbids made visible (NUL as ␀), cut with a mark at what a cell holds."""
    text = NOT_IN_XML.sub(_picture, text)
    if len(text) * 2 > LONGEST and len(units := text.encode("utf-16-le")) > 2 * LONGEST:
        text = units[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", errors="ignore") + CUT
    return text


@lru_cache(maxsize=1 << 16)
def harmless(text: str) -> str:
    """The same with an apostrophe before whatever a spreadsheet that opens a CSV file would take for a formula.

    That is = + - @ and their wide and small forms, also behind blanks and signs that nobody sees, a leading tab or line
    end (https://owasp.org/www-community/attacks/CSV_Injection), and the same behind a semicolon, tab or line end within the
    text, where Excel set to a language with decimal commas begins a new cell.
    """
    safe = "".join("'" + part if _starts_formula(part) else part for part in BREAK.split(text))
    return shown("'" + safe if unicodedata.category(text[:1] or "x") == "Cc" else safe)


def _starts_formula(text: str) -> bool:
    for letter in text:
        kind = unicodedata.category(letter)
        if letter.isspace() or kind[0] == "Z" or kind in ("Cc", "Cf", "Cs", "Mn") or letter in UNSEEN:
            continue
        return unicodedata.normalize("NFKC", letter)[:1] in STARTS
    return False


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "\ufffd"
