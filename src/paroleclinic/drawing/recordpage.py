"""The record of study as a page of its own, to print or to keep: no network, no script that runs."""

from __future__ import annotations

from datetime import date
from html import escape

from paroleclinic.drawing.home import ROLES
from paroleclinic.law import long_day
from paroleclinic.record import Record, checksum, held

STYLE = """body{font:16px/1.5 Georgia,"Liberation Serif",serif;color:#1d2129;background:#fff;max-width:760px;margin:2em auto;padding:0 1em}
h1{font-size:1.7em;margin:0 0 .2em}h2{font-size:1.15em;margin:1.4em 0 .3em}table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid #77808d;padding:.25em .5em;text-align:left;vertical-align:top;font-weight:400}thead th{font-weight:700}
.sum{font:13px/1.4 ui-monospace,"Liberation Mono",monospace;overflow-wrap:anywhere}.note{border:2px solid #6e4400;padding:.5em .8em}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}"""
NOT_AN_ACCREDITATION = (
    "This record says what a learner did in a training course. It is not an accreditation, a license, a certificate of"
    " competence or legal advice. It gives no right to represent or advise anybody. Who may do that is decided by law."
)
ENDS = {"good": "reached a good ending", "mixed": "reached a mixed ending", "bad": "reached a bad ending"}


def record_page(record: Record) -> str:
    """The whole page; the same record gives the same bytes."""
    role = ROLES.get(record["role"], "")
    who = escape(record["name"] or "A learner who gave no name") + (f", {escape(role.lower())}" if role else "")
    when = f"from {_day(record['first'])} to {_day(record['last'])}" if record["first"] else "on no day yet"
    when = f"on {_day(record['first'])}" if record["first"] and record["first"] == record["last"] else when
    parts = [
        _table("Lessons", ("Lesson", "Answered right"), [(one["title"], f"{one['right']} of {one['questions']}{' (done)' if one['done'] else ''}") for one in record["lessons"]]),
        _table("Tests", ("Test", "Right, the first time", "Day"), [(one["form"].capitalize(), f"{one['right']} of {one['of']}", _day(one["day"])) for one in record["tests"]]),
        _table("Client files", ("Case", "Points at the first look at the key", "Day"), [(one["title"], f"{one['earned']:g} of {one['points']:g}", _day(one["day"])) for one in record["cases"]]),
        _table("Interviews", ("Client", "Points, at best"), [(one["title"], f"{one['total']} of 100") for one in record["interviews"]]),
        _table("Consultations", ("Client", "Best ending reached"), [(one["title"], ENDS.get(one["ending"], "")) for one in record["consultations"]]),
    ]  # fmt: skip
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Record of study</title><style>{STYLE}</style></head><body><main>
<h1>Record of study</h1><p>{escape(record["course"])}</p>
<p><strong>{who}</strong></p>
<p>Studied {when}; active time {record["hours"]:g} hours, idle time left out.</p>
<p class="note">{NOT_AN_ACCREDITATION}</p>
{"".join(parts)}
<h2>About this record</h2><p>Course version {escape(record["version"])}; the law as read on {_day(record["law"])}. Made on {_day(record["day"])} from the
learner's own files, which the learner could change: it is as honest as the learner.</p>
<p>Checksum (SHA-256). <code>paroleclinic record verify</code> tells whether this page was changed since:</p><p class="sum">{checksum(record)}</p>
</main>{held(record)}</body></html>
"""


def _table(title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<h2>{title}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _day(text: str) -> str:
    try:
        return long_day(date.fromisoformat(text))
    except ValueError:
        return escape(text)
