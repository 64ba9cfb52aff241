from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from efc.models import Term, TermQuerySet, search_column, search_index
from members.models import Organisation


class ProgrammeQuerySet(TermQuerySet):
    def current(self, day=None):
        """Return the programme that runs on this day, else the latest that has begun."""
        return self.as_of(day).order_by("-starts_on").first() or self.order_by("-starts_on").first()


class Programme(Term):
    """A 36-month project or a yearly action plan, with its own objectives and work packages."""

    class Kind(models.TextChoices):
        PROJECT = "project", _("Project")
        PLAN = "plan", _("Yearly action plan")

    name = models.CharField(_("name"), max_length=150, unique=True)
    slug = models.SlugField(_("address"), max_length=40, unique=True, help_text=_("For example 2012-2015."))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    summary = models.TextField(_("summary"), blank=True, help_text=_("Markdown."))
    funding = models.CharField(_("funding"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("demonstration record"), default=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta(Term.Meta):
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["-starts_on"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("workpackages:programme", args=[self.slug])


class Objective(models.Model):
    """One of a programme's numbered objectives."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="objectives", verbose_name=_("programme"))
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=150)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["programme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="workpackages_objective_number_once")
        ]

    def __str__(self):
        return f"{self.number}. {self.title}"


class WorkPackageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return all: a work package's name, aim and leads are public."""
        return self


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
    def code(self):
        return f"WP{self.number}"

    def get_absolute_url(self):
        """Return the page of this work package; closed programmes keep theirs under the programme's address."""
        return reverse("workpackages:detail", args=[self.programme.slug, self.slug])


class Lead(Term):
    """An organisation that leads a work package for a time."""

    permission_parent = "work_package"

    work_package = models.ForeignKey(WorkPackage, models.CASCADE, related_name="leads", verbose_name=_("work package"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="leads", verbose_name=_("organisation"))
    source = models.CharField(_("source"), max_length=200, blank=True)

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

    class Meta(Term.Meta):
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        ordering = ["work_package", "organisation"]

    def __str__(self):
        return f"{self.organisation}, {self.work_package.code}"
