"""The guide for teaching a lesson as cells of Markdown. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from paroleclinic.content import Lesson, Outline
from paroleclinic.drawing.deck import lettered, slides_link
from paroleclinic.drawing.lawline import as_read, law_line
from paroleclinic.drawing.markdown import html, items, plain, table
from paroleclinic.flow import in_words
from paroleclinic.law import Rule
from paroleclinic.questions import Amount, Day, Question
from paroleclinic.reference import Term
from paroleclinic.teaching import LENGTHS, PARTS, Guide, Plan, Sheet

SHEET = "border:2px solid #77808d;border-radius:8px;padding:4px 18px;page-break-before:always;page-break-inside:avoid"
AIMS, LEAVE_OUT, BEFORE = "What people can do at the end", "What to leave out", "Before the session"
DISCUSS, PLAY, BOARD, WRONG = "To discuss", "Role-play", "The board at the end", "What people get wrong"
POLLS, SLIDES, HANDOUTS = "Two questions to ask the room", "Slides and what to say", "Handouts"
PLANS = tuple(f"Plan for {length} minutes" for length in LENGTHS)
HEADS = (AIMS, LEAVE_OUT, BEFORE, *PLANS, DISCUSS, PLAY, BOARD, WRONG, POLLS, SLIDES, HANDOUTS)
FLOW = "[decision flow]"  # where the picture goes
OBSERVE = "Only the players see the sheets. Everybody in the scene is invented."


def guide_cells(
    guide: Guide,
    lesson: Lesson,
    outline: Outline,
    law: Mapping[str, Rule],
    questions: Mapping[str, Question],
    terms: Mapping[str, Term],
    link: Callable[[str], str],
    poll_page: str = "",
) -> Iterator[str]:
    """The whole guide, part by part; `link` gives what a step of a plan uses as Markdown, `poll_page` is where the room is polled."""
    day = outline.as_of
    yield f"""# Teaching: {plain(lesson.title)}

For whoever teaches. **Training, not legal advice.** {as_read(outline)}

> {plain(lesson.question)}

[The lesson](../{lesson.id}.ipynb) · {slides_link("Slides", lesson.id)} · [All guides and courses](00-for-instructors.ipynb)

In this guide: {" · ".join(f"[{head}](#{head.replace(' ', '-')})" for head in HEADS)}"""
    yield f"## {AIMS}\n\n{items(guide.aims)}"
    yield f"## {LEAVE_OUT}\n\n{items(guide.leave_out)}"
    yield f"## {BEFORE}\n\n{items(guide.before)}"
    yield from (_plan(plan, link) for plan in guide.plans)
    yield _prompts(guide, law, day)
    yield from _role_play(guide, law, day)
    yield f"## {BOARD}\n\n**{plain(guide.board.title)}**\n\n{_board(guide)}"
    yield _misconceptions(guide, law, day)
    yield _polls(guide, questions, law, day, poll_page)
    yield _slides(guide, questions, law, day)
    yield from _handouts(guide, lesson, terms, law, day)


def _law(rules: tuple[str, ...], law: Mapping[str, Rule], day: date) -> str:
    line = law_line(rules, law, day)
    return f"\n\n<small>{plain(line)}</small>" if line else ""


def _plan(plan: Plan, link: Callable[[str], str]) -> str:
    parts, at = [f"## Plan for {plan.length} minutes"], 0
    for step in plan.steps:
        uses = ", ".join(link(use) for use in step.uses)
        with_what = f"<br>*With: {uses}*" if uses else ""
        parts.append(f"**{_clock(at)}–{_clock(at + step.minutes)} {plain(step.do)}**<br>{plain(step.how)}{with_what}")
        at += step.minutes
    return "\n\n".join(parts)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _prompts(guide: Guide, law: Mapping[str, Rule], day: date) -> str:
    parts = [
        f"### {number}. {plain(prompt.ask)}\n\nPeople are likely to say:\n\n{items(prompt.likely)}\n\n"
        f"**Listen for:** {plain(prompt.listen_for)}{_law(prompt.rules, law, day)}"
        for number, prompt in enumerate(guide.prompts, 1)
    ]
    return f"## {DISCUSS}\n\n" + "\n\n".join(parts)


def _role_play(guide: Guide, law: Mapping[str, Rule], day: date) -> Iterator[str]:
    scene = guide.role_play
    yield (
        f"## {PLAY}\n\n**{plain(scene.title)}.** {scene.minutes} minutes. {plain(scene.setting)}\n\n{OBSERVE}"
        f"{_law(scene.rules, law, day)}"
    )
    for part in PARTS:
        yield _sheet(part, getattr(scene, part), scene.title)
    yield (
        f"### For those who watch\n\n{items(scene.watch_for)}\n\n### Afterwards, players first\n\n{items(scene.debrief)}"
    )


def _sheet(part: str, sheet: Sheet, title: str) -> str:
    knows, does = ("".join(f"<li>{html(line)}</li>" for line in lines) for lines in (sheet.knows, sheet.does))
    return (
        f'<section style="{SHEET}">\n<h3>Sheet for the {part}</h3>\n'
        f"<p>{html(title)}. Only you read this.</p>\n<p><strong>{html(sheet.who)}</strong></p>\n"
        f"<p><strong>What you know</strong></p>\n<ul>{knows}</ul>\n<p><strong>What you do</strong></p>\n<ul>{does}</ul>\n</section>"
    )


def _board(guide: Guide) -> str:
    columns = [*guide.board.columns.values()]
    tall = max(map(len, columns), default=0)
    rows = [[plain(lines[row]) if row < len(lines) else "" for lines in columns] for row in range(tall)]
    return table((plain(head) for head in guide.board.columns), rows)


def _misconceptions(guide: Guide, law: Mapping[str, Rule], day: date) -> str:
    parts = [
        f"### “{plain(one.belief)}”\n\n**How it shows:** {plain(one.shows)}\n\n**How to meet it:** {plain(one.meet)}"
        f"{_law(one.rules, law, day)}"
        for one in guide.misconceptions
    ]
    return f"## {WRONG}\n\n" + "\n\n".join(parts)


def _polls(guide: Guide, questions: Mapping[str, Question], law: Mapping[str, Rule], day: date, poll_page: str) -> str:
    parts = [f"[Poll the room]({poll_page}) shows them large and counts the votes."] if poll_page else []
    parts += [
        f"### Poll {number}\n\n{_asked(questions[poll.question])}\n\n**Why this one:** {plain(poll.why)}\n\n"
        f"**When the room is split:** {plain(poll.when_split)}{_law(questions[poll.question].rules, law, day)}"
        for number, poll in enumerate(guide.polls, 1)
    ]
    return f"## {POLLS}\n\n" + "\n\n".join(parts)


def _asked(question: Question) -> str:
    lines = [
        f"- {letter}. {plain(option.text)}" + (" **(right)**" if option.right else "")
        for letter, option in lettered(question)
    ]
    if isinstance(question, Amount | Day):
        lines = [f"- **Right:** {plain(str(question.key))}"]
    return f"{plain(question.prompt)}\n\n" + "\n".join(lines)


def _slides(guide: Guide, questions: Mapping[str, Question], law: Mapping[str, Rule], day: date) -> str:
    polls = {poll.question: number for number, poll in enumerate(guide.polls, 1)}
    parts = []
    for number, slide in enumerate(guide.slides, 1):
        shown = " · ".join(plain(point) for point in slide.points)
        shown = f"Shows the question of poll {polls.get(slide.question, '')}." if slide.question else shown
        parts.append(
            f"### Slide {number}: {plain(slide.title)}\n\nOn the slide: {shown}\n\n**Say:** {plain(slide.notes)}{_law(slide.rules, law, day)}"
        )
    return f"## {SLIDES}\n\n" + "\n\n".join(parts)


def _handouts(
    guide: Guide, lesson: Lesson, terms: Mapping[str, Term], law: Mapping[str, Rule], day: date
) -> Iterator[str]:
    pages = guide.handouts
    yield (
        f"## {HANDOUTS}\n\nTo print them, and the sheets of the role-play each on a page of its own, run this in a terminal:\n\n"
        f"`paroleclinic handouts handouts --lesson {lesson.id}`{_law(pages.rules, law, day)}"
    )
    told = "\n".join(
        f"{number}. {plain(ask)} {' '.join(plain(line) for line in lines)}"
        for number, (ask, lines) in enumerate(in_words(pages.flow), 1)
    )
    rules = tuple(dict.fromkeys(rule for fork in pages.flow for rule in fork.rules))
    yield f"### The decision flow\n\n{FLOW}\n\n{told}{_law(rules, law, day)}"
    groups = "\n\n".join(f"**{plain(group)}**\n\n{items(lines)}" for group, lines in pages.checklist.items())
    yield f"### The checklist\n\n{groups}"
    yield f"### Questions at intake\n\n{items(pages.intake, '1.')}"
    words = "\n".join(f"- **{plain(terms[term].term)}**: {plain(terms[term].says)}" for term in pages.terms)
    if words:
        yield f"### Words to know\n\n{words}"
