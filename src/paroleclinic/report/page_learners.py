"""The sections of the page about people: whom to ask, what harms, what they were sure of, and who did what, by case or objective."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

from paroleclinic.report.analysis import Report
from paroleclinic.report.learners import By
from paroleclinic.report.page_cells import cut, decimal, integer, likely, listed, more, sortable, spread, who
from paroleclinic.report.verdicts import Row

MOST_ROWS = 100  # learners in a grid or list of the page; all of them stand in the tables beside it
MOST_LISTED = 40  # pieces of harmful advice, and sure mistakes
SHORT = {
    "not handed in": "not in",
    "could not grade": "no grade",
    "not graded yet": "new",
    "no mark": "–",
    "blank": "blank",
}
BANDS = (0.4, 0.55, 0.7, 0.85)
TITLES: dict[By, str] = {"case": "By case", "lesson": "By lesson", "objective": "By objective"}


def ask(report: Report) -> str:
    """Who may be stuck, and by which signs."""
    people = report.learners[report.learners["why"].map(len) > 0]
    if not len(people):
        return "<p>Nothing tells that somebody is stuck.</p>"
    rows = [
        [
            who(report, row["row"]),
            f'<td class="w">{" ".join(map(escape, row["why"]))}</td>',
            integer(row["answered"]),
            likely(row["right"], row["answered"], row["low"], row["high"]),
            integer(row["blank"]),
            decimal(row["tries"]),
            integer(row["pauses"]),
            integer(row["minutes"]),
            integer(row["harmful"]),
            f"<td class='n' data-v='{row['sure and wrong']}'>{row['sure and wrong']} of {row['sure']}</td>",
        ]
        for row in people.head(MOST_ROWS).to_dict("records")
    ]
    heads = [
        "Learner",
        "What the data show",
        "Answered",
        "Right",
        "Blank",
        "Tries a question",
        "Pauses",
        "Minutes",
        "Harmful",
        "Sure and wrong",
    ]
    return (
        "<p>These are signs, not judgments: there may be a good reason for each. Ask.</p>"
        + sortable("Learners with a sign that they may be stuck", heads, rows)
        + more(len(people), MOST_ROWS, "learners.csv")
    )


def harm(report: Report) -> str:
    """Harmful advice, the same given by several together."""
    if not len(report.harms):
        return "<p>Nobody gave advice that would harm the client.</p>"
    titles, asked = report.about.cases, report.frames.asked
    groups = report.harms.groupby(["item", "chose", "because"], sort=False)["learner"].agg(list).reset_index()
    groups = groups.assign(number=groups["learner"].map(len)).sort_values("number", ascending=False, kind="stable")
    rows = [
        [
            escape(f"{titles[asked[row['item']].case]}, question {asked[row['item']].number}"),
            f'<td class="w">{escape(row["chose"])}</td>',
            f'<td class="w">{escape(row["because"])}</td>',
            integer(row["number"]),
            escape(listed([report.frames.people["shown"].iat[one] for one in row["learner"]])),
        ]
        for row in groups.head(MOST_LISTED).to_dict("records")
    ]
    heads = ["Where", "The advice", "Why it harms", "How many", "Who"]
    return sortable("Harmful advice, the most common first", heads, rows) + more(
        len(groups), MOST_LISTED, "harmful.csv"
    )


def sure(report: Report) -> str:
    """Wrong answers that people were sure of, by topic and by question."""
    topics, questions = report.sure_topics, report.sure_questions
    if not len(topics):
        return "<p>Nobody said of a wrong answer that they were sure; or nobody said how sure they were.</p>"
    says = {purpose.objective: purpose.says for purpose in report.frames.purposes.values() if purpose.objective}
    rows = []
    for row in topics.head(MOST_LISTED).to_dict("records"):
        lesson = report.about.lessons.get(row["lesson"], row["lesson"])
        topic = says.get(row["topic"], "the lesson as a whole")
        rows.append([escape(lesson), escape(topic), *_wrong_share(row)])
    each = []
    for row in questions.head(MOST_LISTED).to_dict("records"):
        one = report.frames.asked[row["item"]]
        where = f"{report.about.cases[one.case]}, question {one.number}"
        each.append([escape(where), escape(cut(one.question.prompt)), *_wrong_share(row)])
    return (
        "<p>These mistakes are the ones to meet in the room: nobody stops to ask when they feel sure.</p>"
        + sortable("By topic", ["Lesson", "Objective", "Sure and not right", "Share, and likely range"], rows)
        + more(len(topics), MOST_LISTED, "questions.csv")
        + f"<details><summary>By question ({len(questions)})</summary>"
        + sortable("By question", ["Where", "What is asked", "Sure and not right", "Share, and likely range"], each)
        + more(len(questions), MOST_LISTED, "sure-and-wrong.csv")
        + "</details>"
    )


def _wrong_share(row: Row) -> list[str]:
    number, of = int(row["sure and wrong"]), int(row["sure"])
    return [f"<td class='n' data-v='{number}'>{number} of {of}</td>", spread(number / of, row["low"], row["high"], of)]


def grid(report: Report, by: By) -> str:
    """Percent of points by learner and case, lesson or objective; nothing where there is none."""
    found = report.grids[by]
    if not len(found):
        return ""
    heads = _columns(report, by, list(dict.fromkeys(found["key"])))
    place = {key: number for number, key in enumerate(heads)}
    people = report.learners.head(MOST_ROWS)["row"]
    cells = {row: ["<td>–</td>"] * len(heads) for row in people}
    shown = found[found["learner"].isin(people)][["learner", "key", "state", "points", "possible"]]
    for learner, key, state, points, possible in shown.itertuples(index=False):
        cells[learner][place[key]] = _cell(state, points, possible)
    sums = found.groupby("key")[["points", "possible"]].sum()
    whole = "".join(_cell("graded", *sums.loc[key]) for key in heads)
    top = "".join(f'<th scope="col" class="pc-up">{escape(says)}</th>' for says in heads.values())
    rows = "".join(f"<tr>{who(report, row)}{''.join(cells[row])}</tr>" for row in people)
    bands = "".join(
        f'<span class="pc-key h{number}">{says}</span> '
        for number, says in enumerate(("0–39", "40–54", "55–69", "70–84", "85–100"))
    )
    return f"""<p>Percent of the points of the questions that have a mark; {bands} memos left out. <em>not in</em>: not handed in;
<em>no grade</em>: could not be graded; <em>new</em>: not graded yet; <em>blank</em>: nothing answered; –: no mark; <em>m</em>: a memo waits.</p>
<div class="pc-wide" role="group" aria-label="{TITLES[by]}, a wide table" tabindex="0"><table class="pc-table pc-heat"><caption>{TITLES[by]}</caption>
<thead><tr><th scope="col">Learner</th>{top}</tr></thead><tbody>{rows}</tbody>
<tfoot><tr><th scope="row">Everybody</th>{whole}</tr></tfoot></table></div>{more(len(report.learners), MOST_ROWS, "grid.csv")}"""


def _columns(report: Report, by: By, keys: Sequence[str]) -> dict[str, str]:
    """Key -> heading, in the order of the course."""
    about = report.about
    if by == "case":
        return {key: about.cases[key] for key in keys}
    if by == "lesson":
        return {key: about.lessons.get(key, key) for key in sorted(keys, key=_order(about.lessons))}
    says = {purpose.objective: purpose.says for purpose in report.frames.purposes.values()}
    return {key: cut(says.get(key, key), 60) for key in sorted(keys, key=_order(says))}


def _order(known: Iterable[str]) -> Callable[[str], tuple[int, str]]:
    place = {key: number for number, key in enumerate(known)}
    return lambda key: (place.get(key, len(place)), key)


def _cell(state: str, points: float, possible: float) -> str:
    if state in SHORT:
        return f"<td>{SHORT[state]}</td>"
    if not possible:
        return "<td>–</td>"
    share = points / possible
    band = sum(share >= line for line in BANDS)
    return f'<td class="h{band}">{100 * share:.0f}{" m" if state == "memo waits" else ""}</td>'
