from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One act: who did what to which record, and when. Rows are added and never changed.

    `actor` is a pseudonym (`User.pseudonym`), so that a person can be erased and the chain still holds; the word for who has no
    account (`efc.audit.OUTSIDERS`); empty for the system.
    """

    at = models.DateTimeField(_("when"), db_default=Now(), db_index=True)
    verb = models.CharField(_("act"), max_length=100, db_index=True)
    actor = models.CharField(_("actor"), max_length=32, blank=True, db_index=True)
    target_type = models.CharField(_("kind of record"), max_length=100, blank=True)
    target_id = models.CharField(_("record"), max_length=64, blank=True)
    target_label = models.CharField(_("name of the record"), max_length=200, blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-id"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="efc_audit_target")]

    def __str__(self):
        return f"{self.verb} {self.target_label or self.target_id}".strip()


class AuditSeal(models.Model):
    """The seal of one entry: its number in the chain and the hash over the entry and the seal before it."""

    number = models.BigIntegerField(_("number"), unique=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="seal")
    hash = models.CharField(_("hash"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed"), db_default=Now())

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        ordering = ["number"]

    def __str__(self):
        return str(self.number)
