"""The pages that `paroleclinic handouts` writes: made from the guides, put into a folder, as HTML and as PDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from paroleclinic.course import Course
from paroleclinic.drawing.handoutpages import PAGES, Leaf, index
from paroleclinic.instructor import cells_of, questions, terms
from paroleclinic.pdf import Printer


def leaf(course: Course, lesson_id: str, paper: str = "letter") -> Leaf:
    """What the pages of a lesson are made from. Raises NoSuchEntry or Problems."""
    guide, day = course.guide(lesson_id), course.outline.as_of
    asked, words = questions(course, lesson_id), terms(course, guide)
    cells = cells_of(course, lesson_id)
    return Leaf(guide, course.lesson(lesson_id), day, course.law, asked, words, paper, cells, local(course))


def local(course: Course) -> str:
    """Whose local edition the handouts are of, and where to turn there, in a line; empty when there is none."""
    if course.edition is None:
        return ""
    places = (f"{what}: {name}" for what, name in course.edition.places.listed)
    return " · ".join([f"{course.edition.title}, adapted by {course.edition.adapted_by}", *places])


def pages(course: Course, lessons: Iterable[str], paper: str = "letter") -> Iterator[tuple[str, str]]:
    """Each page of these lessons: its path, such as `01-what-parole-is/flow.html`, and its text."""
    for name in lessons:
        made = leaf(course, name, paper)
        for kind, page in PAGES.items():
            if kind != "glossary" or made.terms:
                yield f"{name}/{kind}.html", page(made)


def written(
    course: Course, out: Path, lessons: Sequence[str], paper: str = "letter", printer: Printer | None = None
) -> Iterator[Path]:
    """Write the pages into `out`, and with a printer each as a PDF beside it; yields every file once it is there."""
    for name, text in pages(course, lessons, paper):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        yield path
        if printer:
            yield printer.pdf(path)
    path = out / "index.html"
    shown = [course.lesson(name) for name in lessons]
    path.write_text(index(shown, course.outline.as_of, printer is not None), encoding="utf-8", newline="\n")
    yield path
