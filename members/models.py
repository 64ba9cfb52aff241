from collections import Counter

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from efc.models import Term, TermQuerySet, search_column, search_index


def term_range():
    """Return the SQL range of a term, both ends included, for constraints that forbid overlap."""
    return Func(
        F("starts_on"), F("ends_on"), RangeBoundary(inclusive_lower=True, inclusive_upper=True),
        function="DATERANGE", output_field=DateRangeField(),
    )  # fmt: skip


class Sector(models.TextChoices):
    LAW_ENFORCEMENT = "law_enforcement", _("Law enforcement")
    JUDICIAL_EU = "judicial_eu", _("Judicial or EU agency or institution")
    PAYMENT = "payment", _("Payment and financial services")
    TECHNOLOGY = "technology", _("Internet and technology")
    NGO = "ngo", _("NGO and hotline")
    ACADEMIA = "academia", _("Academia")
    PUBLIC_AUTHORITY = "public_authority", _("Public authority")
    OTHER = "other", _("Other")


class Strand(models.TextChoices):
    """The three groups in which sectors are shown."""

    LAW = "law", _("Law enforcement and justice")
    INDUSTRY = "ind", _("Payment and technology companies")
    CIVIL = "civ", _("Child protection and hotlines")


STRAND_OF = {
    Sector.LAW_ENFORCEMENT: Strand.LAW,
    Sector.JUDICIAL_EU: Strand.LAW,
    Sector.PUBLIC_AUTHORITY: Strand.LAW,
    Sector.PAYMENT: Strand.INDUSTRY,
    Sector.TECHNOLOGY: Strand.INDUSTRY,
    Sector.NGO: Strand.CIVIL,
    Sector.ACADEMIA: Strand.CIVIL,
    Sector.OTHER: Strand.CIVIL,
}

RESERVED_SLUGS = {"join"}  # pages beside those of the organisations


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return what this person may see: public profiles, and all for those who keep the register."""
        if user is not None and user.is_active and user.has_perm("members.change_organisation"):
            return self
        return self.published()

    def published(self):
        return self.filter(is_public=True)

    def members(self, day=None):
        """Return the organisations that were members on this day (today when left out)."""
        return self.filter(Exists(MembershipTerm.objects.as_of(day).filter(organisation=OuterRef("pk"))))

    def named(self, words):
        """Return those with these words in their name, whatever the accents and the case."""
        return self.filter(Q(name__unaccent__icontains=words) | Q(short_name__unaccent__icontains=words))

    def in_sector(self, value):
        """Return those of a sector, or of a strand of sectors."""
        return self.filter(sector__in=[sector for sector, strand in STRAND_OF.items() if value in (sector, strand)])

    def with_seats(self, day=None):
        """Add `seats_then`: the seats of each in the Steering Group on this day. Costs: one query more."""
        return self.prefetch_related(Prefetch("seats", Seat.objects.steering_group(day), to_attr="seats_then"))

    def with_membership(self, day=None):
        """Add `since` and `until`: the days of the membership on this day, or of the last one before it."""
        begun = Q(starts_on=None) | Q(starts_on__lte=day or timezone.localdate())
        latest = MembershipTerm.objects.filter(begun, organisation=OuterRef("pk")).order_by(
            F("starts_on").desc(nulls_last=True)
        )
        return self.annotate(
            since=Subquery(latest.values("starts_on")[:1]), until=Subquery(latest.values("ends_on")[:1])
        )

    def composition(self, day=None):
        """Return the members of this day as `composition` counts them. Costs: one query."""
        seated = Exists(Seat.objects.steering_group(day).filter(organisation=OuterRef("pk")))
        return composition(self.members(day).order_by().values_list("sector", seated))


def composition(rows):
    """Count (sector, whether in the Steering Group). Returns: [(strand, seats, others)], every strand named."""
    found = Counter((STRAND_OF[Sector(sector)], bool(is_seated)) for sector, is_seated in rows)
    return [(strand, found[strand, True], found[strand, False]) for strand in Strand]


class Organisation(models.Model):
    """A member, an applicant or another organisation the coalition works with."""

    class Kind(models.TextChoices):
        POLICE = "police", _("Police or law-enforcement body")
        AGENCY = "agency", _("EU agency or institution")
        COMPANY = "company", _("Company")
        ASSOCIATION = "association", _("Industry association")
        NGO = "ngo", _("Non-governmental organisation")
        NETWORK = "network", _("Network")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=150, unique=True)
    short_name = models.CharField(
        _("short name"), max_length=60, blank=True, help_text=_("Used in lists, for example EC3.")
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True, help_text=_("Never changed once public."))
    sector = models.CharField(_("sector"), max_length=20, choices=Sector, db_index=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    country = CountryField(_("country"), blank=True, help_text=_("Empty for international bodies."))
    website = models.URLField(_("website"), blank=True)
    contribution = models.CharField(_("contribution in one sentence"), max_length=240, blank=True)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    is_public = models.BooleanField(
        _("profile public"), default=False, help_text=_("Only after the organisation has approved its profile.")
    )
    is_demo = models.BooleanField(_("demonstration record"), default=False)
    search_vector = search_column(("A", "name"), ("A", "short_name"), ("B", "contribution"), ("C", "description"))

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        indexes = [search_index("members_organisation_search")]

    def __str__(self):
        return self.short_name or self.name

    def get_absolute_url(self):
        return reverse("members:detail", args=[self.slug])

    def clean(self):
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("This address belongs to another page. Choose another one.")})

    @property
    def strand(self):
        return STRAND_OF[Sector(self.sector)]

    @property
    def full_name(self):
        """Return the name, with the short name behind it where that is an abbreviation the name does not hold already."""
        if self.short_name.isupper() and self.short_name not in self.name:
            return f"{self.name} ({self.short_name})"
        return self.name

    @property
    def website_name(self):
        """Return the website as one says it, without the scheme and the last slash."""
        return self.website.split("://", 1)[-1].removeprefix("www.").rstrip("/")


class MembershipTerm(Term):
    """The time in which an organisation is a member."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Where this is on record."))

    class Meta(Term.Meta):
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["organisation", "starts_on"]
        constraints = [
            *Term.Meta.constraints,
            ExclusionConstraint(
                name="members_membershipterm_no_overlap",
                expressions=[("organisation", RangeOperators.EQUAL), (term_range(), RangeOperators.OVERLAPS)],
                violation_error_message=_("These days overlap another membership of the same organisation."),
            ),
        ]

    def __str__(self):
        return f"{self.organisation}, {self.starts_on or '…'} – {self.ends_on or '…'}"


class Person(models.Model):
    """A person at an organisation, under a name or a role. An account is added when the person signs in."""

    name = models.CharField(_("name or role"), max_length=150)
    email = models.EmailField(_("e-mail address"), blank=True)
    user = models.OneToOneField(
        "efc.User", models.SET_NULL, null=True, blank=True, related_name="person", verbose_name=_("account")
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Representative(Term):
    """A person who acts for an organisation for a time."""

    permission_parent = "organisation"

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="representatives", verbose_name=_("organisation")
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="represents", verbose_name=_("person"))
    function = models.CharField(_("function"), max_length=120, blank=True)

    class Meta(Term.Meta):
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")
        ordering = ["organisation", "person"]

    def __str__(self):
        return f"{self.person}, {self.organisation}"


class SeatQuerySet(TermQuerySet):
    def visible_to(self, user):
        """Return the seats of the organisations this person may see."""
        return self.filter(organisation__in=Organisation.objects.visible_to(user))

    def steering_group(self, day=None):
        """Return the seats of the Steering Group on this day: chair, full and Secretariat seats, and advisory members."""
        return self.as_of(day).exclude(kind=Seat.Kind.OBSERVER)


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
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Where this is on record."))

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
