from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from efc.models import User
from efc.workflow import Move, Workflow
from members.models.organisations import Organisation
from members.models.people import Person, Seat


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the whole register for those who may read it, else the published decisions."""
        if user is not None and user.is_active and user.has_perm("members.view_decision"):
            return self
        return self.published()

    def published(self):
        return self.filter(is_public=True)


class Decision(Workflow):
    """A numbered decision of the Steering Group: `2026-3` is the third of 2026. The text never changes; a later one supersedes it."""

    class Status(models.TextChoices):
        IN_FORCE = "in_force", _("In force")
        IMPLEMENTED = "implemented", _("Implemented")
        SUPERSEDED = "superseded", _("Superseded")

    class Procedure(models.TextChoices):
        MEETING = "meeting", _("Meeting")
        SILENCE = "silence", _("Silence procedure")
        WRITTEN = "written", _("Written vote")
        RECORD = "record", _("Taken over from the records")

    MOVES = {
        "implement": Move(Status.IN_FORCE, Status.IMPLEMENTED, "members.change_decision", _("Mark as implemented")),
        "supersede": Move((Status.IN_FORCE, Status.IMPLEMENTED), Status.SUPERSEDED, "members.change_decision"),
    }

    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    sequence = models.PositiveSmallIntegerField(_("number in the year"), editable=False)
    decided_on = models.DateField(_("decided on"))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), help_text=_("Markdown."))
    procedure = models.CharField(_("procedure"), max_length=10, choices=Procedure)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.IN_FORCE, editable=False, db_index=True
    )
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="supersedes", verbose_name=_("superseded by")
    )  # fmt: skip
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Where this is on record."))
    is_public = models.BooleanField(_("published"), default=False)
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("recorded by")
    )  # fmt: skip

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-year", "-sequence"]
        constraints = [models.UniqueConstraint(fields=["year", "sequence"], name="members_decision_number")]

    def __str__(self):
        return f"{self.number} {self.title}"

    @property
    def number(self):
        return f"{self.year}-{self.sequence}"

    def get_absolute_url(self):
        return reverse("workspace_members:decision", args=[self.year, self.sequence])


class Sitting(models.Model):
    """A meeting of the Steering Group as far as votes need it: when, and which seats were present."""

    held_on = models.DateField(_("held on"))
    title = models.CharField(_("title"), max_length=150)
    present = models.ManyToManyField(Seat, blank=True, related_name="sittings", verbose_name=_("seats present"))

    class Meta:
        verbose_name = _("sitting")
        verbose_name_plural = _("sittings")
        ordering = ["-held_on", "-pk"]

    def __str__(self):
        return self.title


class BallotQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the ballots this person may follow: all for the Steering Group and the Secretariat, else those they vote in."""
        if user is None or not user.is_active or user.is_anonymous:
            return self.none()
        if user.has_perm("members.view_ballot"):
            return self if user.has_perm("members.run_ballot") else self.exclude(status=Ballot.Status.DRAFT)
        return self.exclude(status=Ballot.Status.DRAFT).filter(pk__in=Elector.objects.of(user).values("ballot"))

    def open_now(self):
        """Return the ballots in which one can vote by the database's clock."""
        return self.filter(status=Ballot.Status.OPEN, opens_at__lte=Now(), closes_at__gt=Now())

    def due(self):
        """Return the open ballots whose time is over by the database's clock."""
        return self.filter(status=Ballot.Status.OPEN, closes_at__lte=Now())

    def to_open(self):
        """Return the prepared ballots whose time to open has come."""
        return self.filter(status=Ballot.Status.DRAFT, opens_at__lte=Now())


class Ballot(Workflow):
    """A question put to the seats of the Steering Group. Its electorate and the rule's text are frozen when it opens."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("Vote in a meeting")
        SILENCE = "silence", _("Silence procedure")
        WRITTEN = "written", _("Written vote")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Prepared")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    class Outcome(models.TextChoices):
        ADOPTED = "adopted", _("Adopted")
        NOT_ADOPTED = "not_adopted", _("Not adopted")
        TO_MEETING = "to_meeting", _("Goes to the next meeting")
        NO_QUORUM = "no_quorum", _("No quorum")

    MOVES = {
        "open": Move(Status.DRAFT, Status.OPEN, "members.run_ballot", _("Open the ballot now")),
        "close": Move(Status.OPEN, Status.CLOSED, "members.run_ballot"),
        "cancel": Move((Status.DRAFT, Status.OPEN), Status.CANCELLED, "members.run_ballot", _("Cancel the ballot")),
    }

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    question = models.TextField(_("question"))
    note = models.TextField(_("note of the Secretariat"), blank=True, help_text=_("At most 150 words."))
    application = models.ForeignKey(
        "members.Application",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ballots",
        verbose_name=_("application"),
    )
    sitting = models.ForeignKey(
        Sitting, models.PROTECT, null=True, blank=True, related_name="ballots", verbose_name=_("sitting")
    )
    is_blind = models.BooleanField(
        _("blind"), default=False, help_text=_("Others’ votes and notes are shown after one’s own vote only.")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False, db_index=True
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    rule_name = models.CharField(_("rule"), max_length=100, blank=True, editable=False)
    rule_text = models.TextField(_("text of the rule"), blank=True, editable=False)
    rule_numbers = models.JSONField(_("numbers of the rule"), default=dict, editable=False)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True, editable=False)
    tally = models.JSONField(_("arithmetic"), null=True, blank=True, editable=False)
    decision = models.OneToOneField(
        Decision, models.PROTECT, null=True, blank=True, editable=False, related_name="ballot", verbose_name=_("decision")
    )  # fmt: skip
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("prepared by")
    )  # fmt: skip

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        ordering = ["-pk"]
        permissions = [("run_ballot", "Can prepare, open and cancel ballots and record votes of a meeting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(opens_at=None) | Q(closes_at__gt=F("opens_at")),
                name="members_ballot_closes_after_opening",
                violation_error_message=_("The ballot would close before it opens. Give a later end."),
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(status="cancelled") | ~Q(rule_text=""),
                name="members_ballot_has_its_rule",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | (~Q(outcome="") & Q(tally__isnull=False)),
                name="members_ballot_closed_has_result",
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(status__in=["draft", "open"]), name="members_ballot_one_at_a_time"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("workspace_members:ballot", args=[self.pk])

    @property
    def SEEN_WITH(self):  # noqa: N802
        return "members.run_ballot" if self.status == self.Status.DRAFT else "members.view_ballot"

    def seen_by(self):
        """Say to `efc.access` who else can see it: the people of the seats that vote."""
        if self.status == self.Status.DRAFT:
            return []
        seats = self.electorate.all()
        people = Person.objects.filter(Q(pk__in=seats.values("holder")) | Q(pk__in=seats.values("alternate")))
        return [(_("The seats of its electorate"), User.objects.filter(is_active=True, person__in=people))]


class ElectorQuerySet(models.QuerySet):
    def of(self, user):
        """Return the seats for which this person votes, as holder or as alternate."""
        return self.filter(Q(holder__user=user) | Q(alternate__user=user))

    def counting(self):
        """Return the seats in the denominator: those that vote and are not recused."""
        return self.filter(has_vote=True, recused_because="")


class Elector(models.Model):
    """One seat in the frozen electorate of a ballot, with its vote as it stands. A trigger refuses changes after the ballot closed."""

    class Choice(models.TextChoices):
        AGREE = "agree", _("Agree")
        OBJECT = "object", _("Object")
        ABSTAIN = "abstain", _("Abstain")
        INTEREST = "interest", _("Declare an interest")

    class Recusal(models.TextChoices):
        OWN = "own", _("Own organisation")
        INTEREST = "interest", _("Declared an interest")

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="electorate", verbose_name=_("ballot"))
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+", verbose_name=_("seat"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    organisation_name = models.CharField(_("organisation then"), max_length=150)
    kind = models.CharField(_("kind of seat"), max_length=12, choices=Seat.Kind)
    holder = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("holder")
    )
    holder_name = models.CharField(_("holder then"), max_length=150, blank=True)
    alternate = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("alternate")
    )
    alternate_name = models.CharField(_("alternate then"), max_length=150, blank=True)
    has_vote = models.BooleanField(_("votes"), help_text=_("Advisory members comment and do not vote."))
    is_present = models.BooleanField(_("present"), null=True, blank=True)
    recused_because = models.CharField(_("recused"), max_length=8, choices=Recusal, blank=True)
    choice = models.CharField(_("vote"), max_length=8, choices=Choice, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    cast_at = models.DateTimeField(_("cast"), null=True, blank=True)
    cast_by_name = models.CharField(_("cast by"), max_length=150, blank=True)

    objects = ElectorQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat in the electorate")
        verbose_name_plural = _("electorate")
        ordering = ["ballot", "organisation_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "seat"], name="members_elector_once_a_ballot"),
            models.UniqueConstraint(
                fields=["ballot", "organisation"],
                condition=Q(has_vote=True),
                name="members_elector_one_vote_an_organisation",
            ),
            models.CheckConstraint(
                condition=~Q(choice="object") | ~Q(reason=""), name="members_elector_objection_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(choice="interest") | Q(recused_because="interest"), name="members_elector_interest_recuses"
            ),
            models.CheckConstraint(
                condition=Q(has_vote=True) | Q(choice__in=["", "interest"]),
                name="members_elector_without_vote_casts_none",
            ),
        ]

    def __str__(self):
        return self.organisation_name


class Vote(models.Model):
    """One casting of a vote, kept as it was: rows are added and never changed. The vote that counts stands on the elector."""

    elector = models.ForeignKey(Elector, models.PROTECT, related_name="votes", verbose_name=_("seat"))
    choice = models.CharField(_("vote"), max_length=8, choices=Elector.Choice)
    reason = models.TextField(_("reason"), blank=True)
    cast_at = models.DateTimeField(_("cast"), db_default=Now())
    cast_by = models.CharField(_("cast by"), max_length=32, blank=True)  # a pseudonym, as in the audit log

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.elector}: {self.get_choice_display()}"


class Remark(models.Model):
    """A comment on a ballot by a seat, with or without a vote."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="remarks", verbose_name=_("ballot"))
    elector = models.ForeignKey(Elector, models.PROTECT, related_name="remarks", verbose_name=_("seat"))
    text = models.TextField(_("comment"), max_length=2000)
    written_at = models.DateTimeField(_("written"), auto_now_add=True)
    written_by_name = models.CharField(_("written by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.elector}: {self.text[:40]}"
