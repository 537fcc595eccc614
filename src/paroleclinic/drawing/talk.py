"""An interview as it is drawn: the client, what was said, what may be said next, and how it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from paroleclinic.drawing import paragraphs, tag
from paroleclinic.drawing.cards import law_lines
from paroleclinic.interview import (
    HARM,
    MOST_TRUST,
    ORDER,
    STANDINGS,
    STATED,
    UNCOVERED,
    Ask,
    Interview,
    Outcome,
    Standing,
    Statement,
    Talk,
    begin,
    played,
)
from paroleclinic.law import Rule

TRUST_WORDS = ("ends the talk", "closed", "wary", "polite", "open", "at ease")


def invitation(interview: Interview, last: int | None, paused: int = 0) -> str:
    """The offer to meet the client before reading the file; `paused` is how much was said before the talk was left."""
    before = f"<p class='pc-soft'>Last time: {last} of 100.</p>" if last is not None else ""
    through = (
        f"<p><strong>Interpreter:</strong> {escape(interview.interpreter.strip())}</p>" if interview.interpreter else ""
    )
    again = '<button type="button" class="pc-main" data-do="go-on">Go on where you were</button>' if paused else ""
    return f"""<section class="pc-card pc-title" aria-label="Meet the client" data-meeting><h2>Meet the client first</h2>{paragraphs(interview.scene)}{through}
<p>You may say {interview.limit} things. Choose what matters: some answers come only if you ask, and some words close doors. Then the file
opens. About {interview.minutes} minutes; it is practice, apart from the points of the case, and only your best
counts on your record.</p>{before}
<div class="pc-acts">{again}<button type="button"{"" if paused else " class=pc-main"} data-do="begin">Meet the client</button>
<button type="button" data-do="skip">Skip to the file</button></div></section>"""


def closed(last: int | None) -> str:
    """A line above the file, once the interview was held or skipped."""
    said = f"You met this client: {last} of 100." if last is not None else "You have not met this client."
    return f"""<section class="pc-acts pc-card" aria-label="Interview" id="talk" tabindex="-1"><span>{said}</span>
<button type="button" data-do="begin">{"Meet again" if last is not None else "Meet the client"}</button></section>"""


def talk(talk: Talk, shown: Sequence[Ask]) -> str:
    """The talk so far, and what may be said next, in the order of `shown`."""
    interview = talk.interview
    through = (
        f"<p class='pc-soft'>Interpreter: {escape(interview.interpreter.strip())}</p>" if interview.interpreter else ""
    )
    lines = f'<li class="client">{escape(interview.opening.strip())}</li>'
    for number, line in enumerate(talk.lines, 1):
        last = ' id="answer" tabindex="-1"' if number == len(talk.lines) else ""
        lines += f'<li class="me"><span class="pc-unseen">You: </span>{escape(line.ask.text.strip())}</li>'
        lines += f'<li class="client"{last}><span class="pc-unseen">Client: </span>{escape(line.said.strip())}</li>'
    if talk.offered:
        offered = {ask.id for ask in talk.offered}
        evaded = {line.ask.id for line in talk.lines if line.guarded}
        said = ' <span class="pc-soft">(said before; the client held back)</span>'
        asks = "".join(
            f'<li><button type="button" class="pc-ask-it" data-do="ask" data-ask="{ask.id}">{escape(ask.text.strip())}{said if ask.id in evaded else ""}</button></li>'
            for ask in shown
            if ask.id in offered
        )
        more = f"<h3>What do you say?</h3><p class='pc-soft'>{_left(talk.left)}</p><ul class='pc-asks'>{asks}</ul>"
    elif talk.broken:
        more = f'<div class="pc-verdict wrong">{paragraphs(interview.closed)}</div>'
    else:
        more = "<p><strong>The time is over.</strong> The client has to leave.</p>"
    undo = '<button type="button" data-do="undo">Take back the last one</button>' if talk.lines else ""
    return f"""<section class="pc-card" aria-label="Interview" data-meeting id="talk" tabindex="-1"><h2>The client in front of you</h2>{through}{_trust(talk.trust)}
<ol class="pc-chat pc-talk" data-keep tabindex="0" aria-label="What was said">{lines}</ol>{more}<div class="pc-acts"><button type="button"{"" if talk.offered else " class=pc-main"} data-do="state">
{"Enough: say where we stand" if talk.offered else "Say where we stand"}</button>{undo}<button type="button" data-do="skip">Leave, and read the file</button></div></section>"""


def stating(interview: Interview, shown: Sequence[Statement]) -> str:
    """What is known, unknown and needed, to be sorted."""
    options = "".join(f'<option value="{name}">{words}</option>' for name, words in STANDINGS.items())
    rows = "".join(
        f'<label class="pc-sort"><span>{escape(line.text.strip())}</span><select name="{line.id}"><option value="">Choose…</option>{options}</select></label>'
        for line in shown
    )
    return f"""<section class="pc-card" aria-label="Where we stand" data-meeting id="stating" tabindex="-1"><h2>Where do we stand?</h2>
<p>Go by what was said just now. A thing you did not ask about is not known, however likely it is.</p>
<form data-do="judge">{rows}<div class="pc-acts"><button type="submit" class="pc-main">See how it went</button>
<button type="button" data-do="back">Back to the talk</button></div></form></section>"""


def debrief(outcome: Outcome, law: Mapping[str, Rule], day: date) -> str:
    """How it went: the points, harm first, what came out and what stayed hidden, this path beside a model path."""
    talk, interview = outcome.talk, outcome.talk.interview
    harm = "".join(f"<li><strong>{escape(ask.text)}</strong><br>{escape(ask.because)}</li>" for ask in outcome.harmful)
    harm = (
        f'<div class="pc-verdict harm"><p class="pc-says">These words could hurt the client</p><ul>{harm}</ul></div>'
        if harm
        else ""
    )
    facts = "".join(
        _fact(fact.says, fact.because, fact.decisive, fact.id in talk.uncovered) for fact in interview.facts
    )
    rules = dict.fromkeys(rule for fact in interview.facts if fact.decisive for rule in fact.rules)
    pairs = "".join(
        f'<li class="{"yes" if kept else "no"}">{escape(interview.ask(pair.first).text)} <em>before</em> '
        f"{escape(interview.ask(pair.then).text)} {escape(pair.because)}</li>"
        for pair, kept in outcome.kept
    )
    stood = "".join(
        f'<li class="{"yes" if put == belongs else "no"}">{escape(line.text)} <strong>{STANDINGS[belongs]}.</strong> '
        f"{'' if put == belongs else _put(put)}{escape(line.because)}</li>"
        for line, put, belongs in outcome.sorted
    )
    model = played(interview, interview.model)
    laws = "".join(law_lines(law[rule], day) for rule in rules)
    return f"""<section class="pc-card" aria-label="How the interview went" data-meeting id="debrief" tabindex="-1"><h2>How it went</h2>
<p class="pc-score">{outcome.total} of 100</p><p class="pc-soft">Uncovered {outcome.uncovered:.0f} of {UNCOVERED}, order {outcome.order:.0f} of {ORDER},
no harm {outcome.harm:.0f} of {HARM}, where we stand {outcome.stated:.0f} of {STATED}.</p>{harm}
<h3>What came out</h3><ul class="pc-why">{facts}</ul>{laws}<h3>First things first</h3><ul class="pc-why">{pairs}</ul>
<h3>Where we stand</h3><ul class="pc-why">{stood}</ul>
<h3>Your path and a model path</h3><div class="pc-days">{_path("Your path", talk)}{_path("A model path", model)}</div>
<div class="pc-acts"><button type="button" class="pc-main" data-do="skip">Open the file</button>
<button type="button" data-do="begin">Meet the client again</button></div></section>"""


def _put(put: Standing | None) -> str:
    return f"You said: {STANDINGS[put].lower()}. " if put else "You left it open. "


def _fact(says: str, because: str, decisive: bool, came: bool) -> str:
    weight = "<strong>Decisive.</strong> " if decisive else ""
    state = "Came out" if came else "Stayed hidden"
    return f'<li class="{"yes" if came else "no"}"><span class="pc-soft">{state}.</span> {weight}{escape(says)} {escape(because)}</li>'


def _path(title: str, talk: Talk) -> str:
    steps, before = "", begin(talk.interview)
    for line in talk.lines:
        after = before.after(line.ask)
        new = [talk.interview.fact(fact).says for fact in sorted(after.uncovered - before.uncovered)]
        shift = after.trust - before.trust
        signs = " ".join(
            [*(["harm"] if line.ask.harm else []), *(["guarded answer"] if line.guarded else []),
             *([f"trust {shift:+d}"] if shift else [])]
        )  # fmt: skip
        found = f"<br><strong>Came out:</strong> {escape(' '.join(new))}" if new else ""
        steps += f"<li>{escape(line.ask.text)} <span class='pc-soft'>{signs}</span>{found}<br><span class='pc-soft'>{escape(line.ask.because)}</span></li>"
        before = after
    return f"<section>{tag('h4', title)}<ol>{steps or '<li>Nothing was said.</li>'}</ol></section>"


def _trust(trust: int) -> str:
    dots = "●" * trust + "○" * (MOST_TRUST - trust)
    return f'<p class="pc-trust">The client is <strong>{TRUST_WORDS[trust]}</strong> <span aria-hidden="true">{dots}</span></p>'


def _left(left: int) -> str:
    return f"You may say {left} more thing{'s' if left > 1 else ''}."
