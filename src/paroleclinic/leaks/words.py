"""Text as a row of words, so that escapes, entities, tags, line breaks and case hide nothing."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

WORD = re.compile(r"[^\W_]+")
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
SOFT_END = re.compile(r"=(?:\r?\n|\\++n)")
TAG = re.compile(r"</?[A-Za-z][^<>]{0,400}>")


def words(text: str) -> list[str]:
    """The words of a text, in lower case, as `plain` reads it."""
    return WORD.findall(unicodedata.normalize("NFKC", unescaped(text)).casefold())


def rows(text: str) -> Iterator[list[str]]:
    """The words of a text in each way that it may be read: as it is, without tags, without the soft line ends of mail."""
    yield words(text)
    if "<" in text or "&lt;" in text or "u003c" in text:
        yield words(TAG.sub(" ", unescaped(text)))
    if SOFT_END.search(text):
        yield words(SOFT_END.sub("", text))


def unescaped(text: str) -> str:
    """The text without escapes: of HTML, JSON, Python and addresses, however often one lies in another."""
    if re.search(r"%[0-9A-Fa-f]{2}", text):
        text = unquote(text, errors="replace")
    for _ in range(3):
        text = html.unescape(text) if "&" in text else text
    if "\\" in text:
        text = re.sub(r"(?<!\\)\\++(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))", lambda m: chr(int(m[1] or m[2], 16)), text)
        text = re.sub(r"\\++([nrtbfv]?)", lambda m: " " if m[1] else "", text)
        text = html.unescape(text) if "&" in text else text
    return UNSEEN.sub("", text)
