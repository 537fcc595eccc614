"""The second marker's file to fill in, a line a memo and criterion, and the page that fills it in; nothing in them tells a first mark."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from paroleclinic.drawing import style, tag
from paroleclinic.drawing.memopage import DARK, criterion_fields, css, memo_text
from paroleclinic.memos.sample import Sheet

COLUMNS = ("unit", "kind", "marker", "case", "memo", "criterion", "look for", "out of", "points", "note")
POINTS = COLUMNS.index("points")


class Sample(NamedTuple):
    """A sample ready to be sent: of which unit, for whom, `second` or `again`, and its memos."""

    unit: str
    kind: str
    marker: str
    sheets: tuple[Sheet, ...]


def lines(sample: Sample) -> Iterator[tuple[str | int | None, ...]]:
    """The heading and every line, with points and notes left empty."""
    yield COLUMNS
    for one in sample.sheets:
        for criterion in one.memo.rubric:
            yield (sample.unit, sample.kind, sample.marker, one.case, one.code, criterion.id, criterion.says,
                   criterion.points, None, None)  # fmt: skip


def page(sample: Sample) -> str:
    """A page that needs no network: each memo with its rubric, and a button that saves the filled-in CSV file."""
    cases: dict[str, list[Sheet]] = {}
    for one in sample.sheets:
        cases.setdefault(one.case, []).append(one)
    parts = "".join(_case(sheets) for sheets in cases.values())
    rows = [[*row[:POINTS], ""] for row in lines(sample)]
    about = json.dumps({"rows": rows[1:], "columns": COLUMNS, "file": f"{_plain(sample)}.csv"}).replace("<", "\\u003c")
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Memos to mark: {escape(sample.unit)}</title><script>{DARK}</script><style>{style()}{css()}</style></head>
<body class="pc pc-marking"><main><h1>Memos to mark: {escape(sample.unit)}</h1>
<p>Training, not legal advice. Mark each memo by its table alone: choose a level for each line. Nobody's name and no other mark stands
here; a memo may be signed all the same. Keep this page to yourself.</p>
<p>Your choices are kept in this browser until you press <em>Save my marks</em> at the end, which makes the file to send back.</p>
{parts}<section class="pc-q"><h2>Done?</h2><p><output id="left" aria-live="polite"></output></p>
<p><button type="button" class="pc-main" id="save">Save my marks</button></p></section></main>
<script type="application/json" id="about">{about}</script><script>{SCRIPT}</script></body></html>"""


def _plain(sample: Sample) -> str:
    return f"marks-{sample.unit}-{sample.kind}"


def _case(sheets: Sequence[Sheet]) -> str:
    memo = sheets[0].memo
    flaws = "".join(tag("li", flaw) for flaw in memo.flaws)
    head = f"""<h2>{escape(sheets[0].title)}</h2><details class="pc-q"><summary>The task, a model memo and common flaws</summary>
<p>{escape(memo.prompt)}</p><div class="pc-memo">{escape(memo.model)}</div><ul>{flaws}</ul></details>"""
    return head + "".join(map(_sheet, sheets))


def _sheet(one: Sheet) -> str:
    groups = "".join(
        criterion_fields(criterion, number, f"{one.case}/{one.code}/{criterion.id}")
        for number, criterion in enumerate(one.memo.rubric, 1)
    )
    name = f"note/{one.case}/{one.code}"
    return f"""<div class="pc-two"><section class="pc-q"><h3>Memo {escape(one.code)}</h3>{memo_text(one.text, one.memo.words)}</section>
<section class="pc-q"><h3>How it is marked</h3>{groups}<label class="pc-field">Note, if you like
<textarea name="{escape(name, quote=True)}" rows="2"></textarea></label></section></div>"""


SCRIPT = r"""
"use strict";
(() => {
  const about = JSON.parse(document.getElementById("about").textContent);
  const place = `paroleclinic ${about.file} ${about.rows.map((row) => row[4]).join("")}`;
  const fields = [...document.querySelectorAll("input[type=radio], textarea")];
  const chosen = (name) => fields.find((field) => field.name === name && field.checked)?.value ?? "";
  const noted = (name) => fields.find((field) => field.name === name)?.value ?? "";
  const names = about.rows.map((row) => `${row[3]}/${row[4]}/${row[5]}`);
  const count = () => {
    const left = names.filter((name) => chosen(name) === "").length;
    document.getElementById("left").textContent = left ? `${left} of ${names.length} lines are still open.` : "Every line is marked.";
  };
  const keep = () => {
    count();
    const all = fields.filter((field) => field.checked || (field.type !== "radio" && field.value)).map((field) => [field.name, field.value]);
    try { localStorage.setItem(place, JSON.stringify(all)); } catch { /* a browser that keeps nothing still saves the file */ }
  };
  try {
    for (const [name, value] of JSON.parse(localStorage.getItem(place) || "[]"))
      for (const field of fields)
        if (field.name === name && field.type !== "radio") field.value = value;
        else if (field.name === name && field.value === value) field.checked = true;
  } catch { /* as above */ }
  document.addEventListener("input", keep);
  const safe = (text) => (/^[\s\p{Cf}]*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20\u2212]/u.test(text) ? `'${text}` : text);
  const cell = (value) => {
    const text = typeof value === "string" ? safe(value) : String(value ?? "");
    return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  document.getElementById("save").addEventListener("click", () => {
    const seen = new Set();
    const rows = about.rows.map((row, at) => {
      const memo = `note/${row[3]}/${row[4]}`;
      const note = seen.has(memo) ? "" : noted(memo).replaceAll(/\s+/g, " ");
      seen.add(memo);
      return [...row.slice(0, 8), Number(chosen(names[at]) || NaN), note].map((one) => (Number.isNaN(one) ? "" : one));
    });
    const text = "\uFEFF" + [about.columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = about.file;
    link.click();
  });
  count();
})();
"""
