"""One sign for its many kinds: hyphens, blanks and digits as a keyboard has them."""

from __future__ import annotations

import unicodedata

_ONE_BY_ONE = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d", "-"),
        **dict.fromkeys("\xa0\u2007\u2009\u202f\u3000\t", " "),
    }
)


def folded(text: str) -> str:
    """The text with plain hyphens, blanks and digits in place of their many kinds, sign for sign."""
    text = text.translate(_ONE_BY_ONE)
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(sign: str) -> str:
    if sign.isascii():
        return sign
    number = unicodedata.decimal(sign, None)
    if number is not None:
        return str(number)
    same = unicodedata.normalize("NFKC", sign)
    return same if len(same) == 1 and same.isascii() else sign
