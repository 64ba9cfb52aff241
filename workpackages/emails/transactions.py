"""Letters about the register of test transactions."""

from django.conf import settings
from django.urls import reverse

from efc import roles
from workpackages.emails.people import holders_of, to_each


def transactions_removed_soon(day):
    """Tell the holders of the register of test transactions that rows are removed after a day. It names no row and no number."""
    link = settings.SITE_URL + reverse("workspace_work:test_transactions")
    to_each("transactions_removed_soon", holders_of(roles.COORDINATOR, roles.EVALUATOR), None, day=day, link=link)
