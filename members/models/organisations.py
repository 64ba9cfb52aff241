from collections import Counter
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from simple_history.models import HistoricalRecords

from efc.files import private_path
from efc.models import Term, TermQuerySet, search_column, search_index
from efc.permissions import granted, holders


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
        if user is None or not user.is_active:
            return self.published()
        if user.has_perm("members.change_organisation"):
            return self
        own = granted(user, "members.change_organisation", Organisation.objects.order_by()).values("pk")
        return self.filter(Q(is_public=True) | Q(pk__in=own))

    def kept_by(self, user):
        """Return those for whose people this person may speak: the own ones, or all for those who keep the register."""
        if user is None:
            return self.none()
        return granted(user, "members.change_organisation", self.order_by())

    def published(self):
        return self.filter(is_public=True)

    def nameable(self):
        """Return those that public pages may name in a team: public profiles, and bodies that never joined, such as a guest police."""
        joined = Exists(MembershipTerm.objects.filter(organisation=OuterRef("pk")))
        return self.filter(Q(is_public=True) | ~joined)

    def members(self, day=None):
        """Return the organisations that were members on this day (today when left out)."""
        return self.filter(Exists(MembershipTerm.objects.as_of(day).filter(organisation=OuterRef("pk"))))

    def may_sign(self, day):
        """Return those that could sign the memorandum on this day: members of then or of later, so those just admitted too."""
        kept = MembershipTerm.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day))
        return self.filter(Exists(kept.filter(organisation=OuterRef("pk"))))

    def named(self, words):
        """Return those with these words in their name, whatever the accents and the case."""
        return self.filter(Q(name__unaccent__icontains=words) | Q(short_name__unaccent__icontains=words))

    def in_sector(self, value):
        """Return those of a sector, or of a strand of sectors."""
        return self.filter(sector__in=[sector for sector, strand in STRAND_OF.items() if value in (sector, strand)])

    def with_seats(self, day=None):
        """Add `seats_then`: the seats of each in the Steering Group on this day. Costs: one query more."""
        return self.prefetch_related(Prefetch("seats", _seats().steering_group(day), to_attr="seats_then"))

    def with_membership(self, day=None):
        """Add `since` and `until`: the days of the membership on this day, or of the last one before it.

        Terms that follow each other without a gap, as yearly renewals do, are one membership: `since` is the first day of the first.
        """
        begun = Q(starts_on=None) | Q(starts_on__lte=day or timezone.localdate())
        terms = MembershipTerm.objects.filter(begun, organisation=OuterRef("pk")).order_by(
            F("starts_on").desc(nulls_last=True)
        )
        return self.annotate(
            since=Subquery(terms.openings().values("starts_on")[:1]), until=Subquery(terms.values("ends_on")[:1])
        )

    def composition(self, day=None):
        """Return the members of this day as `composition` counts them. Costs: one query."""
        seated = Exists(_seats().steering_group(day).filter(organisation=OuterRef("pk")))
        return composition(self.members(day).order_by().values_list("sector", seated))


def _seats():
    return apps.get_model("members.Seat").objects


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
    logo = models.FileField(
        _("logo"), upload_to=private_path, blank=True, help_text=_("PNG or JPEG, shown with the profile.")
    )
    is_public = models.BooleanField(
        _("profile public"), default=False, help_text=_("Only after the organisation has approved its profile.")
    )
    profile_approved_at = models.DateTimeField(_("profile approved"), null=True, blank=True, editable=False)
    profile_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("profile approved by"),
    )  # fmt: skip
    is_demo = models.BooleanField(_("demonstration record"), default=False)
    search_vector = search_column(("A", "name"), ("A", "short_name"), ("B", "contribution"), ("C", "description"))

    # Translations stand in columns of their own, added after the model; the history keeps the English text.
    history = HistoricalRecords(
        excluded_fields=[
            "search_vector",
            *(f"{name}_{code}" for name in ("contribution", "description") for code, _l in settings.LANGUAGES),
        ]
    )
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

    SEEN_WITH = "members.change_organisation"  # while it is not public

    def seen_by(self):
        """Say to `efc.access` who else can see it: its representatives."""
        who = _("Representatives of %(organisation)s") % {"organisation": self}
        return [(who, holders("members.change_organisation", self))]

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


class MembershipTermQuerySet(TermQuerySet):
    def visible_to(self, user):
        """Return the memberships of the organisations this person may see."""
        return self.filter(organisation__in=Organisation.objects.visible_to(user).order_by())

    def openings(self):
        """Return the terms with which a membership began: those that follow no other without a gap."""
        before = MembershipTerm.objects.filter(
            organisation=OuterRef("organisation"), ends_on=OuterRef("starts_on") - timedelta(days=1)
        )
        return self.filter(~Exists(before))


class MembershipTerm(Term):
    """The time in which an organisation is a member."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    decision = models.ForeignKey(
        "members.Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("decision"),
    )
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Where this is on record."))
    left_because = models.CharField(_("reason for leaving"), max_length=240, blank=True)
    first_notice_at = models.DateTimeField(_("first notice of the end"), null=True, blank=True, editable=False)
    second_notice_at = models.DateTimeField(_("second notice of the end"), null=True, blank=True, editable=False)

    history = HistoricalRecords()
    objects = MembershipTermQuerySet.as_manager()

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


class SuspensionQuerySet(TermQuerySet):
    def visible_to(self, user):
        """Return all for those who keep the register, else those of the person's own organisations."""
        if user is not None and user.is_active and user.has_perm("members.view_suspension"):
            return self
        return self.filter(organisation__in=Organisation.objects.kept_by(user))


class Suspension(Term):
    """A time in which a member's seats do not vote and its people may not sign in to its area. Not public."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="suspensions", verbose_name=_("organisation")
    )
    reason = models.CharField(_("reason"), max_length=240)
    decision = models.ForeignKey(
        "members.Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="suspensions",
        verbose_name=_("decision"),
    )

    history = HistoricalRecords()
    objects = SuspensionQuerySet.as_manager()

    class Meta(Term.Meta):
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["-starts_on", "pk"]

    def __str__(self):
        return f"{self.organisation}, {self.starts_on or '…'} – {self.ends_on or '…'}"
