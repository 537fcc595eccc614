"""What is derived for whoever teaches: the notebooks of guides, slides and ready courses."""

from __future__ import annotations

from functools import partial

from paroleclinic.course import Course
from paroleclinic.drawing.deck import slides, slides_link
from paroleclinic.drawing.flowpicture import picture
from paroleclinic.drawing.guidepage import FLOW, guide_cells
from paroleclinic.drawing.markdown import plain
from paroleclinic.drawing.programpage import TOOLS, index_cells, program_cells
from paroleclinic.notebook import SLIDES, markdown, picture_link, text_of
from paroleclinic.questions import Question
from paroleclinic.reference import Term
from paroleclinic.teaching import Guide

FOLDER = "notebooks/instructor"
INDEX = "00-for-instructors"
HANDOUT_WORDS = {
    "flow": "the decision flow",
    "checklist": "the checklist",
    "intake": "the questions at intake",
    "glossary": "the words to know",
}


def names(course: Course) -> list[str]:
    """The paths of all derived notebooks for whoever teaches, from the course's root; none where nothing is to teach from."""
    stems = [*course.guide_paths, *(f"slides-{lesson}" for lesson in course.guide_paths), *course.program_paths]
    return [f"{FOLDER}/{stem}.ipynb" for stem in ([INDEX, *stems] if stems else [])]


def by_hand() -> list[str]:
    """The paths of the pages for whoever teaches that ask Python, and so are written by hand."""
    return [f"{FOLDER}/{tool}.ipynb" for tool in TOOLS]


def notebooks(course: Course) -> dict[str, str]:
    """Each of them, path -> text. Raises Problems, or LookupError when a guide names what is not there."""
    found = {}
    titles = {lesson.id: lesson.title for lesson in course.outline.lessons}
    for name in course.guide_paths:
        flow = picture_link(
            picture(course.guide(name).handouts.flow, titles[name]), "Decision flow, told in words below"
        )
        cells = (cell.replace(FLOW, flow) for cell in cells_of(course, name))
        found[f"{FOLDER}/{name}.ipynb"] = text_of(markdown(cells, name))
        deck = markdown(
            slides(course.guide(name), questions(course, name)), f"slide-{name}", {"slideshow": {"slide_type": "slide"}}
        )
        found[f"{FOLDER}/slides-{name}.ipynb"] = text_of(deck, SLIDES)
    for name in course.program_paths:
        sessions = program_cells(course.program(name), course.outline, titles, partial(named, course))
        found[f"{FOLDER}/{name}.ipynb"] = text_of(markdown(sessions, name))
    if found:
        guided = [lesson for lesson in course.outline.lessons if lesson.id in course.guide_paths]
        tools = [tool for tool in TOOLS if (course.root / FOLDER / f"{tool}.ipynb").is_file()]
        index = index_cells(course.outline, guided, [course.program(name) for name in course.program_paths], tools)
        found[f"{FOLDER}/{INDEX}.ipynb"] = text_of(markdown(index, INDEX))
    return found


def cells_of(course: Course, lesson_id: str) -> list[str]:
    """The guide of a lesson as cells of Markdown."""
    guide, lesson = course.guide(lesson_id), course.lesson(lesson_id)
    link, asked = partial(named, course, guide=guide), questions(course, lesson_id)
    poll = "poll.ipynb" if (course.root / FOLDER / "poll.ipynb").is_file() else ""
    return [*guide_cells(guide, lesson, course.outline, course.law, asked, terms(course, guide), link, poll)]


def questions(course: Course, lesson_id: str) -> dict[str, Question]:
    """The questions of a lesson that its guide polls."""
    return {poll.question: course.question(poll.question) for poll in course.guide(lesson_id).polls}


def terms(course: Course, guide: Guide) -> dict[str, Term]:
    """The terms of the glossary on the guide's handout."""
    return {term: course.term(term) for term in guide.handouts.terms}


def named(course: Course, use: str, guide: Guide | None = None) -> str:
    """What a step of a plan uses, in words with a link, as Markdown. Raises LookupError when it is not there."""
    kind, _, name = use.partition(":")
    match kind:
        case "poll" if guide:
            number = [poll.question for poll in guide.polls].index(name) + 1
            return f"poll {number}"
        case "slides" if guide:
            first, _, last = name.partition("-")
            which = f"slides {first} to {last}" if last and last != first else f"slide {first}"
            return slides_link(which, guide.lesson)
        case "case" | "interview":
            unit = course.scenario_paths[name].parent.name
            title = plain(course.glance(name).title)
            words = f"the interview of {title}" if kind == "interview" else title
            return f"[{words}](../../exercises/{unit}/{name}.ipynb)"
        case "consultation":
            return f"[{plain(course.consultation(name).title)}](../consultations.ipynb)"
        case "section":
            lesson, _, slug = name.partition("#")
            return f"[section “{plain(course.sections(lesson)[slug])}”](../{lesson}.ipynb)"
        case "handout":
            return HANDOUT_WORDS[name]
        case "prompt":
            return f"discussion {name}"
        case "board":
            return "the board"
        case _:
            return kind
