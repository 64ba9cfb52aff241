"""An organisation applies, is objected to, is admitted in a sitting and becomes a public member; five are admitted in one sitting.

`EFC_SHOTS` names a folder for pictures of each stage, wide and narrow.
"""

import os
import re
import time
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from tests.e2e.conftest import sign_in, wait_for

SHOTS = os.environ.get("EFC_SHOTS")
TODAY = datetime.now(ZoneInfo("Europe/Brussels")).date().isoformat()
WALK = str(time.time_ns() // 10**9 % 10**6)  # new on each walk, also on a portal that runs already
PASSWORD = "a-long-password-for-the-walk"
SILENT_SO_FAR = {"Steering Group member"} | {
    f"Representative of {name}"
    for name in ("CEPOL", "Eurojust", "Google", "MasterCard", "Missing Children Europe", "Visa Europe")
}


def look(page, name):
    """Take a picture of the whole page, wide and narrow, where somebody wants to look."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)


def press(page, name):
    page.get_by_role("button", name=name).first.click()


def shows(page, words, where="main"):
    """Wait until a part of the page shows these words; a click returns before the next page is there."""
    expect(page.locator(where).first).to_contain_text(words)


def link_in(letter, part):
    return next(link for link in re.findall(r"https?://\S+", letter["text"]) if part in link)


def letter_with(portal, address, part):
    """Return the newest letter to an address with these words or this kind of link, once it has arrived."""
    return wait_for(lambda: next((mail for mail in portal.letters(address) if part in mail["text"]), None))


class Applicant:
    """An organisation with a name of its own on every walk."""

    def __init__(self, name, sector="Payment and financial services"):
        self.name, self.sector = f"{name} {WALK}", sector
        host = name.lower().replace(" ", "-")
        self.website, self.email = f"https://{host}-{WALK}.example", f"office@{host}-{WALK}.example"

    def apply(self, page, portal, see=lambda page, name: None):
        """Go from the page on joining to the status page. Returns: the reference."""
        page.goto(f"{portal.site}/en/members/join/")
        see(page, "01-join")
        page.goto(f"{portal.site}/en/members/join/apply/")
        page.fill("[name=email]", self.email)
        page.wait_for_timeout(2100)  # nobody fills a form in less; the gate would ask for proof
        see(page, "02-start")
        press(page, "Send me the link")
        page.wait_for_load_state()
        if page.locator("[data-proof]").count():  # many have started from here lately: the browser works for it
            page.wait_for_function("document.querySelector('[data-proof] input').value")
            press(page, "Send me the link")
        shows(page, "Check your inbox", "h1")
        self.link = link_in(letter_with(portal, self.email, "/a/"), "/a/")
        page.goto(self.link)
        see(page, "03-prove")
        press(page, "Open the form")
        shows(page, "Your application", "h1")
        see(page, "04-draft")
        page.goto(f"{self.link}organisation/")
        page.fill("[name=organisation_name]", self.name)
        page.fill("[name=legal_form]", "Private company")
        page.select_option("[name=kind]", label="Company")
        page.select_option("[name=sector]", label=self.sector)
        page.select_option("[name=country]", "AT")
        page.fill("[name=website]", self.website)
        see(page, "05-organisation")
        press(page, "Save and go on")
        page.fill("[name=contact_name]", "Head of compliance")
        page.fill("[name=contact_role]", "Compliance")
        see(page, "06-contact")
        press(page, "Save and go on")
        page.locator("[name=interests]").first.check()
        page.fill(
            "[name=contribution]", "We see early when a merchant account changes hands, and can share the patterns."
        )
        see(page, "07-contribution")
        press(page, "Save and go on")
        for name in ("accepts_memorandum", "has_authority", "accepts_privacy"):
            page.check(f"[name={name}]")
        see(page, "08-declarations")
        press(page, "Save and go on")
        shows(page, "Check your answers", "h1")
        see(page, "09-check")
        press(page, "Send the application")
        shows(page, self.name, "h1")
        see(page, "10-sent")
        return re.search(r"EFC-A-\d+-\d+", page.locator("main").inner_text()).group()


def take_up(officer, portal, applicant, see=lambda page, name: None):
    """Take an application up at the desk and find all five checks in order."""
    officer.goto(f"{portal.site}/admin/members/application/")
    see(officer, "11-board")
    officer.get_by_role("link", name=applicant.name).first.click()
    see(officer, "12-record")
    press(officer, "Take up")
    shows(officer, "Under review", "body")
    checks = officer.locator("select[name$=result]")
    expect(checks).to_have_count(5)
    for check in checks.all():
        check.select_option("passed")
    press(officer, "Save the checks")
    shows(officer, "5 of 5 checks are done", "body")
    see(officer, "13-checked")


def choose_route(officer, route, note, named_by=None):
    officer.get_by_role("link", name="Choose the route").click()
    officer.check(f"[name=route][value={route}]")
    if named_by:
        officer.select_option("[name=named_by]", label=named_by)
    officer.fill("[name=note]", note)
    press(officer, "Choose the route")
    shows(officer, "Done: Choose the route", "body")


def reply(new_page, portal, role, ballot, choice, reason=""):
    """Sign in as the holder of a seat and reply to a ballot. Returns: the page."""
    page = new_page()
    sign_in(page, portal, role)
    page.goto(ballot)
    page.check(f"[name=choice][value={choice}]")
    page.fill("[name=reason]", reason)
    press(page, "Send reply")
    if choice == "interest":
        press(page, "Yes, declare the interest")
    page.locator("text=Your seat is recused" if choice == "interest" else "text=Recorded:").first.wait_for()
    return page


def hold(chair, title, applicants, see=lambda page, name: None):
    """Record a sitting in which every voting seat was present and agreed."""
    chair.fill("[name=title]", title)
    chair.fill("[name=held_on]", TODAY)
    seats = chair.locator("[name=present]")
    expect(seats).to_have_count(10)
    for seat in seats.all():
        seat.check()
    for applicant in applicants:
        chair.get_by_label(applicant.name).check()
    see(chair, "24-sitting")
    press(chair, "Continue to the votes")
    see(chair, "25-votes")
    press(chair, "Record the decisions")
    shows(chair, "Recorded:")


def code_of(secret, later=0):
    """Return what an authenticator app shows for a secret, now or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def test_from_the_application_to_the_public_profile(portal, new_page):
    applicant = Applicant("Alpenpay")
    reference = applicant.apply(new_page(), portal, look)

    # the Steering Group has named it; the Secretariat checks and chooses the fast track
    officer = new_page()
    sign_in(officer, portal, "Secretariat officer")
    officer.goto(f"{portal.site}/workspace/decisions/new/")
    officer.fill("[name=title]", f"{applicant.name} named for the fast track")
    officer.fill("[name=text]", f"{applicant.name} may be admitted by the fast-track procedure.")
    officer.fill("[name=decided_on]", TODAY)
    officer.select_option("[name=procedure]", "meeting")
    press(officer, "Record the decision")
    shows(officer, applicant.name, "h1")
    number = re.search(r"\d{4}-\d+", officer.locator("main").inner_text()).group()
    take_up(officer, portal, applicant, look)
    choose_route(
        officer,
        "fast_track",
        "Named by the Steering Group. All checks are in order.",
        f"{number} {applicant.name} named for the fast track",
    )
    look(officer, "14-routed")
    officer.get_by_role("link", name="Prepare a ballot").click()
    look(officer, "15-prepare")
    officer.check("[name=kind][value=silence]")
    press(officer, "Prepare a ballot")
    officer.get_by_role("link", name="Open the ballot now").click()
    look(officer, "16-open")
    press(officer, "Open the ballot now")
    shows(officer, "Done: Open the ballot now", "body")
    officer.goto(f"{portal.site}/workspace/applications/{reference}/")
    look(officer, "17-dossier")

    # the seats vote: the chair's from the letter, one declares an interest, one objects, the others agree
    chair = new_page()
    letter = letter_with(portal, portal.accounts["Chair of the Steering Group"][0], applicant.name)
    ballot = link_in(letter, "/workspace/ballots/")
    sign_in(chair, portal, "Chair of the Steering Group")
    shows(chair, f"Vote: Admission of {applicant.name}")
    look(chair, "18-overview")
    chair.goto(ballot)
    look(chair, "19-ballot")
    chair.check("[name=choice][value=agree]")
    press(chair, "Send reply")
    look(chair, "20-voted")
    page = reply(
        new_page, portal, "Representative of PayPal", ballot, "interest", "The applicant is a partner of ours."
    )
    look(page, "21-interest")
    page = reply(
        new_page,
        portal,
        "Representative of Microsoft",
        ballot,
        "object",
        "We would like to hear how alerts are handled.",
    )
    look(page, "22-objection")
    for role in SILENT_SO_FAR:
        reply(new_page, portal, role, ballot, "agree").context.close()

    # one objection sends it to the next meeting, and the applicant is told
    chair.goto(ballot)
    press(chair, "Close and count")
    shows(chair, "Goes to the next meeting")
    look(chair, "23-closed")
    assert letter_with(portal, applicant.email, "meeting")

    # the meeting admits it
    chair.goto(f"{portal.site}/workspace/sittings/new/")
    hold(chair, "Meeting of the Steering Group", [applicant], look)
    shows(chair, "Adopted")
    look(chair, "26-admitted")
    chair.goto(f"{portal.site}/workspace/decisions/")
    chair.get_by_role("link", name=f"Admission of {applicant.name}").click()
    look(chair, "27-decision")

    # the invited representative opens an account and sets up a second factor
    invitation = link_in(letter_with(portal, applicant.email, "/i/"), "/i/")
    member = new_page()
    member.goto(invitation)
    look(member, "28-invitation")
    member.fill("[name=password]", PASSWORD)
    member.fill("[name=again]", PASSWORD)
    press(member, "Open my account")
    shows(member, "Your account is open")
    look(member, "29-opened")
    portal.accounts["invited"] = (applicant.email, PASSWORD)
    sign_in(member, portal, "invited")
    look(member, "30-member")
    shows(member, applicant.name, "h1")
    member.goto(f"{portal.site}/accounts/second-factor/app/")
    member.wait_for_load_state()
    if member.locator("[name=password]").count():
        member.fill("[name=password]", PASSWORD)
        member.click("main button[type=submit]")
    look(member, "31-app")
    secret = member.locator("code.secret").inner_text()
    member.fill("[name=code]", code_of(secret))
    press(member, "Set up the app")
    look(member, "32-codes")
    member.goto(f"{portal.site}/accounts/logout/")
    member.click("main button[type=submit]")
    sign_in(member, portal, "invited")
    look(member, "33-code")
    member.fill("[name=code]", code_of(secret, later=1))  # each code counts once
    member.click("main button[type=submit]")
    shows(member, applicant.name, "h1")

    # signs the memorandum and approves the profile, which then is public
    profile = f"{portal.site}/en/members/{urlsplit(member.url).path.split('/')[-2]}/"
    reader = new_page()
    assert reader.request.get(profile).status == 404
    member.get_by_role("link", name="Read and sign").first.click()
    look(member, "34-memorandum")
    member.fill("[name=name]", "Head of compliance")
    member.fill("[name=function]", "Compliance")
    member.check("[name=has_authority]")
    press(member, "Sign")
    look(member, "35-signed")
    member.get_by_role("link", name="Profile", exact=True).first.click()
    member.fill("[name=contribution_en]", "Shares what it sees when merchant accounts change hands.")
    look(member, "36-profile")
    press(member, "Approve and make public")
    look(member, "37-approved")
    reader.goto(profile)
    shows(reader, applicant.name, "h1")
    look(reader, "38-public")
    reader.goto(f"{portal.site}/en/members/")
    expect(reader.get_by_role("link", name=applicant.name).first).to_be_visible()


def test_five_organisations_are_admitted_in_one_sitting(portal, new_page):
    """As in the fast track of 2013: each with its own vote and its own decision; one of them was put off before."""
    officer = new_page()
    sign_in(officer, portal, "Secretariat officer")
    applicants = [Applicant(name) for name in ("Bank North", "Card Shield", "Hotline Coast", "Transfer Union")]
    for applicant in applicants:
        page = new_page()
        applicant.apply(page, portal)
        page.context.close()
        take_up(officer, portal, applicant)
        choose_route(officer, "meeting", "All checks are in order.")
    officer.goto(f"{portal.site}/admin/members/application/")
    look(officer, "39-board")
    applicants.append(SimpleNamespace(name="Hostingverbund e. G.", email="membership@hostingverbund.example"))

    chair = new_page()
    sign_in(chair, portal, "Chair of the Steering Group")
    chair.goto(f"{portal.site}/workspace/ballots/")
    chair.get_by_role("link", name="Record a sitting").click()
    hold(chair, f"Second meeting {WALK}", applicants, lambda page, name: look(page, f"4{name}"))
    look(chair, "43-five-admitted")
    chair.goto(f"{portal.site}/workspace/decisions/")
    look(chair, "44-five-decisions")
    rows = [chair.locator("tr", has_text=f"Admission of {applicant.name}") for applicant in applicants]
    assert len({row.locator("td").first.inner_text() for row in rows}) == 5  # numbers of decisions
    for applicant in applicants:
        assert letter_with(portal, applicant.email, "/i/")
