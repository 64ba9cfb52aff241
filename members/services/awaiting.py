"""What of the members waits for a person: votes, the list of people to confirm, the profile to approve, the memorandum to sign."""

from datetime import datetime, time

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from efc.generic import Waiting
from efc.models import Grant
from members.models import AccessReview, Ballot, Elector, MemorandumVersion, Organisation
from members.services.access import unanswered


def awaiting(user):
    """Return what waits for this person, as [efc.generic.Waiting]. Costs: 6 queries at most."""
    own = represented_by(user)
    found = [*votes(user)]
    if own:
        found += [*people_to_confirm(own), *profiles_to_approve(own), *memorandum_to_sign(own)]
    return found


def represented_by(user):
    """Return the organisations for which this person acts today, by the grants that hold."""
    held = Grant.objects.holding().filter(
        user=user, role="representative", target_type=ContentType.objects.get_for_model(Organisation)
    )
    return list(Organisation.objects.filter(pk__in=held.values("target_id")).defer("description", "search_vector"))


def votes(user):
    """The open ballots in which a seat of this person has not voted yet."""
    missing = Elector.objects.of(user).counting().filter(choice="").select_related("ballot")
    for elector in missing.filter(ballot__in=Ballot.objects.open_now()):
        yield Waiting(
            what=_("Vote: %(title)s") % {"title": elector.ballot},
            url=reverse("workspace_members:ballot", args=[elector.ballot_id]),
            action=_("Vote"),
            until=elector.ballot.closes_at,
            note=_("For %(organisation)s") % {"organisation": elector.organisation_name},
        )


def people_to_confirm(own):
    for review in AccessReview.objects.filter(status=AccessReview.Status.OPEN):
        silent = unanswered(review).filter(pk__in=[organisation.pk for organisation in own])
        for organisation in silent:
            yield Waiting(
                what=_("Confirm who acts for %(organisation)s") % {"organisation": organisation},
                url=reverse("workspace_members:review", args=[review.pk]),
                action=_("Confirm"),
                until=timezone.make_aware(datetime.combine(review.due_on, time(23, 59))),
                note=_("What nobody confirms ends on the next day."),
            )


def profiles_to_approve(own):
    """The members whose profile nobody of theirs has approved yet, so that the public does not see it."""
    waiting = Organisation.objects.members().filter(
        pk__in=[organisation.pk for organisation in own], profile_approved_at=None, is_public=False
    )
    for organisation in waiting:
        yield Waiting(
            what=_("Approve the profile of %(organisation)s") % {"organisation": organisation},
            url=reverse("workspace_members:profile", args=[organisation.slug]),
            action=_("Read and approve"),
            note=_("The public sees it only after you have approved it."),
        )


def memorandum_to_sign(own):
    version = MemorandumVersion.objects.current()
    if version is None:
        return
    for organisation in version.unsigned_by().filter(pk__in=[organisation.pk for organisation in own]):
        yield Waiting(
            what=_("Sign the memorandum for %(organisation)s") % {"organisation": organisation},
            url=reverse("workspace_members:sign", args=[organisation.slug]),
            action=_("Read and sign"),
            note=str(version),
        )
