"""Exhibits drawn as the papers they are, each marked as a training specimen."""

from __future__ import annotations

from html import escape

from paroleclinic.content import Exhibit, Specimen
from paroleclinic.drawing import Drawing, paragraphs, tag
from paroleclinic.law import long_day

KIND_WORDS = {
    "letter": "Letter", "email": "Email", "notice": "Notice", "passport": "Passport page", "intake": "Intake sheet",
    "messages": "Text messages", "printout": "Printout", "receipt": "Receipt", "certificate": "Certificate",
    "flyer": "Flyer", "web-page": "Web page", "i-94": "Form I-94", "card": "Card", "order": "Order",
    "translation": "Translation",
}  # fmt: skip
HEADS = {
    "i-94": "Arrival and departure record",
    "card": "Employment authorization",
    "translation": "Translation",
}
BOXED = ("notice", "i-94", "card")  # forms whose facts stand in boxes
SEAL = (
    '<svg class="pc-seal" viewBox="0 0 80 80" aria-hidden="true"><circle cx="40" cy="40" r="36" fill="none" stroke="#6b5b2b" '
    'stroke-width="3"/><circle cx="40" cy="40" r="28" fill="none" stroke="#6b5b2b" stroke-dasharray="2 3"/>'
    '<path d="M40 20l5 13h14l-11 9 4 14-12-8-12 8 4-14-11-9h14z" fill="#6b5b2b"/></svg>'
)
MRZ = f'<div class="pc-mrz" aria-hidden="true">P&lt;TRAINING&lt;SPECIMEN{"&lt;" * 25}</div>'
FACE = (
    '<svg class="pc-face" viewBox="0 0 60 74" aria-hidden="true"><circle cx="30" cy="27" r="14" fill="#9aa6b2"/>'
    '<path d="M6 74c0-18 11-27 24-27s24 9 24 27z" fill="#9aa6b2"/></svg>'
)


def exhibit(paper: Exhibit) -> str:
    """One paper, as an article that a screen reader announces by its title."""
    kind = {"notice": "notice-paper", "card": "card-paper"}.get(paper.kind, paper.kind)
    head = _email_head(paper) if paper.kind == "email" else _head(paper)
    head = f'<p class="pc-form" aria-hidden="true">{HEADS[paper.kind]}</p>{head}' if paper.kind in HEADS else head
    head = f'<div class="pc-dots" aria-hidden="true"><i></i><i></i><i></i></div>{head}' if kind == "web-page" else head
    fields = _fields(paper)
    if paper.kind in ("passport", "card") and fields:
        fields = f'<div class="pc-photo">{FACE}{fields}</div>'
    if paper.kind == "certificate":
        head += SEAL
    body = f"{fields}{paragraphs(paper.body)}{_table(paper)}{_chat(paper)}{MRZ if paper.kind == 'passport' else ''}"
    stamps = "".join(f'<span class="pc-stamp">{escape(stamp)}</span>' for stamp in paper.stamps)
    sign = tag("p", paper.signature or "", "pc-sign")
    return f"""<article class="pc-doc pc-{kind}" aria-label="{escape(paper.title, quote=True)}">
<p class="pc-specimen">TRAINING SPECIMEN · INVENTED</p>{head}{body}{sign}{f"<div>{stamps}</div>" if stamps else ""}</article>"""


def specimen(paper: Specimen) -> Drawing:
    """A paper with numbered notes on how to read it."""
    notes = "".join(
        f"<li><strong>{escape(note.about.rstrip('.'))}.</strong> {escape(note.says)}</li>" for note in paper.notes
    )
    html = f"""<figure class="pc-noted" aria-label="{escape(paper.title, quote=True)}, with notes">{exhibit(paper)}
<figcaption><p><strong>How to read it</strong></p><ol>{notes}</ol></figcaption></figure>"""
    return Drawing(html, f"{paper.title}: " + "; ".join(f"{note.about}: {note.says}" for note in paper.notes))


def papers(exhibits: tuple[Exhibit, ...]) -> str:
    """All papers of a file, each behind a line that opens it; the first stands open."""
    return "".join(
        f'<details class="pc-paper" data-exhibit="{escape(paper.id, quote=True)}"{" open" if number == 0 else ""}>'
        f"<summary><strong>{number + 1}. {escape(paper.title)}</strong> "
        f'<span class="pc-soft">{KIND_WORDS[paper.kind]}, {long_day(paper.date)}</span></summary>{exhibit(paper)}</details>'
        for number, paper in enumerate(exhibits)
    )


def _head(paper: Exhibit) -> str:
    to = f"<p>To: {escape(paper.to)}</p>" if paper.to else ""
    about = f'<p class="pc-subject"><strong>{escape(paper.subject)}</strong></p>' if paper.subject else ""
    return f'<div class="pc-from">{escape(paper.from_)}</div><p class="pc-day">{long_day(paper.date)}</p>{to}{about}'


def _email_head(paper: Exhibit) -> str:
    rows = {"From": paper.from_, "To": paper.to, "Date": long_day(paper.date), "Subject": paper.subject}
    return "<dl>" + "".join(f"<dt>{k}</dt><dd>{escape(v)}</dd>" for k, v in rows.items() if v) + "</dl>"


def _fields(paper: Exhibit) -> str:
    rows = [f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in paper.fields.items()]
    if paper.kind in BOXED:
        rows = [f"<div>{row}</div>" for row in rows]
    return f"<dl>{''.join(rows)}</dl>" if rows else ""


def _table(paper: Exhibit) -> str:
    if not paper.table:
        return ""
    head, *rows = paper.table
    cells = "".join(f'<th scope="col">{escape(cell)}</th>' if cell else "<td></td>" for cell in head)
    lines = "".join("<tr>" + "".join(tag("td", cell) or "<td></td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="pc-wide" role="group" aria-label="Table" tabindex="0"><table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table></div>'


def _chat(paper: Exhibit) -> str:
    if not paper.messages:
        return ""
    first = paper.messages[0].who
    items = "".join(
        f'<li class="{"them" if message.who == first else "me"}"><small>{escape(message.who)} · {escape(message.at)}</small>'
        f"{escape(message.text)}</li>"
        for message in paper.messages
    )
    return f'<ol class="pc-chat">{items}</ol>'
