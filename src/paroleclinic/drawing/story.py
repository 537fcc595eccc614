"""A branching consultation as it is drawn: a scene, the ending, the way taken, and the map of all ways for whoever teaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from paroleclinic.consultation import ENDINGS, Choice, Consultation, Path, Scene
from paroleclinic.drawing import paragraphs, tag
from paroleclinic.drawing.cards import law_lines
from paroleclinic.drawing.exhibits import exhibit
from paroleclinic.law import Rule, long_day

TONES = {"good": "right", "mixed": "partly", "bad": "wrong"}


def shelf(found: Iterable[tuple[Consultation, Mapping[str, str], bool]]) -> str:
    """The consultations to choose from, each with the endings reached so far (scene -> kind), and whether one is under way."""
    items = ""
    for one, reached, under_way in found:
        seen = f"{len(reached)} of {len(one.endings)} endings seen" if reached else "not begun"
        again = (
            f'<button type="button" class="pc-main" data-do="go-on" data-name="{one.id}">Go on where you were'
            f'<span class="pc-unseen">: {escape(one.title)}</span></button>'
            if under_way
            else ""
        )
        good = ' <span class="pc-badge good">good ending found</span>' if "good" in reached.values() else ""
        items += f"""<li><h3>{escape(one.title)}{good}</h3><p>{escape(one.theme)}</p><p class="pc-soft"><span role="img"
aria-label="difficulty {one.stars} of 3">{"★" * one.stars}</span> {one.minutes} minutes · {seen}</p>
<div class="pc-acts">{again}<button type="button" data-do="open-one" data-name="{one.id}" aria-label="Begin: {escape(one.title, quote=True)}">Begin</button></div></li>"""
    if not items:
        return '<p class="pc-card">There are no consultations in this course yet.</p>'
    return f'<h2 id="shelf" tabindex="-1">Choose a client</h2><ul class="pc-map">{items}</ul>'


def scene(consultation: Consultation, path: Path, law: Mapping[str, Rule], shown: Sequence[Choice]) -> str:
    """What happens now, and what may be done, in the order of `shown`."""
    now = path.scene
    choices = "".join(
        f'<li><button type="button" class="pc-ask-it" data-do="choose" data-choice="{choice.id}">{escape(choice.text.strip())}</button></li>'
        for choice in shown
    )
    return f"""{_head(consultation)}<section class="pc-card" aria-label="{escape(now.title, quote=True)}" id="scene" tabindex="-1">{_told(now, law, path)}
<h3>What do you do?</h3><ul class="pc-asks">{choices}</ul>{_acts(path)}</section>{_way(path, consultation, explained=False)}"""


def ending(consultation: Consultation, path: Path, law: Mapping[str, Rule]) -> str:
    """How it ended, why, and the way there; every fork can be gone back to."""
    now = path.scene
    assert now.ending and now.because
    harm = "".join(
        f"<li><strong>{escape(fork.choice.text)}</strong><br>{escape(fork.choice.because)}</li>"
        for fork in path.harmful
    )
    harm = (
        f'<div class="pc-verdict harm"><p class="pc-says">This could hurt a client</p><ul>{harm}</ul></div>'
        if harm
        else ""
    )
    rules = "".join(law_lines(law[rule], now.day) for rule in now.rules)
    return f"""{_head(consultation)}<section class="pc-card" aria-label="{escape(now.title, quote=True)}" id="scene" tabindex="-1">{_told(now, {}, path)}
<div class="pc-verdict {TONES[now.ending]}"><p class="pc-says">{ENDINGS[now.ending]}</p>{paragraphs(now.because)}{rules}</div>{harm}{_acts(path)}</section>
{_way(path, consultation, explained=True)}"""


def map_of(consultation: Consultation) -> str:
    """Every scene and choice as a Mermaid flow chart: endings by shape and words, harmful choices by a dotted line."""
    lines = [
        "flowchart TD",
        f"    accTitle: {_for_mermaid(consultation.title)}",
        f"    accDescr: {_for_mermaid(_in_words(consultation))}",
    ]
    names = {scene.id: f"s{number}" for number, scene in enumerate(consultation.scenes)}
    for one in consultation.scenes:
        text = f"{_for_mermaid(one.title)}<br>{long_day(one.day)}"
        shape = f'(["{one.ending}: {text}"])' if one.ending else f'["{text}"]'
        lines.append(f"    {names[one.id]}{shape}")
    for one in consultation.scenes:
        for choice in one.choices:
            arrow = (
                f'-. "{_for_mermaid(choice.text)} (harm)" .->'
                if choice.harm
                else f'-- "{_for_mermaid(choice.text)}" -->'
            )
            lines.append(f"    {names[one.id]} {arrow} {names[choice.to]}")
    return "\n".join(lines)


def _in_words(consultation: Consultation) -> str:
    ends = "; ".join(f"{scene.ending}, {scene.title}" for scene in consultation.endings)
    return f"{len(consultation.scenes)} scenes and {len(consultation.endings)} endings. {ends}."


def _for_mermaid(text: str) -> str:
    return " ".join(text.replace('"', "'").replace("#", "no. ").split())


def _head(consultation: Consultation) -> str:
    return f"<h2>{escape(consultation.title)}</h2>{tag('p', consultation.task, 'pc-soft')}"


def _told(now: Scene, law: Mapping[str, Rule], path: Path) -> str:
    before = path.forks[-1].scene.day if path.forks else None
    days = (now.day - before).days if before else 0
    passed = f" · {_span(days)} later" if days else ""
    shown = exhibit(now.paper) if now.paper else ""
    rules = "".join(law_lines(law[rule], now.day) for rule in now.rules if rule in law)
    return f"<h3>{escape(now.title)}</h3><p class='pc-soft'>{long_day(now.day)}{passed}</p>{paragraphs(now.says)}{shown}{rules}"


def _span(days: int) -> str:
    if days < 14:
        return f"{days} day{'s' if days > 1 else ''}"
    return f"{round(days / 7)} weeks" if days < 70 else f"about {round(days / 30.4)} months"


def _acts(path: Path) -> str:
    back = '<button type="button" data-do="back">Go back one step</button>' if path.forks else ""
    over = '<button type="button" data-do="again">Begin again</button>' if path.forks else ""
    return f'<div class="pc-acts">{back}{over}<button type="button" data-do="shelf">All consultations</button></div>'


def _way(path: Path, consultation: Consultation, *, explained: bool) -> str:
    """The way so far; after the end with reasons, and where the other ways at each fork can be tried."""
    items = ""
    for number, fork in enumerate(path.forks):
        why = f"<br>{escape(fork.choice.because)}" if explained else ""
        harm = ' <span class="pc-badge bad">harmful</span>' if explained and fork.choice.harm else ""
        items += f"""<li><span class="pc-soft">{long_day(fork.scene.day)}, {escape(fork.scene.title)}</span><br>You chose: <strong>{escape(fork.choice.text)}</strong>{harm}{why}
<div class="pc-acts"><button type="button" class="pc-link" data-do="rewind" data-to="{number}">Choose differently here<span class="pc-unseen">: {escape(fork.scene.title)}</span></button></div></li>"""
    if not items:
        return ""
    return f'<section class="pc-card" aria-label="The way so far"><h3>The way so far</h3><ol class="pc-line">{items}</ol></section>'


def paths_in_words(consultation: Consultation) -> list[str]:
    """One line for each scene: its day, its choices and where they lead, for the guide of whoever teaches."""
    found = []
    for one in consultation.scenes:
        leads = "; ".join(
            f"{choice.text.strip()} → {consultation.scene(choice.to).title}{' (harm)' if choice.harm else ''}"
            for choice in one.choices
        )
        found.append(f"**{one.title}** ({long_day(one.day)}): {leads or f'ends, {one.ending}'}.")
    return found
