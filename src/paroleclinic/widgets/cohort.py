"""How the class does, within a notebook: choices, pictures and tables to sort. What it needs is loaded when it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from paroleclinic.course import Course
from paroleclinic.drawing import style
from paroleclinic.widgets.pages import Heard, Panel
from paroleclinic.widgets.place import HERE, here, script

REPORT = HERE.parent / "report"
LAST = "export default { render };"
SORTING = "export default { render: (given) => { sortable(given.el); return render(given); } };"
ALL = ""


class CohortPanel(Panel):
    """A panel whose tables can be sorted."""

    _esm = (
        script("common.js", "forms.js", "panel.js").replace(LAST, "")
        + (REPORT / "sort.js").read_text(encoding="utf-8")
        + SORTING
    )
    _css = style() + (REPORT / "report.css").read_text(encoding="utf-8")


def the_class() -> CohortPanel:
    """The report on the class, with the choice of units and of showing names. For whoever teaches."""
    course = here()

    def hear(message: Heard) -> dict[str, object]:
        given = message.get("given") or {}
        unit, names = str(given.get("unit", ALL)), given.get("names") == "yes"
        return {"html": page(course, unit, names=names), "focus": "#shown", "say": "The report is shown below."}

    return CohortPanel(hear, html=page(course, ALL))


def page(course: Course, unit: str, *, names: bool = False) -> str:
    """Choices and report as they stand now; of all units that were handed in when `unit` is empty."""
    return (
        f'{choices(course, unit, names=names)}<div id="shown" tabindex="-1">{_report(course, unit, names=names)}</div>'
    )


def choices(course: Course, unit: str, *, names: bool) -> str:
    """The form to choose with."""
    options = "".join(
        f'<option value="{escape(id_, quote=True)}"{" selected" if id_ == unit else ""}>{escape(title)}</option>'
        for id_, title in [(ALL, "All units handed in"), *((one.id, one.title) for one in course.outline.units)]
    )
    return f"""<form class="pc-card pc-choose" data-do="show"><p class="pc-field"><label>Unit <select name="unit">{options}</select></label></p>
<p><label class="pc-chip"><input type="checkbox" name="names" value="yes"{" checked" if names else ""}> Show names</label></p>
<div class="pc-acts"><button type="submit" class="pc-main">Show, as it stands now</button></div></form>"""


def _report(course: Course, unit: str, *, names: bool) -> str:
    from paroleclinic.report.making import begun_units, report_of
    from paroleclinic.report.page import body, empty

    try:
        units = [course.unit(unit).id] if unit else begun_units(course, [one.id for one in course.outline.units])
        made = report_of(course, units, datetime.now(UTC).replace(tzinfo=None), names=names) if units else None
    except RuntimeError as error:  # a gradebook that is busy
        raise ValueError(str(error)) from None
    return body(made) if made else empty()
