from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from efc.models import Content, ContentQuerySet, ObjectPermission, search_column, search_index
from efc.wording import Guarded
from efc.workflow import Move, Workflow
from members.models import Organisation, Sector
from workpackages.models import WorkPackage


def check_time_zone(name):
    if name not in available_timezones():
        raise ValidationError(_("Write a time zone like Europe/Brussels."))


class EventQuerySet(ContentQuerySet):
    def for_lists(self):
        """Leave out what lists do not show."""
        return self.defer("description", "search_vector")

    def upcoming(self, day=None):
        """Return events that end on this day (today when left out) or later, the next one first."""
        return self.filter(ends_on__gte=day or timezone.localdate()).order_by("starts_on", "pk")

    def past(self, day=None):
        """Return events that have ended, the latest first."""
        return self.filter(ends_on__lt=day or timezone.localdate()).order_by("-starts_on", "-pk")


class Event(Workflow, Guarded, Content):
    """A training, awareness event, press conference or meeting. Times are local to the place (`time_zone`)."""

    text_language = "en"  # events are written in English; the interface around them is translated
    GUARDED = ("title", "teaser", "description", "audience")

    class Kind(models.TextChoices):
        TRAINING = "training", _("Training course")
        AWARENESS = "awareness", _("Awareness event")
        PRESS = "press_conference", _("Press conference")
        MEETING = "meeting", _("Meeting")

    MOVES = {
        "submit": Move(Content.Status.DRAFT, Content.Status.IN_REVIEW, "events.change_event", _("Ask for approval")),
        "revise": Move(
            (Content.Status.IN_REVIEW, Content.Status.APPROVED, Content.Status.WITHDRAWN), Content.Status.DRAFT,
            "events.publish_event", _("Back to draft"),
        ),
        "approve": Move(
            (Content.Status.DRAFT, Content.Status.IN_REVIEW), Content.Status.APPROVED, "events.publish_event", _("Approve and publish")
        ),
        "withdraw": Move(Content.Status.APPROVED, Content.Status.WITHDRAWN, "events.publish_event", _("Withdraw")),
    }  # fmt: skip

    kind = models.CharField(_("kind"), max_length=16, choices=Kind, db_index=True)
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=80, help_text=_("Never changed once public."))
    teaser = models.CharField(_("one sentence"), max_length=240, blank=True)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    starts_on = models.DateField(_("first day"), db_index=True)
    ends_on = models.DateField(_("last day"), db_index=True)
    starts_time = models.TimeField(_("begins at"), null=True, blank=True)
    ends_time = models.TimeField(_("ends at"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Europe/Brussels", validators=[check_time_zone])
    place = models.CharField(_("place"), max_length=150, help_text=_("For example: CEPOL headquarters, Budapest."))
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = CountryField(_("country"), blank=True)
    sectors = ArrayField(
        models.CharField(max_length=20, choices=Sector), verbose_name=_("sectors addressed"), default=list, blank=True
    )
    organisers = models.ManyToManyField(Organisation, related_name="events", blank=True, verbose_name=_("organisers"))
    work_package = models.ForeignKey(
        WorkPackage, models.SET_NULL, null=True, blank=True, related_name="events", verbose_name=_("work package")
    )
    places = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)
    audience = models.CharField(_("who it is for"), max_length=240, blank=True)
    language_note = models.CharField(_("language"), max_length=80, blank=True)
    cost_note = models.CharField(_("cost"), max_length=160, blank=True)
    apply_until = models.DateTimeField(_("applications until"), null=True, blank=True)
    is_demo = models.BooleanField(_("demonstration record"), default=False)
    search_vector = search_column(("A", "title"), ("B", "teaser"), ("B", "place"), ("C", "description"))

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("trainings and events")
        ordering = ["-starts_on"]
        permissions = [("publish_event", "Can publish and withdraw events")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="events_event_ends_after_start",
                violation_error_message=_("The last day lies before the first day. Give a later last day."),
            ),
            models.UniqueConstraint(
                models.functions.ExtractYear("starts_on"), "slug",
                name="events_event_slug_once_a_year",
                violation_error_message=_("Another event of that year has this address. Choose another one."),
            ),
        ]  # fmt: skip
        indexes = [search_index("events_event_search")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("events:detail", args=[self.starts_on.year, self.slug])

    def clean(self):
        """Ask for both dates in order and for a first time where there is a last one."""
        if self.ends_time and not self.starts_time:
            raise ValidationError({"starts_time": _("Give the time at which it begins, too.")})
        if (
            self.starts_time
            and self.ends_time
            and self.starts_on == self.ends_on
            and self.ends_time <= self.starts_time
        ):
            raise ValidationError({"ends_time": _("It ends before it begins. Give a later time or a later last day.")})

    @property
    def starts_at(self):
        """The moment at which it begins, in its own time zone; None for whole days."""
        if self.starts_time is None:
            return None
        return datetime.combine(self.starts_on, self.starts_time, ZoneInfo(self.time_zone))

    @property
    def ends_at(self):
        """The moment at which it ends, in its own time zone; None where no time is given."""
        if self.ends_time is None:
            return None
        return datetime.combine(self.ends_on, self.ends_time, ZoneInfo(self.time_zone))

    @property
    def hours(self):
        """The times as one reads them: `13:30–17:00 CEST`; the first day's alone for several days, nothing for whole ones."""
        if self.starts_at is None:
            return ""
        if self.ends_at is None or self.ends_on != self.starts_on:
            return f"{self.starts_at:%H:%M %Z}"
        return f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M %Z}"

    @property
    def is_past(self):
        return self.ends_on < timezone.localdate()

    @property
    def takes_applications(self):
        """Applications are open: the last moment is given and has not come."""
        return self.apply_until is not None and self.apply_until > timezone.now()


class EventPermission(ObjectPermission):
    content_object = models.ForeignKey(Event, models.CASCADE)
