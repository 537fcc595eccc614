"""Who may need help, and where: each learner by case, lesson and objective, harmful advice, and what people were sure of. Pure.

It says what happened and never what somebody is like.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from paroleclinic.estimates import FEW
from paroleclinic.grading import grade
from paroleclinic.report.frames import BLANK, RIGHT, UNREADABLE, Frames
from paroleclinic.report.items import Items, wilson
from paroleclinic.report.seen import SURENESS
from paroleclinic.states import State, together

By = Literal["case", "lesson", "objective"]
BLANKS = 1 / 3  # of the questions of what was handed in
TRIES = 2.5  # tries a question
PAUSES = 4  # waits of more than ten minutes, and twice as many as is usual in the class


def learners(frames: Frames, pass_line: int) -> pd.DataFrame:
    """A row a learner, who may need help first: what they did, and `why` to ask how it is going, empty where nothing tells."""
    answered, right = frames.answered, frames.verdict == RIGHT
    marked = frames.verdict > 0
    table = frames.people.copy()
    table["state"] = _whole(frames)
    table["handed in"] = _count(frames, frames.units[~frames.units["state"].isin(["not handed in"])])
    table["asked"], table["answered"] = marked.sum(axis=1), answered.sum(axis=1)
    table["blank"], table["unreadable"] = (
        (frames.verdict == BLANK).sum(axis=1), (frames.verdict == UNREADABLE).sum(axis=1),
    )  # fmt: skip
    table["right"] = (right & answered).sum(axis=1)
    table["share right"], table["low"], table["high"] = wilson(table["right"], table["answered"])
    worked = frames.cases[~frames.cases["case"].isin(frames.untouched)]
    sums = worked.groupby("learner")[["points", "possible"]].sum().reindex(range(len(table)))
    table["points"], table["possible"] = sums["points"].to_numpy(), sums["possible"].to_numpy()
    table["harmful"] = frames.harm.sum(axis=1)
    sure = answered & (frames.seen.sure == SURENESS["high"])
    table["sure"], table["sure and wrong"] = sure.sum(axis=1), (sure & ~right).sum(axis=1)
    tried = answered & (frames.seen.tries > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        table["tries"] = np.where(tried, frames.seen.tries, 0).sum(axis=1) / tried.sum(axis=1)
    table["minutes"] = np.nansum(frames.seen.seconds, axis=1) / 60
    table["pauses"] = frames.seen.pauses
    usual = float(table.loc[table["answered"] > 0, "pauses"].median())
    table["why"] = [
        _why(row, pass_line, max(PAUSES, 2 * usual if usual > 0 else PAUSES)) for row in table.to_dict("records")
    ]
    reasons = table["why"].map(len)
    order = pd.DataFrame(
        {"none": reasons == 0, "state": table["answered"] > 0, "many": -reasons, "share": table["share right"]}
    )
    table = table.loc[order.sort_values(list(order), kind="stable").index]
    return table.assign(row=table.index).reset_index(drop=True)


def _why(row: Mapping[str, object], pass_line: int, pauses: float) -> tuple[str, ...]:
    def number(name: str) -> float:
        return float(str(row[name]))

    found = []
    state = str(row["state"])
    if state == "not handed in":
        return ("Nothing was handed in.",)
    if state == "blank":
        return ("What was handed in is blank.",)
    if state == "could not grade":
        found.append("A hand-in could not be graded.")
    asked, answered = number("asked"), number("answered")
    if asked and number("blank") / asked >= BLANKS:
        found.append(f"Many blanks: {number('blank'):.0f} of {asked:.0f} questions.")
    if answered >= FEW and 100 * number("high") < pass_line:
        found.append(
            f"Few right: {number('right'):.0f} of {answered:.0f} answered (likely {percent(number('low'))} to "
            f"{percent(number('high'))} %, where {pass_line} % passes)."
        )
    if answered >= FEW and number("tries") >= TRIES:
        found.append(f"Many tries: {number('tries'):.1f} a question.")
    if number("pauses") >= pauses:
        found.append(f"Long pauses: {number('pauses'):.0f} of more than ten minutes.")
    return tuple(found)


def _whole(frames: Frames) -> list[State]:
    """How each learner stands, by what was handed in; "not handed in" only when nothing was."""
    states: list[list[State]] = [[] for _ in range(len(frames.people))]
    for row, state in zip(frames.units["learner"], frames.units["state"], strict=True):
        states[row].append(state)
    found: list[State] = []
    for some in states:
        handed = [state for state in some if state != "not handed in"]
        found.append(together(handed) if handed else "not handed in")
    return found


def _count(frames: Frames, rows: pd.DataFrame) -> np.ndarray:
    found: np.ndarray = np.bincount(rows["learner"].to_numpy(int), minlength=len(frames.people))
    return found


def grid(frames: Frames, by: By) -> pd.DataFrame:
    """A row a learner and case, lesson or objective: `points` of `possible` of the questions with a mark, and the `state`.

    `key` names the column; of a case the state is the gradebook's, else "graded" where anything has a mark.
    """
    if by == "case":
        return frames.cases.assign(key=frames.cases["case"])[
            ["learner", "key", "state", "points", "possible", "score", "most"]
        ]
    keys: dict[str, list[int]] = {}
    for column, one in enumerate(frames.asked):
        keys.setdefault(one.aim.lesson if by == "lesson" else one.aim.objective, []).append(column)
    keys.pop("", None)
    worth = np.array([one.question.points for one in frames.asked], float)
    marked = frames.verdict > 0
    earned, possible = np.where(marked, np.nan_to_num(frames.share) * worth, 0.0), np.where(marked, worth, 0.0)
    number = len(frames.people)
    parts = []
    for key, columns in keys.items():
        some = possible[:, columns].sum(axis=1)
        only_blank = (frames.verdict[:, columns] == BLANK).sum(axis=1) == marked[:, columns].sum(axis=1)
        state = np.where(some == 0, "no mark", np.where(only_blank, "blank", "graded"))
        parts.append(
            pd.DataFrame(
                {"learner": np.arange(number), "key": key, "state": state, "points": earned[:, columns].sum(axis=1), "possible": some}
            )
        )  # fmt: skip
    heads = ["learner", "key", "state", "points", "possible"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=heads)


def harms(frames: Frames) -> pd.DataFrame:
    """A row a piece of harmful advice: whose, where, `chose` in words, and `because`, what it would do to the client."""
    rows = []
    known: dict[tuple[int, int], tuple[tuple[str, str], ...]] = {}
    for row, column in zip(*np.nonzero(frames.harm), strict=True):
        code = int(frames.seen.given[row, column])
        if (column, code) not in known:
            mark = grade(frames.asked[column].question, frames.raw(row, column))
            known[column, code] = tuple((note.text, note.because) for note in mark.harmful)
        one = frames.asked[column]
        for chose, because in known[column, code] or (("an answer that is no longer in the hand-in", ""),):
            rows.append((row, column, one.unit, one.case, one.question.id, chose, because))
    return pd.DataFrame(rows, columns=["learner", "item", "unit", "case", "question", "chose", "because"])


def sure_and_wrong(frames: Frames, items: Items) -> tuple[pd.DataFrame, pd.DataFrame]:
    """By objective (or lesson, where none is known) and by question: how many of the answers people were sure of are not right."""
    table = items.table
    by_question = table[table["sure"] > 0][["unit", "case", "question", "sure", "sure and wrong"]].assign(
        item=lambda t: t.index
    )
    topics = table.assign(topic=table["objective"].where(table["objective"] != "", table["lesson"]))
    by_topic = topics.groupby(["lesson", "topic"], sort=False)[["sure", "sure and wrong"]].sum().reset_index()
    by_topic = by_topic[by_topic["sure"] > 0]
    return _worst_first(by_topic), _worst_first(by_question)


def _worst_first(table: pd.DataFrame) -> pd.DataFrame:
    share, low, high = wilson(table["sure and wrong"], table["sure"])
    table = table.assign(share=share, low=low, high=high)
    return (
        table[table["sure and wrong"] > 0]
        .sort_values(["low", "sure and wrong"], ascending=False, kind="stable")
        .reset_index(drop=True)
    )


def percent(share: float) -> str:
    """A share as whole percent, without its sign."""
    return f"{100 * share:.0f}"
