"""Hints before the answer, easiest first: where to reread, which paper to look at, which rule to think of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape

from paroleclinic.drawing.cards import law_lines
from paroleclinic.drawing.marks import reread
from paroleclinic.law import Rule
from paroleclinic.questions import Question
from paroleclinic.sealed import SealedQuestion


def ladder(
    question: Question | SealedQuestion, papers: Mapping[str, str], law: Mapping[str, Rule], day: date
) -> list[str]:
    """Each hint as HTML; `papers` maps exhibit ids to titles, `day` is the course's or case's. A sealed question has the papers alone."""
    whole = None if isinstance(question, SealedQuestion) else question
    found = [reread(whole.reread)] if whole and whole.reread else []
    shown = [paper for paper in question.exhibits if paper in papers]
    if shown:
        buttons = " and ".join(
            f'<button type="button" class="pc-link" data-open="{escape(paper, quote=True)}">{escape(papers[paper])}</button>'
            for paper in shown
        )
        found.append(f"<p>Look closely at: {buttons}</p>")
    if whole:
        found.append(f"<p>Think of this rule:</p>{law_lines(law[whole.rules[0]], whole.on or day)}")
    return found
