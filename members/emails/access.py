"""Letters about access: roles given and withdrawn, and the rounds in which organisations confirm their people."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from efc import mail


def access_given(grant):
    """Tell somebody which role they hold, why and from when to when."""
    return _to_holder("access_given", grant)


def access_withdrawn(grant):
    return _to_holder("access_withdrawn", grant)


def _to_holder(name, grant):
    user = grant.user
    return mail.queue(
        f"members/{name}", user.email, grant, language=user.language, name=user.full_name, grant=grant, role=_(grant.role),
        link=settings.SITE_URL + reverse("workspace_members:access"),
    )  # fmt: skip


def access_review(review, person, organisation):
    """Ask somebody to confirm who acts for the organisation."""
    return _about_review("access_review", review, person, organisation)


def access_warning(review, person, organisation):
    return _about_review("access_warning", review, person, organisation)


def _about_review(name, review, person, organisation):
    user = person.user
    return mail.queue(
        f"members/{name}", user.email, review, language=user.language, name=person.name, review=review,
        organisation=organisation, link=settings.SITE_URL + reverse("workspace_members:review", args=[review.pk]),
    )  # fmt: skip


def access_lapsed(grant, organisation):
    """Tell somebody that their access has ended because nobody confirmed it, and how it comes back."""
    user = grant.user
    return mail.queue(
        "members/access_lapsed", user.email, grant, language=user.language, name=user.full_name, organisation=organisation,
        link=settings.SITE_URL + reverse("workspace_members:access"),
    )  # fmt: skip


def access_closed(review, organisations):
    """Tell the Secretariat which organisations did not confirm their people."""
    return mail.queue(
        "members/access_closed", settings.SECRETARIAT_EMAIL, review, review=review, organisations=organisations,
        link=settings.SITE_URL + reverse("admin:members_accessreview_change", args=[review.pk]),
    )  # fmt: skip
