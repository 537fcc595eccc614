"""What stands beside the lessons and cases, the same in every local edition: consultations, guides, terms, papers, numbers."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from paroleclinic import glimpses
from paroleclinic.consultation import Consultation
from paroleclinic.content import Specimen
from paroleclinic.course.files import Files
from paroleclinic.reading import Problem, Problems, read
from paroleclinic.reference import Comparison, Coverage, Events, Figures, Term, read_figures
from paroleclinic.teaching import Guide, Program


class Shelves(Files):
    """One file an entry, read when it is asked for; and what a look at a lesson's notebook tells."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._guides: dict[str, Guide] = {}

    @cached_property
    def consultation_paths(self) -> dict[str, Path]:
        """Consultation -> its file."""
        return {path.stem: path for path in sorted((self.root / "consultations").glob("*.yaml"))}

    def consultation(self, consultation_id: str) -> Consultation:
        """The consultation of that id. Raises NoSuchEntry or Problems."""
        return self._entry("consultation", consultation_id, self.consultation_paths, Consultation)

    @cached_property
    def guide_paths(self) -> dict[str, Path]:
        """Lesson -> the file of its guide for whoever teaches."""
        return {path.stem: path for path in sorted((self.root / "teaching" / "guides").glob("*.yaml"))}

    def guide(self, lesson_id: str) -> Guide:
        """The guide for teaching a lesson. Raises NoSuchEntry or Problems."""
        if lesson_id not in self._guides:
            path = self._named("guide for the lesson", lesson_id, self.guide_paths)
            guide = read(path, Guide, self.shown(path))
            if guide.lesson != lesson_id:
                says = f"lesson {guide.lesson!r} differs from the file's name"
                raise Problems([Problem(self.shown(path), 1, says, f"write `lesson: {lesson_id}`")])
            self._guides[lesson_id] = guide
        return self._guides[lesson_id]

    @cached_property
    def program_paths(self) -> dict[str, Path]:
        """Ready course -> its file."""
        return {path.stem: path for path in sorted((self.root / "teaching" / "programs").glob("*.yaml"))}

    def program(self, program_id: str) -> Program:
        """The ready course of that id. Raises NoSuchEntry or Problems."""
        return self._entry("ready course", program_id, self.program_paths, Program)

    @cached_property
    def comparison(self) -> Comparison:
        """The grid of the kinds of parole and their neighbors."""
        return read(self.root / "law" / "comparison.yaml", Comparison, "law/comparison.yaml")

    @cached_property
    def events(self) -> Events:
        """What happened to the law, by day."""
        return read(self.root / "law" / "events.yaml", Events, "law/events.yaml")

    @cached_property
    def coverage(self) -> Coverage:
        """Where each claim of the page that the course was asked for is taught and tested."""
        return read(self.root / "coverage.yaml", Coverage, "coverage.yaml")

    def figures(self, name: str) -> Figures:
        """One data set of published numbers. Raises NoSuchEntry."""
        path = self._named("data set", name, self.figure_paths)
        return read_figures(path, self.shown(path))

    @cached_property
    def figure_paths(self) -> dict[str, Path]:
        """Data set -> its file."""
        return {path.stem: path for path in sorted((self.root / "law" / "figures").glob("*.csv"))}

    @cached_property
    def term_paths(self) -> dict[str, Path]:
        """Glossary term -> its file."""
        return {path.stem: path for path in sorted((self.root / "glossary").glob("*.yaml"))}

    def term(self, term_id: str) -> Term:
        """A term of the glossary. Raises NoSuchEntry."""
        return self._entry("term", term_id, self.term_paths, Term)

    def terms_in(self, notebook: Path) -> list[Term]:
        """The terms of the glossary that the text of a notebook uses."""
        return [self.term(term) for term in self.terms_used(notebook)]

    def terms_used(self, notebook: Path) -> list[str]:
        """The ids of those terms, found by a look at their names."""
        return glimpses.spoken_of(glimpses.markdown_of(notebook), self._spoken)

    @cached_property
    def _spoken(self) -> dict[str, list[str]]:
        return {term: glimpses.names_of_term(path) for term, path in self.term_paths.items()}

    def quizzed(self, page: str) -> list[str]:
        """The questions that a lesson asks, in its order, found by a look at its notebook."""
        return glimpses.quizzed(self.root / "notebooks" / f"{page}.ipynb")

    def sections(self, page: str) -> dict[str, str]:
        """The sections of a lesson: the slug of each heading, as `reread` names it -> the heading."""
        return glimpses.sections(self.root / "notebooks" / f"{page}.ipynb")

    def first_heading(self, page: str) -> str:
        """The slug of the first section of a lesson; empty when it has none."""
        return glimpses.first_heading(self.root / "notebooks" / f"{page}.ipynb")

    @cached_property
    def specimen_paths(self) -> dict[str, Path]:
        """Specimen -> its file."""
        return {path.stem: path for path in sorted((self.root / "specimens").glob("*.yaml"))}

    def specimen(self, specimen_id: str) -> Specimen:
        """A paper with notes. Raises NoSuchEntry."""
        return self._entry("specimen", specimen_id, self.specimen_paths, Specimen)
