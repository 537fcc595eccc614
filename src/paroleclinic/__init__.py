"""A training curriculum on U.S. immigration parole. Training, not legal advice.

A notebook cell imports from here, and nothing loads before it is used.
"""

from importlib import import_module
from typing import Any

CELLS = {
    "title": "lesson",
    "rule": "lesson",
    "timeline": "lesson",
    "quiz": "lesson",
    "specimen": "lesson",
    "chart": "lesson",
    "grid": "lesson",
    "events": "lesson",
    "glossary": "lesson",
    "cases": "lesson",
    "home": "home",
    "daily_review": "review",
    "meet": "interview",
    "consultations": "consultation",
    "my_progress": "learning",
    "test_form": "form",
    "case": "case",
    "key": "case",
    "ask_the_room": "poll",
    "the_class": "cohort",
}
__all__ = list(CELLS)


def __getattr__(name: str) -> Any:
    if name in CELLS:
        kindly = import_module("paroleclinic.widgets").kindly
        return kindly(getattr(import_module(f"paroleclinic.widgets.{CELLS[name]}"), name))
    raise AttributeError(f"paroleclinic has no {name!r}")
