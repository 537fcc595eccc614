"""A consultation with consequences: scenes on dated days, choices that lead on, endings that explain themselves.

No files, no clock, no widgets. The choices made, in order, are all there is to know; the rest is replayed from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from paroleclinic.content import Exhibit
from paroleclinic.reading import Entry, Several

Ending = Literal["good", "mixed", "bad"]
ENDINGS: dict[Ending, str] = {
    "good": "The client is as safe as you could make them",
    "mixed": "It might have gone better",
    "bad": "The client was harmed",
}


class Choice(Entry):
    """Something to do or say. `because` says, afterwards, why it was wise or not; `to` is the scene it leads to."""

    id: str
    text: str
    to: str
    because: str
    harm: bool = False


class Scene(Entry):
    """What happens on a day. It has choices, or it is an ending that says why it ended so and which rules decided it."""

    id: str
    day: date
    title: str
    says: Several[str]
    paper: Exhibit | None = None
    rules: Several[str] = ()
    choices: Several[Choice] = ()
    ending: Ending | None = None
    because: str | None = None


class Consultation(Entry):
    """A client over months. `theme` is what it is about in a few words; `start` names the first scene."""

    id: str
    title: str
    theme: str
    lesson: str
    stars: int = Field(ge=1, le=3)
    minutes: int
    task: str
    start: str
    scenes: Several[Scene]

    @model_validator(mode="after")
    def _named(self) -> Self:
        ids = [scene.id for scene in self.scenes]
        if len(set(ids)) < len(ids):
            raise ValueError("two scenes have the same id")
        if self.start not in ids:
            raise ValueError(f"start: there is no scene {self.start!r}")
        for scene in self.scenes:
            names = [choice.id for choice in scene.choices]
            if len(set(names)) < len(names):
                raise ValueError(f"two choices of the scene {scene.id!r} have the same id")
            for choice in scene.choices:
                if choice.to not in ids:
                    raise ValueError(
                        f"the choice {choice.id!r} of {scene.id!r} leads to {choice.to!r}, which is not there"
                    )
        return self

    def scene(self, scene_id: str) -> Scene:
        """The scene of that id. Raises KeyError."""
        for scene in self.scenes:
            if scene.id == scene_id:
                return scene
        raise KeyError(scene_id)

    @property
    def endings(self) -> tuple[Scene, ...]:
        """The scenes where it can end."""
        return tuple(scene for scene in self.scenes if scene.ending)


@dataclass(frozen=True)
class Fork:
    """A scene and what was chosen there."""

    scene: Scene
    choice: Choice


@dataclass(frozen=True)
class Path:
    """The way taken so far, and the scene it has led to."""

    forks: tuple[Fork, ...]
    scene: Scene

    @property
    def harmful(self) -> tuple[Fork, ...]:
        """The forks where the choice did harm."""
        return tuple(fork for fork in self.forks if fork.choice.harm)


class NoSuchChoice(ValueError):
    """Something was chosen that is not offered in that scene."""


def followed(consultation: Consultation, choices: Sequence[str]) -> Path:
    """The path after these choices, in order. Raises NoSuchChoice."""
    scene = consultation.scene(consultation.start)
    forks = []
    for name in choices:
        choice = next((choice for choice in scene.choices if choice.id == name), None)
        if choice is None:
            raise NoSuchChoice(name)
        forks.append(Fork(scene, choice))
        scene = consultation.scene(choice.to)
    return Path(tuple(forks), scene)


def paths(consultation: Consultation) -> Iterator[Path]:
    """Every way through, from start to ending; endless when scenes form a loop (see `looping`)."""

    def onward(path: Path) -> Iterator[Path]:
        if not path.scene.choices:
            yield path
        for choice in path.scene.choices:
            yield from onward(Path((*path.forks, Fork(path.scene, choice)), consultation.scene(choice.to)))

    yield from onward(followed(consultation, ()))


def looping(consultation: Consultation) -> list[str]:
    """The scenes of a loop, in order, or nothing."""
    done: set[str] = set()

    def walk(name: str, trail: list[str]) -> list[str]:
        if name in trail:
            return trail[trail.index(name) :]
        if name in done:
            return []
        for choice in consultation.scene(name).choices:
            if found := walk(choice.to, [*trail, name]):
                return found
        done.add(name)
        return []

    return walk(consultation.start, [])
