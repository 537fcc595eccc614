"""The instructor's page, as it is drawn: the list of questions, and one question in each of its phases. Pure.

What bears data-do tells the page's Python, as in a Panel; cards are counted by the page's script.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Literal, NamedTuple

from paroleclinic.drawing import paragraphs, tag
from paroleclinic.poll.ballot import Ballot
from paroleclinic.poll.page import VOTES, asked
from paroleclinic.poll.tally import Tally, many

Phase = Literal["ready", "open", "closed", "shown", "explained"]
HOW = (
    "Keyboard, while the frame around the question is marked: a letter adds a card, Shift and the letter takes one away, "
    "Backspace undoes."
)
NO_SCREENS = (
    "Raised cards need nothing. To let people vote on their own screens as well, open a terminal (File, New, Terminal) "
    "and run: paroleclinic poll"
)


class Row(NamedTuple):
    """A lesson in the list; `polls` is how many polls its guide has."""

    id: str
    title: str
    polls: int


class Entry(NamedTuple):
    """A question in the list: its ballot's name, what it asks, and which poll of the guide it is (0 for none)."""

    name: str
    prompt: str
    poll: int
    done: bool


def questions(
    rows: Iterable[Row], opened: str, entries: Sequence[Entry], join: str, asked_so_far: int, saved: str
) -> str:
    """The list: each lesson with its two polls, and all questions of the lesson that is `opened`."""
    items = "".join(_row(row, row.id == opened, entries) for row in rows)
    keep = ""
    if asked_so_far:
        keep = (
            f'<div class="pc-acts"><button type="button" data-do="save">Save the counts</button>'
            f'<button type="button" data-do="anew" data-confirm="Begin a new session? Counts that were not saved are gone.">Begin a new session</button><span class="pc-saved" role="status">'
            f"{escape(saved) or f'{asked_so_far} asked in this session, not saved yet.'}</span></div>"
        )
    return (
        f'<section class="pc-stage" aria-label="Questions for the room" tabindex="-1" id="stage"><h2>Which question?</h2>'
        f'{join}<ul class="pc-poll-lessons">{items}</ul>{keep}</section>'
    )


def stage(
    ballot: Ballot,
    phase: Phase,
    *,
    title: str,
    vote: int,
    answers: int,
    cards: Tally,
    join: str,
    result: str,
    notes: str,
    following: str,
) -> str:
    """One question. `result` holds the charts and the explanation, `following` is the poll that comes next, if any."""
    says = {
        "ready": "Read it, think alone. Voting is not open yet.",
        "open": f'{VOTES[vote - 1]}. Voting is open. <strong class="pc-answers">{answers}</strong> <span class="pc-answers-word">{"answer" if answers == 1 else "answers"}</span> so far.',
        "closed": f"{VOTES[vote - 1]}. Voting is closed: {many(answers)} voted.",
        "shown": f"{VOTES[vote - 1]}. Voting is closed: {many(answers)} voted.",
        "explained": f"{many(answers).capitalize()} voted.",
    }[phase]
    counting = _cards(ballot, cards) if phase == "open" else ""
    live = " data-live" if phase == "open" else ""
    shown = f'<div id="result" tabindex="-1" role="group" aria-label="The result">{result}</div>' if result else ""
    return (
        f'<section class="pc-stage" aria-label="The question" tabindex="-1" id="stage"{live}><p class="pc-soft">{escape(title)}</p>'
        f"{asked(ballot)}{join if phase in ('ready', 'open') else ''}{tag('p', HOW, 'pc-soft') if counting else ''}{shown}{notes if phase == 'explained' else ''}"
        f'<div class="pc-foot">{counting}<div><p class="pc-poll-status" role="status">{says}</p>{_buttons(phase, vote, following)}</div></div></section>'
    )


def join_line(told: Mapping[str, Any] | None, trouble: str = "") -> str:
    """Where people vote on their own screens, large; or how to make it possible."""
    if trouble:
        return tag("p", trouble, "pc-saved bad")
    if told is None:
        return tag("p", NO_SCREENS, "pc-soft")
    code = str(told.get("code") or "")
    address = str(told.get("address") or "")
    where = (
        tag("strong", address)
        if address
        else f'<strong data-origin="{escape(str(told.get("prefix", "")), quote=True)}"></strong>'
    )
    how = f"Code: {tag('strong', code)}" if code else "Sign in as in the lessons."
    return f'<p class="pc-poll-join">Vote on your own screen: {where} · {how}<small>No names are kept, only counts.</small></p>'


def for_you(why: str, when_split: str) -> str:
    """What the guide says to the instructor about a poll; folded, since the room sees the page."""
    if not when_split:
        return ""
    return f"<details><summary>From the guide: when the room is split</summary>{paragraphs(when_split)}{tag('p', why, 'pc-soft')}</details>"


def _row(row: Row, opened: bool, entries: Sequence[Entry]) -> str:
    at = escape(row.id, quote=True)
    polls = "".join(
        f'<button type="button" data-do="poll" data-lesson="{at}" data-number="{number}" aria-label="Poll {number} of {escape(row.title, quote=True)}">Poll {number}</button>'
        for number in range(1, row.polls + 1)
    )
    fold = (
        f'<button type="button" class="pc-link" id="all-{at}" data-do="lesson" data-lesson="{"" if opened else at}" aria-expanded="{str(opened).lower()}"'
        f' aria-label="All questions of {escape(row.title, quote=True)}">{"Fewer" if opened else "All questions"}</button>'
    )
    inside = ""
    if opened:
        lines = "".join(
            f'<li><button type="button" data-do="pick" data-lesson="{at}" data-name="{escape(one.name, quote=True)}">{_about(one)}{escape(one.prompt)}</button></li>'
            for one in entries
        )
        inside = f'<ul class="pc-poll-list">{lines}</ul>'
    return f"<li><span>{escape(row.title)}</span>{polls}{fold}{inside}</li>"


def _about(one: Entry) -> str:
    words = [*([f"Poll {one.poll}"] if one.poll else []), *(["asked in this session"] if one.done else [])]
    return f'<span class="pc-num">{", ".join(words)}</span>' if words else ""


def _cards(ballot: Ballot, cards: Tally) -> str:
    counters = "".join(
        f'<span class="pc-card-count"><b>{letter}</b><button type="button" data-card="{letter}" data-by="-1" aria-label="One card {letter} fewer">−</button>'
        f'<output aria-label="Cards {letter}" data-count="{letter}">{cards.counts.get(letter, 0)}</output>'
        f'<button type="button" data-card="{letter}" data-by="1" aria-label="One more card {letter}">+</button></span>'
        for letter in ballot.letters
    )
    people = (
        f'<label class="pc-people">People who raised cards <input type="number" min="0" max="500" data-people value="{cards.people}"></label>'
        if ballot.several
        else ""
    )
    now = escape(json.dumps(dict(cards.counts)), quote=True)
    return (
        f'<div class="pc-cards" role="group" aria-label="Raised cards" data-cards="{now}"><span>Raised cards:</span>{counters}{people}'
        f'<button type="button" data-undo disabled>Undo</button></div>'
    )


def _buttons(phase: Phase, vote: int, following: str) -> str:
    main: dict[Phase, tuple[str, str]] = {
        "ready": ("open", "Open voting"),
        "open": ("close", "Close voting"),
        "closed": ("show", "Show results"),
        "shown": ("explain", "Explain"),
        "explained": ("next", following or "Next question"),
    }
    do, words = main[phase]
    buttons = [f'<button type="button" class="pc-main" data-do="{do}">{escape(words)}</button>']
    if phase in ("closed", "shown") and vote < len(VOTES):
        buttons.append('<button type="button" data-do="again">Discuss, then ask again</button>')
    if phase == "closed":
        buttons.append('<button type="button" data-do="explain">Explain at once</button>')
    if phase != "open":
        buttons.append('<button type="button" data-do="list">All questions</button>')
    buttons.append('<button type="button" data-full>Fill the screen</button>')
    return f'<div class="pc-acts">{"".join(buttons)}</div>'
