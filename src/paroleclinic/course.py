"""The course on disk: finds it, and reads just the files that are asked for."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from pathlib import Path

from ruamel.yaml import YAML

from paroleclinic.content import Lesson, Outline, Question, QuestionFile, Scenario, Unit, resolved
from paroleclinic.law import Register
from paroleclinic.reading import Problem, Problems, read


class NoSuchEntry(LookupError):
    """A name nothing in the course bears; the message offers the nearest one."""

    def __init__(self, what: str, name: str, known: list[str]) -> None:
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=1)
        super().__init__(f'There is no {what} "{name}".' + (f' Did you mean "{near[0]}"?' if near else ""))


class Course:
    """Everything under the folder that holds course.yaml; nothing is read before it is needed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[Path, QuestionFile] = {}
        self._scenarios: dict[str, Scenario] = {}

    @classmethod
    def around(cls, place: Path) -> Course:
        """The course that `place` lies in. Raises NoSuchEntry when there is none."""
        for folder in (place, *place.parents):
            if (folder / "course.yaml").is_file():
                return cls(folder)
        raise NoSuchEntry("course.yaml above the folder", str(place), [])

    @cached_property
    def law(self) -> Register:
        """The law register."""
        return Register(self.root / "law")

    @cached_property
    def outline(self) -> Outline:
        """The course in order."""
        return read(self.root / "course.yaml", Outline, "course.yaml")

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
    def scenario_paths(self) -> dict[str, Path]:
        """Case id -> its file."""
        return {path.stem: path for path in sorted((self.root / "scenarios").glob("*/*.yaml"))}

    def question_file(self, path: Path) -> QuestionFile:
        """The questions in one file. Raises Problems."""
        if path not in self._files:
            self._files[path] = read(path, QuestionFile, self.shown(path))
        return self._files[path]

    def question(self, question_id: str) -> tuple[Question, str]:
        """A question of the bank, numbers from the register put in, and the id of its lesson.

        Raises NoSuchEntry.
        """
        for path in self.question_paths:
            if question_id not in path.read_text(encoding="utf-8"):
                continue  # a look at the text is a hundred times faster than reading the YAML
            file = self.question_file(path)
            for question in file.questions:
                if question.id == question_id:
                    return resolved(question, self.outline.as_of, self.value_on), file.lesson
        known = [q.id for path in self.question_paths for q in self.question_file(path).questions]
        raise NoSuchEntry("question", question_id, known)

    def scenario(self, case_id: str) -> Scenario:
        """The client file of that id, numbers from the register put in. Raises NoSuchEntry or Problems."""
        if case_id not in self._scenarios:
            if case_id not in self.scenario_paths:
                raise NoSuchEntry("case", case_id, list(self.scenario_paths))
            path = self.scenario_paths[case_id]
            case = read(path, Scenario, self.shown(path))
            if case.id != case_id:
                fix = f"write `id: {case_id}`"
                raise Problems([Problem(self.shown(path), 1, f"id {case.id!r} differs from the file's name", fix)])
            questions = tuple(resolved(q, case.as_of, self.value_on) for q in case.questions)
            self._scenarios[case_id] = case.model_copy(update={"questions": questions})
        return self._scenarios[case_id]

    def scenario_title(self, case_id: str) -> str:
        """The title of a case, from a look at its file and without reading all of it."""
        if case_id not in self.scenario_paths:
            raise NoSuchEntry("case", case_id, list(self.scenario_paths))
        for line in self.scenario_paths[case_id].read_text(encoding="utf-8").splitlines():
            if line.startswith("title:") and not line.rstrip().endswith((">-", ">", "|", "|-")):
                return str(YAML(typ="safe", pure=True).load(line)["title"])
        return self.scenario(case_id).title

    def value_on(self, rule_id: str, day: date) -> str:
        """The number a rule held on `day`, as decimal text. Raises LookupError when it held none."""
        if rule_id not in self.law:
            raise NoSuchEntry("rule", rule_id, list(self.law))
        value = self.law[rule_id].at(day).value
        if value is None:
            raise LookupError(f"{rule_id} holds no number on {day}")
        return value

    def shown(self, path: Path) -> str:
        """The path as an author writes it, from the course's root."""
        return path.relative_to(self.root).as_posix()
