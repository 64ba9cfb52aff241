from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken, AuthTokenManager


class ApiTokenQuerySet(models.QuerySet):
    def good(self):
        """Return the tokens that have not expired."""
        return self.filter(expiry__gt=timezone.now())


class ApiToken(AbstractAuthToken):
    """A key with which a program of a person asks the API in their name. Only its digest and its beginning are kept."""

    name = models.CharField(_("name"), max_length=60)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    objects = AuthTokenManager.from_queryset(ApiTokenQuerySet)()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created"]

    def __str__(self):
        return self.name
