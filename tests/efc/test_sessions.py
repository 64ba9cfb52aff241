"""People see where they are signed in, sign out elsewhere, and nothing about a session stays once it has ended."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from efc import account, account_services

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-for-tests"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"


def browser(user, agent=FIREFOX, address="192.0.2.10"):
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def test_each_sees_only_their_own_sessions_in_plain_words(sg_member, representative):
    here = browser(sg_member)
    browser(sg_member, IPHONE, "192.0.2.20")
    browser(representative, EDGE, "192.0.2.30")
    page = here.get("/accounts/sessions/").content.decode()
    assert "Firefox, Linux" in page
    assert "Safari, iPhone" in page
    assert "192.0.2.20" in page
    assert "192.0.2.30" not in page
    assert page.index("Firefox, Linux") < page.index("Safari, iPhone")


def test_signing_out_elsewhere_ends_the_others_at_once(sg_member, representative):
    here, there, stranger = browser(sg_member), browser(sg_member, IPHONE), browser(representative)
    assert here.post("/accounts/sessions/", {})["Location"] == "/accounts/sessions/"
    assert here.get("/workspace/account/").status_code == 200
    assert there.get("/workspace/account/").status_code == 302
    assert stranger.get("/workspace/account/").status_code == 200
    assert UserSession.objects.filter(user=sg_member).count() == 1


@pytest.mark.parametrize(
    ("agent", "name"), [(EDGE, "Edge, Windows"), ("curl/8.5", "Unknown browser"), ("", "Unknown browser")]
)
def test_browsers_are_named(agent, name):
    assert account.browser_name(agent) == name


def test_address_and_browser_are_removed_with_the_session(sg_member, time_machine):
    signed_out, running = browser(sg_member), browser(sg_member, IPHONE)
    signed_out.post("/accounts/logout/")
    account_services.forget_ended_sessions()
    assert [one.user_agent for one in UserSession.objects.all()] == [IPHONE]
    time_machine.move_to(timezone.now() + timedelta(hours=10, minutes=1))
    account_services.forget_ended_sessions()
    assert (UserSession.objects.count(), Session.objects.count()) == (0, 0)
    assert running.get("/workspace/account/").status_code == 302


def test_looking_at_pages_writes_nothing_about_the_reader(sg_member):
    here = browser(sg_member)
    before = list(UserSession.objects.values())
    here.get("/workspace/account/", HTTP_USER_AGENT=EDGE, REMOTE_ADDR="192.0.2.99")
    assert list(UserSession.objects.values()) == before
    assert not AccessLog.objects.exists()


def test_failed_attempts_are_forgotten_after_a_day(sg_member, client, time_machine):
    client.post("/accounts/login/", {"login": sg_member.email, "password": "not-the-password"})
    account_services.forget_ended_sessions()
    assert AccessAttempt.objects.count() == 1
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    account_services.forget_ended_sessions()
    assert AccessAttempt.objects.count() == 0


def test_a_new_password_signs_out_everywhere(sg_member):
    here, there = browser(sg_member), browser(sg_member, IPHONE)
    new = "another-long-password-1"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    for one in (here, there):
        assert one.get("/workspace/account/").status_code == 302
