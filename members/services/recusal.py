"""Which organisations have no vote on an application besides its own, because the Secretariat knows of an interest."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from efc import audit
from efc.permissions import require
from members.models import Application, Ballot


@transaction.atomic
def recuse_organisations(application, recused, *, by):
    """Say which organisations do not vote on an application. The ballot reads it when it opens.

    Writes: the list, an audit entry. Raises: PermissionDenied, ValidationError while a ballot on it is open.
    """
    require(by, "members.handle_application", application)
    application = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if application.ballots.filter(status=Ballot.Status.OPEN).exists():
        raise ValidationError(
            _("A ballot on this application is open; its electorate stands. A seat can declare its interest itself.")
        )
    before = set(application.recused.values_list("pk", flat=True))
    application.recused.set(recused)
    if before != {organisation.pk for organisation in recused}:
        audit.record("members.application.recuse", application, by, organisations=sorted(str(one) for one in recused))
    return application
