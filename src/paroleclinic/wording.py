"""Numbers and names in a sentence. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def count(number: int, thing: str) -> str:
    """A number of things: "1 case", "1,200 cases"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def shown(name: str) -> str:
    """The name with signs that cannot be seen, or would move a terminal's cursor, spelled out."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in name)


def some(names: Sequence[str], most: int) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(map(shown, names[:most])) + more
