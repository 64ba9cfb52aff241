from django.db import models
from django.db.models.functions import Now


class RateLimit(models.Model):
    """One use of something that is limited. `key` is a keyed hash, never an address in clear; old rows are removed daily."""

    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["scope", "key", "at"], name="efc_rate_scope_key_at")]

    def __str__(self):
        return f"{self.scope} {self.at:%H:%M}"
