from django.db import models
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from efc.models import ObjectPermission, Term, TermQuerySet, search_column, search_index
from members.models import Organisation, Person
from workpackages.models.programmes import Objective, Programme

# What no page about the work shows of an organisation.
UNREAD = ("organisation__description", "organisation__search_vector")


class WorkPackageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return all: a work package's name, aim and leads are public."""
        return self

    def for_lists(self):
        """Leave out what lists do not show."""
        return self.select_related("programme").defer("description", "search_vector", "programme__summary")

    def with_leads(self, day=None):
        """Add `leads_then`: which public organisations lead each on this day. Costs: one query more."""
        return self.prefetch_related(leads_then(day))


def leads_then(day=None):
    """Return what brings the leads of work packages on a day along, as `leads_then`."""
    leads = Lead.objects.published().as_of(day).select_related("organisation").defer(*UNREAD)
    return Prefetch("leads", leads.order_by("organisation__name"), to_attr="leads_then")


class WorkPackage(models.Model):
    """A numbered part of a programme's work, led by one to three organisations at a time."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="work_packages", verbose_name=_("programme"))
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=60)
    aim = models.CharField(_("aim in one sentence"), max_length=240)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    objectives = models.ManyToManyField(
        Objective, related_name="work_packages", blank=True, verbose_name=_("objectives")
    )
    search_vector = search_column(("A", "name"), ("B", "aim"), ("C", "description"))

    objects = WorkPackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("work package")
        verbose_name_plural = _("work packages")
        ordering = ["programme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="workpackages_number_once"),
            models.UniqueConstraint(fields=["programme", "slug"], name="workpackages_slug_once"),
        ]
        indexes = [search_index("workpackages_search")]

    def __str__(self):
        return f"{self.code} {self.name}"

    @property
    def code(self) -> str:
        return f"WP{self.number}"

    @property
    def path(self):
        """Return what tells it from the work packages of other programmes: `2012-2015/training`."""
        return f"{self.programme.slug}/{self.slug}"

    def get_absolute_url(self):
        """Return its page, which stays when the programme is closed. Costs: a query where the programme was not selected too."""
        return reverse("workpackages:detail", args=[self.programme.slug, self.slug])


class TeamQuerySet(TermQuerySet):
    """Rows that tie an organisation to a work package."""

    def published(self):
        """Leave out members that have not approved their profile: they are named nowhere in public."""
        return self.filter(organisation__in=Organisation.objects.nameable().order_by())

    def for_lists(self):
        """Bring the work package and its programme along, without what lists do not show."""
        return self.select_related("work_package__programme").defer(
            "work_package__description", "work_package__search_vector", "work_package__programme__summary"
        )


class Lead(Term):
    """An organisation that leads a work package for a time."""

    permission_parent = "work_package"

    work_package = models.ForeignKey(WorkPackage, models.CASCADE, related_name="leads", verbose_name=_("work package"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="leads", verbose_name=_("organisation"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta(Term.Meta):
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ["work_package", "organisation"]

    def __str__(self):
        return f"{self.organisation}, {self.work_package.code}"


class Contributor(Term):
    """An organisation that takes part in a work package for a time."""

    permission_parent = "work_package"

    work_package = models.ForeignKey(
        WorkPackage, models.CASCADE, related_name="contributors", verbose_name=_("work package")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contributions", verbose_name=_("organisation")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta(Term.Meta):
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        ordering = ["work_package", "organisation"]

    def __str__(self):
        return f"{self.organisation}, {self.work_package.code}"


class LeadPerson(Term):
    """A person who leads a work package for one of its lead organisations, named by the organisation or the Secretariat."""

    permission_parent = "work_package"

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="people", verbose_name=_("lead organisation"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="leads", verbose_name=_("person"))

    class Meta(Term.Meta):
        verbose_name = _("person who leads")
        verbose_name_plural = _("people who lead")
        ordering = ["lead", "person"]

    def __str__(self):
        return f"{self.person}, {self.lead}"

    @property
    def what(self):
        """Return the row without its person, who knows the own name."""
        return str(self.lead)

    @property
    def work_package(self):
        return self.lead.work_package


class WorkPackagePermission(ObjectPermission):
    content_object = models.ForeignKey(WorkPackage, models.CASCADE)
