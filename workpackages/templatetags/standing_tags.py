"""How milestones and risks are drawn: shape, word and colour, never colour alone."""

from django import template
from django.utils.translation import gettext as _

from efc.templatetags.efc_tags import error_summary, pill
from workpackages.models import GRAVITY, Level

register = template.Library()

KINDS = {Level.LOW: "ok", Level.MEDIUM: "warn", Level.HIGH: "bad"}


@register.simple_tag
def milestone_pill(state):
    """Draw the state of a milestone: "reached", "late" or "planned"."""
    kind = {"reached": "info", "late": "bad"}.get(state, "")
    return pill(kind, milestone_words(state))


@register.simple_tag
def milestone_words(state):
    """Say the state of a milestone without drawing it."""
    return {"reached": _("Reached"), "late": _("Late")}.get(state, _("Planned"))


@register.simple_tag
def level_pill(level):
    """Draw how grave a risk is."""
    return pill(KINDS[Level(level)], Level(level).label)


@register.filter
def level_words(level):
    """Say a level: Low, Medium, High."""
    return Level(level).label


@register.filter
def yes_or_no(answer):
    return _("Yes") if answer else _("No")


@register.simple_tag
def milestone_counts(figures):
    """Count the milestones in the figures of a report: reached, planned by its last day, all."""
    rows = figures["milestones"]
    return {
        "reached": sum(row["reached_on"] is not None for row in rows),
        "planned": sum(row["baseline_on"] <= figures["ends_on"] for row in rows),
        "total": len(rows),
    }


@register.simple_tag
def error_summaries(forms):
    """List what is wrong in all of these forms."""
    return error_summary(*forms)


@register.inclusion_tag("workpackages/workspace/matrix.html")
def risk_matrix(risks):
    """Draw the register as a table of likelihood by impact, each risk in its cell, with the word of the cell beside the colour."""
    cells = {}
    for risk in risks:
        cells.setdefault((risk.likelihood, risk.impact), []).append(risk)
    rows = [
        (likelihood.label, [(impact.label, GRAVITY[likelihood, impact], cells.get((likelihood, impact), [])) for impact in Level])
        for likelihood in reversed(Level)
    ]  # fmt: skip
    return {"rows": rows, "impacts": [impact.label for impact in Level], "total": len(risks)}
