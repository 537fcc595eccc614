"""The style of a feedback page: what it needs of the shared sheet, its dark theme, and how it prints."""

from __future__ import annotations

import re
from functools import cache

from paroleclinic.drawing import style

SHOWN = frozenset(
    (
        "pc", "pc-card", "pc-days", "pc-facts", "pc-law", "pc-memo", "pc-notice", "pc-q", "pc-rubric", "pc-says", "pc-score",
        "pc-soft", "pc-spoken", "pc-unseen", "pc-verdict", "pc-why", "pc-wide", "harm", "no", "partly", "right", "unreadable",
        "wrong", "yes",
    )
)  # fmt: skip
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
DARK = '[data-jp-theme-light="false"] '
OWN = """:root{color-scheme:light dark}
body.pc{margin:0 auto;padding:1.2em 1.2em 2em;background:var(--paper)}
.pc h1{font-size:1.7em;line-height:1.25;margin:.2em 0 .4em}
.pc.pc section>h2{border-top:1px solid var(--line);padding-top:.8em;margin-top:1.4em!important}
.pc nav ul{display:flex;flex-wrap:wrap;gap:.3em 1.1em;list-style:none;padding:0;margin:1em 0}
.pc .pc-n{text-align:right!important;font-variant-numeric:tabular-nums}
.pc section:target,.pc h2:target{scroll-margin-top:1em}
@media (max-width:600px){body.pc{padding:.8em .8em 2em}}
@media print{:root{color-scheme:light}@page{margin:16mm}body.pc{max-width:none;padding:0;font-size:10.5pt}.pc nav{display:none}
.pc .pc-wide{overflow:visible}.pc h2,.pc h3,.pc h4,.pc summary,.pc .pc-says,.pc .pc-score,.pc thead{break-after:avoid}
.pc tr,.pc li,.pc .pc-law,.pc .pc-notice{break-inside:avoid}.pc p,.pc li,.pc .pc-memo{orphans:3;widows:3}
.pc details::details-content{content-visibility:visible;display:block;block-size:auto}.pc summary{list-style:none}
.pc a{color:inherit;text-decoration:none}}"""


@cache
def page_style() -> str:
    """The rules of the shared style sheet that such a page needs, with its dark theme for whoever asks for one, and its own."""
    sheet = RULE.sub(_rule, re.sub(r"/\*.*?\*/", "", style(), flags=re.DOTALL))
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"@media[^{}]*\{\s*\}", "", sheet)).strip() + OWN


def _rule(found: re.Match[str]) -> str:
    selectors = [one.strip() for one in found[1].split(",") if set(re.findall(r"\.([\w-]+)", one)) <= SHOWN]
    if not selectors:
        return ""
    if any(DARK in one for one in selectors):
        chosen = ",".join(one.replace(DARK, "") for one in selectors)
        return f"@media screen and (prefers-color-scheme:dark){{{chosen}{{{found[2]}}}}}"
    return f"{','.join(selectors)}{{{found[2]}}}\n"
