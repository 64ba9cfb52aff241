from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField


class Hotline(models.Model):
    """Where the public of one country reports child sexual abuse material. Only what a source says; empty means not known."""

    country = CountryField(_("country"), unique=True)
    name = models.CharField(_("hotline"), max_length=150, blank=True)
    url = models.URLField(_("website"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    languages = ArrayField(models.CharField(max_length=5), verbose_name=_("languages"), default=list, blank=True)
    anonymous = models.BooleanField(_("takes anonymous reports"), null=True, blank=True)
    police_url = models.URLField(_("police website"), blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True, help_text=_("The day the source was read."))
    checked_on = models.DateField(_("checked by a person on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("hotline")
        verbose_name_plural = _("hotlines")
        ordering = ["country"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(url="") | (~models.Q(source="") & models.Q(as_of__isnull=False)),
                name="efc_hotline_has_source",
                violation_error_message=_("An address needs its source and the day it was read."),
            )
        ]

    def __str__(self):
        return f"{self.country.name}: {self.name or _('no hotline known')}"
