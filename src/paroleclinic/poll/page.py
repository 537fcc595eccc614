"""The poll as it is drawn: large for the room, small for a phone. Pure; every word from outside is escaped.

Nothing here tells what is right but `explained`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from html import escape
from pathlib import Path

from paroleclinic.drawing import paragraphs, style, tag
from paroleclinic.drawing.cards import DISCLAIMER, law_lines
from paroleclinic.law import Rule
from paroleclinic.poll.ballot import Ballot, Reason
from paroleclinic.poll.rounds import Room
from paroleclinic.poll.tally import Tally, caution, many, moved

HERE = Path(__file__).parent
SIZES = ((260, 40), (400, 36), (540, 32))  # up to so many letters: the size of the question's text in pixels
SMALLEST = 28
VOTES = ("First vote", "Second vote")
NO_NAMES = (
    "No names are kept. While a question is open, your vote is tied to this {tied}, so that you can change it. "
    "When it closes, only the counts stay."
)
RIGHT, WRONG, HARM = "Right answer", "Not right", "Not right, and harmful: it could hurt the client"


@cache
def css() -> str:
    """The style sheet of the poll, to be laid over that of all drawings."""
    return (HERE / "poll.css").read_text(encoding="utf-8")


def size(ballot: Ballot) -> int:
    """How large the question is written, in pixels; the more words, the smaller, but never under SMALLEST."""
    letters = len(ballot.prompt) + sum(len(choice.text) + 20 for choice in ballot.choices)
    return next((pixels for most, pixels in SIZES if letters <= most), SMALLEST)


def asked(ballot: Ballot) -> str:
    """The question large, with its lettered answers."""
    how = '<p class="pc-poll-how">Choose all that apply.</p>' if ballot.several else ""
    items = "".join(f"<li>{_letter(choice.letter)}<span>{escape(choice.text)}</span></li>" for choice in ballot.choices)
    return (
        f'<div class="pc-poll-ask s{size(ballot)}">{paragraphs(ballot.prompt)}{how}'
        f'<ol class="pc-poll-options">{items}</ol></div>'
    )


def charts(ballot: Ballot, tallies: Sequence[Tally]) -> str:
    """The votes as bars, two votes side by side, and the same as a table for screen readers. It tells no key."""
    drawn = "".join(
        f"<figure><figcaption>{VOTES[number] if len(tallies) > 1 else 'The votes'} · {many(tally.people)}</figcaption>"
        f'<ul class="pc-poll-bars" aria-hidden="true">{"".join(_bar(letter, tally) for letter in ballot.letters)}</ul></figure>'
        for number, tally in enumerate(tallies)
    )
    heads = "".join(tag("th", VOTES[number]) for number in range(len(tallies)))
    rows = "".join(
        f'<tr><th scope="row">{escape(f"{choice.letter}. {choice.text}")}</th>'
        + "".join(tag("td", tally.in_words(choice.letter)) for tally in tallies)
        + "</tr>"
        for choice in ballot.choices
    )
    note = " Several answers were allowed, so the shares add up to more than 100 %." if ballot.several else ""
    few = caution(min(tally.people for tally in tallies)) if tallies else ""
    return (
        f'<div class="pc-poll-charts">{drawn}</div><div class="pc-unseen"><table><caption>How many chose each answer</caption>'
        f"<thead><tr><th>Answer</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{tag('p', f'{few}{note}'.strip(), 'pc-poll-few')}"
    )


def explained(
    reasons: Iterable[Reason],
    tallies: Sequence[Tally],
    besides: Sequence[str],
    rules: Sequence[str],
    law: Mapping[str, Rule],
    day: date,
) -> str:
    """What is right and why: each answer with the idea behind it, what else there is to say, and the law on `day`."""
    known = [*reasons]
    items = "".join(_reason(reason, tallies) for reason in known)
    change = moved(tallies[0], tallies[1], (one.letter for one in known if one.right)) if len(tallies) == 2 else ""
    more = "".join(tag("li", line) for line in besides)
    lines = "".join(law_lines(law[rule], day) for rule in rules)
    return (
        f'<section class="pc-poll-why" aria-label="The explanation"><h2>The explanation</h2>{tag("p", change)}'
        f"<ul>{items}</ul>{f'<ul class=pc-poll-more>{more}</ul>' if more else ''}{lines}</section>"
    )


def learner(room: Room, own: str, tied: str) -> str:
    """What a person sees on their own screen; `own` is their vote so far, `tied` what it is tied to while it is open."""
    ballot = room.ballot
    note = tag("p", NO_NAMES.format(tied=tied), "pc-soft")
    if ballot is None:
        waits = "Keep this page open. The next question appears here by itself."
        return f'<section class="pc-q" aria-label="Poll"><p class="pc-poll-says" role="status">No question is open now.</p>{tag("p", waits)}</section>{note}'
    again = '<p class="pc-num">Second vote: think again, then choose.</p>' if room.vote > 1 else ""
    if room.open:
        kind = "checkbox" if ballot.several else "radio"
        boxes = "".join(
            f'<label class="pc-opt"><input type="{kind}" name="vote" id="vote-{choice.letter}" value="{choice.letter}"'
            f"{' checked' if choice.letter in own else ''}><span>{_letter(choice.letter)} {escape(choice.text)}</span></label>"
            for choice in ballot.choices
        )
        hint = "Choose all that apply." if ballot.several else "Choose one."
        says = "Your vote is in; you can change it until it closes." if own else "You have not voted yet."
        return (
            f'<form class="pc-q" data-round="{room.number}">{again}<fieldset><legend><span class="pc-num">{hint}</span>{escape(ballot.prompt)}</legend>'
            f'{boxes}</fieldset><p class="pc-poll-says" role="status">{says}</p></form>{note}'
        )
    head = f'<section class="pc-q" aria-label="Poll">{paragraphs(ballot.prompt)}'
    if not room.shown:
        return f'{head}<p class="pc-poll-says" role="status">Voting is closed. {many(room.answers)} voted here. Look at the big screen.</p></section>'
    items = "".join(f"<li>{_letter(choice.letter)}<span>{escape(choice.text)}</span></li>" for choice in ballot.choices)
    return f'{head}<ol class="pc-poll-options">{items}</ol><p class="pc-poll-says" role="status">The result is here.</p></section>{room.shown}'


def learner_page(body: str, *, prefix: str, xsrf: str = "") -> str:
    """A whole page for a person's own screen; `prefix` is where the service lies."""
    at = escape(prefix, quote=True)
    return f"""<!doctype html><html lang="en" data-jp-theme-light="true"><head><meta charset="utf-8"><title>Poll</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<meta name="xsrf" content="{escape(xsrf, quote=True)}"><link rel="stylesheet" href="{at}page.css"><link rel="icon" href="data:,">
<script src="{at}page.js"></script></head><body><main class="pc pc-phone"><h1>Poll</h1><div id="poll" data-prefix="{at}">{body}</div>
<p id="trouble" class="pc-saved bad" role="alert"></p><noscript><p>This page needs JavaScript. Raise a card instead.</p></noscript>
{tag("p", DISCLAIMER, "pc-soft")}</main></body></html>"""


def join_form(prefix: str, wrong: str = "") -> str:
    """The form that asks for the code on the big screen."""
    at = escape(prefix, quote=True)
    return f"""<form class="pc-q" method="post" action="{at}" data-join><label class="pc-field">The code on the big screen
<input name="code" inputmode="numeric" autocomplete="off" maxlength="12" required></label>{tag("p", wrong, "pc-saved bad")}
<div class="pc-acts"><button class="pc-main">Join</button></div></form>{tag("p", NO_NAMES.format(tied="browser"), "pc-soft")}"""


def sheet() -> str:
    """The style sheet of a page on a person's own screen."""
    return style() + css()


def _letter(letter: str) -> str:
    return f'<b class="pc-poll-letter">{letter}</b>'


def _bar(letter: str, tally: Tally) -> str:
    wide = round(1000 * tally.share(letter))
    return (
        f'<li>{_letter(letter)}<svg viewBox="0 0 1000 10" preserveAspectRatio="none"><rect class="pc-poll-fill" width="{wide}" height="10"/></svg>'
        f"<strong>{tally.in_words(letter)}</strong></li>"
    )


def _reason(reason: Reason, tallies: Sequence[Tally]) -> str:
    kind, says = ("right", RIGHT) if reason.right else ("harm", HARM) if reason.harm else ("wrong", WRONG)
    chosen = ", then ".join(tally.in_words(reason.letter) for tally in tallies)
    votes = f' <span class="pc-soft">Chosen by {chosen}.</span>' if tallies else ""
    idea = f"<p>The idea behind it: {escape(reason.idea)}.</p>" if reason.idea and not reason.right else ""
    return (
        f'<li class="pc-verdict {kind}"><p>{_letter(reason.letter)} <strong>{says}.</strong> {escape(reason.text)}{votes}</p>'
        f"{tag('p', reason.because)}{idea}</li>"
    )
