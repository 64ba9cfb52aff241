from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from .term import Term, TermQuerySet


class GrantQuerySet(TermQuerySet):
    def holding(self, day=None):
        """Return the grants that hold on this day (today when left out): within their term and not withdrawn."""
        return self.as_of(day).filter(withdrawn_at=None)

    def site_wide(self):
        return self.filter(target_type=None)

    def on(self, record):
        """Return the grants on one record."""
        return self.filter(target_type=ContentType.objects.get_for_model(record), target_id=record.pk)

    def from_row(self, row):
        """Return the grants that this row (a seat, a representative, a lead) gives."""
        return self.filter(source_type=ContentType.objects.get_for_model(row), source_id=row.pk)


class Grant(Term):
    """A role that a person holds for a time, everywhere or on one record, and what gives it.

    `source` is the row that states the fact (a seat, a representative, a lead); without one an officer gave it by hand and `reason`
    says why. guardian's rows are the shadow of the grants on records (`efc.permissions.draw`).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=40)
    target_type = models.ForeignKey(
        ContentType, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("kind of record")
    )
    target_id = models.BigIntegerField(_("record"), null=True, blank=True)
    target = GenericForeignKey("target_type", "target_id")
    source_type = models.ForeignKey(
        ContentType, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("kind of source")
    )
    source_id = models.BigIntegerField(_("source"), null=True, blank=True)
    source = GenericForeignKey("source_type", "source_id")
    reason = models.CharField(
        _("reason"), max_length=200, blank=True, help_text=_("The decision or the fact that gives it.")
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("given by"),
    )
    given_at = models.DateTimeField(_("given"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("last confirmed"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_because = models.CharField(_("withdrawn because"), max_length=200, blank=True, editable=False)

    objects = GrantQuerySet.as_manager()

    class Meta(Term.Meta):
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["user", "role", "pk"]
        permissions = [("give_grant", "Can give and withdraw roles")]
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="efc_grant_target"),
            models.Index(fields=["source_type", "source_id"], name="efc_grant_source"),
        ]
        constraints = [
            *Term.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(target_type=None, target_id=None)
                | models.Q(target_type__isnull=False, target_id__isnull=False),
                name="efc_grant_target_is_whole",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "target_type", "target_id", "source_type", "source_id"],
                condition=models.Q(withdrawn_at=None, source_type__isnull=False),
                nulls_distinct=False,
                name="efc_grant_once_a_source",
            ),
        ]

    def __str__(self):
        return self.role


class ObjectPermission(UserObjectPermissionBase):
    """A permission on one record, in a table of its own with a real key (`content_object`); the shadow of a grant."""

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True
