"""The command `paroleclinic feedback`: a page a case for everybody whose hand-in was graded."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from paroleclinic.cli.folder import HERE, Folder, course_at, units_of
from paroleclinic.cli.grade import bar_of
from paroleclinic.cli.showing import count, say, shown, some, stopping

if TYPE_CHECKING:
    from paroleclinic.cohort.feedback import Outcome

NAMED = 5  # learners that one line names
NEXT = "The pages lie in feedback/LEARNER/UNIT/. Nothing was sent."
NOTHING = "Nothing is graded yet. `paroleclinic grade` grades what was handed in."


def feedback(
    units: Annotated[
        list[str] | None, typer.Argument(help="Units to write feedback for; all that were graded, if none is named.")
    ] = None,
    student: Annotated[list[str] | None, typer.Option("--student", help="Only for this learner.")] = None,
    untouched: Annotated[
        bool,
        typer.Option(
            "--untouched", help="Explain also the cases in which a learner answered nothing; this tells their keys."
        ),
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Write again what has not changed, too.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say only what went wrong.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object instead of words.")] = False,
    folder: Folder = HERE,
) -> None:
    """Write a page a case for everybody whose hand-in was graded, into `feedback/`. Nothing is sent; `nbgrader release_feedback` does that where the exchange is used."""
    from paroleclinic.cohort.feedback import feedback_unit, gradable
    from paroleclinic.gradebook.book import Book
    from paroleclinic.holding import alone

    course = course_at(folder)
    there = {unit: gradable(course.root, unit) for unit in units_of(course, units)}
    if unknown := [one for one in student or () if not any(one in learners for learners in there.values())]:
        typer.echo("\n".join(f"Nobody of the name {one!r} handed in there." for one in unknown), err=True)
        raise typer.Exit(2)
    if student:
        there = {unit: [one for one in learners if one in student] for unit, learners in there.items()}
    console = Console(stderr=True)
    start = time.monotonic()
    done: list[Outcome] = []
    stopped, code = "", 0

    def stop(why: str, number: int) -> None:
        nonlocal stopped, code
        stopped, code = why, number

    with stopping(stop):
        if any(there.values()):
            with alone(course.root, "feedback"), Book(course.root) as book, bar_of(console, quiet or as_json) as bar:
                for unit, learners in there.items():
                    if learners:
                        task = bar.add_task(unit, total=len(learners))
                        for one in feedback_unit(
                            course, book, unit, learners, everything=everything, untouched=untouched
                        ):
                            done.append(one)
                            bar.advance(task)
    code = code or (1 if any(one.state == "not written" for one in done) else 0)
    seconds = time.monotonic() - start
    if as_json:
        print(json.dumps(_report(done, seconds, stopped), ensure_ascii=True))
        raise typer.Exit(code)
    for line in _left_out(done):
        console.print(line, soft_wrap=True)
    if not quiet:
        console.print(Text(f"{_summary(done, seconds)}\n{NEXT}" if done else NOTHING), soft_wrap=True)
    if stopped:
        say(console, stopped)
    raise typer.Exit(code)


def _summary(done: list[Outcome], seconds: float) -> str:
    states = ("written", "unchanged", "not written")
    words = ", ".join(f"{sum(one.state == state for one in done):,} {state}" for state in states)
    bad = sum(not one.graded for one in done)
    says = f" {bad:,} of them say that the hand-in could not be graded." if bad else ""
    return f"Learners' pages: {words}, in {seconds:.1f} s.{says}{_waiting(done)}"


def _waiting(done: list[Outcome]) -> str:
    """A line about memos without a mark, or nothing."""
    number = len({one.learner for one in done if one.waits})
    if not number:
        return ""
    has, whose = ("has", "that learner's") if number == 1 else ("have", "their")
    return f"\n{count(number, 'learner')} {has} a memo that waits for its mark: {whose} pages say “so far”."


def _left_out(done: list[Outcome]) -> list[Text]:
    """A line for each reason, with the learners it holds for."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in done:
        if one.state == "not written":
            groups.setdefault((one.unit, one.why), []).append(one.learner)
    return [
        Text.assemble(("not written", "bold"), f" {unit}, {some(learners, NAMED)}: {shown(why)}")
        for (unit, why), learners in groups.items()
    ]


def _report(done: list[Outcome], seconds: float, stopped: str) -> dict[str, object]:
    return {
        "written": sum(one.state == "written" for one in done),
        "unchanged": sum(one.state == "unchanged" for one in done),
        "not_written": [
            {"learner": one.learner, "unit": one.unit, "why": one.why} for one in done if one.state == "not written"
        ],
        "could_not_grade": [{"learner": one.learner, "unit": one.unit} for one in done if not one.graded],
        "memo_waits": [{"learner": one.learner, "unit": one.unit} for one in done if one.waits],
        "seconds": round(seconds, 3),
        "stopped": stopped or None,
    }
