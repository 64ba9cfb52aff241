"""API tokens: made by a person for a program, shown once, and good for what the person may do."""

from datetime import datetime, time, timedelta

import knox.auth
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from efc import audit, second_factor
from efc.models import ApiToken

LONGEST = timedelta(days=365)
NOTED_EVERY = timedelta(minutes=10)  # reading with a token must not write each time
NOT_GOOD = _("This token is not known here or has expired. Make a new one in your workspace under Account.")


class TokenAuthentication(knox.auth.TokenAuthentication):
    """`Authorization: Token …`, a token of the person's own."""

    def authenticate(self, request):
        """Refuse with one sentence whatever is wrong with a token: 401, or 403 where its owner lacks the second factor."""
        try:
            found = super().authenticate(request)
        except (AuthenticationFailed, ValueError) as error:  # ValueError: bytes that are no text
            raise AuthenticationFailed(NOT_GOOD) from error
        if found is None:
            return None
        user, token = found
        if second_factor.is_missing(user):
            raise PermissionDenied(second_factor.SENTENCE)
        now = timezone.now()
        if token.last_used_at is None or token.last_used_at < now - NOTED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return found


@transaction.atomic
def create_token(user, *, name, expires_on):
    """Make a token. Writes: the token's digest, an audit entry. Returns: the token and its text, which is nowhere kept."""
    end = timezone.make_aware(datetime.combine(expires_on, time(23, 59)))
    token, text = ApiToken.objects.create(user, expiry=end - timezone.now(), name=name)
    audit.record("efc.apitoken.create", user, user, name=name, beginning=token.token_key, until=expires_on.isoformat())
    return token, text


@transaction.atomic
def revoke_token(token, *, by):
    """End a token at once. Doing so twice changes nothing. Writes: an audit entry."""
    if ApiToken.objects.filter(pk=token.pk).delete()[0]:
        audit.record("efc.apitoken.revoke", token.user, by, name=token.name, beginning=token.token_key)


def forget_expired():
    """Remove tokens whose time is over. Returns: how many."""
    return ApiToken.objects.filter(expiry__lte=timezone.now()).delete()[0]
