"""The spotter agrees with what others have published: regulations, agency pages, precedents, practice advisories."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from conftest import ROOT
from paroleclinic.clientfile import ClientFile, Person
from paroleclinic.course import Course
from paroleclinic.law import Source
from paroleclinic.reading import Entry, Several, read
from paroleclinic.spotting import RULES, spotted

TODAY = Course(ROOT).outline.as_of


class Outcome(Entry):
    """What the spotter has to see, and what it must not, when the law has moved since."""

    why: str
    sees: Several[str]
    not_: Several[str] = Field(default=(), validation_alias="not")


class Example(Entry):
    """One fact pattern from outside."""

    id: str
    source: Source
    states: str
    on: date
    person: Person
    sees: Several[str]
    not_: Several[str] = Field(default=(), validation_alias="not")
    today: Outcome | Literal["same"] = "same"


class NotExpressed(Entry):
    """A fact pattern that the typed file cannot hold, and why."""

    states: str
    source: Source
    why: str


class Examples(Entry):
    examples: Several[Example]
    not_expressed: Several[NotExpressed]


TABLE = read(Path(__file__).parent / "worked_examples.yaml", Examples)


def found(person, day):
    return {one.issue for one in spotted(ClientFile(people=(person,)), day)}


@pytest.mark.parametrize("example", TABLE.examples, ids=lambda example: example.id)
def test_the_spotter_agrees_with_the_source_on_its_day(example):
    seen = found(example.person, example.on)
    assert {*example.sees} <= seen
    assert not {*example.not_} & seen


@pytest.mark.parametrize("example", TABLE.examples, ids=lambda example: example.id)
def test_the_spotter_agrees_with_todays_law(example):
    wanted, unwanted = (
        (example.sees, example.not_) if example.today == "same" else (example.today.sees, example.today.not_)
    )
    seen = found(example.person, TODAY)
    assert {*wanted} <= seen
    assert not {*unwanted} & seen


@pytest.mark.parametrize("example", TABLE.examples, ids=lambda example: example.id)
def test_an_example_says_something_and_names_rules_that_are_there(example):
    named = [*example.sees, *example.not_]
    if example.today != "same":
        named += [*example.today.sees, *example.today.not_]
        assert (example.sees, example.not_) != (example.today.sees, example.today.not_)
    assert named
    assert not {*named} - {*RULES}
    assert example.on <= TODAY


def test_there_are_sixty_and_they_come_from_many_sources():
    assert len({example.id for example in TABLE.examples}) == len(TABLE.examples) >= 60
    assert len({example.source.cite for example in TABLE.examples}) >= 30
    assert sum(example.source.read != "unknown" for example in TABLE.examples) >= 50
    assert sum(example.today != "same" for example in TABLE.examples) >= 5
    assert len({name for example in TABLE.examples for name in example.sees}) >= 40


def test_what_could_not_be_expressed_says_why():
    assert len(TABLE.not_expressed) >= 5
    assert all(len(one.why.split()) >= 8 for one in TABLE.not_expressed)
