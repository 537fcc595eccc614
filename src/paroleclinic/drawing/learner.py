"""What a learner sees of their own learning: how sure and how right, what is remembered, what a test showed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from html import escape

from paroleclinic.content import Outline
from paroleclinic.drawing import tag
from paroleclinic.law import long_day
from paroleclinic.progress import Tested
from paroleclinic.standing import Gain, Share, counted, gain

ENOUGH = 5  # answers, before a share says anything
SURE_WORDS = {"low": "Not sure (low)", "medium": "Fairly sure (medium)", "high": "Sure (high)"}


def calibration_card(shares: Mapping[str, Share]) -> str:
    """How often the first answer was right, by how sure the learner was."""
    if not any(share.of for share in shares.values()):
        body = "<p>Tap how sure you are before you press <em>Check</em>. This picture then shows whether your feeling can be trusted.</p>"
    else:
        rows = "".join(_bar(SURE_WORDS[sure], share.share, _counted(share)) for sure, share in shares.items())
        body = f"<ul class='pc-bars'>{rows}</ul>{_calibrated(shares)}"
    return f"""<section class="pc-card pc-chart" aria-label="How sure, how right"><h2>How sure, how right</h2>
<p class="pc-soft">Of your first answers, those in the tests included, the share that was right.</p>{body}</section>"""


def _calibrated(shares: Mapping[str, Share]) -> str:
    high, low = shares["high"], shares["low"]
    if high.of < ENOUGH:
        return f"<p>Fewer than {ENOUGH} answers that you were sure of: too few to say anything.</p>"
    says = (
        "When you feel sure, you are nearly always right."
        if high.low > 0.8
        else (
            "When you feel sure, you are often wrong. Slow down there: a client pays for a confident mistake."
            if high.high < 0.8
            else "When you feel sure, you are mostly right, but not so often that you could do without checking."
        )
    )
    if low.of >= ENOUGH and low.share >= high.share:
        says += " You are right as often when you doubt yourself: trust the papers, and your doubt less."
    return tag("p", says)


def sure_and_wrong_card(prompts: Sequence[tuple[str, str, str]]) -> str:
    """What the learner was sure of and got wrong: (prompt, lesson id, lesson title), the newest first."""
    if not prompts:
        return ""
    rows = "".join(
        f'<li>{escape(prompt)} <a data-page="{lesson}" href="{lesson}.ipynb">{escape(title)}</a></li>'
        for prompt, lesson, title in prompts
    )
    return f"""<section class="pc-card" aria-label="Sure and wrong"><h2>Sure and wrong</h2>
<p>These mistakes are the ones to know: you would not have stopped to ask. The review puts them first.</p><ul>{rows}</ul></section>"""


def memory_card(lessons: Iterable[tuple[str, Sequence[float]]], coming: Mapping[date, int], day: date) -> str:
    """What is likely remembered today, by lesson (title, chances of its cards), and how many cards the next days bring."""
    known = [(title, chances) for title, chances in lessons if chances]
    if not known:
        body = """<p>Nothing has been reviewed yet. What you miss, and the words of the lessons you read, come back in the
<a data-page="review" href="review.ipynb">daily review</a>, at the moment you would begin to forget them.</p>"""
    else:
        rows = "".join(
            _bar(title, sum(chances) / len(chances), f"about {sum(chances):.0f} of {len(chances)} cards")
            for title, chances in known
        )
        most = max([*coming.values(), 1])
        days = "".join(
            _bar(
                "today" if one == day else "tomorrow" if one == day + timedelta(1) else long_day(one),
                number / most,
                f"{number} cards",
            )
            for one, number in coming.items()
        )
        body = f"""<p class="pc-soft">The chance, by the schedule, that you would still know what you have reviewed.</p>
<ul class="pc-bars">{rows}</ul><h3>Coming back in the next days, of what you have reviewed</h3><ul class="pc-bars">{days}</ul>"""
    return (
        f'<section class="pc-card pc-chart" aria-label="What you remember"><h2>What you remember</h2>{body}</section>'
    )


def gain_card(before: Tested, after: Tested, objective: Mapping[str, str | None], outline: Outline) -> str:
    """The two forms of the test: what was gained, with its interval, and each objective before and after."""
    whole = gain(counted(before), counted(after))
    rows = []
    for lesson in outline.lessons:
        own = {goal.id for goal in lesson.objectives}
        asked = {question for question, goal in objective.items() if goal in own}
        if not asked & {*before.marks, *after.marks}:
            continue
        first, last = counted(before, asked), counted(after, asked)
        goals = "".join(_goal(before, after, objective, goal.id, goal.says) for goal in lesson.objectives)
        rows.append(
            f'<tr><th scope="row"><a data-page="{lesson.id}" href="{lesson.id}.ipynb">{escape(lesson.title)}</a><details>'
            f"<summary>By objective</summary><ul>{goals}</ul></details></th><td>{first.right} of {first.of}</td>"
            f"<td>{last.right} of {last.of}</td><td>{_advice(first, last)}</td></tr>"
        )
    return f"""<section class="pc-card" aria-label="What you gained"><h2>What you gained</h2>{_told(whole)}
<div class="pc-wide" role="group" aria-label="Table" tabindex="0"><table class="pc-rubric"><thead><tr><th scope="col">Lesson</th>
<th scope="col">Before</th><th scope="col">After</th><th scope="col">What to do</th></tr></thead><tbody>{"".join(rows)}</tbody></table></div>
<p class="pc-soft">A lesson has two questions in each form: too few to judge it by, enough to choose where to look again.</p></section>"""


def _told(whole: Gain) -> str:
    sign = "gained" if whole.gain >= 0 else "lost"
    points = abs(round(100 * whole.gain))
    sure = (
        "That is more than chance would explain."
        if whole.told_from_chance
        else "Chance alone could explain it: the tests are short. Do not read too much into it."
    )
    return f"""<p class="pc-score">{whole.before.right} of {whole.before.of} right before, {whole.after.right} of {whole.after.of} after</p>
<p>You {sign} {points} points of 100. With {whole.after.of} questions the true difference lies, in 95 of 100 such cases, between
{round(100 * whole.low):+d} and {round(100 * whole.high):+d}. {sure}</p>"""


def _goal(before: Tested, after: Tested, objective: Mapping[str, str | None], goal: str, says: str) -> str:
    asked = {question for question, name in objective.items() if name == goal}
    first, last = counted(before, asked), counted(after, asked)
    if not first.of + last.of:
        return f"<li>{escape(says)} <span class='pc-soft'>Not asked.</span></li>"
    said = [
        f"{when}: {share.right} of {share.of} right" for when, share in (("before", first), ("after", last)) if share.of
    ]
    return f"<li>{escape(says)} <span class='pc-soft'>{'; '.join(said)}.</span></li>"


def _advice(first: Share, last: Share) -> str:
    if not last.of:
        return "Not asked this time."
    if last.right == last.of:
        return "Nothing now; let the review keep it."
    return "Read it again." if last.right <= first.right else "Look at its key points again."


def _bar(name: str, share: float, words: str) -> str:
    width = max(0.4, 100 * share)
    return (
        f"<li><span class='pc-name'>{escape(name)}</span><span class='pc-track' aria-hidden='true'>"
        f"<span class='pc-fill' style='width:{width:.1f}%'></span></span><strong>{escape(words)}</strong></li>"
    )


def _counted(share: Share) -> str:
    if not share.of:
        return "no answers yet"
    few = ", too few to tell" if share.of < ENOUGH else f" (likely {100 * share.low:.0f} to {100 * share.high:.0f} %)"
    return f"{share.right} of {share.of} right{few}"
