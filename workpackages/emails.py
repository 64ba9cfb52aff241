"""The letters of the work: whom, which template, which facts."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from efc import mail, roles
from efc.models import Grant
from workpackages.models import LeadPerson


def leads_of(package):
    """Return the accounts of the people who lead a work package today."""
    people = LeadPerson.objects.as_of().filter(lead__work_package=package, person__user__is_active=True)
    return list(get_user_model().objects.filter(pk__in=people.values("person__user")).order_by("pk"))


def _holders(*names):
    held = Grant.objects.holding().site_wide().filter(role__in=names)
    return list(get_user_model().objects.filter(is_active=True, pk__in=held.values("user")).order_by("pk"))


def _each(template, people, about, **context):
    for person in people:
        mail.queue(
            f"workpackages/{template}", person.email, about, language=person.language, name=person.full_name, **context
        )


def extension_requested(extension):
    """Tell the Chair and the Secretariat that a lead asks for more time."""
    _each(
        "extension_requested", _holders(roles.CHAIR, roles.SECRETARIAT), extension,
        extension=extension, deliverable=extension.deliverable, link=settings.SITE_URL + extension.deliverable.get_absolute_url(),
    )  # fmt: skip


def extension_decided(extension):
    """Tell the leads what was decided on their request."""
    deliverable = extension.deliverable
    _each(
        "extension_decided", leads_of(deliverable.work_package), extension,
        extension=extension, deliverable=deliverable, link=settings.SITE_URL + deliverable.get_absolute_url(),
    )  # fmt: skip


def deliverable_submitted(deliverable):
    _each(
        "deliverable_submitted", _holders(roles.SECRETARIAT), deliverable,
        deliverable=deliverable, link=settings.SITE_URL + deliverable.get_absolute_url(),
    )  # fmt: skip


def deliverable_answered(deliverable):
    """Tell the leads that the Commission accepted or rejected what they handed in."""
    _each(
        "deliverable_answered", leads_of(deliverable.work_package), deliverable,
        deliverable=deliverable, link=settings.SITE_URL + deliverable.get_absolute_url(),
    )  # fmt: skip


def deliverable_commented(comment):
    deliverable = comment.deliverable
    people = [person for person in leads_of(deliverable.work_package) if person.pk != comment.written_by_id]
    _each(
        "deliverable_commented", people, deliverable,
        comment=comment, deliverable=deliverable, link=settings.SITE_URL + deliverable.get_absolute_url(),
    )  # fmt: skip


def task_given(task, by):
    """Tell a person which task is theirs now, and who gave it."""
    person = task.assignee
    address = person.user.email if person.user else person.email
    if address:
        mail.queue(
            "workpackages/task_given", address, task, language=person.user.language if person.user else "en", name=person.name,
            task=task, by=by, link=settings.SITE_URL + task.get_absolute_url(),
        )  # fmt: skip


def update_due(person, deliverables):
    """Ask a lead, once a month, how each open deliverable stands."""
    links = [
        (row, settings.SITE_URL + reverse("workspace_work:update", args=[row.work_package.programme.slug, row.work_package.number, row.number]))
        for row in deliverables
    ]  # fmt: skip
    mail.queue(
        "workpackages/update_due", person.email, deliverables[0].work_package, language=person.language, name=person.full_name,
        links=links, area=settings.SITE_URL + reverse("workspace_work:area", args=[deliverables[0].work_package.number]),
    )  # fmt: skip


def narrative_asked(narrative, people, risks=0):
    """Ask the leads of a work package for its text in a progress report, and for the states of play of its risks that are missing."""
    period = narrative.period
    address = reverse("workspace_narrative", args=[period.programme.slug, period.number, narrative.work_package.number])
    _each(
        "narrative_asked", people, narrative,
        narrative=narrative, period=period, link=settings.SITE_URL + address, risks=risks, risks_link=_risk_states(narrative),
    )  # fmt: skip


def risk_states_asked(narrative, people, risks):
    """Ask the leads of a work package, whose text is agreed, for the states of play of its risks."""
    _each(
        "risk_states_asked", people, narrative,
        narrative=narrative, period=narrative.period, risks=risks, link=_risk_states(narrative),
    )  # fmt: skip


def _risk_states(narrative):
    package = narrative.work_package
    args = [package.programme.slug, package.number, narrative.period.number]
    return settings.SITE_URL + reverse("workspace_work:risk_states", args=args)


def _report(template, role, period):
    _each(template, _holders(role), period, period=period, link=settings.SITE_URL + period.get_absolute_url())


def report_ready(period):
    """Ask the Chair to approve a progress report."""
    _report("report_ready", roles.CHAIR, period)


def report_returned(period):
    """Tell the Secretariat that the Chair sent the report back."""
    _report("report_returned", roles.SECRETARIAT, period)


def report_approved(period):
    """Tell the Secretariat that the report is approved and ready for the Commission."""
    _report("report_approved", roles.SECRETARIAT, period)


def transactions_removed_soon(day):
    """Tell the holders of the register of test transactions that rows are removed after a day. It names no row and no number."""
    link = settings.SITE_URL + reverse("workspace_work:test_transactions")
    _each("transactions_removed_soon", _holders(roles.COORDINATOR, roles.EVALUATOR), None, day=day, link=link)
