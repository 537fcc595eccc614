"""Hints before the answer, easiest first: where to reread, which paper to look at, which rule to think of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape

from paroleclinic.drawing.cards import law_lines
from paroleclinic.drawing.marks import reread
from paroleclinic.law import Rule
from paroleclinic.questions import Question


def ladder(question: Question, papers: Mapping[str, str], law: Mapping[str, Rule], day: date) -> list[str]:
    """Each hint as HTML; `papers` maps exhibit ids to titles, `day` is the course's or case's."""
    found = [reread(question.reread)] if question.reread else []
    shown = [paper for paper in question.exhibits if paper in papers]
    if shown:
        buttons = " and ".join(
            f'<button type="button" class="pc-link" data-open="{escape(paper, quote=True)}">{escape(papers[paper])}</button>'
            for paper in shown
        )
        found.append(f"<p>Look closely at: {buttons}</p>")
    rule = law[question.rules[0]]
    found.append(f"<p>Think of this rule:</p>{law_lines(rule, question.on or day)}")
    return found
