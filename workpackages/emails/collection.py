"""Letters about collecting data: a round opened, a return due, opened again or commented. They go to the people of the organisation."""

from django.conf import settings
from django.urls import reverse

from efc import mail
from efc.permissions import holders
from members.emails.memberships import contacts


def people_of(organisation):
    """Return [(address, language, name)] of who fills in for an organisation: the accounts that act for it, else its contact persons."""
    accounts = holders("members.change_organisation", organisation).order_by("pk")
    return [(one.email, one.language, one.full_name) for one in accounts] or contacts(organisation)


def _to_people(template, data_return, people=None, **context):
    """Write one letter to each. Returns: how many."""
    address = reverse("workspace_data:return", args=[data_return.round_id, data_return.organisation.slug])
    people = people_of(data_return.organisation) if people is None else people
    for email, language, name in people:
        mail.queue(
            f"workpackages/{template}", email, data_return, language=language, name=name, data_return=data_return,
            round=data_return.round, organisation=data_return.organisation, link=settings.SITE_URL + address, **context,
        )  # fmt: skip
    return len(people)


def round_opened(round_):
    """Ask each organisation of a round for its figures."""
    rows = round_.returns.select_related("organisation", "round")
    return sum(_to_people("round_opened", row) for row in rows)


def return_due(data_return):
    """Remind an organisation of its return."""
    return _to_people("return_due", data_return)


def return_reopened(data_return):
    """Tell an organisation that it can change its return again, why, and until when."""
    return _to_people("return_reopened", data_return)


def return_commented(comment, keepers):
    """Tell the other side that there is a comment: the organisation, or `keepers` (accounts) where the organisation wrote."""
    people = None if keepers is None else [(one.email, one.language, one.full_name) for one in keepers]
    return _to_people("return_commented", comment.data_return, people, comment=comment)
