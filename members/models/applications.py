from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from efc.files import private_path
from efc.models import TOKEN_LENGTH, new_token
from efc.workflow import Move, Workflow
from members.models.decisions import Decision
from members.models.organisations import Organisation, Sector

NOTE_WORDS = 150
DRAFT_KEPT = timedelta(days=90)  # after its last change
CLOSED_KEPT = timedelta(days=365)  # people and papers, after the application was declined or withdrawn


def at_most_150_words(text):
    if len(text.split()) > NOTE_WORDS:
        raise ValidationError(
            _("The note has %(count)s words. Shorten it to 150.") % {"count": len(text.split())}, code="too_long"
        )


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return what this person may read: sent applications for the Steering Group, drafts for nobody but their writer."""
        if user is None or not user.is_active or not user.has_perm("members.view_application"):
            return self.none()
        return self.sent()

    def sent(self):
        return self.exclude(submitted_at=None)

    def waiting(self):
        """Return the open applications: sent and not yet decided, withdrawn or expired."""
        return self.filter(status__in=Application.OPEN)

    def to_expire(self):
        """Return the drafts whose time is over."""
        return self.filter(status=Application.Status.DRAFT, expires_at__lte=Now())

    def to_erase(self):
        """Return the closed applications that still name people and whose time is over (`kept_until`)."""
        rows = (
            self.filter(status__in=Application.CLOSED)
            .exclude(email="")
            .alias(closed=Coalesce("decided_at", "updated_at"))
        )
        return rows.filter(closed__lte=Now() - CLOSED_KEPT).exclude(may_apply_again_on__gt=timezone.localdate())


class Application(Workflow):
    """An organisation’s application for membership, written over a signed link without an account."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Sent")
        UNDER_REVIEW = "under_review", _("Under review")
        INFORMATION_REQUESTED = "information_requested", _("Information requested")
        PUT_OFF = "put_off", _("Put off")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    CLOSED = (Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED)
    OPEN = (Status.SUBMITTED, Status.UNDER_REVIEW, Status.INFORMATION_REQUESTED, Status.PUT_OFF)

    # submit, answer, withdraw and expire are the applicant's and the clock's: then `by` is None.
    MOVES = {
        "submit": Move(Status.DRAFT, Status.SUBMITTED, "members.handle_application"),
        "review": Move(Status.SUBMITTED, Status.UNDER_REVIEW, "members.handle_application", _("Take up")),
        "ask": Move(OPEN, Status.INFORMATION_REQUESTED, "members.handle_application"),
        "answer": Move(Status.INFORMATION_REQUESTED, Status.UNDER_REVIEW, "members.handle_application"),
        "put_off": Move(Status.UNDER_REVIEW, Status.PUT_OFF, "members.decide_application"),
        "resume": Move(Status.PUT_OFF, Status.UNDER_REVIEW, "members.handle_application", _("Take up again")),
        "approve": Move((Status.UNDER_REVIEW, Status.PUT_OFF), Status.APPROVED, "members.decide_application"),
        "decline": Move((Status.UNDER_REVIEW, Status.PUT_OFF), Status.DECLINED, "members.decide_application"),
        "withdraw": Move((Status.DRAFT, *OPEN), Status.WITHDRAWN, "members.handle_application"),
        "expire": Move(Status.DRAFT, Status.EXPIRED, "members.handle_application"),
    }  # fmt: skip

    class Route(models.TextChoices):
        MEETING = "meeting", _("Meeting")
        FAST_TRACK = "fast_track", _("Fast track")

    # the link
    reference = models.CharField(_("reference"), max_length=20, unique=True, editable=False)
    token = models.CharField(max_length=TOKEN_LENGTH, default=new_token, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254)
    email_proven_at = models.DateTimeField(_("e-mail address proven"), null=True, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    status = models.CharField(
        _("status"), max_length=22, choices=Status, default=Status.DRAFT, editable=False, db_index=True
    )
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)
    expires_at = models.DateTimeField(_("draft kept until"), null=True, blank=True, editable=False)
    first_warning_at = models.DateTimeField(null=True, blank=True, editable=False)
    second_warning_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    # step 1: the organisation
    organisation_name = models.CharField(_("legal name"), max_length=150, blank=True)
    legal_form = models.CharField(_("legal form"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Organisation.Kind, blank=True)
    country = CountryField(_("country"), blank=True)
    website = models.URLField(_("website"), blank=True, max_length=200)
    sector = models.CharField(_("sector"), max_length=20, choices=Sector, blank=True)
    # step 2: the contact
    contact_name = models.CharField(_("name of the contact"), max_length=150, blank=True)
    contact_role = models.CharField(_("role in the organisation"), max_length=120, blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=40, blank=True)
    # step 3: what it would bring
    interests = ArrayField(models.CharField(max_length=20), verbose_name=_("work packages"), default=list, blank=True)
    contribution = models.TextField(_("what you would bring"), max_length=1200, blank=True)
    # step 4: declarations
    accepts_memorandum = models.BooleanField(_("accepts the memorandum"), default=False)
    memorandum = models.ForeignKey(
        "members.MemorandumVersion", models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("memorandum that was shown"),
    )  # fmt: skip
    conflicts = models.TextField(_("conflicts of interest"), max_length=600, blank=True)
    accepts_privacy = models.BooleanField(_("has read how data are used"), default=False)
    has_authority = models.BooleanField(_("may apply for the organisation"), default=False)
    # the Secretariat's part
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="applications", verbose_name=_("in the register"),
        help_text=_("Empty: approval adds the organisation to the register."),
    )  # fmt: skip
    recused = models.ManyToManyField(
        Organisation, blank=True, related_name="+", verbose_name=_("recused"),
        help_text=_("Organisations that do not vote on this application, for example of the same group."),
    )  # fmt: skip
    route = models.CharField(_("route"), max_length=10, choices=Route, blank=True, editable=False)
    named_by = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="named_applications", verbose_name=_("named by the decision"),
        help_text=_("Fast track is for organisations that a decision of the Steering Group has named."),
    )  # fmt: skip
    route_note = models.TextField(_("note for the Steering Group"), blank=True, validators=[at_most_150_words])
    # the result
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, editable=False, related_name="applications", verbose_name=_("decision")
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("decided by")
    )  # fmt: skip
    reason = models.TextField(_("reason"), blank=True, max_length=2000)
    may_apply_again_on = models.DateField(_("may apply again from"), null=True, blank=True)
    letter = models.FileField(_("letter"), upload_to=private_path, blank=True, editable=False)
    is_demo = models.BooleanField(_("demonstration record"), default=False, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-submitted_at", "-pk"]
        permissions = [
            ("handle_application", "Can check applications, ask the applicant and choose the route"),
            ("decide_application", "Can record the decision on an application"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "expired", "withdrawn"])
                | (Q(submitted_at__isnull=False) & ~Q(organisation_name="")),
                name="members_application_sent_is_named",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(reason=""), name="members_application_declined_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(organisation__isnull=False),
                name="members_application_approved_is_registered",
            ),
        ]
        indexes = [models.Index(fields=["email"], name="members_application_email")]

    def __str__(self):
        return self.organisation_name or self.reference

    def get_absolute_url(self):
        return reverse("workspace_members:application", args=[self.reference])

    def get_applicant_url(self):
        """Return the applicant's own address, by the signed link."""
        return reverse("members_links:application", args=[self.token])

    @property
    def age(self):
        """Return how long the application waits."""
        return timezone.now() - (self.submitted_at or self.started_at)

    @property
    def is_open(self):
        return self.status in self.OPEN

    @property
    def is_erased(self):
        return self.status in self.CLOSED and not self.email

    @property
    def kept_until(self):
        """Return the day on which people and papers of a closed application are erased; None for others, and afterwards."""
        if self.status not in self.CLOSED or self.is_erased:
            return None
        end = timezone.localdate((self.decided_at or self.updated_at) + CLOSED_KEPT)
        return max(end, self.may_apply_again_on or end)


class Check(models.Model):
    """One of the Secretariat's checks of an application: what, with which result, who, when."""

    class Kind(models.TextChoices):
        IDENTITY = "identity", _("The organisation exists under this name")
        AUTHORITY = "authority", _("The contact speaks for the organisation")
        WEBSITE = "website", _("The website is the organisation’s own")
        SECTOR = "sector", _("Sector and kind are right")
        CONFLICTS = "conflicts", _("Conflicts of interest are known")

    class Result(models.TextChoices):
        OPEN = "open", _("To do")
        PASSED = "passed", _("In order")
        FAILED = "failed", _("Not in order")

    application = models.ForeignKey(Application, models.CASCADE, related_name="checks", verbose_name=_("application"))
    kind = models.CharField(_("check"), max_length=12, choices=Kind)
    result = models.CharField(_("result"), max_length=8, choices=Result, default=Result.OPEN)
    note = models.CharField(_("note"), max_length=240, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("checked by")
    )  # fmt: skip
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["application", "kind"], name="members_check_once")]

    def __str__(self):
        return self.get_kind_display()


class Inquiry(models.Model):
    """A question of the Secretariat to the applicant, and the answer."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="inquiries", verbose_name=_("application")
    )
    question = models.TextField(_("question"), max_length=2000)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("asked by")
    )  # fmt: skip
    answer = models.TextField(_("answer"), max_length=3000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("question to the applicant")
        verbose_name_plural = _("questions to the applicant")
        ordering = ["pk"]

    def __str__(self):
        return self.question[:60]


class Paper(models.Model):
    """A PDF of the applicant, taken in over the signed link only after the e-mail address was proven."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="papers", verbose_name=_("application"))
    file = models.FileField(_("file"), upload_to=private_path)
    name = models.CharField(_("name"), max_length=150)
    size_bytes = models.BigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("paper of the applicant")
        verbose_name_plural = _("papers of the applicant")
        ordering = ["pk"]

    def __str__(self):
        return self.name
