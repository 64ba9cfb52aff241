"""Letters about a progress report: a text and states of play asked for, with the Chair, sent back, approved."""

from django.conf import settings
from django.urls import reverse

from efc import roles
from workpackages.emails.people import holders_of, to_each


def narrative_asked(narrative, people, risks=0):
    """Ask the leads of a work package for its text in a progress report, and for the states of play of its risks that are missing."""
    period = narrative.period
    address = reverse("workspace_narrative", args=[period.programme.slug, period.number, narrative.work_package.number])
    to_each(
        "narrative_asked", people, narrative,
        narrative=narrative, period=period, link=settings.SITE_URL + address, risks=risks, risks_link=_risk_states(narrative),
    )  # fmt: skip


def risk_states_asked(narrative, people, risks):
    """Ask the leads of a work package, whose text is agreed, for the states of play of its risks."""
    to_each(
        "risk_states_asked", people, narrative,
        narrative=narrative, period=narrative.period, risks=risks, link=_risk_states(narrative),
    )  # fmt: skip


def _risk_states(narrative):
    package = narrative.work_package
    args = [package.programme.slug, package.number, narrative.period.number]
    return settings.SITE_URL + reverse("workspace_work:risk_states", args=args)


def _report(template, role, period):
    to_each(template, holders_of(role), period, period=period, link=settings.SITE_URL + period.get_absolute_url())


def report_ready(period):
    """Ask the Chair to approve a progress report."""
    _report("report_ready", roles.CHAIR, period)


def report_returned(period):
    """Tell the Secretariat that the Chair sent the report back."""
    _report("report_returned", roles.SECRETARIAT, period)


def report_approved(period):
    """Tell the Secretariat that the report is approved and ready for the Commission."""
    _report("report_approved", roles.SECRETARIAT, period)
