"""What of the members waits for a person: votes, the list of people to confirm, the profile to approve, the memorandum to sign."""

from datetime import datetime, time

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from efc.generic import Waiting, once
from efc.models import Grant
from members.models import AccessReview, Ballot, Elector, MembershipTerm, MemorandumVersion, Organisation, Signature
from members.services.access import unanswered_now


def awaiting(user):
    """Return what waits for this person, as [efc.generic.Waiting]. Costs: 4 queries at most."""
    own = represented_by(user)
    return [*votes(user), *(owed(own) if own else [])]


@once
def represented_by(user):
    """Return the organisations for which this person acts today, by the grants that hold."""
    held = Grant.objects.holding().filter(
        user=user, role="representative", target_type=ContentType.objects.get_for_model(Organisation)
    )
    return list(Organisation.objects.filter(pk__in=held.values("target_id")).defer("description", "search_vector"))


@once
def open_ballots(user):
    """Return the ballots that are open, each with `seats` that count, how many `replied`, and the person’s `own` seats. Costs: 2 queries."""
    counting = Q(electorate__has_vote=True, electorate__recused_because="")
    return list(
        Ballot.objects.visible_to(user)
        .open_now()
        .annotate(
            seats=Count("electorate", filter=counting),
            replied=Count("electorate", filter=counting & ~Q(electorate__choice="")),
        )
        .prefetch_related(Prefetch("electorate", Elector.objects.of(user), to_attr="own"))
        .order_by("closes_at")
    )


def without_vote(ballot):
    """Return the person’s own seats in a ballot of `open_ballots` that may vote and have not."""
    return [seat for seat in ballot.own if seat.has_vote and not seat.choice and not seat.recused_because]


def votes(user):
    """The open ballots in which a seat of this person has not voted yet."""
    for ballot in open_ballots(user):
        for elector in without_vote(ballot):
            yield Waiting(
                what=_("Vote: %(title)s") % {"title": ballot},
                url=ballot.get_absolute_url(),
                action=_("Vote"),
                until=ballot.closes_at,
                note=_("For %(organisation)s") % {"organisation": elector.organisation_name},
            )


def owed(own):
    """What these organisations owe the coalition: the list of people to confirm, the profile to approve, the memorandum to sign. Costs: one query."""
    for organisation in standing(own):
        yield from people_to_confirm(organisation)
        yield from profile_to_approve(organisation)
        yield from memorandum_to_sign(organisation)


def standing(own):
    """Add what each stands for today: `is_member`, whether it `has_signed` the `memorandum` in force, and whether it `is_silent` in the
    `review` that is open until `review_due_on`. Costs: one query when asked.
    """
    version = MemorandumVersion.objects.filter(status=MemorandumVersion.Status.IN_FORCE)
    review = AccessReview.objects.filter(status=AccessReview.Status.OPEN)
    signed = Signature.objects.filter(version__in=version, organisation=OuterRef("pk"))
    name = version.annotate(name=Concat("title", Value(", "), "number")).values("name")
    return (
        Organisation.objects.filter(pk__in=[organisation.pk for organisation in own])
        .defer("description", "search_vector")
        .annotate(
            is_member=Exists(MembershipTerm.objects.as_of().filter(organisation=OuterRef("pk"))),
            has_signed=Exists(signed),
            memorandum=Subquery(name[:1]),
            review=Subquery(review.values("pk")[:1]),
            review_due_on=Subquery(review.values("due_on")[:1]),
            is_silent=Exists(unanswered_now().filter(pk=OuterRef("pk"))),
        )
        .order_by(F("name"))
    )


def people_to_confirm(organisation):
    if organisation.is_silent:
        yield Waiting(
            what=_("Confirm who acts for %(organisation)s") % {"organisation": organisation},
            url=reverse("workspace_members:review", args=[organisation.review]),
            action=_("Confirm"),
            until=timezone.make_aware(datetime.combine(organisation.review_due_on, time(23, 59))),
            note=_("What nobody confirms ends on the next day."),
        )


def profile_to_approve(organisation):
    """The profile of a member that nobody of theirs has approved yet, so that the public does not see it."""
    if organisation.is_member and organisation.profile_approved_at is None and not organisation.is_public:
        yield Waiting(
            what=_("Approve the profile of %(organisation)s") % {"organisation": organisation},
            url=reverse("workspace_members:profile", args=[organisation.slug]),
            action=_("Read and approve"),
            note=_("The public sees it only after you have approved it."),
        )


def memorandum_to_sign(organisation):
    if organisation.is_member and organisation.memorandum and not organisation.has_signed:
        yield Waiting(
            what=_("Sign the memorandum for %(organisation)s") % {"organisation": organisation},
            url=reverse("workspace_members:sign", args=[organisation.slug]),
            action=_("Read and sign"),
            note=organisation.memorandum,
        )
