"""Who decides, publishes or leads signs in with a second factor: app, recovery code; without one nothing but the account opens."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import checks
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from efc import account_services, roles
from efc.models import AuditEntry, OutgoingMail
from efc.permissions import grant
from tests import factories

pytestmark = pytest.mark.django_db
AFTER_COMMIT = pytest.mark.django_db(transaction=True)  # allauth notes some acts once they are committed
PASSWORD = "a-long-password-for-tests"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WORKSPACE = "/workspace/account/tokens/"  # a page of everybody who is wholly signed in
SETUP = "/accounts/second-factor/"


@pytest.fixture(autouse=True)
def _required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def code(secret=SECRET, later=0):
    """Return what an app shows now, or so many half minutes later."""
    now = sorted(yield_hotp_counters_from_time())[1]
    return format_hotp_value(hotp_value(secret, now + later))


def with_app(user):
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def sign_in(client, user, **more):
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, **more})


def words(answer):
    """Return what is read on a page."""
    return strip_tags(answer.content.decode())


def verbs():
    return list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))


# ── setting one up ───────────────────────────────────────────────────────


@AFTER_COMMIT
def test_an_officer_is_led_to_set_up_an_app_and_then_to_where_they_wanted(client, secretariat):
    assert sign_in(client, secretariat)["Location"] == "/admin/"
    led = client.get("/admin/", follow=True)
    assert led.redirect_chain == [(f"{SETUP}?next=%2Fadmin%2F", 302)]
    assert "Your role requires a second factor" in led.content.decode()
    page = client.get("/accounts/second-factor/app/").content.decode()
    secret = re.search(r'<code class="secret">([A-Z2-7]{32})</code>', page).group(1)
    picture = client.get(re.search(r'src="(/accounts/second-factor/app/qr.svg[^"]*)"', page).group(1))
    assert (picture["Content-Type"], picture.content[:5]) == ("image/svg+xml", b"<?xml")
    assert "no-store" in picture["Cache-Control"]
    assert client.post("/accounts/second-factor/app/", {"code": code(secret)})["Location"] == f"{SETUP}codes/"
    codes = client.get(f"{SETUP}codes/").content.decode()
    assert len(re.findall(r"<li><code>\d{8}</code></li>", codes)) == 10
    assert 'href="/admin/"' in codes
    assert client.get("/admin/").status_code == 200
    letter = OutgoingMail.objects.get()
    assert (letter.template, letter.address) == ("account/totp_activated", secretariat.email)
    assert verbs() == ["efc.user.sign_in", "efc.user.add_factor", "efc.user.add_factor"]


def test_the_secret_is_not_readable_in_the_table(secretariat):
    with_app(secretariat)
    kept = "".join(str(data) for data in Authenticator.objects.values_list("data", flat=True))
    assert SECRET not in kept
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code())


def test_secrets_open_with_a_former_key_and_with_no_other(secretariat, settings):
    with_app(secretariat)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key-" * 5
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code())
    settings.SECRET_KEY_FALLBACKS = []
    assert not Authenticator.objects.get(type="totp").wrap().validate_code(code(later=1))
    assert not Authenticator.objects.get(type="totp").wrap().validate_code(code(""))


def test_a_code_that_does_not_match_sets_up_nothing(client, secretariat):
    sign_in(client, secretariat)
    client.get("/accounts/second-factor/app/")
    answer = client.post("/accounts/second-factor/app/", {"code": "000000"})
    assert answer.status_code == 422
    assert "This code did not match" in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_the_picture_is_there_only_while_an_app_is_being_set_up(client, secretariat):
    client.force_login(secretariat)
    assert client.get("/accounts/second-factor/app/qr.svg").status_code == 404


def test_setting_up_asks_for_the_password_some_time_after_signing_in(client, secretariat, time_machine):
    sign_in(client, secretariat)
    time_machine.move_to(timezone.now() + timedelta(minutes=10))
    asked = client.get("/accounts/second-factor/app/")
    assert asked["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Fsecond-factor%2Fapp%2F"
    refused = client.post(asked["Location"], {"password": "not-the-password"})
    assert refused.status_code == 422
    assert "This is not your password" in refused.content.decode()
    again = client.post(asked["Location"], {"password": PASSWORD, "next": "/accounts/second-factor/app/"})
    assert again["Location"] == "/accounts/second-factor/app/"


# ── without one ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("persona", ["secretariat", "chair", "sg_member"])
def test_without_one_the_desk_and_the_workspace_lead_to_setting_one_up(persona, request, client):
    client.force_login(request.getfixturevalue(persona))
    for address in ["/workspace/", "/admin/", "/admin/efc/user/", "/workspace/account/tokens/"]:
        answer = client.get(address)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, SETUP), address
    refused = client.post("/workspace/", {})
    assert refused.status_code == 403
    assert "was not carried out" in refused.content.decode()
    api = client.get("/api/v1/")
    assert (api.status_code, api.json()["detail"][:41]) == (403, "Your role requires a second factor. Set o")


def test_without_one_the_account_and_the_way_out_stay_open(client, secretariat):
    client.force_login(secretariat)
    for address in ["/workspace/account/", SETUP, "/accounts/sessions/", "/accounts/logout/"]:
        assert client.get(address).status_code == 200, address
    assert client.post("/admin/logout/").status_code == 302
    assert client.get(SETUP).status_code == 302


def test_without_one_public_pages_show_what_they_show_everybody(client, secretariat):
    factories.NewsItemFactory(published=True, slug="shown")
    factories.NewsItemFactory(slug="draft", status="draft")
    client.force_login(secretariat)
    year = factories.NewsItemFactory._meta.model.objects.get(slug="shown").get_absolute_url().split("/")[3]
    assert client.get(f"/en/news/{year}/shown/").status_code == 200
    draft = factories.NewsItemFactory._meta.model.objects.get(slug="draft").get_absolute_url()
    assert client.get(draft).status_code == 404
    with_app(secretariat)
    assert client.get(draft).status_code == 200


def test_a_representative_needs_none(client, representative):
    client.force_login(representative)
    assert client.get("/workspace/").status_code == 200


def test_a_role_given_meanwhile_closes_the_running_session_on_its_next_request(client, representative):
    client.force_login(representative)
    assert client.get("/workspace/").status_code == 200
    grant(representative, roles.STEERING_GROUP, reason="Elected.")
    assert client.get("/workspace/")["Location"].startswith(SETUP)


def test_who_removes_the_last_one_is_told_and_stays_outside(client, sg_member):
    with_app(sg_member)
    client.force_login(sg_member)
    assert client.get(WORKSPACE).status_code == 200
    page = client.get(f"{SETUP}app/remove/", follow=True)
    assert page.redirect_chain[0][0].startswith("/accounts/reauthenticate/")
    client.post(page.redirect_chain[0][0], {"password": PASSWORD})
    page = client.get(f"{SETUP}app/remove/").content.decode()
    assert "This is your only second factor, and your role requires one" in page
    assert client.post(f"{SETUP}app/remove/").status_code == 302
    assert not Authenticator.objects.exists()  # the recovery codes end with it
    assert client.get("/workspace/")["Location"].startswith(SETUP)
    assert "account/totp_deactivated" in OutgoingMail.objects.values_list("template", flat=True)


# ── signing in with it ───────────────────────────────────────────────────


def test_password_then_code(client, sg_member):
    with_app(sg_member)
    assert sign_in(client, sg_member)["Location"] == "/accounts/login/code/"
    assert client.get("/workspace/").status_code == 302
    assert client.get("/accounts/login/code/").status_code == 200
    assert client.post("/accounts/login/code/", {"code": code()})["Location"] == "/workspace/"
    assert client.get(WORKSPACE).status_code == 200


def test_the_second_step_keeps_where_one_wanted_to_go(client, sg_member):
    with_app(sg_member)
    sign_in(client, sg_member, next="/workspace/account/")
    assert client.post("/accounts/login/code/", {"code": code()})["Location"] == "/workspace/account/"


def test_a_code_signs_in_once(client, sg_member):
    with_app(sg_member)
    used = code()
    for browser, status in [(client, 302), (Client(), 422)]:
        sign_in(browser, sg_member)
        assert browser.post("/accounts/login/code/", {"code": used}).status_code == status
    cache.clear()  # as when half a minute has gone by, and the code still matches
    assert browser.post("/accounts/login/code/", {"code": f" {used[:3]} {used[3:]}"}).status_code == 422


def test_a_recovery_code_stands_in_once(client, sg_member):
    with_app(sg_member)
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    for browser, status in [(client, 302), (Client(), 422)]:
        sign_in(browser, sg_member)
        assert browser.post("/accounts/login/code/", {"code": spare}).status_code == status
    assert len(Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()) == 9


@pytest.mark.parametrize("odd", ["", "é", "１２３４５６", "1" * 5000, "\N{PILE OF POO}"])
def test_odd_codes_are_refused_politely(client, sg_member, odd):
    with_app(sg_member)
    sign_in(client, sg_member)
    answer = client.post("/accounts/login/code/", {"code": odd})
    assert answer.status_code == 422
    assert "nvalid" not in words(answer)


@pytest.mark.parametrize(
    "odd", ["", "[]", "{}", "1", "null", '"key"', '{"response": 1}', '{"id": "a", "response": {}}', "{"]
)
def test_odd_answers_of_keys_are_refused_politely(client, sg_member, odd):
    with_app(sg_member)
    alone = Client().post("/accounts/login/passkey/", {"credential": odd})
    assert (alone.status_code, alone["Location"]) == (302, "/accounts/login/")
    sign_in(client, sg_member)
    second = client.post("/accounts/login/code/", {"credential": odd})
    assert second.status_code == 422
    assert "nvalid" not in words(second)
    client.post("/accounts/login/code/", {"code": code()})
    added = client.post(f"{SETUP}keys/add/", {"credential": odd})
    assert added.status_code == 422
    assert "nvalid" not in words(added)


def test_after_six_codes_no_other_is_looked_at_for_a_while(client, sg_member):
    with_app(sg_member)
    sign_in(client, sg_member)
    for number in range(6):
        assert client.post("/accounts/login/code/", {"code": f"00000{number}"}).status_code == 422
    locked = client.post("/accounts/login/code/", {"code": code()})
    assert locked.status_code == 422
    assert "Too many codes were tried" in locked.content.decode()
    assert verbs().count("efc.user.code_failed") == 6
    fresh = Client()
    sign_in(fresh, sg_member)
    assert fresh.post("/accounts/login/code/", {"code": code()}).status_code == 422


def test_a_code_that_matches_counts_the_tries_anew(client, sg_member):
    with_app(sg_member)
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    for number in range(3):
        sign_in(client, sg_member)
        for _number in range(4):
            assert client.post("/accounts/login/code/", {"code": "000000"}).status_code == 422
        assert client.post("/accounts/login/code/", {"code": spare[number]}).status_code == 302
        client.post("/accounts/logout/")


def test_guessing_passwords_locks_out_whoever_has_a_second_factor_too(client, sg_member):
    with_app(sg_member)
    for _number in range(6):
        answer = client.post("/accounts/login/", {"login": sg_member.email, "password": "not-the-password"})
    assert answer.status_code == 429
    assert sign_in(client, sg_member).status_code == 429


@AFTER_COMMIT
def test_the_first_factor_ends_the_sessions_that_began_without(sg_member):
    here, elsewhere = Client(), Client()
    sign_in(elsewhere, sg_member)
    sign_in(here, sg_member)
    page = here.get(f"{SETUP}app/").content.decode()
    secret = re.search(r'<code class="secret">([A-Z2-7]{32})</code>', page).group(1)
    here.post(f"{SETUP}app/", {"code": code(secret)})
    assert here.get(WORKSPACE).status_code == 200
    assert elsewhere.get("/workspace/")["Location"].startswith("/accounts/login/")


# ── recovery codes ───────────────────────────────────────────────────────


@AFTER_COMMIT
def test_recovery_codes_are_kept_as_text_and_made_anew(client, sg_member):
    with_app(sg_member)
    sign_in(client, sg_member)
    client.post("/accounts/login/code/", {"code": code()})
    kept = client.get(f"{SETUP}codes/recovery-codes.txt")
    assert kept["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    first = re.findall(r"^\d{8}$", kept.content.decode(), re.MULTILINE)
    assert len(first) == 10
    assert client.post(f"{SETUP}codes/new/")["Location"] == f"{SETUP}codes/"
    second = re.findall(r"<code>(\d{8})</code>", client.get(f"{SETUP}codes/").content.decode())
    assert len(second) == 10
    assert not set(first) & set(second)
    assert OutgoingMail.objects.get().template == "account/recovery_codes_generated"


# ── the Secretariat helps ────────────────────────────────────────────────


def test_an_officer_removes_a_lost_factor_of_another_and_never_their_own(client, sg_member, secretariat):
    with_app(sg_member)
    browser = Client()
    sign_in(browser, sg_member)
    browser.post("/accounts/login/code/", {"code": code()})
    with_app(secretariat)
    client.force_login(secretariat)
    act = f"/admin/efc/user/{sg_member.pk}/act/remove_factors/"
    assert act in client.get(f"/admin/efc/user/{sg_member.pk}/change/").content.decode()
    assert client.post(act, {"because": ""}).status_code == 422
    assert client.post(act, {"because": "Called back on the number in the register."}).status_code == 302
    assert not Authenticator.objects.filter(user=sg_member).exists()
    assert browser.get("/workspace/")["Location"].startswith("/accounts/login/")
    assert OutgoingMail.objects.get().template == "account/factors_removed"
    entry = AuditEntry.objects.get(verb="efc.user.remove_factors")
    assert entry.data == {"because": "Called back on the number in the register."}
    assert client.post(act.replace(str(sg_member.pk), str(secretariat.pk)), {"because": "Lost it."}).status_code == 403
    assert Authenticator.objects.filter(user=secretariat).exists()


def test_nobody_else_removes_a_factor(sg_member, secretariat):
    with_app(secretariat)
    with pytest.raises(PermissionDenied):
        account_services.remove_factors(secretariat, by=sg_member, because="Lost it.")


def test_a_deployment_must_require_it(settings):
    def found():
        return {message.id for message in checks.run_checks(tags=["security"], include_deployment_checks=True)}

    assert "efc.E004" not in found()
    settings.SECOND_FACTOR_REQUIRED = False
    assert "efc.E004" in found()


def test_every_letter_of_allauth_that_can_be_sent_is_ours():
    """A letter without our template would fail at the moment it is needed."""
    from allauth.mfa.totp.internal import flows as app
    from allauth.mfa.webauthn.internal import flows as keys
    from django.template.loader import get_template

    names = {"recovery_codes_generated"}
    for module in (app, keys):
        names |= set(re.findall(r'"mfa/email/(\w+)"', Path(module.__file__).read_text()))
    assert len(names) == 5
    for name in names:
        for ending in ("txt", "html"):
            get_template(f"account/email/{name}.{ending}")
    assert reverse("mfa_index") == SETUP
