"""A local edition: what an instructor adds to the course and changes in it, kept beside it in `local/`. Pure.

Nothing of the course's own files is edited. A change names what it changes and the course's value that it replaces, so
that a new version of the course is noticed; it holds until the instructor takes it away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, field_validator

from paroleclinic.content import Outline, Scenario, Unit
from paroleclinic.law import long_day
from paroleclinic.questions import Criterion
from paroleclinic.reading import Entry, Several

FOLDER = "local"
FILE = f"{FOLDER}/edition.yaml"
OWN = "local-"  # begins every id that an edition adds
CLINIC = "Immigration Parole Clinic"  # as the course's papers call the clinic
SLOTS = {"clinic": "{{clinic}}", "court": "{{court}}", "legal_aid": "{{legal-aid}}", "hotline": "{{hotline}}"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST = 120  # characters of a title or a place
E = TypeVar("E")


def _one_line(text: str | None) -> str | None:
    if text is not None and (not text.strip() or len(text) > LONGEST or not text.isprintable()):
        raise ValueError(f"write one line of 1 to {LONGEST} characters")
    return text.strip() if text else text


class Places(Entry):
    """The offices that trainees here should know, by name."""

    clinic: str | None = None
    court: str | None = None
    legal_aid: str | None = None
    hotline: str | None = None

    _lines = field_validator("clinic", "court", "legal_aid", "hotline")(_one_line)

    @property
    def listed(self) -> tuple[tuple[str, str], ...]:
        """Those that are given, each with what it is."""
        words = {"clinic": "Our clinic", "court": "Immigration court", "legal_aid": "Legal aid", "hotline": "Hotline"}
        return tuple((says, value) for name, says in words.items() if (value := getattr(self, name)))


class PassLine(Entry):
    """Another pass line, in percent, in the place of the course's."""

    was: int
    now: int = Field(ge=1, le=100)


class _Change(Entry):
    """What every change of a case has. `was` is the course's value, `now` the edition's."""

    case: str
    why: str | None = None


class ChangedDay(_Change):
    """The day of a case: the law is looked up on it."""

    change: Literal["date"]
    was: date
    now: date


class ChangedMinutes(_Change):
    """The minutes that a case takes."""

    change: Literal["minutes"]
    was: int
    now: int = Field(ge=5, le=600)


class ChangedPoints(_Change):
    """The points of a question that is graded without a person."""

    change: Literal["points"]
    question: str
    was: int
    now: int = Field(ge=1, le=20)


class ChangedWords(_Change):
    """The advised length of the memo."""

    change: Literal["words"]
    was: int
    now: int = Field(ge=50, le=2000)


class ChangedCriterion(_Change):
    """The points of one criterion of the memo; the memo's points follow."""

    change: Literal["criterion"]
    criterion: str
    was: int
    now: int = Field(ge=1, le=20)


class ChangedRubric(_Change):
    """The whole rubric of the memo; `was` is the course's as `rubric_print` writes it."""

    change: Literal["rubric"]
    was: str
    now: Several[Criterion] = Field(min_length=1)


Change = Annotated[
    ChangedDay | ChangedMinutes | ChangedPoints | ChangedWords | ChangedCriterion | ChangedRubric,
    Field(discriminator="change"),
]


class Edition(Entry):
    """A local edition, as `local/edition.yaml` says it.

    `deadlines` says for a unit by when it is due. `closed` names units, cases, or questions as `case/question`, whose keys
    feedback keeps closed. `units` are the edition's own, with cases of its own. A learner's kit holds a `sealed` one, whose
    `adapted` says of each adapted case what was changed.
    """

    title: str
    adapted_by: str
    places: Places = Places()
    pass_line: PassLine | None = None
    deadlines: dict[str, date] = Field(default_factory=dict)
    closed: Several[str] = ()
    units: Several[Unit] = ()
    changes: Several[Change] = ()
    sealed: bool = False
    adapted: dict[str, str] = Field(default_factory=dict)

    _lines = field_validator("title", "adapted_by")(_one_line)

    @property
    def says(self) -> str:
        """Whose edition it is, in a sentence for the top of a page."""
        return f"Local edition “{self.title}”, adapted by {self.adapted_by}. Adapted and local cases are marked."

    def of(self, case_id: str) -> tuple[Change, ...]:
        """The changes of a case."""
        return tuple(change for change in self.changes if change.case == case_id)


def of_edition(name: str) -> bool:
    """Whether an id belongs to an edition and not to the course."""
    return name.startswith(OWN)


def outline_with(outline: Outline, edition: Edition) -> Outline:
    """The course's outline as the edition has it."""
    units = (*outline.units, *(unit for unit in edition.units if of_edition(unit.id)))
    return outline.model_copy(
        update={
            "title": f"{outline.title} (local edition “{edition.title}”, adapted by {edition.adapted_by})",
            "pass_line": edition.pass_line.now if edition.pass_line else outline.pass_line,
            "units": tuple(unit.model_copy(update={"closed": _closed(unit, edition.closed)}) for unit in units),
        }
    )


def _closed(unit: Unit, closed: Iterable[str]) -> tuple[str, ...]:
    more = {case: None for case in unit.cases if unit.id in closed or case in closed}
    more |= {name: None for name in closed if name.partition("/")[0] in unit.cases}
    return tuple(dict.fromkeys([*unit.closed, *more]))


def value_in(case: Scenario, change: Change) -> object:
    """The value that a change replaces, as the case has it; None when there is no such thing in the case."""
    match change:
        case ChangedDay():
            return case.as_of
        case ChangedMinutes():
            return case.minutes
        case ChangedPoints():
            return next((q.points for q in case.graded if q.id == change.question), None)
        case ChangedWords():
            return case.memo.words if case.memo else None
        case ChangedCriterion():
            found = case.memo.rubric if case.memo else ()
            return next((one.points for one in found if one.id == change.criterion), None)
        case ChangedRubric():
            return rubric_print(case.memo.rubric) if case.memo else None


def adapted(case: Scenario, changes: Iterable[Change]) -> Scenario:
    """The case with the changes made, its title marked; a change of what is not there is left out, and `check` says so."""
    made = [change for change in changes if value_in(case, change) is not None]
    for change in made:
        case = _changed(case, change)
    return case.model_copy(update={"title": f"{case.title} (adapted)"}) if made else case


def _changed(case: Scenario, change: Change) -> Scenario:
    match change:
        case ChangedDay():
            told = {"task": case.task, "story": case.story}
            said = mapped(told, lambda text: day_told(text, case.as_of, change.now))
            return case.model_copy(update={"as_of": change.now, **said})
        case ChangedMinutes():
            return case.model_copy(update={"minutes": change.now})
        case ChangedPoints():
            return _with_question(case, change.question, {"points": change.now})
        case _:
            memo = case.memo
    if memo is None:
        return case
    match change:
        case ChangedWords():
            return _with_question(case, memo.id, {"words": change.now})
        case ChangedCriterion():
            rubric = tuple(
                one.model_copy(update={"points": change.now}) if one.id == change.criterion else one
                for one in memo.rubric
            )
        case ChangedRubric():
            rubric = change.now
    return _with_question(case, memo.id, {"rubric": rubric, "points": sum(one.points for one in rubric)})


def day_told(text: str, was: date, now: date) -> str:
    """The text with one day in words in the place of another, the day of the week before it, too."""
    said = rf"\b((?:{'|'.join(DAYS)}),? )?{re.escape(long_day(was))}\b"

    def other(found: re.Match[str]) -> str:
        week = found.group(1) or ""
        return f"{DAYS[now.weekday()]}{week[week.rindex('y') + 1 :]}{long_day(now)}" if week else long_day(now)

    return re.sub(said, other, text)


def _with_question(case: Scenario, question_id: str, update: dict[str, Any]) -> Scenario:
    questions = tuple(q.model_copy(update=update) if q.id == question_id else q for q in case.questions)
    return case.model_copy(update={"questions": questions})


def rubric_print(rubric: Iterable[Criterion]) -> str:
    """A rubric as `was` names it: its criteria with their points, and a fingerprint of every word of it."""
    rubric = tuple(rubric)
    seen = sha256("\n".join(one.model_dump_json() for one in rubric).encode()).hexdigest()[:8]
    return f"{', '.join(f'{one.id} {one.points}' for one in rubric)}; {seen}"


def in_words(change: Change) -> str:
    """What a change changes, for a page that trainees see: no criterion is named."""
    match change:
        case ChangedDay():
            return f"the day is {long_day(change.now)}"
        case ChangedMinutes():
            return f"{change.now} minutes"
        case ChangedPoints():
            return f"a question has {change.now} point{'s' if change.now != 1 else ''}"
        case ChangedWords():
            return f"the memo has {change.now} words at most"
        case ChangedCriterion() | ChangedRubric():
            return "the memo is marked with another rubric"


def notice(edition: Edition, case_id: str, changed: Iterable[str]) -> str:
    """What the page of a case says about the edition: whose it is, and what of the case is not the course's."""
    if of_edition(case_id):
        return f"Local case, written for “{edition.title}” by {edition.adapted_by}. It is not part of the course."
    told = "; ".join(dict.fromkeys(changed))
    if told:
        return f"Case adapted for “{edition.title}” by {edition.adapted_by}: {told}."
    return edition.says


def named(case: Scenario, places: Places) -> Scenario:
    """The case with the clinic's own name on the papers that the clinic wrote, and the places filled in."""
    names = {slot: value for name, slot in SLOTS.items() if (value := getattr(places, name))}
    if of_edition(case.id) and names:
        case = mapped(case, lambda text: _filled(text, names) if "{{" in text else text)
    clinic = places.clinic
    if clinic is None:
        return case
    papers = tuple(mapped(paper, lambda text: text.replace(CLINIC, clinic)) for paper in case.exhibits)
    return case.model_copy(update={"exhibits": papers})


def _filled(text: str, names: Mapping[str, str]) -> str:
    for slot, value in names.items():
        text = text.replace(slot, value)
    return text


def mapped(value: E, change: Callable[[str], str]) -> E:
    """An entry with every text in it changed, except ids."""
    if isinstance(value, str):
        return change(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(mapped(part, change) for part in value)  # type: ignore[return-value]
    if isinstance(value, dict):
        return {name: mapped(part, change) for name, part in value.items()}  # type: ignore[return-value]
    if isinstance(value, Entry):
        parts = {name: getattr(value, name) for name in type(value).model_fields if name != "id"}
        return value.model_copy(update={name: mapped(part, change) for name, part in parts.items()})
    return value


def slots_in(text: str) -> Iterator[str]:
    """What stands between doubled braces in a text."""
    for piece in text.split("{{")[1:]:
        yield piece.partition("}}")[0]


def for_kit(edition: Edition, changed: Mapping[str, str]) -> dict[str, Any]:
    """The edition as a learner's kit holds it: without the changes, which stand in the sealed cases already."""
    kept = edition.model_dump(mode="python", exclude={"changes", "closed"}, exclude_defaults=True)
    return kept | {"sealed": True} | ({"adapted": dict(changed)} if changed else {})
