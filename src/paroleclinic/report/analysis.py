"""The whole report as values: what the page draws and the tables hold. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from paroleclinic.report.frames import Frames, worked
from paroleclinic.report.gains import Gains, gains
from paroleclinic.report.items import Items, items
from paroleclinic.report.learners import By, grid, harms, learners, sure_and_wrong
from paroleclinic.report.verdicts import Finding, findings

GRIDS: tuple[By, ...] = ("case", "lesson", "objective")


@dataclass(frozen=True)
class About:
    """What the report is of: the course, its units (id -> title), cases and lessons (id -> title), the pass line in percent,
    when it was made (UTC, without zone), and whether names are shown."""

    course: str
    units: Mapping[str, str]
    cases: Mapping[str, str]
    lessons: Mapping[str, str]
    pass_line: int
    at: datetime
    names: bool = False
    strangers: int = 0


@dataclass(frozen=True)
class Report:
    """Everything the report says."""

    about: About
    frames: Frames
    learners: pd.DataFrame
    grids: Mapping[By, pd.DataFrame]
    harms: pd.DataFrame
    sure_topics: pd.DataFrame
    sure_questions: pd.DataFrame
    items: Items
    findings: list[list[Finding]]
    gains: Gains

    @property
    def handed_in(self) -> int:
        """How many learners handed in anything."""
        return int((self.learners["state"] != "not handed in").sum())

    @property
    def left_out(self) -> str:
        """A sentence with the titles of the cases that nobody answered anything in, or nothing."""
        titles = [self.about.cases[case] for case in self.frames.untouched]
        what = "1 case, which is" if len(titles) == 1 else f"{len(titles)} cases, which are"
        where = f"Nobody answered anything in {what} left out of blanks, signs and questions: {'; '.join(titles)}."
        return where if titles else ""


def analysed(frames: Frames, about: About) -> Report:
    """The report of a class."""
    frames = worked(frames)
    each = items(frames)
    topics, wrong = sure_and_wrong(frames, each)
    return Report(
        about, frames, learners(frames, about.pass_line), {by: grid(frames, by) for by in GRIDS}, harms(frames), topics, wrong,
        each, findings(each, frames.asked), gains(frames.tests),
    )  # fmt: skip


def tables(report: Report) -> dict[str, pd.DataFrame]:
    """File name -> table, for a spreadsheet or another program; learners as the report calls them."""
    frames, named = report.frames, report.about.names
    shown = frames.people["shown"].to_numpy(object)
    whole = frames.people["learner"].to_numpy(object), frames.people["name"].to_numpy(object)

    def who(rows: pd.Series) -> dict[str, np.ndarray]:
        at = rows.to_numpy(int)
        return {"learner": whole[0][at], "name": whole[1][at]} if named else {"learner": shown[at]}

    people = report.learners
    heads = [
        "state", "handed in", "asked", "answered", "blank", "unreadable", "right", "share right", "low", "high", "points",
        "possible", "harmful", "sure", "sure and wrong", "tries", "minutes", "pauses",
    ]  # fmt: skip
    grids = [
        pd.DataFrame(
            {"by": by, **who(some["learner"]), **some[["key", "state", "points", "possible"]].to_dict("series")}
        )
        for by, some in report.grids.items()
    ]
    both = pd.concat(grids, ignore_index=True)
    both["share"] = (both["points"] / both["possible"].where(both["possible"] > 0)).astype(float)
    both = both[(both["by"] == "case") | (both["possible"] > 0)]
    first = [some[0] for some in report.findings]
    questions = report.items.table.assign(
        verdict=[one.says for one in first], concern=[one.concern for one in first], to_do=[one.do for one in first]
    )
    places = report.items.table[["unit", "case", "question"]]
    chosen = report.items.choices
    where = places.iloc[chosen["item"].to_numpy(int)].reset_index(drop=True)
    harm, pairs = report.harms, report.gains.pairs
    rows = pd.Series({learner: row for row, learner in enumerate(frames.people["learner"])})
    return {
        "learners.csv": pd.DataFrame({**who(people["row"]), **people[heads].to_dict("series"), "ask": people["why"].map(" ".join)}),
        "grid.csv": both,
        "harmful.csv": pd.DataFrame({**who(harm["learner"]), **harm[["unit", "case", "question", "chose", "because"]].to_dict("series")}),
        "sure-and-wrong.csv": report.sure_questions.drop(columns="item"),
        "questions.csv": questions.rename(columns={"to_do": "to do"}).sort_values("concern", ascending=False, kind="stable"),
        "choices.csv": pd.concat([where, chosen.drop(columns="item").reset_index(drop=True)], axis=1),
        "tests.csv": pd.DataFrame({**who(pairs["learner"].map(rows)), **pairs[["before", "after", "gain"]].to_dict("series")}),
    }  # fmt: skip


MEANING = {
    "learner": "Whose line it is: a pseudonym that stays the same in every report of this course, or the id where names are shown.",
    "state": "What became of the hand-in, in the words of the export. Could not grade and blank are not 0.",
    "share right": "Right answers of those that were answered. low and high: the 95 % interval.",
    "points": "Points of the questions with a mark, of `possible`; memos and the cap for harmful advice left out.",
    "pauses": "Waits of more than ten minutes and less than four hours between two lines of the answer file.",
    "minutes": "Time between lines of the answer file, waits of more than ten minutes left out.",
    "seconds": "Median time on a question, all tries together, pauses left out. timed: how many people it is from.",
    "facility": "Share of the answers that are fully right; blank and unreadable ones left out. With its 95 % interval (Wilson).",
    "mean share": "Mean share of the points.",
    "item-rest": "Correlation of the points of a question with the strength at all other questions; 95 % interval by bootstrap.",
    "upper-lower": "Share right in the strongest third less that in the weakest third; 95 % interval by bootstrap.",
    "sure": "Answers given with high certainty; unsure: with medium or low.",
    "tries": "How often an answer was given or changed, on average.",
    "chosen": "How many chose it, of `of` who answered; top and bottom: of the strongest and the weakest third.",
    "keyed": "Whether the key says that it is right.",
    "concern": "From 9 (look at it first) to 0 (nothing stands out); -1: too few answers to tell.",
}  # fmt: skip
