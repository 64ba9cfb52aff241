"""A lead reports, asks for more time and is granted it (J7); the Secretariat makes the progress report, the Chair approves it (J8).

`EFC_SHOTS` names a folder for pictures of each stage, wide and narrow.
"""

import io
import re
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.e2e.conftest import sign_in
from tests.e2e.test_the_members_walk import letter_with, link_in, look, press, shows

TODAY = datetime.now(ZoneInfo("Europe/Brussels")).date()
NUMBER = 1000 + time.time_ns() // 10**9 % 30_000  # of a deliverable that is new on each walk
LEAD, CHAIR, OFFICER = "Work-package lead", "Chair of the Steering Group", "Secretariat officer"
COLUMNS = "programme,work package,number,title,description,owner,dissemination,baseline month,public result"


@pytest.fixture
def people(portal, new_page):
    """Return a page of somebody who has signed in, by their role."""
    pages = {}

    def page_of(role):
        if role not in pages:
            pages[role] = new_page()
            sign_in(pages[role], portal, role)
            expect(pages[role]).not_to_have_url(re.compile("/login/"))
        return pages[role]

    return page_of


def promise(officer, portal, number, title):
    """Bring a new deliverable of WP4 into the running programme, from a file and after a look. Returns: its page's address."""
    officer.goto(f"{portal.site}/workspace/deliverables/")
    officer.get_by_role("link", name=re.compile("^D4.1 ")).click()
    expect(officer.locator("h1")).to_contain_text("D4.1")
    programme = re.search(r"/programmes/([^/]+)/", officer.url)[1]
    line = f"{programme},WP4,{number},{title},,,CO,M12,"
    officer.goto(f"{portal.site}/admin/workpackages/deliverable/import/")
    officer.set_input_files(
        "[name=file]", {"name": "plan.csv", "mimeType": "text/csv", "buffer": f"{COLUMNS}\n{line}".encode()}
    )
    press(officer, "Look at it")
    shows(officer, "1 new, 0 changed", "body")
    look(officer, "w01-import")
    press(officer, "Import this")
    shows(officer, "Imported: 1 new", "body")
    return f"{portal.site}/workspace/programmes/{programme}/wp/4/deliverables/{number}/"


def report(lead, address, state, sentence, **answers):
    """Say how a deliverable stands."""
    lead.goto(f"{address}update/")
    lead.check(f"[name=state][value={state}]")
    for name, value in {"sentence": sentence, **answers}.items():
        lead.fill(f"[name={name}]", value)


def test_a_lead_asks_for_more_time_and_is_granted_it(portal, people):
    officer, lead, chair = people(OFFICER), people(LEAD), people(CHAIR)
    name = f"D4.{NUMBER}"
    address = promise(officer, portal, NUMBER, "Evaluation of the courses")

    lead.goto(f"{portal.site}/workspace/wp/4/")
    look(lead, "w02-area")
    lead.get_by_role("link", name=f"{name} Evaluation of the courses").first.click()
    expect(lead.locator("h1")).to_contain_text(name)
    until = date(TODAY.year + 1, 3, 31)
    report(lead, address, "at_risk", "Two of three evaluations are in.", cause="The third course was held late.", proposed_on=until.isoformat())  # fmt: skip
    look(lead, "w03-update")
    press(lead, "Save")
    shows(lead, "The third course was held late.")
    look(lead, "w04-asked")

    letter = letter_with(portal, portal.accounts[CHAIR][0], f"/deliverables/{NUMBER}/")
    chair.goto(link_in(letter, f"/deliverables/{NUMBER}/"))
    look(chair, "w05-to-decide")
    press(chair, "Grant")
    shows(chair, f"31 March {until.year}")
    shows(chair, "M12")
    look(chair, "w06-granted")
    told = letter_with(portal, portal.accounts[LEAD][0], f"/deliverables/{NUMBER}/")
    assert f"31 March {until.year}" in told["text"]

    # the Secretariat reminds; one press on the page of the letter's link is enough
    officer.goto(f"{portal.site}/admin/workpackages/deliverable/?wp=4&q=Course")
    officer.locator("tr", has_text="D4.1").first.locator("[name=_selected_action]").check()
    officer.select_option("[name=action]", "remind")
    officer.get_by_role("button", name=re.compile("^(Go|Run)$")).first.click()
    expect(officer.locator("h1")).to_contain_text("Remind the leads")
    look(officer, "w07-remind")
    press(officer, "Remind the leads")
    shows(officer, "is on its way", "body")
    reminder = letter_with(portal, portal.accounts[LEAD][0], "/deliverables/1/update/")
    lead.goto(link_in(reminder, "/deliverables/1/update/"))
    look(lead, "w08-no-change")
    press(lead, "No change")
    shows(lead, "Noted: nothing has changed.", "body")


def test_a_report_is_written_frozen_approved_and_locked(portal, people):
    officer, lead, chair = people(OFFICER), people(LEAD), people(CHAIR)
    number, title = NUMBER + 1, "Handbook of the courses"
    address = promise(officer, portal, number, title)
    report(lead, address, "late", "The authors need more time.")
    press(lead, "Save")
    shows(lead, "The authors need more time.")

    officer.goto(f"{portal.site}/workspace/reports/")
    begins = date.fromisoformat(officer.input_value("[name=starts_on]"))
    officer.fill("[name=ends_on]", max(TODAY, begins).isoformat())
    look(officer, "w10-reports")
    press(officer, "Open the report")
    expect(officer.locator("h1")).to_contain_text("Progress report")
    page = officer.url
    shows(officer, f"D4.{number} {title}")
    look(officer, "w11-gaps")
    press(officer, "Ask the leads for their text")
    shows(officer, "asked for", "body")
    letter = letter_with(portal, portal.accounts[LEAD][0], "/texts/4/")
    lead.goto(link_in(letter, "/texts/4/"))
    lead.fill("[name=text]", "One course was held; thirty people took part.")
    look(lead, "w12-text")
    press(lead, "Save")
    shows(lead, "The text is saved.", "body")

    # no figures without the reason of a delay
    press(officer, "Freeze the figures")
    shows(officer, f"lack a justification: D4.{number} {title}", "body")
    look(officer, "w13-refused")
    proposed = TODAY + timedelta(days=400)
    report(
        lead,
        address,
        "late",
        "The authors need more time.",
        cause="An author fell ill.",
        proposed_on=proposed.isoformat(),
    )
    press(lead, "Save")
    shows(lead, "An author fell ill.")
    officer.goto(page)
    press(officer, "Freeze the figures")
    shows(officer, "The report is now: Figures frozen.", "body")
    draft = officer.request.get(f"{page}preview/")
    assert "Draft" in PdfReader(io.BytesIO(draft.body())).pages[0].extract_text()

    for package in range(1, 6):
        officer.goto(f"{page}texts/{package}/")
        if package == 4:
            expect(officer.locator("[name=text]")).to_have_value("One course was held; thirty people took part.")
        else:
            officer.fill("[name=text]", f"Work package {package} went on as planned.")
        press(officer, "Save and agree")
        expect(officer).to_have_url(page)
    look(officer, "w14-frozen")
    press(officer, "Send to the Chair")
    shows(officer, "The report is now: With the Chair.", "body")

    ready = letter_with(portal, portal.accounts[CHAIR][0], "/workspace/reports/")
    chair.goto(link_in(ready, "/workspace/reports/"))
    expect(chair).to_have_url(page)
    summary = chair.locator("section[aria-labelledby=sum] .card-b").inner_text()
    look(chair, "w15-to-approve")
    chair.get_by_role("link", name="Approve", exact=True).click()
    look(chair, "w16-approve")
    press(chair, "Yes, approve it")
    expect(chair.locator("main").first).to_contain_text("Documents", timeout=30_000)  # they are made before it answers
    look(chair, "w17-approved")

    # the document is final: its figures are those of the page, and nothing can be written any more
    data = chair.request.get(f"{page}documents/pdf/").body()
    assert data.startswith(b"%PDF-")
    document = PdfReader(io.BytesIO(data))
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in document.trailer["/Root"]["/Metadata"].get_data()
    text = " ".join(" ".join(one.extract_text() for one in document.pages).split())
    figure = re.search(r"\d+ of \d+ deliverables", summary)[0]
    assert figure in text
    assert "thirty people took part" in text
    assert "An author fell ill." in text
    officer.goto(page)
    shows(officer, "Approved")
    expect(officer.get_by_role("button", name="Freeze the figures")).to_have_count(0)
    officer.goto(f"{page}texts/4/")
    shows(officer, "One course was held")
    expect(officer.locator("[name=text]")).to_have_count(0)
