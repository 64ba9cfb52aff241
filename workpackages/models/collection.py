from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from efc.models.term import TOO_EARLY
from efc.permissions import granted
from efc.workflow import Move, Workflow
from members.models import Organisation
from workpackages.models.work import WorkPackage

KEEP = "workpackages.change_workpackage"  # who keeps the work package keeps what it collects
DIGITS = 9  # of a count: more is a slip of the finger
SMALL = (
    5  # counts of people or cases below this, other than none, are shown to nobody but the organisation and the keepers
)
FEWEST = 3  # a figure made of fewer returns would be one organisation's own


def kept_by(user):
    """Return the work packages whose data collection is this person's to keep: all for the Secretariat, else those they lead."""
    rows = WorkPackage.objects.order_by()
    return rows if user.has_perm("workpackages.keep_dataround") else granted(user, KEEP, rows)


def is_nobody(user):
    return user is None or user.is_anonymous or not user.is_active


class DataTemplateQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the versions this person may read: all for their keepers; those no draft for who follows the work, and for who keeps
        the data of any work package; for an organisation those by which it was asked.
        """
        if is_nobody(user):
            return self.none()
        if user.has_perm("workpackages.keep_datatemplate"):
            return self
        kept = kept_by(user)
        asked = DataRound.objects.visible_to(user).filter(template=OuterRef("pk"))
        seen = Q(work_package__in=kept) | Exists(asked)
        settled = ~Q(status=DataTemplate.Status.DRAFT)
        if user.has_perm("workpackages.view_dataround") or kept.exists():
            seen |= settled
        return self.filter(seen)

    def in_force(self):
        return self.filter(status=DataTemplate.Status.IN_FORCE)


class DataTemplate(Workflow):
    """One version of the form by which members give figures. In force it never changes, a trigger sees to it: what should be asked
    differently is the next version, which begins as a copy."""

    permission_parent = "work_package"
    PARENT_PERMISSIONS = {"keep_datatemplate": KEEP}

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_FORCE = "in_force", _("In force")
        REPLACED = "replaced", _("Replaced")

    MOVES = {
        "put_in_force": Move(
            Status.DRAFT, Status.IN_FORCE, "workpackages.keep_datatemplate", _("Put this version in force")
        ),
        "replace": Move(Status.IN_FORCE, Status.REPLACED, "workpackages.keep_datatemplate"),
    }

    work_package = models.ForeignKey(
        WorkPackage, models.PROTECT, related_name="data_templates", verbose_name=_("work package")
    )
    name = models.CharField(_("name"), max_length=120)
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    guidance = models.TextField(
        _("guidance"), max_length=6000, blank=True, help_text=_("Markdown. What is counted, from when to when, and what is not.")
    )  # fmt: skip
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False, db_index=True
    )
    in_force_at = models.DateTimeField(_("in force since"), null=True, blank=True, editable=False)
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    objects = DataTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("template for collecting data")
        verbose_name_plural = _("templates for collecting data")
        ordering = ["name", "-version"]
        permissions = [("keep_datatemplate", "Can prepare templates for collecting data and put them in force")]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="workpackages_template_version_once"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(status="in_force"), name="workpackages_template_one_in_force"
            ),
            models.UniqueConstraint(fields=["name"], condition=Q(status="draft"), name="workpackages_template_one_draft"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(in_force_at__isnull=False), name="workpackages_template_in_force_has_day"
            ),
        ]  # fmt: skip

    def __str__(self):
        return _("%(name)s, version %(version)s") % {"name": self.name, "version": self.version}

    def get_absolute_url(self):
        return reverse("workspace_data:template", args=[self.pk])

    @property
    def is_draft(self):
        return self.status == self.Status.DRAFT

    def sections(self):
        """Return [(heading, fields)] in the order of the form. Costs: one query where the fields were not fetched."""
        found = {}
        for field in self.fields.all():
            found.setdefault(field.section, []).append(field)
        return list(found.items())


class DataField(models.Model):
    """One question of a template. There is no kind for free text: a return holds figures, and no case."""

    permission_parent = "template"
    PARENT_PERMISSIONS = {
        f"{verb}_datafield": "workpackages.keep_datatemplate" for verb in ("add", "change", "delete", "view")
    }

    class Kind(models.TextChoices):
        COUNT = "count", _("Count: a whole number")
        PERCENTAGE = "percentage", _("Percentage: 0 to 100")
        YES_NO = "yes_no", _("Yes or no")
        CHOICE = "choice", _("One of a list")
        MONTH = "month", _("Month")
        DATE = "date", _("Day")

    NUMBERS = (Kind.COUNT, Kind.PERCENTAGE)

    template = models.ForeignKey(DataTemplate, models.CASCADE, related_name="fields", verbose_name=_("template"))
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    section = models.CharField(_("section"), max_length=80, blank=True)
    key = models.CharField(
        _("key"), max_length=40, help_text=_("Small letters, digits and _, for example cases_total. It stays the same over the versions, so that rounds can be compared."),
        validators=[RegexValidator(r"\A[a-z][a-z0-9_]*\Z", _("Write small letters, digits and _, beginning with a letter."))],
    )  # fmt: skip
    label = models.CharField(_("question"), max_length=160)
    help_text = models.CharField(_("help"), max_length=300, blank=True)
    kind = models.CharField(_("kind of answer"), max_length=10, choices=Kind, default=Kind.COUNT)
    choices = ArrayField(
        models.CharField(max_length=60), verbose_name=_("list"), default=list, blank=True, help_text=_("For “One of a list”: the entries, with commas between them.")
    )  # fmt: skip
    unit = models.CharField(_("unit"), max_length=30, blank=True, help_text=_("For example cases, accounts, days."))
    minimum = models.PositiveIntegerField(
        _("at least"), null=True, blank=True, validators=[MaxValueValidator(10**DIGITS - 1)]
    )
    ceiling = models.PositiveIntegerField(
        _("asks to confirm above"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10**DIGITS - 1)],
        help_text=_("A number above this is taken only after the person has confirmed it."),
    )  # fmt: skip
    is_required = models.BooleanField(_("must be answered"), default=True)
    is_of_people = models.BooleanField(
        _("counts people or cases"), default=False, help_text=_("Sums below 5, other than 0, are then not shown.")
    )
    part_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="parts", verbose_name=_("part of"),
        help_text=_("The count that this one must not exceed."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("question of a template")
        verbose_name_plural = _("questions of a template")
        ordering = ["template", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "key"], name="workpackages_field_key_once",
                violation_error_message=_("This template has a question of that key already. Choose another key."),
            ),
            models.CheckConstraint(
                condition=Q(kind="count") | (Q(is_of_people=False) & Q(part_of=None)), name="workpackages_field_parts_are_counts"
            ),
            models.CheckConstraint(condition=Q(kind="choice") | Q(choices=[]), name="workpackages_field_list_for_choice"),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(ceiling=None) | Q(ceiling__gte=F("minimum")), name="workpackages_field_ceiling_above_minimum",
                violation_error_message=_("The number to confirm above lies below the least one. Give a higher one."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.label

    def clean(self):
        errors = {}
        if self.kind == self.Kind.CHOICE and len(set(self.choices)) < 2:
            errors["choices"] = _("Write at least two different entries, with commas between them.")
        if self.kind != self.Kind.CHOICE and self.choices:
            errors["choices"] = _("Only “One of a list” has entries. Empty this, or choose that kind.")
        if self.kind != self.Kind.COUNT and self.is_of_people:
            errors["is_of_people"] = _("Only a count can be one of people or cases.")
        if self.part_of_id and (self.kind != self.Kind.COUNT or self.part_of.kind != self.Kind.COUNT):
            errors["part_of"] = _("Only a count can be part of a count.")
        elif self.part_of_id and self.part_of.template_id != self.template_id:
            errors["part_of"] = _("Choose a question of the same template.")
        elif self.part_of_id and self._is_around():
            errors["part_of"] = _("This question would be part of itself. Choose another one.")
        if self.kind not in self.NUMBERS and (self.minimum is not None or self.ceiling is not None):
            errors["ceiling"] = _("Only numbers have limits. Empty both.")
        if errors:
            raise ValidationError(errors)

    def _is_around(self):
        above, seen = self.part_of, set()
        while above is not None and above.pk not in seen:
            if above.pk == self.pk:
                return True
            seen.add(above.pk)
            above = above.part_of
        return False


class DataRoundQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the rounds this person may see: all for their keepers; those that are no draft for who follows the work and for the
        organisations that were asked.
        """
        if is_nobody(user):
            return self.none()
        if user.has_perm("workpackages.keep_dataround"):
            return self
        seen = Q(work_package__in=kept_by(user))
        begun = ~Q(status=DataRound.Status.DRAFT)
        if user.has_perm("workpackages.view_dataround"):
            return self.filter(seen | begun)
        own = granted(user, "members.change_organisation", Organisation.objects.order_by())
        asked = self.model._meta.get_field("returns").related_model.objects.filter(
            round=OuterRef("pk"), organisation__in=own
        )
        return self.filter(seen | (begun & Exists(asked)))

    def kept_by(self, user):
        """Return the rounds whose returns this person reads, and reminds."""
        return self.none() if is_nobody(user) else self.filter(work_package__in=kept_by(user))

    def open(self):
        return self.filter(status=DataRound.Status.OPEN)

    def closed(self):
        return self.filter(status=DataRound.Status.CLOSED)

    def for_lists(self):
        return self.select_related("work_package__programme", "template").defer(
            "work_package__description", "work_package__search_vector", "work_package__programme__summary", "template__guidance"
        )  # fmt: skip


class DataRound(Workflow):
    """A round of collecting: by which version, for which period, until when. Who is asked is frozen when it opens: one return each."""

    permission_parent = "work_package"
    PARENT_PERMISSIONS = {"keep_dataround": KEEP, "view_dataround": KEEP}

    class Status(models.TextChoices):
        DRAFT = "draft", _("Prepared")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Audience(models.TextChoices):
        FULL = "full", _("The seats with a vote in the Steering Group")
        STEERING_GROUP = "steering_group", _("All seats of the Steering Group, advisory ones too")
        MEMBERS = "members", _("All members")

    MOVES = {
        "open": Move(Status.DRAFT, Status.OPEN, "workpackages.keep_dataround", _("Open the round now")),
        "close": Move(Status.OPEN, Status.CLOSED, "workpackages.keep_dataround", _("Close the round now")),
    }

    work_package = models.ForeignKey(
        WorkPackage, models.PROTECT, related_name="data_rounds", verbose_name=_("work package")
    )
    template = models.ForeignKey(DataTemplate, models.PROTECT, related_name="rounds", verbose_name=_("template"))
    title = models.CharField(_("title"), max_length=120, help_text=_("For example Figures of the first half of 2026."))
    starts_on = models.DateField(_("first day of the period"))
    ends_on = models.DateField(_("last day of the period"))
    opens_on = models.DateField(
        _("opens on"), help_text=_("The clock opens it on that morning, unless you do so before.")
    )
    due_on = models.DateField(_("due on"), help_text=_("Returns are taken until the end of this day, Brussels time."))
    audience = models.CharField(_("who is asked"), max_length=15, choices=Audience, default=Audience.MEMBERS)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False, db_index=True
    )
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("prepared by")
    )  # fmt: skip
    is_demo = models.BooleanField(_("demonstration record"), default=False, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    objects = DataRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of collecting data")
        verbose_name_plural = _("rounds of collecting data")
        ordering = ["-ends_on", "-pk"]
        permissions = [
            ("keep_dataround", "Can prepare rounds of collecting data, read returns, remind and open them again")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="workpackages_round_ends_after_start", violation_error_message=TOO_EARLY
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")), name="workpackages_round_due_after_opening",
                violation_error_message=_("It would be due before it opens. Give a later day."),
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(opened_at__isnull=False), name="workpackages_round_open_has_moment"
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False), name="workpackages_round_closed_has_moment"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["status", "due_on"], name="workpackages_round_due")]

    def __str__(self):
        return self.title

    def clean(self):
        errors = {}
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            errors["ends_on"] = TOO_EARLY
        if self.opens_on and self.due_on and self.due_on < self.opens_on:
            errors["due_on"] = _("It would be due before it opens. Give a later day.")
        elif self.ends_on and self.due_on and self.due_on < self.ends_on:
            errors["due_on"] = _("It would be due before its period is over. Give a later day.")
        if errors:
            raise ValidationError(errors)

    def get_absolute_url(self):
        return reverse("workspace_data:round", args=[self.pk])

    @property
    def is_over(self):
        """Say whether its last day has passed, whether or not the clock has closed it yet."""
        return self.status == self.Status.CLOSED or self.due_on < timezone.localdate()
