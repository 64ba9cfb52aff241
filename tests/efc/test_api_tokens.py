"""People make tokens for programs, see them once, and revoke them; a token may what its owner may, for as long as they may."""

from datetime import date, timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.utils import timezone

from efc import roles, tokens
from efc.models import ApiToken, AuditEntry
from efc.permissions import grant

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-for-tests"
PAGE = "/workspace/account/tokens/"
ENDPOINT = "/api/v1/"


@pytest.fixture
def signed_in(client, sg_member):
    client.post("/accounts/login/", {"login": sg_member.email, "password": PASSWORD})
    return client


def ask(text, path=ENDPOINT):
    return Client().get(path, headers={"Authorization": f"Token {text}"})


def make(user, days=30):
    return tokens.create_token(user, name="Calendar", expires_on=timezone.localdate() + timedelta(days=days))


def in_days(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_a_token_is_shown_once_and_works(signed_in, sg_member):
    made = signed_in.post(PAGE, {"name": "Calendar", "expires_on": in_days(30)})
    assert made.status_code == 201
    token = ApiToken.objects.get()
    text = made.context["text"]
    assert text in made.content.decode()
    assert text.startswith("efc_")
    assert len(text) == 68
    assert ask(text).status_code == 200
    again = signed_in.get(PAGE).content.decode()
    assert text not in again
    assert token.token_key in again
    assert "Calendar" in again
    assert text not in str(ApiToken.objects.values())
    entry = AuditEntry.objects.get(verb="efc.apitoken.create")
    assert (entry.actor, entry.data["name"]) == (sg_member.pseudonym, "Calendar")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"name": "", "expires_on": in_days(1)},
        {"name": "x" * 61, "expires_on": in_days(1)},
        {"name": "Calendar", "expires_on": in_days(-1)},
        {"name": "Calendar", "expires_on": in_days(366)},
        {"name": "Calendar", "expires_on": "tomorrow"},
        {"name": "a\nb", "expires_on": in_days(1)},
    ],
)
def test_a_token_needs_a_name_and_a_day_within_a_year(signed_in, sent):
    answer = signed_in.post(PAGE, sent)
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()
    assert not any("nvalid" in error for errors in answer.context["form"].errors.values() for error in errors)


def test_the_last_day_counts_whole(sg_member, time_machine):
    token, _text = tokens.create_token(sg_member, name="Calendar", expires_on=date(2027, 3, 17))
    assert timezone.localtime(token.expiry).isoformat()[:16] == "2027-03-17T23:59"


def test_making_one_asks_for_the_password_some_time_after_signing_in(signed_in, time_machine):
    time_machine.move_to(timezone.now() + timedelta(minutes=10))
    answer = signed_in.post(PAGE, {"name": "Calendar", "expires_on": in_days(30)})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiToken.objects.exists()


def test_a_revoked_token_stops_at_once(signed_in, sg_member):
    token, text = make(sg_member)
    answer = signed_in.post(f"{PAGE}{token.token_key}/revoke/")
    assert answer["Location"] == PAGE
    assert ask(text).status_code == 401
    assert signed_in.post(f"{PAGE}{token.token_key}/revoke/").status_code == 404
    assert AuditEntry.objects.filter(verb="efc.apitoken.revoke").count() == 1


def test_nobody_revokes_the_token_of_another(signed_in, representative):
    token, text = make(representative)
    assert signed_in.post(f"{PAGE}{token.token_key}/revoke/").status_code == 404
    assert ask(text).status_code == 200


@pytest.mark.parametrize("text", ["", "efc_no", "a b", "é", "Ü" * 70, "0" * 5000])
def test_what_is_no_token_answers_401_and_says_what_to_do(db, text):
    answer = ask(text)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert answer.json() == {
        "detail": "This token is not known here or has expired. Make a new one in your workspace under Account."
    }


def test_an_expired_token_answers_like_one_that_never_was(sg_member, time_machine):
    _token, text = make(sg_member, days=1)
    time_machine.move_to(timezone.now() + timedelta(days=2))
    assert (ask(text).status_code, ask(text).json()) == (401, ask("efc_no").json())


def test_expired_tokens_are_removed(sg_member, time_machine):
    make(sg_member, days=1)
    kept, _text = make(sg_member, days=30)
    time_machine.move_to(timezone.now() + timedelta(days=2))
    assert tokens.forget_expired() == 1
    assert list(ApiToken.objects.all()) == [kept]


def test_the_token_of_a_closed_account_dies_at_once(sg_member):
    _token, text = make(sg_member)
    assert ask(text).status_code == 200
    type(sg_member).objects.filter(pk=sg_member.pk).update(is_active=False)
    assert ask(text).status_code == 401


def test_the_token_of_who_lacks_the_required_second_factor_is_refused(representative, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    _token, text = make(representative)
    assert ask(text).status_code == 200
    grant(representative, roles.STEERING_GROUP, reason="Elected.")
    refused = ask(text)
    assert refused.status_code == 403
    assert refused.json()["detail"].startswith("Your role requires a second factor.")
    TOTP.activate(representative, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert ask(text).status_code == 200


def test_the_last_use_is_noted_but_not_each_time(sg_member, time_machine):
    token, text = make(sg_member)
    ask(text)
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None
    ask(text)
    token.refresh_from_db()
    assert token.last_used_at == first
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    ask(text)
    token.refresh_from_db()
    assert token.last_used_at > first


def test_without_a_token_an_endpoint_of_ones_own_answers_401(db):
    answer = Client().get("/api/v1/me/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")


def test_a_token_reads_as_its_owner(representative):
    _token, text = make(representative)
    answer = ask(text, "/api/v1/me/")
    assert answer.status_code == 200
    assert representative.full_name in answer.content.decode()
