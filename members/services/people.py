"""Who acts for an organisation: naming, inviting, ending, and handing a leaver's duties to a successor."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from efc import audit, rates
from efc.models import User
from efc.permissions import redraw, require
from efc.workflow import WrongStatus
from members.emails import people as emails
from members.models import Ballot, Elector, Invitation, LiaisonContact, Person, Representative, Seat

LINK_LIFE = timedelta(days=14)
ASKING_AGAIN = [(1, 86400)]  # one letter a day for one link that no longer works


def _require_for(by, perm, organisation):
    """Let pass who may do this site-wide, or who keeps this organisation's own people."""
    if by is not None and by.has_perm(perm):
        return
    if organisation is None:
        raise PermissionDenied(perm)
    require(by, "members.change_organisation", organisation)


def person_of(*, name, email, protected_too=True):
    """Return the person of this e-mail address, whose account may be known under it too, or a new one."""
    email = email.strip().lower()
    known = Person.objects.filter(Q(email__iexact=email) | Q(user__email=email)).order_by("user", "pk").first()
    if known is not None and known.is_protected and not protected_too:
        raise ValidationError({"email": _("The Secretariat adds this person. Write to it.")})
    return known or Person.objects.create(name=name.strip(), email=email)


# ── naming and ending ────────────────────────────────────────────────────


@transaction.atomic
def name_representative(organisation, *, name, email, function="", is_contact=False, by):
    """Let a person act for an organisation from today, and invite them. A person may act for several.

    Writes: the row, the person where new, grants, an audit entry. Letters: invitation, or invitation_joined. Returns: the row.
    Raises: PermissionDenied; ValidationError when the person acts for it already.
    """
    _require_for(by, "members.add_representative", organisation)
    keeps_register = by is None or by.has_perm("members.view_person")
    colleagues = organisation.representatives.as_of().filter(person__email__iexact=email.strip())
    if colleagues.exists():
        raise ValidationError(
            {"email": _("This person acts for the organisation already. Look at the list of people.")}
        )
    person = person_of(name=name, email=email, protected_too=keeps_register)
    row = Representative.objects.create(
        organisation=organisation,
        person=person,
        function=function,
        is_contact=is_contact,
        starts_on=timezone.localdate(),
    )
    audit.record("members.representative.name", row, by, organisation=organisation.slug)
    invite_person(person, organisation, by=by)
    redraw(by=by)
    return row


@transaction.atomic
def end_representative(row, *, by):
    """Let a person no longer act for an organisation, at once. A seat they hold stays; the Secretariat changes it.

    Writes: the last day of the row (yesterday; a row that began today is removed), grants, an audit entry; open invitations
    are withdrawn. Raises: PermissionDenied; ValidationError when an organisation would be without anybody.
    """
    organisation = row.organisation
    _require_for(by, "members.change_representative", organisation)
    others = organisation.representatives.as_of().exclude(person=row.person)
    if by is not None and not by.has_perm("members.change_representative") and not others.exists():
        raise ValidationError(_("Name a successor first: somebody must act for the organisation."))
    audit.record("members.representative.end", row, by, organisation=organisation.slug)
    for open_link in row.person.invitations.usable().filter(organisation=organisation):
        _withdraw(open_link, by)
    _end(row)
    redraw(by=by)


def _end(row):
    """End a term at once: yesterday was its last day. One that has not lasted a day is removed."""
    yesterday = timezone.localdate() - timedelta(days=1)
    if row.starts_on is not None and row.starts_on > yesterday:
        row.delete()
    else:
        row.ends_on = yesterday
        row.save(update_fields=["ends_on"])


# ── inviting ─────────────────────────────────────────────────────────────


@transaction.atomic
def invite_person(person, organisation, *, by=None, email=None):
    """Invite a person to open an account by a single-use link; one who has an account is told what is new instead.

    An earlier link of the same person is withdrawn. Writes: the invitation, an audit entry. Letters: invitation, or
    invitation_joined. Returns: the invitation, or None where there is an account. Raises: PermissionDenied, ValidationError.
    """
    _require_for(by, "members.add_invitation", organisation)
    email = (email or person.email).strip().lower()
    validate_email(email)
    account = User.objects.filter(email=email).first()
    if person.user_id is None and account is not None:
        person = _give_account(person, account)
        redraw(by=by)
    if person.user_id is not None:
        if organisation is not None:
            emails.invitation_joined(person, organisation)
        return None
    for earlier in person.invitations.usable():
        _withdraw(earlier, by)
    invitation = Invitation.objects.create(
        person=person, organisation=organisation, email=email, invited_by=by, expires_at=timezone.now() + LINK_LIFE
    )
    audit.record("members.invitation.invite", invitation, by)
    emails.invitation(invitation)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation, *, by):
    """Make a link useless. Writes: the invitation, an audit entry. Raises: PermissionDenied, WrongStatus when it was used."""
    _require_for(by, "members.add_invitation", invitation.organisation)
    if not _withdraw(invitation, by):
        raise WrongStatus(invitation, "withdraw")


def _withdraw(invitation, by):
    done = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(withdrawn_at=Now())
    invitation.refresh_from_db()
    if done:
        audit.record("members.invitation.withdraw", invitation, by)
    return done


@transaction.atomic
def accept_invitation(invitation, *, password="", full_name=""):
    """Open the account of an invitation; of several who try at once, one does. An account that exists keeps its password.

    Writes: the invitation, the account, the person's account, grants, an audit entry. Returns: the account.
    Raises: WrongStatus when the link was used, withdrawn or is too old.
    """
    used = Invitation.objects.usable().filter(pk=invitation.pk).update(accepted_at=Now())
    invitation.refresh_from_db()
    if not used:
        raise WrongStatus(invitation, "accept")
    person = Person.objects.select_for_update(of=("self",)).get(pk=invitation.person_id)
    account = person.user or User.objects.filter(email=invitation.email).first()
    if account is None:
        account = User.objects.create_user(invitation.email, password, full_name=full_name.strip() or person.name)
    if person.user_id is None:
        person = _give_account(person, account)
    audit.record("members.invitation.accept", invitation, account)
    redraw(by=account)
    return account


def _give_account(person, account):
    """Tie a person to an account. Where the account is another person's, what this one does becomes that one's."""
    known = Person.objects.filter(user=account).first()
    if known is None:
        person.user = account
        person.save(update_fields=["user"])
        return person
    for row in person.represents.all():
        row.person = known
        row.save(update_fields=["person"])
    for seat in Seat.objects.filter(Q(holder=person) | Q(alternate=person)):
        _succeed(seat, person, known)
        seat.save(update_fields=["holder", "alternate"])
    return known


@transaction.atomic
def ask_for_invitation(invitation):
    """Tell who invited that the link no longer works; asking again on the same day writes nothing. Letters: invitation_wanted."""
    if invitation.status in ("expired", "withdrawn") and rates.allow(
        "members.invitation", invitation.token, ASKING_AGAIN
    ):
        emails.invitation_wanted(invitation)


# ── hand-over ────────────────────────────────────────────────────────────


def held_by(person):
    """Return [(what, names)] of what a hand-over would move in this room, for the page that asks first. Costs: 5 queries."""
    seats = Seat.objects.filter(Q(holder=person) | Q(alternate=person)).running().select_related("organisation")
    acts_for = Representative.objects.filter(person=person).running().select_related("organisation")
    contacts = LiaisonContact.objects.filter(kept_by=person).running().select_related("network")
    return [
        (_("seat"), [str(seat) for seat in seats]),
        (_("organisation represented"), [str(row.organisation) for row in acts_for]),
        (_("open ballot"), [f"{elector.ballot}, {elector.organisation}" for elector in _open_electors(person)]),
        (_("liaison contact"), [str(contact) for contact in contacts]),
        (_("invitation that stops working"), [link.email for link in person.invitations.usable()]),
    ]


def _open_electors(person):
    mine = Q(holder=person) | Q(alternate=person)
    return Elector.objects.filter(mine, ballot__status=Ballot.Status.OPEN).select_related("ballot", "organisation")


@transaction.atomic
def hand_over(person, to, *, by):
    """Move what a leaver holds in this room to a successor: seats, organisations, open ballots, liaisons. Open links are withdrawn.

    Writes: those rows, an audit entry each kind, grants. Letters: invitation, where the successor has no account yet.
    Returns: sentences on what moved. Raises: PermissionDenied, ValidationError.
    """
    require(by, "members.handover_person")
    if person == to:
        raise ValidationError(_("Choose another person as successor."))
    moved = [*_move_seats(person, to), *_move_electors(person, to), *_move_liaisons(person, to)]
    organisations = []
    for row in Representative.objects.filter(person=person).running().select_related("organisation"):
        organisations.append(row.organisation)
        moved.append(_("You act for %(organisation)s.") % {"organisation": row.organisation})
        doubled = Representative.objects.filter(person=to, organisation=row.organisation).running().first()
        if doubled is not None and row.is_contact:
            doubled.is_contact = True
            doubled.save(update_fields=["is_contact"])
        pass_on(row, None if doubled else to)
    for link in person.invitations.usable():
        _withdraw(link, by)
    audit.record("members.person.hand_over", person, by, to=to.pk, moved=len(moved))
    if to.user_id is None and to.email and organisations:
        invite_person(to, organisations[0], by=by)
    redraw(by=by)
    return moved


def pass_on(row, to):
    """End a person's row yesterday and begin the same one for a successor today; `to` is None where the successor has one already."""
    today, last = timezone.localdate(), row.ends_on
    starts_on = max(row.starts_on or today, today)
    if to is not None:
        fields = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if not field.primary_key}
        type(row).objects.create(**{**fields, "person": to, "starts_on": starts_on, "ends_on": last})
    _end(row)


def _move_seats(person, to):
    for seat in Seat.objects.filter(Q(holder=person) | Q(alternate=person)).running().select_related("organisation"):
        _succeed(seat, person, to)
        seat.save(update_fields=["holder", "alternate"])
        yield _("You hold the seat “%(seat)s”.") % {"seat": seat}


def _move_electors(person, to):
    """Move the votes that are still open; the names of the opening stay. The ballots are locked, so that none closes in between."""
    list(Ballot.objects.filter(pk__in=_open_electors(person).values("ballot")).select_for_update().order_by("pk"))
    for elector in _open_electors(person):
        _succeed(elector, person, to)
        elector.save(update_fields=["holder", "alternate"])
        yield _("You vote for %(organisation)s on “%(ballot)s”.") % {
            "organisation": elector.organisation, "ballot": elector.ballot,
        }  # fmt: skip


def _succeed(place, person, to):
    """Put `to` where `person` was in a seat; nobody is holder and alternate at once, and the holder's place goes first."""
    if place.holder == person:
        place.holder = to
        if place.alternate == to:
            place.alternate = None
    else:
        place.alternate = None if place.holder == to else to


def _move_liaisons(person, to):
    for contact in LiaisonContact.objects.filter(kept_by=person).running().select_related("network"):
        contact.kept_by = to
        contact.save(update_fields=["kept_by"])
        yield _("You keep the contact with %(network)s.") % {"network": contact.network}
