"""An officer sets up an app and a passkey in a real browser, and signs in with a code, a recovery code, the key, and the passkey alone."""

import re
from contextlib import contextmanager

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import expect

from .conftest import sign_in

ROLE = "Observer of the Commission"  # nobody else's walk signs in with it
CHECKS = "/workspace/account/"


def code(secret, later=0):
    now = sorted(yield_hotp_counters_from_time())[1]
    return format_hotp_value(hotp_value(secret, now + later))


@contextmanager
def authenticator(page):
    """Give the browser a key of its own, as in a computer that reads fingerprints."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    key = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    yield lambda able: devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": able})
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})


def sign_out(page, portal):
    page.goto(f"{portal.site}/accounts/logout/")
    page.click("main button[type=submit]")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def is_signed_in(page, portal):
    return page.request.get(f"{portal.site}{CHECKS}", max_redirects=0).status == 200


def test_app_recovery_code_key_and_passkey(new_page, portal):
    page = new_page()
    sign_in(page, portal, ROLE)
    page.goto(f"{portal.site}{CHECKS}")
    page.get_by_role("link", name="Set one up").click()

    page.get_by_role("link", name="Set up an app").click()
    page.wait_for_url("**/second-factor/app/")
    page.wait_for_function("document.querySelector('img.qr').naturalWidth > 0")
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Code").fill(code(secret))
    press(page, "Set up the app")
    codes = re.findall(r"\b\d{8}\b", page.locator(".codes").inner_text())
    assert len(codes) == 10
    with page.expect_download() as download:
        page.get_by_role("link", name="Keep as a text file").click()
    assert all(one in download.value.path().read_text() for one in codes)

    sign_out(page, portal)
    sign_in(page, portal, ROLE)
    assert not is_signed_in(page, portal)
    page.get_by_label("Code").fill(code(secret, later=1))
    press(page, "Sign in")
    page.wait_for_url("**/workspace/**")
    assert is_signed_in(page, portal)

    sign_out(page, portal)
    sign_in(page, portal, ROLE)
    page.get_by_label("Code").fill(codes[0])
    press(page, "Sign in")
    page.wait_for_url("**/workspace/**")

    with authenticator(page) as set_verified:
        page.goto(f"{portal.site}/accounts/second-factor/keys/add/")
        page.get_by_label("Name of the key").fill("Laptop of the walk")
        page.get_by_label("Passkey").check()
        press(page, "Add the key")
        page.wait_for_url("**/accounts/second-factor/")
        expect(page.get_by_text("Laptop of the walk")).to_be_visible()

        sign_out(page, portal)
        sign_in(page, portal, ROLE)
        press(page, "Use your key")
        page.wait_for_url("**/workspace/**")
        assert is_signed_in(page, portal)

        sign_out(page, portal)
        page.goto(f"{portal.site}/accounts/login/?next={CHECKS}")
        press(page, "Use a passkey")
        page.get_by_role("heading", name="Your account").wait_for()
        assert is_signed_in(page, portal)

        sign_out(page, portal)
        page.goto(f"{portal.site}/accounts/login/")
        set_verified(False)
        press(page, "Use a passkey")
        page.get_by_text("The key did not answer").wait_for()
        set_verified(True)
        press(page, "Use a passkey")
        page.wait_for_url("**/workspace/**")

        for address, act in [("app/remove/", "Remove the app"), ("keys/", "Remove")]:
            page.goto(f"{portal.site}/accounts/second-factor/{address}")
            if act == "Remove":
                page.get_by_role("link", name="Remove").click()
                act = "Remove the key"
            press(page, act)
        sign_out(page, portal)
        sign_in(page, portal, ROLE)
        page.wait_for_url("**/workspace/**")
        assert is_signed_in(page, portal)

    email, _password = portal.accounts[ROLE]
    subjects = {letter["subject"] for letter in portal.letters(email)}
    assert {"An authenticator app was set up", "A key was added to your account"} <= subjects


def test_without_javascript_codes_work_and_keys_say_why_not(new_page, portal):
    page = new_page(java_script_enabled=False)
    page.goto(f"{portal.site}/accounts/login/")
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    sign_in(page, portal, ROLE)
    page.goto(f"{portal.site}/accounts/second-factor/keys/add/")
    expect(page.get_by_text("Keys need JavaScript, which is off in your browser.")).to_be_visible()
    page.goto(f"{portal.site}/accounts/second-factor/app/")
    expect(page.locator("code.secret")).to_be_visible()
