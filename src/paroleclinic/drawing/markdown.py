"""Plain text made fit for a cell of Markdown: nothing in it is taken for a mark. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape


def plain(text: str) -> str:
    """The text on one line, so that it is shown as it is written."""
    marked = re.sub(r"([\\`*_\[\]|$~])", r"\\\1", " ".join(text.split()))
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def html(text: str) -> str:
    """The text on one line for a piece of HTML within Markdown; no $ is left that could begin mathematics."""
    return escape(" ".join(text.split())).replace("$", "&#36;")


def items(texts: Iterable[str], mark: str = "-") -> str:
    """A list."""
    return "\n".join(f"{mark} {plain(text)}" for text in texts)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are Markdown already."""
    lines = [[*heads]]
    lines += [["---"] * len(lines[0]), *([*row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
