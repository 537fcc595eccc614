"""Pictures and cards as HTML text: law cards, papers, marks. Pure functions; every word from content is escaped."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path


@cache
def style() -> str:
    """The style sheet that all drawings share, readable in light and dark themes."""
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


class Drawing:
    """A piece of HTML that Jupyter shows; `str()` of it is the bare HTML, without its style sheet."""

    def __init__(self, html: str, says: str) -> None:
        self.html, self.says = html, says

    def __str__(self) -> str:
        return self.html

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {
            # mathjax_ignore: two dollar amounts in one card are no formula
            "text/html": f'<style>{style()}</style><div class="pc mathjax_ignore">{self.html}</div>',
            "text/plain": self.says,
        }


def tag(name: str, text: str, kind: str = "") -> str:
    """One element with `text` escaped; empty when there is no text."""
    return f"<{name}{cls(kind)}>{escape(text)}</{name}>" if text else ""


def cls(kind: str) -> str:
    """A class attribute with a leading blank, or nothing."""
    return f' class="{kind}"' if kind else ""


def paragraphs(text: str | tuple[str, ...], kind: str = "") -> str:
    """Paragraphs of plain text; line breaks inside one are kept."""
    blocks = text.split("\n\n") if isinstance(text, str) else text
    return "".join(
        f"<p{cls(kind)}>{escape(block.strip()).replace(chr(10), '<br>')}</p>" for block in blocks if block.strip()
    )
