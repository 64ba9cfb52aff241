"""What the tests of joining share: an application ready to be decided, and a person signed in who acts for a member."""

from datetime import date

from django.utils import timezone

from members.models import Application, Decision, MemorandumVersion
from members.services.access import draw_grants
from tests import factories

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TEXT = "We work together.\n\n## Test transactions\n\nMembers support test transactions."


def under_review(**fields):
    """Return an application that was sent and taken up, whatever the register knows of its organisation."""
    return factories.ApplicationFactory(
        status=Application.Status.UNDER_REVIEW, submitted_at=timezone.now(), **{"memorandum": None, **fields}
    )


def decision(sequence=3, **fields):
    fields = {"decided_on": date(2026, 3, 12), "title": "Admission", "text": "The Steering Group admits.", **fields}
    return Decision.objects.create(
        year=fields["decided_on"].year, sequence=sequence, procedure=Decision.Procedure.MEETING, **fields
    )


def acting(organisation, email="legal@payments.example", **fields):
    """Return the account of a new person who acts for `organisation`."""
    user = factories.UserFactory(email=email, full_name=fields.pop("name", "Head of legal"))
    person = factories.PersonFactory(name=user.full_name, email=email, user=user)
    factories.RepresentativeFactory(organisation=organisation, person=person, **fields)
    draw_grants(user=user)
    return user


def signed_in(client, user):
    client.force_login(user, backend=BACKEND)
    return client


def memorandum(number="2", **fields):
    return MemorandumVersion.objects.create(number=number, title="Memorandum of Understanding", text=TEXT, **fields)
