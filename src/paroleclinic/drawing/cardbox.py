"""The daily review as it is drawn: the start, one card after another, the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from html import escape

from paroleclinic.drawing import paragraphs, tag
from paroleclinic.law import long_day
from paroleclinic.reference import Term
from paroleclinic.review import RATINGS, WHY_WORDS, Waiting


def start(cards: int, waiting: int, minutes: int) -> str:
    """What today brings."""
    if not waiting:
        return """<section class="pc-card pc-title" aria-label="Review"><p class="pc-ask">Nothing is due today.</p>
<p>Questions that you miss, or answer right without being sure, come back here; so do the words of the lessons you read.
Read on, and look in again tomorrow.</p></section>"""
    more = f" {waiting - cards} more can wait for tomorrow." if waiting > cards else ""
    return f"""<section class="pc-card pc-title" aria-label="Review"><p class="pc-ask">{cards} cards, about {minutes} minutes.{more}</p>
<p>Answer each before you look. You may stop after any card: what you reviewed is kept.</p>
<div class="pc-acts"><button type="button" class="pc-main" data-do="next">Begin</button></div></section>"""


def term(card: Waiting, term: Term, place: str) -> str:
    """A word of the glossary, its meaning still closed."""
    return f"""{_head(card, place)}<section class="pc-q" aria-label="Word" tabindex="-1" id="card"><p class="pc-num">What does this mean? Say it in your own words.</p>
<p class="pc-figure">{escape(term.term)}</p><div class="pc-acts"><button type="button" class="pc-main" data-do="turn">Show the meaning</button></div></section>"""


def meaning(card: Waiting, term: Term, place: str, dates: Mapping[int, date], meaning: str) -> str:
    """A word of the glossary with its meaning; the learner says how well it was known."""
    return f"""{_head(card, place)}<section class="pc-q" aria-label="Meaning" tabindex="-1" id="card"><p class="pc-figure">{escape(term.term)}</p>{meaning}
<p><strong>How well did you know it?</strong></p>{_ratings(dates, None)}</section>"""


def question(card: Waiting, public: Mapping[str, object], place: str) -> str:
    """A question to answer in place."""
    data = escape(json.dumps(public, ensure_ascii=False), quote=True)
    return f"""{_head(card, place)}<section class="pc-q" aria-label="Question" data-asked tabindex="-1" id="card"><div data-question="{data}" data-sure></div>
<div class="pc-acts"><button type="button" class="pc-main" data-do="check">Check</button></div></section>"""


def answered(card: Waiting, prompt: str, place: str, verdict: str, dates: Mapping[int, date], rating: int) -> str:
    """A question with its verdict, and when it comes back."""
    return f"""{_head(card, place)}<section class="pc-q" aria-label="Answer" tabindex="-1" id="card">{paragraphs(prompt)}{verdict}
<p><strong>When should it come back?</strong> Chosen from your answer; change it if it felt different.</p>{_ratings(dates, rating)}</section>"""


def finish(done: int, again: int, next_day: date | None, home: str) -> str:
    """The end of a session."""
    later = f"<p>The next cards are due on {long_day(next_day)}.</p>" if next_day else ""
    missed = f"<p>{again} of them you missed; they come back soon.</p>" if again else ""
    return f"""<section class="pc-card pc-title" aria-label="Review" tabindex="-1" id="card"><p class="pc-ask">Done for today: {done} cards.</p>{missed}{later}
<p><a data-page="my-progress" href="my-progress.ipynb">See what you remember</a> · <a data-page="{home}" href="{home}.ipynb">Back to the first page</a></p></section>"""


def _head(card: Waiting, place: str) -> str:
    return f'<p class="pc-soft">{tag("span", place)} · {WHY_WORDS[card.why]}</p>'


def _ratings(dates: Mapping[int, date], chosen: int | None) -> str:
    buttons = "".join(
        f'<button type="button" data-do="rate" data-rating="{rating}"{" class=pc-main" if rating == chosen else ""}>'
        f"{words}<br><small>{long_day(dates[rating])}</small></button>"
        for rating, words in RATINGS.items()
    )
    return f'<div class="pc-acts pc-ratings">{buttons}</div>'
