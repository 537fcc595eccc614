"""The rules behind a piece of teaching, by their titles and the day they hold. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from paroleclinic.content import Outline
from paroleclinic.law import STATUS_WORDS, Rule, long_day


def as_read(outline: Outline) -> str:
    """How new the law of the course is, in a sentence or two for the top of a page."""
    return (
        f"The law as read by {long_day(outline.as_of)}. What changed after {long_day(outline.known_to)} may be missing here, "
        "and nothing is vouched for after that day."
    )


def named(rules: Iterable[str], law: Mapping[str, Rule], day: date) -> list[str]:
    """Each rule's title, since when the version of `day` holds where that is recorded, and what is not simply in force."""
    found = []
    for rule in rules:
        version = law[rule].at(day)
        facts = [] if version.starts == "unknown" else [f"since {version.since}"]
        facts += [] if version.status == "in-force" else [STATUS_WORDS[version.status].lower()]
        found.append(law[rule].title + (f" ({', '.join(facts)})" if facts else ""))
    return found


def law_line(rules: Iterable[str], law: Mapping[str, Rule], day: date) -> str:
    """The same in a sentence; nothing when there are no rules."""
    titles = "; ".join(named(rules, law, day))
    return f"Law as read on {long_day(day)}: {titles}." if titles else ""
