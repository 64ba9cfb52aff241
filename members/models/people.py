from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from efc.models import ObjectPermission, Term, TermQuerySet, User, new_token
from efc.permissions import granted, holders
from members.models.organisations import Organisation, Suspension, term_range


class PersonQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return whom this person may see: everybody for those who keep the register; members see contact persons whose
        identity is not protected, and the people of their own organisations.
        """
        if user is None or not user.is_active or user.is_anonymous:
            return self.none()
        if user.has_perm("members.view_person"):
            return self
        own = Representative.objects.as_of().filter(
            organisation__in=granted(user, "members.change_organisation", Organisation.objects.order_by())
        )
        seen = Q(user=user) | Q(pk__in=own.values("person"))
        if user.has_perm("members.view_contacts"):
            contacts = Representative.objects.as_of().filter(is_contact=True, person__is_protected=False)
            seen |= Q(pk__in=contacts.values("person"))
        return self.filter(seen)

    def unprotected(self):
        """Return those who may stand in lists that leave the coalition."""
        return self.filter(is_protected=False)


class Person(models.Model):
    """A person at an organisation, under a name or a role. An account is added when the person signs in."""

    name = models.CharField(_("name or role"), max_length=150)
    email = models.EmailField(_("e-mail address"), blank=True)
    user = models.OneToOneField(
        "efc.User", models.SET_NULL, null=True, blank=True, related_name="person", verbose_name=_("account")
    )
    is_protected = models.BooleanField(
        _("protected identity"),
        default=False,
        help_text=_("For officers: never in public lists, badges, feedback, nor in exports without a stated reason."),
    )

    history = HistoricalRecords()
    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]
        permissions = [
            ("view_contacts", "Can see the contact persons of members"),
            ("handover_person", "Can move the duties of a leaver to a successor"),
            ("export_protected", "Can export protected identities, with a stated reason"),
        ]

    def __str__(self):
        return self.name

    def name_for(self, user):
        """Return the name as `user` may read it: of a protected person others see the role only, “Officer, EC3”.

        Full names go to the person, to those who keep the register and to the people of the same organisations.
        Costs: nothing for people without protection, else up to 3 queries.
        """
        if not self.is_protected or self.is_known_to(user):
            return self.name
        return self.role_name

    @property
    def shown_name(self):
        """Return the name that is kept where all can read it, as in the electorate of a ballot: of a protected person the role."""
        return str(self.role_name) if self.is_protected else self.name

    def email_for(self, user):
        """Return the address, or nothing where the name is not shown."""
        return self.email if not self.is_protected or self.is_known_to(user) else ""

    def is_known_to(self, user):
        if user is None or user.is_anonymous or not user.is_active:
            return False
        if self.user_id == user.pk or user.has_perm("members.view_person"):
            return True
        own = granted(user, "members.change_organisation", Organisation.objects.order_by())
        return self.represents.as_of().filter(organisation__in=own).exists()

    def seen_by(self):
        """Say to `efc.access` who else can see it: the person, colleagues, and members where it is a contact person."""
        found = [(_("The person"), User.objects.filter(is_active=True, pk=self.user_id))]
        rows = self.represents.as_of().select_related("organisation")
        for row in rows:
            found += row.organisation.seen_by()
        if not self.is_protected and any(row.is_contact for row in rows):
            found.append((_("All members, since it is a contact person"), holders("members.view_contacts")))
        return found

    @property
    def role_name(self):
        """Return what stands for a protected name: the role and the organisation."""
        row = self.represents.as_of().select_related("organisation").order_by("pk").first()
        seat = Seat.objects.as_of().filter(Q(holder=self) | Q(alternate=self)).select_related("organisation").first()
        found = row or seat
        return _("Officer, %(organisation)s") % {"organisation": found.organisation} if found else _("Officer")


class Representative(Term):
    """A person who acts for an organisation for a time."""

    permission_parent = "organisation"

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="representatives", verbose_name=_("organisation")
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="represents", verbose_name=_("person"))
    function = models.CharField(_("function"), max_length=120, blank=True)
    is_contact = models.BooleanField(
        _("contact person"), default=False, help_text=_("Other members see the name, the function and the address.")
    )

    history = HistoricalRecords()

    class Meta(Term.Meta):
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")
        ordering = ["organisation", "person"]

    def __str__(self):
        return f"{self.person}, {self.organisation}"

    @property
    def what(self):
        """Return the row without its person, who knows the own name."""
        return f"{self.organisation}, {self.function}" if self.function else str(self.organisation)


class SeatQuerySet(TermQuerySet):
    def visible_to(self, user):
        """Return the seats of the organisations this person may see."""
        return self.filter(organisation__in=Organisation.objects.visible_to(user))

    def steering_group(self, day=None):
        """Return the seats of the Steering Group on this day: chair, full and Secretariat seats, and advisory members."""
        return self.as_of(day).exclude(kind=Seat.Kind.OBSERVER)

    def voting(self, day=None):
        """Return the seats that vote on this day: chair and full seats of organisations that are not suspended."""
        suspended = Suspension.objects.as_of(day).filter(organisation=OuterRef("organisation"))
        return self.as_of(day).filter(~Exists(suspended), kind__in=[Seat.Kind.CHAIR, Seat.Kind.FULL])


class Seat(Term):
    """A seat in the Steering Group, held by an organisation for a time, with a holder and an alternate."""

    class Kind(models.TextChoices):
        CHAIR = "chair", _("Chair")
        FULL = "full", _("Full member")
        ADVISORY = "advisory", _("Advisory member")
        OBSERVER = "observer", _("Observer")
        SECRETARIAT = "secretariat", _("Secretariat")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="seats", verbose_name=_("organisation"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    holder = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="seats_held", verbose_name=_("holder")
    )
    alternate = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="seats_as_alternate", verbose_name=_("alternate")
    )
    decision = models.ForeignKey(
        "members.Decision", models.PROTECT, null=True, blank=True, related_name="seats", verbose_name=_("decision")
    )
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Where this is on record."))

    history = HistoricalRecords()
    objects = SeatQuerySet.as_manager()

    class Meta(Term.Meta):
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["organisation", "starts_on"]
        constraints = [
            *Term.Meta.constraints,
            ExclusionConstraint(
                name="members_seat_no_overlap",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (term_range(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This organisation already has a seat of this kind in these days."),
            ),
            models.CheckConstraint(
                condition=Q(holder=None) | Q(alternate=None) | ~Q(holder=F("alternate")),
                name="members_seat_alternate_is_another",
                violation_error_message=_("The alternate must be another person than the holder."),
            ),
        ]

    def __str__(self):
        return f"{self.organisation}: {self.get_kind_display()}"


class LiaisonContactQuerySet(TermQuerySet):
    def visible_to(self, user):
        """Return all for those who may see the contact persons of members."""
        if user is None or user.is_anonymous or not user.has_perm("members.view_contacts"):
            return self.none()
        return self


class LiaisonContact(Term):
    """Who keeps the contact with a related network (objective 6): a person of ours and the person there."""

    network = models.ForeignKey(
        Organisation, models.CASCADE, related_name="liaisons", verbose_name=_("network"),
        limit_choices_to={"kind": Organisation.Kind.NETWORK},
    )  # fmt: skip
    kept_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="liaisons", verbose_name=_("kept by")
    )
    name = models.CharField(_("name or role there"), max_length=150)
    email = models.EmailField(_("e-mail address there"), blank=True)
    note = models.CharField(_("what about"), max_length=240, blank=True)

    history = HistoricalRecords()
    objects = LiaisonContactQuerySet.as_manager()

    class Meta(Term.Meta):
        verbose_name = _("liaison contact")
        verbose_name_plural = _("liaison contacts")
        ordering = ["network", "name"]

    def __str__(self):
        return f"{self.name}, {self.network}"


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return all for those who keep the register, else the invitations for the person's own organisations."""
        if user is not None and user.is_active and user.has_perm("members.view_invitation"):
            return self
        return self.filter(organisation__in=Organisation.objects.kept_by(user))

    def usable(self):
        """Return the links that work, by the database's clock."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=Now())


class Invitation(models.Model):
    """A single-use link by which a person opens an account. Used by compare-and-swap on `accepted_at`."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="invitations", verbose_name=_("organisation")
    )
    email = models.EmailField(_("e-mail address"))
    token = models.CharField(max_length=43, default=new_token, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("invited by")
    )  # fmt: skip
    sent_at = models.DateTimeField(_("sent"), auto_now_add=True)
    expires_at = models.DateTimeField(_("can be used until"))
    accepted_at = models.DateTimeField(_("used"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-sent_at", "-pk"]

    def __str__(self):
        return f"{self.person}, {self.email}"

    def get_absolute_url(self):
        """Return the address that stands in the letter."""
        return reverse("members_links:invitation", args=[self.token])

    @property
    def status(self):
        """Return how the link stands: used, withdrawn, expired, or open."""
        if self.accepted_at is not None:
            return "used"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "open" if self.expires_at > timezone.now() else "expired"

    def get_status_display(self):
        words = {"used": _("used"), "withdrawn": _("withdrawn"), "open": _("open"), "expired": _("expired")}
        return words[self.status]


class OrganisationPermission(ObjectPermission):
    content_object = models.ForeignKey(Organisation, models.CASCADE)
