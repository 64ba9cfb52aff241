"""Who may do what in the coalition: grants that follow from seats and representatives, and roles given by hand."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from efc import audit, permissions, roles
from efc.models import Grant
from efc.permissions import Due, require
from efc.workflow import TooLate, WrongStatus
from members.emails import access as emails
from members.models import AccessAnswer, AccessReview, Organisation, Person, Representative, Seat, Suspension
from members.services.people import end_representative

SHORTEST = timedelta(days=14)
WARNINGS = {"first_warning_at": timedelta(days=7), "second_warning_at": timedelta(days=2)}  # before the day

# What a seat gives its holder and its alternate. The Secretariat's seat gives nothing: officers are named one by one.
ROLES_OF_SEAT = {
    Seat.Kind.CHAIR: [roles.CHAIR, roles.STEERING_GROUP],
    Seat.Kind.FULL: [roles.STEERING_GROUP],
    Seat.Kind.ADVISORY: [roles.ADVISORY_MEMBER],
    Seat.Kind.OBSERVER: [roles.OBSERVER],
    Seat.Kind.SECRETARIAT: [],
}


@permissions.drawn_from(Seat, Representative, reads=[Organisation, Person, Suspension])
def due_grants():
    """Return the grants that seats and representatives call for, now and later; suspended organisations give none. Costs: 3 queries."""
    suspended = set(Suspension.objects.as_of().values_list("organisation", flat=True))
    due = []
    for seat in Seat.objects.select_related("holder", "alternate"):
        people = {person.user_id for person in (seat.holder, seat.alternate) if person is not None and person.user_id}
        if seat.organisation_id not in suspended:
            term = {"starts_on": seat.starts_on, "ends_on": seat.ends_on}
            due += [Due(user, role, seat, **term) for user in people for role in ROLES_OF_SEAT[seat.kind]]
    for row in Representative.objects.exclude(person__user=None).select_related("person", "organisation"):
        if row.organisation_id not in suspended:
            term = {"starts_on": row.starts_on, "ends_on": row.ends_on}
            due.append(Due(row.person.user_id, roles.REPRESENTATIVE, row, **term))
            due.append(Due(row.person.user_id, "representative", row, target=row.organisation, **term))
    return due


def draw_grants(*, by=None, user=None):
    """Make the grants equal to the rows of every room, for one account or for all. Returns: how many changed."""
    return permissions.redraw(by=by, user=user)


# ── roles given by hand ──────────────────────────────────────────────────


@transaction.atomic
def give_role(user, role, *, by, reason, starts_on=None, ends_on=None):
    """Give a role that no row gives, with the reason and the days. Nobody gives one to themselves.

    Writes: the grant, whether the account may open the desk, an audit entry. Letters: access_given. Returns: the grant.
    Raises: PermissionDenied, ValidationError.
    """
    require(by, "efc.give_grant")
    _not_oneself(by, user)
    if role not in roles.BY_HAND:
        raise ValidationError({"role": _("Choose a role from the list.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Write the decision or the fact that gives the role.")})
    if starts_on and ends_on and ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day lies before the first day. Give a later last day.")})
    if Grant.objects.running().site_wide().filter(user=user, role=role, source_type=None, withdrawn_at=None).exists():
        raise ValidationError(
            _("%(name)s holds this role by hand already. Withdraw it first to change its days.") % {"name": user}
        )
    held = permissions.grant(user, role, by=by, reason=reason.strip(), starts_on=starts_on, ends_on=ends_on)
    emails.access_given(held)
    return held


@transaction.atomic
def withdraw_role(grant, *, by, because):
    """End a grant at once; what a row gave is not given again while the row is the same. Nobody withdraws their own.

    Writes: the grant, whether the account may open the desk, an audit entry. Letters: access_withdrawn. Raises: PermissionDenied, ValidationError.
    """
    require(by, "efc.give_grant")
    _not_oneself(by, grant.user)
    if not because.strip():
        raise ValidationError({"because": _("Write why the role ends.")})
    if grant.withdrawn_at is None:
        permissions.withdraw(grant, by=by, because=because.strip())
        emails.access_withdrawn(grant)
    return grant


@transaction.atomic
def restore_role(grant, *, by):
    """Let a grant hold again that a row gave and that was withdrawn. Raises: PermissionDenied, ValidationError where the row is gone."""
    require(by, "efc.give_grant")
    _not_oneself(by, grant.user)
    if grant.source is None or grant.withdrawn_because == permissions.ROW_GONE:
        raise ValidationError(
            _("Nothing gives this role any more. Change the seat, the representative or the lead instead.")
        )
    permissions.restore(grant, by=by)
    draw_grants(by=by, user=grant.user)
    return grant


def _not_oneself(by, user):
    if by is not None and by.pk == user.pk:
        raise ValidationError(_("Nobody changes their own roles. Ask another officer."))


# ── rounds of confirmation ───────────────────────────────────────────────


@transaction.atomic
def open_review(*, title, due_on, by):
    """Ask every organisation to confirm who acts for it by a day at least two weeks away.

    Writes: the review, an audit entry. Letters: access_review to each of its people. Returns: the review.
    Raises: PermissionDenied, ValidationError.
    """
    require(by, "members.add_accessreview")
    check_review(due_on)
    review = AccessReview.objects.create(title=title, due_on=due_on, opened_on=timezone.localdate())
    audit.record("members.accessreview.open", review, by, due_on=due_on.isoformat())
    _write_to(review, unanswered(review), emails.access_review)
    return review


def check_review(due_on):
    """Refuse a review that is too short, or a second one at a time. Raises: ValidationError."""
    if due_on < timezone.localdate() + SHORTEST:
        raise ValidationError({"due_on": _("Give the organisations at least two weeks.")})
    if AccessReview.objects.filter(status=AccessReview.Status.OPEN).exists():
        raise ValidationError(_("A review is open already. Close it before you open another."))


def asked(review):
    """Return the grants that a review is about: those of representatives, in force and given before it or on its first day."""
    return _given_until(review.opened_on)


def _given_until(day):
    rows = ContentType.objects.get_for_model(Representative)
    return Grant.objects.running().filter(source_type=rows, withdrawn_at=None, given_at__date__lte=day)


def unanswered(review):
    """Return the organisations that have people with access and have not confirmed them in this review. Costs: one query."""
    return _silent(review.pk, review.opened_on)


def unanswered_now():
    """Return what `unanswered` does for the review that is open, without asking which; none where none is open."""
    opened = AccessReview.objects.filter(status=AccessReview.Status.OPEN)
    return _silent(opened.values("pk")[:1], opened.values("opened_on")[:1])


def _silent(review, opened_on):
    about = _given_until(opened_on).filter(source_id=OuterRef("pk"))
    people = Representative.objects.filter(Exists(about), organisation=OuterRef("pk"))
    answered = AccessAnswer.objects.filter(review=review, organisation=OuterRef("pk"))
    return Organisation.objects.filter(Exists(people), ~Exists(answered))


def with_progress(reviews):
    """Add `done` and `silent`: how many organisations have confirmed in each review, and how many are `unanswered`."""
    about = _given_until(OuterRef(OuterRef("opened_on"))).filter(source_id=OuterRef("pk"))
    answered = AccessAnswer.objects.filter(review=OuterRef(OuterRef("pk")), organisation=OuterRef("organisation"))
    people = Representative.objects.filter(Exists(about), ~Exists(answered)).order_by()
    silent = people.values(all=Value(1)).annotate(n=Count("organisation", distinct=True)).values("n")
    return reviews.annotate(done=Count("answers", distinct=True), silent=Coalesce(Subquery(silent), 0))


def lapsed(review):
    """Return the grants that lapsed because nobody confirmed them in this review."""
    return Grant.objects.filter(withdrawn_because=_nobody_confirmed(review))


def organisations_lapsed(review):
    """Return the organisations whose people have lost access in this review and have not got it back."""
    rows = Representative.objects.filter(pk__in=lapsed(review).values("source_id"))
    return Organisation.objects.filter(pk__in=rows.values("organisation"))


def to_confirm(review):
    """Return the organisations for which the Secretariat can confirm: still asked, or lapsed because nobody answered."""
    keys = [
        *unanswered(review).values_list("pk", flat=True),
        *organisations_lapsed(review).values_list("pk", flat=True),
    ]
    return Organisation.objects.filter(pk__in=keys).defer("search_vector")


def _nobody_confirmed(review):
    return f"Nobody confirmed it in access review {review.pk}."


@transaction.atomic
def confirm_people(review, organisation, *, by, ended=()):
    """Confirm who acts for an organisation, and end those (rows) who no longer do. The Secretariat's word, also after the day,
    brings back what lapsed.

    Writes: the answer, rows that end, grants, an audit entry. Raises: PermissionDenied; WrongStatus when the review is over;
    TooLate when somebody was faster; ValidationError when the organisation would be without anybody.
    """
    keeps_reviews = by is None or by.has_perm("members.change_accessreview")
    if not keeps_reviews:
        require(by, "members.change_organisation", organisation)
        if review.status != AccessReview.Status.OPEN:
            raise WrongStatus(review, "confirm")
    answer, is_new = AccessAnswer.objects.get_or_create(
        review=review, organisation=organisation, defaults={"answered_by": by}
    )
    if not is_new:
        raise TooLate(
            _("%(name)s confirmed these people on %(day)s already. Look at the list before you go on.")
            % {"name": answer.answered_by or _("Somebody"), "day": date_format(answer.answered_at)}
        )
    own_last = sorted(ended, key=lambda row: by is not None and row.person.user_id == by.pk)
    for row in own_last:
        end_representative(row, by=by)
    rows = [row.pk for row in organisation.representatives.running()]
    about = Grant.objects.filter(source_type=ContentType.objects.get_for_model(Representative), source_id__in=rows)
    for held in about.filter(pk__in=lapsed(review)):
        permissions.restore(held, by=by)
    about.filter(withdrawn_at=None).update(confirmed_at=timezone.now())
    audit.record("members.accessreview.confirm", review, by, organisation=organisation.slug, ended=len(own_last))
    draw_grants(by=by)
    return answer


def warn_unconfirmed(today=None):
    """Remind those who have not answered the open review, twice. Called by the clock. Letters: access_warning. Returns: how many."""
    today, sent = today or timezone.localdate(), 0
    for review in AccessReview.objects.filter(status=AccessReview.Status.OPEN):
        for stamp, before in WARNINGS.items():
            if today >= review.due_on - before and getattr(review, stamp) is None:
                with transaction.atomic():
                    free = AccessReview.objects.filter(pk=review.pk, **{f"{stamp}__isnull": True})
                    if free.update(**{stamp: timezone.now()}):
                        sent += _write_to(review, unanswered(review), emails.access_warning)
                break  # one letter a day: the second warning waits for the next
    return sent


def lapse_unconfirmed(today=None):
    """Close the review whose day is over, once both warnings have been out for a day. Called by the clock. Returns: how many grants lapsed."""
    today = today or timezone.localdate()
    due = AccessReview.objects.filter(
        status=AccessReview.Status.OPEN,
        due_on__lt=today,
        second_warning_at__date__lt=today,
    )
    return sum(lapsed(close_review(review, by=None)).count() for review in due)


@transaction.atomic
def close_review(review, *, by):
    """End a review. By the clock, what nobody confirmed lapses; an officer who ends it early lets everything stand.

    Writes: the review, grants, an audit entry. Letters: access_lapsed to the people, access_closed to the Secretariat.
    Returns: the review. Raises: PermissionDenied, WrongStatus.
    """
    silent = list(unanswered(review)) if by is None else []
    review.move("close", by=by)
    people = {}
    for held in asked(review).filter(source_id__in=Representative.objects.filter(organisation__in=silent).values("pk")):
        permissions.withdraw(held, by=by, because=_nobody_confirmed(review))
        people[held.user_id, held.source.organisation_id] = held
    for held in people.values():
        emails.access_lapsed(held, held.source.organisation)
    if by is None:
        emails.access_closed(review, silent)
    return review


def _write_to(review, organisations, letter):
    """Write to each person with an account who acts for one of these organisations. Returns: how many letters."""
    rows = Representative.objects.as_of().filter(organisation__in=organisations, person__user__is_active=True)
    rows = rows.select_related("person__user", "organisation")
    return sum(letter(review, row.person, row.organisation) is not None for row in rows)
