from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from efc.files import private_path
from efc.permissions import granted
from efc.workflow import Move, Workflow
from members.models.organisations import Organisation
from members.models.people import Person


class MemorandumQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return every version for those who keep them; the others see what is or was in force."""
        if user is not None and user.is_active and user.has_perm("members.view_memorandumversion"):
            return self
        return self.exclude(status=MemorandumVersion.Status.DRAFT)

    def current(self):
        """Return the version in force, or None."""
        return self.filter(status=MemorandumVersion.Status.IN_FORCE).first()


class MemorandumVersion(Workflow):
    """A version of the Memorandum of Understanding that all members sign."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_FORCE = "in_force", _("In force")
        REPLACED = "replaced", _("Replaced")

    MOVES = {
        "put_in_force": Move(Status.DRAFT, Status.IN_FORCE, "members.change_memorandumversion", _("Put in force")),
        "replace": Move(Status.IN_FORCE, Status.REPLACED, "members.change_memorandumversion"),
    }

    number = models.CharField(_("version"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=150)
    text = models.TextField(_("text"), help_text=_("Markdown."))
    file = models.FileField(_("PDF"), upload_to=private_path, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False, db_index=True
    )
    in_force_on = models.DateField(_("in force from"), null=True, blank=True, editable=False)
    decision = models.ForeignKey(
        "members.Decision", models.PROTECT, null=True, blank=True, related_name="memoranda", verbose_name=_("decision")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = MemorandumQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the memorandum")
        verbose_name_plural = _("versions of the memorandum")
        ordering = ["-in_force_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="in_force"), name="members_memorandum_one_in_force"
            )
        ]

    def __str__(self):
        return f"{self.title}, {self.number}"

    def unsigned_by(self, day=None):
        """Return the members of this day that have not signed this version."""
        signed = Signature.objects.filter(version=self, organisation=OuterRef("pk"))
        return Organisation.objects.members(day).filter(~Exists(signed))


class SignatureQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return all for those who keep or read the ledger, else those of one's own organisations."""
        if user is None or not user.is_active or user.is_anonymous:
            return self.none()
        if user.has_perm("members.view_signature"):
            return self
        return self.filter(
            organisation__in=granted(user, "members.change_organisation", Organisation.objects.order_by())
        )


class Signature(models.Model):
    """That an organisation signed a version: when, through whom, how. Rows are added and never changed."""

    class Method(models.TextChoices):
        PORTAL = "portal", _("In the portal")
        PAPER = "paper", _("On paper, scanned")
        RECORD = "record", _("Taken over from the records")

    version = models.ForeignKey(MemorandumVersion, models.PROTECT, related_name="signatures", verbose_name=_("version"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="signatures", verbose_name=_("organisation")
    )
    signed_on = models.DateField(_("signed on"))
    signatory = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="signatures", verbose_name=_("signatory")
    )
    signatory_name = models.CharField(_("name or role of the signatory"), max_length=150)
    signatory_function = models.CharField(_("function of the signatory"), max_length=120, blank=True)
    method = models.CharField(_("how"), max_length=8, choices=Method)
    text_sha256 = models.CharField(_("digest of the text"), max_length=64, blank=True, editable=False)
    scan = models.FileField(_("scan"), upload_to=private_path, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("recorded by")
    )  # fmt: skip

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature of the memorandum")
        verbose_name_plural = _("signatures of the memorandum")
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "organisation"], name="members_signature_once",
                violation_error_message=_("This organisation has already signed this version."),
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.organisation}, {self.version.number}"

    def seen_by(self):
        """Say to `efc.access` who else can see it: the representatives of the organisation."""
        return self.organisation.seen_by()


class Reminder(models.Model):
    """A reminder to sign, as sent: to whom and when."""

    version = models.ForeignKey(MemorandumVersion, models.CASCADE, related_name="reminders", verbose_name=_("version"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="memorandum_reminders", verbose_name=_("organisation")
    )
    address = models.EmailField(_("sent to"))
    sent_at = models.DateTimeField(_("sent"), auto_now_add=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("sent by")
    )  # fmt: skip

    class Meta:
        verbose_name = _("reminder to sign")
        verbose_name_plural = _("reminders to sign")
        ordering = ["-sent_at", "-pk"]

    def __str__(self):
        return f"{self.organisation}, {self.sent_at:%Y-%m-%d}"
