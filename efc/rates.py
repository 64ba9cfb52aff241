"""Exact limits, counted in PostgreSQL: two requests at once cannot both be the last one allowed."""

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from efc.models import RateLimit

LONGEST = timedelta(days=2)


@transaction.atomic
def allow(scope, value, limits):
    """Count one use of `scope` by `value` and say whether it is within every limit; a refused use is not counted.

    `limits` is a list of (uses, seconds). Writes: a RateLimit row under a keyed hash of `value`. Costs: 2 queries and one a limit.
    """
    key = _key(scope, value)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{scope}:{key}"])
    uses = RateLimit.objects.filter(scope=scope, key=key)
    if any(uses.filter(at__gt=Now() - timedelta(seconds=seconds)).count() >= most for most, seconds in limits):
        return False
    RateLimit.objects.create(scope=scope, key=key)
    return True


def forget(scope, value):
    """Count anew: whoever tried has shown to be the right one."""
    RateLimit.objects.filter(scope=scope, key=_key(scope, value)).delete()


def _key(scope, value):
    return hmac.new(settings.SECRET_KEY.encode(), f"{scope}:{value}".encode(), hashlib.sha256).hexdigest()


def client_address(request):
    """Return the visitor's network address: the one our own proxies vouch for, never a header of the visitor's."""
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if settings.PROXY_COUNT and len(forwarded) >= settings.PROXY_COUNT:
        return forwarded[-settings.PROXY_COUNT]
    return request.META.get("REMOTE_ADDR", "")


def forget_old():
    """Remove uses that no limit looks at any more. Returns: how many."""
    return RateLimit.objects.filter(at__lt=Now() - LONGEST).delete()[0]
