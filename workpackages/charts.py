"""The chart of a programme: what was planned and what was handed in, as steps over its months."""

from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

LEFT, RIGHT, TOP, BOTTOM = 44, 620, 40, 330  # the field of the drawing, in its own units
GRID_LINES = 5


def progress(overview):
    """Return what the drawing of a programme's progress needs: points, labels, and the same figures as a table.

    Units: of a drawing 640 wide and 372 high. Returns: a dictionary for `chart.html`; None for a programme without days or deliverables.
    """
    programme, day = overview.programme, overview.day
    if programme.starts_on is None or programme.ends_on is None or not overview.total:
        return None
    first, last = (
        programme.starts_on,
        max([programme.ends_on, *(row.delivered_on for row in overview.rows if row.delivered_on)]),
    )
    until = min(day, last)
    days = max((last - first).days, 1)
    step = max(1, -(-overview.total // GRID_LINES))
    top = step * GRID_LINES

    def x(when):
        return round(LEFT + (RIGHT - LEFT) * min(max((when - first).days, 0), days) / days, 1)

    def y(count):
        return round(BOTTOM - (BOTTOM - TOP) * count / top, 1)

    planned = sorted(row.baseline_on for row in overview.rows)
    handed_in = sorted(row.delivered_on for row in overview.rows if row.is_handed_in and row.delivered_on <= until)
    real = steps(handed_in, x, y, x(until))
    done = overview.delivered_by(until)
    year_ends = [
        end
        for end in (first.replace(year=year, month=12, day=31) for year in range(first.year, last.year + 1))
        if first < end < until
    ]
    figures = [(end, overview.planned_by(end), overview.delivered_by(end)) for end in year_ends]
    figures.append((until, overview.planned_by(until), done))
    if until < last:
        figures.append((last, overview.planned_by(last), None))
    near_end = x(until) > (LEFT + RIGHT) / 2
    middle = first + timedelta(days=days // 2)
    return {
        "grid": [(y(value), value) for value in range(0, top + 1, step)],
        "axis": [
            (x(when), date_format(when, "M Y"), anchor)
            for when, anchor in ((first, "start"), (middle, "middle"), (last, "end"))
        ],
        "plan": steps(planned, x, y, x(last)),
        "real": real,
        "area": f"{real}V{BOTTOM}H{LEFT}Z",
        "now": x(until) if day >= first else None,
        "now_label": x(until) - 8 if near_end else x(until) + 8,
        "now_anchor": "end" if near_end else "start",
        "done": done,
        "done_y": y(done),
        "total": overview.total,
        # Near the right edge it would lie across the line of today.
        "total_y": None if RIGHT - 110 < x(until) < RIGHT else y(overview.total),
        "day": until,
        "figures": figures,
        "finding": _("Deliverables by %(day)s: %(done)s handed in, %(planned)s planned. The plan rises to %(total)s.")
        % {"day": date_format(until), "done": done, "planned": overview.planned_by(until), "total": overview.total},
    }


def steps(days, x, y, end):
    """Return the path of a line that rises by one at each of these days and runs on to `end`."""
    path = f"M{LEFT} {y(0)}"
    for count, day in enumerate(days, 1):
        path += f"H{x(day)}V{y(count)}"
    return f"{path}H{end}"


ROUNDS_SHOWN = 8  # the latest; the table has all


def over_rounds(question, rounds):
    """Return what the drawing of one question over the rounds needs: a column a round, and the same figures as a table.

    `rounds` is [(round, line of its consolidated table or None)], the earliest first. A figure that is hidden has no column, only its words.
    Units: of a drawing 640 wide and 360 high. Returns: a dictionary for `over_rounds.html`; None where no round is closed.
    """
    if not rounds:
        return None
    shown = rounds[-ROUNDS_SHOWN:]
    highest = max((line.total.number or 0 for _round, line in shown if line), default=0)
    step = nice_step(highest)
    top = step * GRID_LINES
    wide = (RIGHT - LEFT) / len(shown)
    columns = []
    for place, (round_, line) in enumerate(shown):
        number = line.total.number if line else None
        height = round((BOTTOM - TOP) * (number or 0) / top, 1)
        columns.append({
            "x": round(LEFT + wide * (place + 0.2), 1), "width": round(wide * 0.6, 1), "y": round(BOTTOM - height, 1), "height": height,
            "middle": round(LEFT + wide * (place + 0.5), 1), "above": round(BOTTOM - height - 8, 1), "has_column": number is not None,
            "text": line.total.text if line else _("not asked"), "label": date_format(round_.ends_on, "M Y"),
        })  # fmt: skip
    figures = [(round_, line) for round_, line in rounds]
    known = [(round_, line.total) for round_, line in rounds if line and line.total.number is not None]
    finding = _("No figure of this question can be shown yet.")
    if known:
        round_, cell = known[-1]
        finding = _("%(question)s: %(figure)s in the period until %(day)s.") % {
            "question": question.label, "figure": cell.text, "day": date_format(round_.ends_on),
        }  # fmt: skip
    return {
        "grid": [(round(BOTTOM - (BOTTOM - TOP) * line / GRID_LINES, 1), line * step) for line in range(GRID_LINES + 1)],
        "columns": columns, "figures": figures, "finding": finding, "question": question,
    }  # fmt: skip


def nice_step(highest):
    """Return the distance of the grid lines for numbers up to `highest`: 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power * GRID_LINES >= highest:
                return factor * power
        power *= 10
