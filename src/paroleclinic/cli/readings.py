"""The commands `paroleclinic memos agree` and `drift`: what two readings of the same memos say, and the order of marking."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from paroleclinic.cli.folder import HERE, Folder, units_of
from paroleclinic.cli.opening import content, gradebook
from paroleclinic.cli.showing import count, say, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paroleclinic.estimates import Estimate
    from paroleclinic.memos.agreement import Agreement, Pair

Unit = Annotated[str, typer.Argument(help="The unit whose memos are meant.")]


def agree(unit: Unit, folder: Folder = HERE) -> None:
    """How far the second marker agrees with the first, in total and by criterion, and which memos to talk about."""
    from paroleclinic.memos.agreement import by_criterion, furthest, in_total, in_words
    from paroleclinic.memos.pile import marked, markers, memos_of, pairs

    with gradebook(folder) as (console, course, book), content():
        units_of(course, [unit])
        everything = list(pairs(course, book, unit, "second"))
        if not everything:
            say(console, f"No memo of {unit} was marked twice yet: `paroleclinic memos sample {unit} --second NAME`.")
            return
        memos = memos_of(course, unit)
        for marker, twice in everything:
            total = in_total(twice)
            _print(console, marker, {"In total": total})
            for case in sorted({pair.case for pair in twice}):
                of_case = [pair for pair in twice if pair.case == case]
                noted = sum(pair.first is not None for pair in of_case)
                if noted:
                    _print(console, case, by_criterion(of_case, memos[case]))
                else:
                    say(console, f"{case}: first marks typed as one sum, so nothing by criterion.")
            say(console, in_words(total))
            _apart(console, furthest(twice))
        say(console, f"The first marks of {unit} were set by {by(markers(marked(book, unit)))}.")
        say(
            console,
            "Under a number: what 95 of 100 samples like this would give. No score was changed, and none follows from this.",
        )


def drift(unit: Unit, folder: Folder = HERE) -> None:
    """Whether marks went up or down over the pile, in the order they were given, and what a second reading says."""
    from paroleclinic.estimates import mean
    from paroleclinic.memos.agreement import furthest
    from paroleclinic.memos.drift import again_in_words, in_words, trend
    from paroleclinic.memos.pile import marked, markers, pairs

    with gradebook(folder) as (console, course, book), content():
        units_of(course, [unit])
        rows = marked(book, unit)
        timed = sorted((row for row in rows if row.at), key=lambda row: (str(row.at), row.notebook))
        say(console, f"{count(len(rows), 'marked memo')} in {unit}; when it was marked is known of {len(timed)}.")
        if len(timed) < len(rows):
            say(
                console,
                "The time is noted when a mark is set on the marking page; marks from before that, or set by other tools, have none.",
            )
        if timed:
            found = trend([(row.case, (row.first or 0.0) / row.most) for row in timed])
            table = Table("In order of marking", "Memos", "Percent of the points")
            table.add_row("first third", str(found.first.n), _said(found.first))
            table.add_row("last third", str(found.last.n), _said(found.last))
            table.add_row(
                "change over the pile, in points of a hundred", str(found.change.n), _said(found.change, sign="+")
            )
            console.print(table)
            say(console, in_words(found.change))
        for marker, twice in pairs(course, book, unit, "again"):
            apart = mean([100 * (pair.total[1] - pair.total[0]) / pair.most for pair in twice])
            say(
                console,
                f"Read again by {marker}: {count(apart.n, 'memo')}, second minus first {_said(apart, sign='+')} points of a hundred.",
            )
            say(console, again_in_words(apart))
            _apart(console, furthest(twice))
        who = markers(rows)
        mixed = ": several markers are mixed here" if len(who) > 1 or "" in who else ""
        say(
            console,
            f"The marks were set by {by(who)}{mixed}. No score was changed." if who else "No score was changed.",
        )


def by(markers: Counter[str]) -> str:
    """Who set how many marks, for a line of a terminal."""
    return ", ".join(f"{shown(who) or 'not noted'} ({number})" for who, number in sorted(markers.items()))


def _apart(console: Console, pairs: list[Pair]) -> None:
    if pairs:
        say(console, "Furthest apart, to read together:")
    for pair in pairs:
        first, second = pair.total
        note = f"  ({pair.note})" if pair.note else ""
        say(console, f"  {pair.case}, {pair.code}: {first:g} and {second:g} of {pair.most:g}{note}")


def _print(console: Console, title: str, rows: Mapping[str, Agreement]) -> None:
    """A table that fits 80 columns: each interval stands under its number."""
    heads = ("What", "Pairs", "Same", "Within\n1 point", "Weighted\nkappa", "Second\nminus first")
    table = Table(
        *heads, title=escape(shown(title)), title_justify="left", box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0)
    )
    table.columns[0].overflow = "fold"
    for what, found in rows.items():
        sure = ("too few", "too few") if found.exact.few else (_said(found.kappa, 2), _said(found.apart, 1, "+"))
        cells = (_percent(found.exact), _percent(found.close), *sure)
        table.add_row(escape(what), str(found.exact.n), *(one.replace(" (", "\n").rstrip(")") for one in cells))
    console.print(table)


def _percent(found: Estimate) -> str:
    if found.value is None or found.low is None or found.high is None:
        return "-"
    return f"{100 * found.value:.0f} % ({100 * found.low:.0f} to {100 * found.high:.0f})"


def _said(found: Estimate, places: int = 0, sign: str = "") -> str:
    if found.value is None:
        return "-"
    value = f"{found.value:{sign}.{places}f}"
    if found.low is None or found.high is None or found.low == found.high:
        return value  # where no two differ there is no interval, which is not certainty
    return f"{value} ({found.low:{sign}.{places}f} to {found.high:{sign}.{places}f})"
