"""Attacks and accidents in the learner's name, which is the name of a folder and an id in the gradebook."""

from __future__ import annotations

import os

from entries import Entry, nothing

MARKUP = "names that are markup"
FORMULA = "names that are formulas"
COMMAND = "names that are commands or paths"
LOOKS = "names that look alike or cannot be seen"
NO_ID = "is not an id"

PLAIN: dict[str, dict[str, str]] = {
    MARKUP: {
        "out-of-single-quotes": "'+window.x+'", "entity": "&lt;b&gt;&amp;", 
        "braces": "{{7-7}}{%x%}", "rich-emoji": ":smile:", "at-slot": "@@points@@",
    },
    FORMULA: {
        "equals": "=cmd|' C calc'!A0", "plus": "+1+1", "minus": "-2+3", "at": "@SUM(A1)", "semicolon": "a;b,c", 
    },
    COMMAND: {
        "option": "-rf", "long-option": "--help", "home": "~root", "substitution": "$(touch it-ran)", "backticks": "`touch it-ran`", "pipe": "x | touch it-ran",
        "format": "%s%n%(x)s", "python-format": "{0.__class__}", "percent": "%2e%2e%2fx",
        "dots-inside": "a..b", "sql": "Robert'); DROP TABLE student;--", "sql-like": "%_", "reserved": "con", "reserved-with-end": "nul.txt", "dot-behind": "ends.",
        "null-word": "null", "none-word": "None", "number": "0", "float": "1e9", "unit": "bridges",
        "place": "autograded", "prototype": "__proto__", "colon": "a:b", "hash": "a#b", "parts": "eve.part", "plus-inside": "a+b", "equal-inside": "a=b&c=d",
        "long-enough": "n" * 128,
    },
    LOOKS: {
        "composed": "Jos\u00e9", "decomposed": "Jose\u0301", "capitals": "HONEST-IDEAL", "title-case": "Honest-Ideal", "cyrillic": "hоnest-ideal", "emoji": "\U0001f9d1", "accents": "a" + "\u0301" * 20,
        "hebrew": "דוד", "wide": "ｅｖｅ", "ligature": "ﬁ",
    },
}  # fmt: skip
TAGS: dict[str, str] = {
    "image": "<img src=x onerror=window.pcHacked=1>",
    "script-tag": "<script>window.pcHacked=1<script>",
    "svg-tag": "<svg onload=window.pcHacked=1>",
    "out-of-quotes": '"><b id=pcHacked>',
    "in-script": '"; window.pcHacked=1; "',
    "hyperlink": '=HYPERLINK("x","y")',
    "quote": 'a"b',
    "backslash": "a\\..\\x",
}
REFUSED: dict[str, str] = TAGS | {
    "line-end": "a\nb", "return": "a\rb", "tab": "\t=1", "terminal": "\x1b[2J\x1b]0;x\x07", "turned-around": "\u202eeve", "zero-width": "e\u200bve",
    "joiner": "\U0001f469\u200d\u2696", "byte-order": "\ufeffeve", "no-break": "a\u00a0b", "line-separator": "a\u2028b", "not-utf-8": os.fsdecode(b"\xff\xfe"),
    "star": "*", "range": "[a-z]", "question-mark": "?", "rich-tags": "[bold]x[blink]", "markdown": "[x](javascript:window.pcHacked=1)",
    "blank-before": " before", "blank-behind": "behind ",
    "half-utf-8": os.fsdecode(b"eve-\xc3"), "too-long": "n" * 129, "of-255-bytes": "n" * 255, "private": "\ue000",
}  # fmt: skip

ATTACKS: dict[str, Entry] = {
    f"named-{name}": Entry(group, f"a learner called {learner[:60]}", nothing, learner=learner)
    for group, names in PLAIN.items()
    for name, learner in names.items()
} | {
    f"named-{name}": Entry(
        MARKUP if name in TAGS else LOOKS, f"a learner called {learner[:60]!r}", nothing, NO_ID, learner=learner
    )
    for name, learner in REFUSED.items()
}
