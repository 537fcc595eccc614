"""A ready course, and the page that links everything for whoever teaches, as cells of Markdown. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from paroleclinic.content import Lesson, Outline
from paroleclinic.drawing.deck import slides_link
from paroleclinic.drawing.lawline import as_read
from paroleclinic.drawing.markdown import items, plain
from paroleclinic.law import long_day
from paroleclinic.teaching import Program, Session

TOOLS = {
    "poll": (
        "Ask the room",
        "one question large, votes by raised cards or on people's own screens, a second vote after talking, then the explanation.",
    ),
    "cohort": (
        "How the class does",
        "who is stuck, where harmful advice was given, and which questions may be at fault.",
    ),
}
NOT_ADVICE = "For whoever teaches. **Training, not legal advice.**"


def program_cells(
    program: Program, outline: Outline, titles: Mapping[str, str], link: Callable[[str], str]
) -> Iterator[str]:
    """A ready course, session by session; `titles` are those of lessons, `link` gives a case as Markdown."""
    minutes = sum(session.minutes for session in program.sessions)
    count = len(program.sessions)
    yield (
        f"# {plain(program.title)}\n\n{NOT_ADVICE} The law as read on {long_day(outline.as_of)}.\n\n"
        f"{count} session{'s' if count > 1 else ''}, {hours(minutes)} in all. [All guides and courses](00-for-instructors.ipynb)\n\n"
        f"**For whom:** {plain(program.for_whom)}"
    )
    yield f"## What it leaves out\n\n{items(program.leaves_out)}"
    for number, session in enumerate(program.sessions, 1):
        yield _session(number, session, titles, link)
    yield f"## Grading\n\n{plain(program.grading)}"


def _session(number: int, session: Session, titles: Mapping[str, str], link: Callable[[str], str]) -> str:
    parts = [f"## {number}. {plain(session.title)}", f"{session.minutes} minutes."]
    if session.before:
        parts.append(f"**Learners before it:**\n\n{items(session.before)}")
    if session.lessons:
        lines = [
            f"- [{plain(titles[lesson])}](../{lesson}.ipynb): [plan for {length} minutes]({lesson}.ipynb#Plan-for-{length}-minutes)"
            f" · {slides_link('slides', lesson)}"
            for lesson, length in session.lessons.items()
        ]
        parts.append("**Lessons:**\n\n" + "\n".join(lines))
    used = sum(session.lessons.values())
    spare = session.minutes - used - session.breaks
    spent = [f"{used} minutes of lessons"] if used else []
    spent += [f"{session.breaks} minutes of breaks"] if session.breaks else []
    spent += [f"{spare} minutes for cases and questions"] if spare else []
    parts.append(f"Time: {', '.join(spent)}.")
    if session.cases:
        parts.append("**Cases:**\n\n" + "\n".join(f"- {link(f'case:{case}')}" for case in session.cases))
    if session.after:
        parts.append(f"**Learners after it:**\n\n{items(session.after)}")
    if session.instructor:
        parts.append(f"**For you:**\n\n{items(session.instructor)}")
    return "\n\n".join(parts)


def index_cells(
    outline: Outline, guided: Sequence[Lesson], programs: Sequence[Program], tools: Sequence[str] = ()
) -> Iterator[str]:
    """The page that links everything for whoever teaches; `tools` are pages that ask Python, as in TOOLS."""
    yield f"""# For instructors

{NOT_ADVICE} {as_read(outline)}

A guide for each lesson says what to aim at, what to leave out, and what happens minute by minute in 45, 90 or 180 minutes.
It holds the questions to discuss, the sheets of a role-play, what people get wrong, and what to say with each slide.
The pages in this folder are not in the kit that learners get. Guides, notes and courses name right answers: keep them off the screen in the room."""
    if programs:
        lines = [
            f"- **[{plain(one.title)}]({one.id}.ipynb)**, {len(one.sessions)} session{'s' if len(one.sessions) > 1 else ''}, "
            f"{hours(sum(session.minutes for session in one.sessions))}. {plain(one.for_whom)}"
            for one in programs
        ]
        yield "## Ready courses\n\n" + "\n".join(lines)
    if guided:
        lines = [
            f"- **{plain(one.title)}**: [Guide]({one.id}.ipynb) · {slides_link('Slides', one.id)} · [Lesson](../{one.id}.ipynb)<br>{plain(one.question)}"
            for one in guided
        ]
        yield "## Lessons\n\n" + "\n".join(lines)
    if tools:
        yield "## In the room and after it\n\n" + "\n".join(
            f"- **[{TOOLS[one][0]}]({one}.ipynb)**: {TOOLS[one][1]}" for one in tools
        )
    yield """## How to use the slides

- A click on *Slides* opens them in a browser tab of their own. The arrow keys go on and back, **F** fills the screen, **Esc** shows all slides or leaves the full screen, **B** makes the screen dark.
- Do not open slides beside other pages in one tab of the browser: Specta gives all open pages the same layout, so the pages would turn into slides. When that has happened, close the pages and open them again.
- What to say stands in the guide under *Slides and what to say*: open it on a second screen, or print the notes. Slides here show no notes, and no slide shows an answer.
- The handouts hold the same slides as one page that needs no Jupyter. There **S** opens the notes in a window of their own, for the screen that the room does not see."""
    yield """## How to print handouts

Run `paroleclinic handouts handouts` in a terminal, in the folder of the course. It writes pages for each lesson: the decision flow on one page, the checklist, the questions at intake, words to know, the sheets of the role-play, and the notes for the slides.
Open a page in a browser and print it. With `--pdf` it writes PDF files too, when a Chromium, Chrome or Edge is installed."""


def hours(minutes: int) -> str:
    """Minutes as a person says them."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest} minutes"
    return f"{whole} hour{'s' if whole > 1 else ''}" + (f" {rest} minutes" if rest else "")
