"""One file an entry, found by its name; and what is said where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from paroleclinic.consultation import Consultation
from paroleclinic.content import Scenario, Specimen
from paroleclinic.reading import Problem, Problems, read
from paroleclinic.reference import Term
from paroleclinic.sealed import SealedScenario
from paroleclinic.teaching import Program

N = TypeVar("N", Scenario, SealedScenario, Consultation, Specimen, Term, Program)


class NoSuchEntry(LookupError):
    """A name nothing in the course bears; the message offers the nearest one."""

    def __init__(self, what: str, name: str, known: list[str]) -> None:
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=1)
        super().__init__(f'There is no {what} "{name}".' + (f' Did you mean "{near[0]}"?' if near else ""))


class Sealed(Problems):
    """The key of a case was asked for where there is none: in a learner's kit."""

    def __init__(self, path: str) -> None:
        says = "this case is sealed: its key is not in a learner's kit, so it cannot be graded or shown here"
        super().__init__([Problem(path, 2, says, "use the instructor's course, which holds the key")])


class Files:
    """The folder that holds course.yaml."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def shown(self, path: Path) -> str:
        """The path as an author writes it, from the course's root."""
        return path.relative_to(self.root).as_posix()

    def _named(self, what: str, name: str, paths: dict[str, Path]) -> Path:
        if name not in paths:
            raise NoSuchEntry(what, name, list(paths))
        return paths[name]

    def _entry(self, what: str, name: str, paths: dict[str, Path], model: type[N]) -> N:
        path = self._named(what, name, paths)
        entry = read(path, model, self.shown(path))
        if entry.id != name:
            says = f"id {entry.id!r} differs from the file's name"
            raise Problems([Problem(self.shown(path), 1, says, f"write `id: {name}`")])
        return entry
