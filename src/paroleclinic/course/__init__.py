"""The course on disk: finds it, and reads just the files that are asked for."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from paroleclinic import edition as editions
from paroleclinic.content import Glance, Lesson, Outline, QuestionFile, Scenario, Unit
from paroleclinic.course.files import NoSuchEntry, Sealed
from paroleclinic.course.shelves import Shelves
from paroleclinic.edition import Edition
from paroleclinic.law import Register
from paroleclinic.questions import Question, resolved
from paroleclinic.reading import read
from paroleclinic.sealed import SealedScenario, is_sealed

__all__ = ["Course", "NoSuchEntry", "Sealed"]


class Course(Shelves):
    """Everything under the folder that holds course.yaml; nothing is read before it is needed."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._files: dict[Path, QuestionFile] = {}
        self._scenarios: dict[str, Scenario] = {}
        self._written: dict[str, Scenario] = {}
        self._sealed: dict[str, SealedScenario] = {}

    @classmethod
    def around(cls, place: Path) -> Course:
        """The course that `place` lies in. Raises NoSuchEntry when there is none."""
        for folder in (place, *place.parents):
            if (folder / "course.yaml").is_file():
                return cls(folder)
        raise NoSuchEntry("course.yaml above the folder", str(place), [])

    def with_one_case(self, case_id: str) -> Course:
        """The same course as if it had that case alone and no question bank. Raises NoSuchEntry."""
        one = self._again()
        one.scenario_paths = {case_id: self._named("case", case_id, self.scenario_paths)}
        one.question_paths, one.twin_paths = [], []
        return one

    def with_one_consultation(self, consultation_id: str) -> Course:
        """The same course as if it had that consultation alone. Raises NoSuchEntry."""
        one = self._again()
        one.consultation_paths = {
            consultation_id: self._named("consultation", consultation_id, self.consultation_paths)
        }
        one.scenario_paths, one.question_paths, one.twin_paths = {}, [], []
        return one

    def with_one_lesson(self, lesson_id: str) -> Course:
        """The same course as if it had the questions of that lesson alone. Raises NoSuchEntry."""
        one = self._again()
        name = self.lesson(lesson_id).id
        one.question_paths = [path for path in self.question_paths if path.stem == name]
        one.twin_paths = [path for path in self.twin_paths if path.stem == name]
        one.scenario_paths, one.consultation_paths = {}, {}
        return one

    def _again(self) -> Course:
        one = Course(self.root)
        one.edition = self.edition
        return one

    @cached_property
    def edition(self) -> Edition | None:
        """The local edition beside the course, when there is one. Raises Problems."""
        path = self.root / editions.FILE
        return read(path, Edition, editions.FILE) if path.is_file() else None

    @cached_property
    def own(self) -> Course:
        """The course as it is without its local edition."""
        if self.edition is None:
            return self
        one = Course(self.root)
        one.edition = None
        one._written, one._files = self._written, self._files
        return one

    @property
    def local(self) -> Path | None:
        """The folder of the local edition's own cases and law, when there is one; a learner's kit holds them elsewhere."""
        return self.root / editions.FOLDER if self.edition else None

    @property
    def solutions(self) -> Path:
        """Where nbgrader finds the solution notebooks. With a local edition they lie in its folder, all of them."""
        return (self.local if self.local and not self._in_a_kit else self.root) / "solutions"

    @property
    def exercises(self) -> Path:
        """Where nbgrader puts the released notebooks. With a local edition they lie in its folder, all of them."""
        return (self.local if self.local and not self._in_a_kit else self.root) / "exercises"

    @property
    def _in_a_kit(self) -> bool:
        return self.edition is not None and self.edition.sealed

    @cached_property
    def law(self) -> Register:
        """The law register, with what a local edition adds to it."""
        return Register(self.root / "law", self.local / "law" if self.local else None)

    @cached_property
    def outline(self) -> Outline:
        """The course in order, as its local edition has it."""
        outline = read(self.root / "course.yaml", Outline, "course.yaml")
        return editions.outline_with(outline, self.edition) if self.edition else outline

    def listed_in(self, name: str) -> str:
        """The file that lists a unit or a case of that id."""
        return editions.FILE if editions.of_edition(name) else "course.yaml"

    @property
    def edition_says(self) -> str:
        """Whose local edition it is, in a sentence for the top of a page; empty when there is none."""
        return self.edition.says if self.edition else ""

    def notice(self, case_id: str) -> str:
        """What the page of a case says about the local edition; empty when there is none."""
        if self.edition is None:
            return ""
        told = [self.edition.adapted[case_id]] if case_id in self.edition.adapted else []
        told += map(editions.in_words, self.edition.of(case_id))
        return editions.notice(self.edition, case_id, told)

    def lesson(self, lesson_id: str) -> Lesson:
        """The lesson of that id. Raises NoSuchEntry."""
        for lesson in self.outline.lessons:
            if lesson.id == lesson_id:
                return lesson
        raise NoSuchEntry("lesson", lesson_id, [lesson.id for lesson in self.outline.lessons])

    def unit(self, unit_id: str) -> Unit:
        """The unit of that id. Raises NoSuchEntry."""
        for unit in self.outline.units:
            if unit.id == unit_id:
                return unit
        raise NoSuchEntry("unit", unit_id, [unit.id for unit in self.outline.units])

    @cached_property
    def question_paths(self) -> list[Path]:
        """The files of the question bank."""
        return sorted((self.root / "questions").glob("*.yaml"))

    @cached_property
    def twin_paths(self) -> list[Path]:
        """The files of near twins, named for their lessons."""
        return sorted((self.root / "questions" / "twins").glob("*.yaml"))

    @property
    def bank_paths(self) -> list[Path]:
        """Every file of questions that do not belong to a case: the bank, and the near twins."""
        return [*self.question_paths, *self.twin_paths]

    @cached_property
    def questions_by_lesson(self) -> dict[str, list[str]]:
        """Lesson -> the questions that it asks, in its order."""
        return {lesson.id: self.quizzed(lesson.id) for lesson in self.outline.lessons}

    @cached_property
    def terms_by_lesson(self) -> dict[str, list[str]]:
        """Lesson -> the terms of the glossary that its text uses."""
        return {one.id: self.terms_used(self.root / "notebooks" / f"{one.id}.ipynb") for one in self.outline.lessons}

    @cached_property
    def _lessons_of(self) -> dict[str, str]:
        return {question: lesson for lesson, asked in self.questions_by_lesson.items() for question in asked}

    def lesson_of(self, question_id: str) -> str:
        """The lesson that asks a question; empty when none does."""
        return self._lessons_of.get(question_id, "")

    def near_twin(self, question_id: str) -> Question | None:
        """A question on the same point with other facts, when there is one; only its own lines are read."""
        for path in self.twin_paths:
            if path.stem == self.lesson_of(question_id):
                for piece in re.split(r"(?m)^(?=  - id: )", path.read_text(encoding="utf-8")):
                    if f"\n    near: {question_id}\n" in piece:
                        data = {"lesson": path.stem, **YAML(typ="safe", pure=True).load(f"questions:\n{piece}")}
                        question = QuestionFile.model_validate(data).questions[0]
                        return resolved(question, self.outline.as_of, self.value_on)
        return None

    @cached_property
    def scenario_paths(self) -> dict[str, Path]:
        """Case id -> its file. What a local edition adds never stands in the place of the course's own."""
        found = {path.stem: path for path in sorted((self.root / "scenarios").glob("*/*.yaml"))}
        for path in sorted((self.local / "scenarios").glob("*/*.yaml")) if self.local else ():
            found.setdefault(path.stem, path)
        return found

    def question_file(self, path: Path) -> QuestionFile:
        """The questions in one file. Raises Problems."""
        if path not in self._files:
            self._files[path] = read(path, QuestionFile, self.shown(path))
        return self._files[path]

    def question(self, question_id: str) -> Question:
        """A question of the bank, numbers from the register put in. Raises NoSuchEntry."""
        for path in self.question_paths:
            if question_id not in path.read_text(encoding="utf-8"):
                continue  # a look at the text is a hundred times faster than reading the YAML
            file = self.question_file(path)
            for question in file.questions:
                if question.id == question_id:
                    return resolved(question, self.outline.as_of, self.value_on)
        known = [q.id for path in self.question_paths for q in self.question_file(path).questions]
        raise NoSuchEntry("question", question_id, known)

    def case_file(self, case_id: str) -> Scenario | SealedScenario:
        """The client file as its page needs it: sealed in a learner's kit, else whole. Raises NoSuchEntry or Problems."""
        if not self.is_sealed(case_id):
            return self.scenario(case_id)
        if case_id not in self._sealed:
            self._sealed[case_id] = self._entry("case", case_id, self.scenario_paths, SealedScenario)
        return self._sealed[case_id]

    def is_sealed(self, case_id: str) -> bool:
        """Whether the case has no key here. Raises NoSuchEntry."""
        path = self._named("case", case_id, self.scenario_paths)
        return case_id not in self._scenarios and is_sealed(path.read_text(encoding="utf-8", errors="replace"))

    def scenario(self, case_id: str) -> Scenario:
        """The client file of that id, numbers from the register put in. Raises NoSuchEntry, Problems or Sealed."""
        if case_id not in self._scenarios:
            if self.is_sealed(case_id):
                raise Sealed(self.shown(self.scenario_paths[case_id]))
            case = self.unresolved(case_id)
            if self.edition:
                case = editions.named(editions.adapted(case, self.edition.of(case_id)), self.edition.places)
                case = case.model_copy(update={"title": self._marked(case_id, case.title)})
            questions = tuple(resolved(q, case.as_of, self.value_on) for q in case.questions)
            self._scenarios[case_id] = case.model_copy(update={"questions": questions})
        return self._scenarios[case_id]

    def unresolved(self, case_id: str) -> Scenario:
        """The client file as its author wrote it: no numbers put in, nothing adapted. Raises NoSuchEntry or Problems."""
        if case_id not in self._written:
            self._written[case_id] = self._entry("case", case_id, self.scenario_paths, Scenario)
        return self._written[case_id]

    def _marked(self, case_id: str, title: str) -> str:
        return f"{title} (local case)" if editions.of_edition(case_id) and not self._in_a_kit else title

    def form(self, form_id: str) -> tuple[Question, ...]:
        """The questions of one form of the test, such as the pre-test. Raises NoSuchEntry."""
        path = self.root / "questions" / f"{form_id}.yaml"
        if path not in self.question_paths or not self.question_file(path).form:
            raise NoSuchEntry("form of the test", form_id, [path.stem for path in self.question_paths])
        return tuple(resolved(q, self.outline.as_of, self.value_on) for q in self.question_file(path).questions)

    def glance(self, case_id: str) -> Glance:
        """Title, stars and minutes of a case, from a look at the head of its file and without reading all of it."""
        path = self._named("case", case_id, self.scenario_paths)
        if self.edition and self.edition.of(case_id):
            adapted = self.scenario(case_id)
            return Glance(adapted.title, adapted.stars, adapted.minutes)
        head = path.read_text(encoding="utf-8").partition("\ntask:")[0]
        try:
            lines = YAML(typ="safe", pure=True).load(head)
            return Glance(self._marked(case_id, str(lines["title"])), int(lines["stars"]), int(lines["minutes"]))
        except (YAMLError, KeyError, TypeError, ValueError):
            case = self.case_file(case_id)
            return Glance(case.title, case.stars, case.minutes)

    def cases_sending_back_to(self, lesson_id: str) -> list[str]:
        """The cases with a question that sends the learner back to the lesson, found by a look at their text."""
        needle = f"{lesson_id}#"
        return [case for case, path in self.scenario_paths.items() if needle in path.read_text(encoding="utf-8")]

    def value_on(self, rule_id: str, day: date) -> str:
        """The number a rule held on `day`, as decimal text. Raises LookupError when it held none."""
        if rule_id not in self.law:
            raise NoSuchEntry("rule", rule_id, list(self.law))
        value = self.law[rule_id].at(day).value
        if value is None:
            raise LookupError(f"{rule_id} holds no number on {day}")
        return value
