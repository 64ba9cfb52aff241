from datetime import datetime, time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from efc.models import User
from efc.permissions import granted, holders
from efc.workflow import Move, Workflow
from members.models import Organisation, Seat, Sector
from members.models.organisations import STRAND_OF
from workpackages.models.collection import DataField, DataRound, is_nobody, kept_by

COMMENT = 300  # characters: a question on a figure, no account of a case
RETURNS_KEPT_YEARS = (
    10  # after a round closed, as long as the records of a co-financed project; then single returns are erased
)
COMMENTS_KEPT_YEARS = 1  # after a round closed; they serve to settle figures and say nothing afterwards


class DataReturnQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the single returns this person may read: those of the rounds they keep and those of their own organisation."""
        if is_nobody(user):
            return self.none()
        if user.has_perm("workpackages.keep_dataround"):
            return self
        own = granted(user, "members.change_organisation", Organisation.objects.order_by())
        return self.filter(Q(round__work_package__in=kept_by(user)) | Q(organisation__in=own)).exclude(
            round__status=DataRound.Status.DRAFT
        )

    def sent(self):
        return self.filter(status=DataReturn.Status.SUBMITTED)

    def missing(self):
        return self.exclude(status=DataReturn.Status.SUBMITTED)

    def due_now(self):
        """Return those that can be sent today: of open rounds, and those opened again."""
        today = timezone.localdate()
        in_time = Q(round__status=DataRound.Status.OPEN, round__due_on__gte=today)
        again = Q(status=DataReturn.Status.REOPENED, open_until__gte=today)
        return self.missing().filter(in_time | again)

    def for_lists(self):
        return self.select_related("round__template", "round__work_package", "organisation").defer(
            "organisation__description", "organisation__search_vector", "round__work_package__description",
            "round__work_package__search_vector", "round__template__guidance",
        )  # fmt: skip


class DataReturn(Workflow):
    """What one organisation is asked for in a round, and what it answers: aggregates only. Made when the round opens."""

    # Filling in belongs to the organisation, keeping to the work package that collects.
    permission_parent = {"fill_datareturn": "organisation", "keep_datareturn": "round", "view_datareturn": "round"}
    PARENT_PERMISSIONS = {
        "fill_datareturn": "members.change_organisation",
        "keep_datareturn": "workpackages.keep_dataround",
        "view_datareturn": "workpackages.keep_dataround",
    }
    SEEN_WITH = "workpackages.keep_dataround"

    class Status(models.TextChoices):
        AWAITED = "awaited", _("Not begun")
        DRAFT = "draft", _("Begun")
        SUBMITTED = "submitted", _("Sent")
        REOPENED = "reopened", _("Open again")

    class Reason(models.TextChoices):
        """Why a return is opened again; words about a case have no place here."""

        FIGURE = "figure", _("A figure needs a second look")
        QUESTION = "question", _("A question was understood differently")
        ASKED = "asked", _("The organisation asked for it")
        TIME = "time", _("It could not be sent in time")

    FILLABLE = (Status.AWAITED, Status.DRAFT, Status.REOPENED)
    MOVES = {
        "begin": Move(Status.AWAITED, Status.DRAFT, "workpackages.fill_datareturn"),
        "submit": Move(FILLABLE, Status.SUBMITTED, "workpackages.fill_datareturn"),
        "reopen": Move(tuple(Status), Status.REOPENED, "workpackages.keep_datareturn"),
    }

    round = models.ForeignKey(DataRound, models.PROTECT, related_name="returns", verbose_name=_("round"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="data_returns", verbose_name=_("organisation")
    )
    organisation_name = models.CharField(_("organisation then"), max_length=150)
    sector = models.CharField(_("sector then"), max_length=20, choices=Sector)
    seat = models.CharField(_("seat then"), max_length=12, choices=Seat.Kind, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.AWAITED, editable=False, db_index=True
    )
    is_nothing = models.BooleanField(_("nothing to report"), default=False, editable=False)
    revision = models.PositiveIntegerField(_("how often saved"), default=0, editable=False)
    saved_at = models.DateTimeField(_("saved"), null=True, blank=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("saved by")
    )  # fmt: skip
    submitted_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("sent by")
    )  # fmt: skip
    open_until = models.DateField(_("open again until"), null=True, blank=True, editable=False)
    reopened_because = models.CharField(
        _("opened again because"), max_length=10, choices=Reason, blank=True, editable=False
    )
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)
    first_notice_at = models.DateTimeField(_("reminded a week before"), null=True, blank=True, editable=False)
    second_notice_at = models.DateTimeField(_("reminded a day before"), null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    objects = DataReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        ordering = ["round", "organisation_name", "pk"]
        permissions = [
            ("fill_datareturn", "Can fill in a return for an organisation"),
            ("keep_datareturn", "Can read a single return and open it again"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="workpackages_return_once"),
            models.CheckConstraint(
                condition=~Q(status="submitted") | Q(submitted_at__isnull=False), name="workpackages_return_sent_has_moment"
            ),
            models.CheckConstraint(
                condition=~Q(status="reopened") | (Q(open_until__isnull=False) & ~Q(reopened_because="")), name="workpackages_return_reopened_why"
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.organisation_name}, {self.round}"

    def get_absolute_url(self):
        return reverse("workspace_data:return", args=[self.round_id, self.organisation.slug])

    def seen_by(self):
        """Say to `efc.access` who else can see it: the people of the organisation, and who leads the work package that collects."""
        who = _("Leads of %(work_package)s") % {"work_package": self.round.work_package}
        leads = holders("workpackages.change_workpackage", self.round.work_package)
        return [*self.organisation.seen_by(), (who, User.objects.filter(pk__in=leads.values("pk")))]

    @property
    def strand(self):
        return STRAND_OF[Sector(self.sector)]

    @property
    def due_on(self):
        return self.open_until or self.round.due_on

    @property
    def closes_at(self):
        """Return the moment after which nothing is taken: the end of its last day in Brussels."""
        return timezone.make_aware(datetime.combine(self.due_on, time(23, 59, 59)))

    @property
    def is_open(self):
        """Say whether it can be saved and sent now."""
        if self.status == self.Status.REOPENED:
            return self.due_on >= timezone.localdate()
        return (
            self.status in self.FILLABLE
            and self.round.status == DataRound.Status.OPEN
            and self.round.due_on >= timezone.localdate()
        )

    @property
    def is_late(self):
        """Say whether it was sent after the day on which the round was due."""
        return self.status == self.Status.SUBMITTED and timezone.localtime(self.submitted_at).date() > self.round.due_on

    @property
    def is_missing(self):
        """Say whether its time is over and it was not sent."""
        return self.status != self.Status.SUBMITTED and not self.is_open and self.round.is_over


class DataValue(models.Model):
    """One answer: exactly one of the typed columns is filled. After sending it stands: a trigger refuses changes."""

    # `return` is a word of the language
    data_return = models.ForeignKey(DataReturn, models.CASCADE, related_name="values", verbose_name=_("return"))
    field = models.ForeignKey(DataField, models.PROTECT, related_name="values", verbose_name=_("question"))
    number = models.DecimalField(_("number"), max_digits=11, decimal_places=1, null=True, blank=True)
    yes = models.BooleanField(_("yes or no"), null=True, blank=True)
    choice = models.CharField(_("choice"), max_length=60, blank=True)
    day = models.DateField(_("day"), null=True, blank=True)
    is_confirmed = models.BooleanField(_("confirmed although unusual"), default=False)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["data_return", "field__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["data_return", "field"], name="workpackages_value_once"),
            models.CheckConstraint(
                condition=Q(number__isnull=False, yes=None, choice="", day=None)
                | Q(number=None, yes__isnull=False, choice="", day=None)
                | (Q(number=None, yes=None, day=None) & ~Q(choice=""))
                | Q(number=None, yes=None, choice="", day__isnull=False),
                name="workpackages_value_is_one",
            ),
            models.CheckConstraint(condition=Q(number=None) | Q(number__gte=0), name="workpackages_value_not_negative"),
        ]

    def __str__(self):
        return f"{self.field}: {self.value}"

    @property
    def value(self):
        """Return the answer in its own type: int, Decimal, bool, str or date."""
        if self.number is not None:
            return int(self.number) if self.number == int(self.number) else self.number
        if self.yes is not None:
            return self.yes
        return self.choice or self.day


class DataComment(models.Model):
    """A sentence between an organisation and the keepers on its return. It holds no case: see `services.returns.add_comment`."""

    data_return = models.ForeignKey(DataReturn, models.CASCADE, related_name="comments", verbose_name=_("return"))
    text = models.CharField(_("comment"), max_length=COMMENT)
    written_at = models.DateTimeField(_("written"), auto_now_add=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("comment on a return")
        verbose_name_plural = _("comments on returns")
        ordering = ["pk"]

    def __str__(self):
        return self.text[:60]
