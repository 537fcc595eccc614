"""The slides of a lesson as cells of Markdown for Specta's slides layout. Pure.

Every style stands in the slide: the sanitizer of JupyterLab takes style sheets away, and in its dark theme a slide keeps its
white page, so the ink has to be named. Notes stand in `aside.notes`, which reveal.js keeps off the slide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from paroleclinic.drawing.markdown import html
from paroleclinic.questions import Many, One, Option, Question
from paroleclinic.teaching import Guide, Slide

INK = "color:#1d2129;text-align:left;font-family:Helvetica,Arial,sans-serif"
HEAD = "color:#0a3a75;text-transform:none;text-align:left;letter-spacing:0;line-height:1.2"
SIZES = ((260, 38), (380, 35), (520, 32), (700, 28), (950, 24))  # up to so many letters: the size of a question's text


def slides(guide: Guide, questions: Mapping[str, Question]) -> Iterator[str]:
    """One cell a slide, its notes in it."""
    for number, slide in enumerate(guide.slides, 1):
        body = _asked(slide, questions[slide.question]) if slide.question else _points(slide)
        head = "h1" if number == 1 else "h2"
        size = 54 if number == 1 else 44
        yield (
            f'<div class="pc-slide" style="{INK}">\n'
            f'<{head} style="{HEAD};font-size:{size}px;margin:0 0 22px">{html(slide.title)}</{head}>\n{body}'
            f'<aside class="notes">{html(slide.notes)}</aside>\n</div>'
        )


def slides_link(words: str, lesson_id: str) -> str:
    """A link to the slides of a lesson, as Markdown. It opens a browser tab of its own.

    It begins at the server's root, so that JupyterLab does not open it beside the other pages: Specta 0.5.3 keeps one layout
    for all pages open in a browser tab, and turns them into slides. On a hub, `lab/labextensions` leads it below /user/NAME/.
    """
    return f"[{words}](/lab/tree/notebooks/instructor/slides-{lesson_id}.ipynb)"


def lettered(question: Question) -> Sequence[tuple[str, Option]]:
    """The options of a question with their letters, in an order that is the same everywhere and not the file's."""
    if not isinstance(question, One | Many):
        return ()
    mixed = sorted(question.options, key=lambda option: hashlib.sha256(f"{question.id}/{option.id}".encode()).digest())
    return tuple(zip("ABCDEFGHIJ", mixed, strict=False))


def _points(slide: Slide) -> str:
    size = 36 if sum(map(len, slide.points)) < 330 else 32
    items = "".join(f'<li style="margin:0 0 14px">{html(point)}</li>' for point in slide.points)
    return f'<ul style="display:block;font-size:{size}px;line-height:1.3;margin:0 0 0 32px">{items}</ul>\n'


def _asked(slide: Slide, question: Question) -> str:
    options = lettered(question)
    letters = len(question.prompt) + sum(len(option.text) for _, option in options) + 40 * len(options)
    size = next((size for most, size in SIZES if letters <= most), 21)
    prompt = "".join(
        f'<p style="font-size:{size}px;line-height:1.3;font-weight:600;margin:0 0 12px">{html(part)}</p>'
        for part in question.prompt.split("\n\n")
        if part.strip()
    )
    style = f"display:block;font-size:{size}px;line-height:1.28;margin:8px 0 0 44px;list-style-type:upper-alpha"
    items = "".join(f'<li style="margin:0 0 9px">{html(option.text)}</li>' for _, option in options)
    how = f'<ol style="{style}">{items}</ol>' if options else f'<p style="font-size:{size}px">{HOLD_UP}</p>'
    return f"{prompt}{how}\n"


HOLD_UP = "Write your answer on a piece of paper and hold it up."
