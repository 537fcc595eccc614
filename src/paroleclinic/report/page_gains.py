"""The section of the page about the pre-test and the post-test."""

from __future__ import annotations

from html import escape

from paroleclinic.estimates import FEW, Estimate
from paroleclinic.report.analysis import Report
from paroleclinic.report.page_cells import counted, sortable


def gain(report: Report) -> str:
    """What lies between the two forms of the test, in words and numbers; nothing where nobody took one."""
    gain = report.gains
    alone = []
    if gain.before_only:
        alone.append(f"{counted(gain.before_only, 'person has', 'people have')} taken the pre-test only")
    if gain.after_only:
        alone.append(f"{counted(gain.after_only, 'person has', 'people have')} taken the post-test only")
    left = f"<p>Counted apart: {'; '.join(alone)}.</p>" if alone else ""
    strangers = (
        f"<p>{counted(report.about.strangers, 'progress file is', 'progress files are')} of nobody in this class.</p>"
        if report.about.strangers
        else ""
    )
    n = gain.gain.n
    if not n:
        if not alone and not strangers:
            return ""
        return f"<p>Nobody has taken both forms of the test.</p>{left}{strangers}"
    rows = [
        ["Before: share right", _figure(gain.before, 100, " %"), "Mean of the pre-test."],
        ["After: share right", _figure(gain.after, 100, " %"), "Mean of the post-test."],
        ["Gain", _figure(gain.gain, 100, " points of 100"), "Mean difference of the same people."],
        ["Normalised gain", _figure(gain.normalised, 100, " %"), "Of what could still be learned, how much was."],
        [
            "Effect",
            _figure(gain.effect, 1, " standard deviations"),
            "The gain in units of how much people differ (Hedges' g, by the mean of both spreads).",
        ],
    ]
    if gain.gain.few:
        verdict = f"Too few to tell: {n} took both forms, and nothing is concluded from fewer than {FEW}."
    elif gain.gain.low is not None and gain.gain.low > 0:
        verdict = "The class gained more than chance would explain. Who practiced between the forms, and what else they read, nobody can tell from this."
    elif gain.gain.high is not None and gain.gain.high < 0:
        verdict = "The class did worse in the second form, by more than chance would explain. Look at when and how it was taken."
    else:
        verdict = "Chance alone could explain the difference."
    told = [[escape(str(one)), two, three] for one, two, three in rows]
    return f"<p><strong>{verdict}</strong></p>" + sortable(
        f"Pre-test and post-test of the {counted(n, 'person', 'people')} who took both", ["What", "Value, and likely range", "Meaning"], told
    ) + left + strangers  # fmt: skip


def _figure(one: Estimate, times: float, unit: str) -> str:
    if one.value is None:
        return "<td>cannot be told</td>"
    digits = 0 if times == 100 else 2
    value = f"{times * one.value:.{digits}f}{unit}"
    if one.low is None or one.high is None:
        return f"<td>{value}</td>"
    return f"<td>{value} ({times * one.low:.{digits}f} to {times * one.high:.{digits}f})</td>"
