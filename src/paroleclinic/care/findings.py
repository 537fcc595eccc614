"""What a look at a course found: one thing that is fine, to be looked at, or broken, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["fine", "look at", "broken"]


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at and what there is; `do` is empty when it is fine."""

    state: State
    what: str
    says: str
    do: str = ""


def fine(what: str, says: str) -> Finding:
    """Nothing to do."""
    return Finding("fine", what, says)


def look_at(what: str, says: str, do: str) -> Finding:
    """Something that may be meant so."""
    return Finding("look at", what, says, do)


def broken(what: str, says: str, do: str) -> Finding:
    """Something that will stop work or lose it."""
    return Finding("broken", what, says, do)
