"""An applicant's pages as they are used: axe at every size, and the whole way without JavaScript."""

import io
import time

from playwright.sync_api import expect

from tests.e2e.conftest import wait_for
from tests.e2e.test_every_page_is_accessible import WIDTHS, findings

WALK = str(time.time_ns() // 10**6 % 10**9)  # new on each walk, also on a portal that runs already


def begin(page, portal, name):
    """Start, open the letter's link and press the button. Returns: the address of the application's pages."""
    email = f"{name}-{WALK}@foundation.example"
    page.goto(f"{portal.site}/en/members/join/apply/")
    page.fill("[name=email]", email)
    time.sleep(2.1)  # nobody fills a form in less; the gate would ask for proof
    page.get_by_role("button", name="Send me the link").click()
    letter = wait_for(lambda: portal.letters(email))[0]
    link = next(word for word in letter["text"].split() if "/a/" in word)
    page.goto(link)
    page.get_by_role("button", name="Open the form").click()
    return link


def answer_everything(page, link, name):
    page.goto(f"{link}organisation/")
    page.fill("[name=organisation_name]", f"{name} {WALK}")
    page.fill("[name=legal_form]", "Foundation")
    page.select_option("[name=kind]", "ngo")
    page.select_option("[name=sector]", "ngo")
    page.get_by_role("button", name="Save and go on").click()
    page.fill("[name=contact_name]", "Director")
    page.fill("[name=contact_role]", "Director of the foundation")
    page.get_by_role("button", name="Save and go on").click()
    page.check("[name=interests] >> nth=0")
    page.fill("[name=contribution]", "A hotline with eight analysts.")
    page.get_by_role("button", name="Save and go on").click()
    for field in ("accepts_memorandum", "has_authority", "accepts_privacy"):
        page.check(f"[name={field}]")
    page.get_by_role("button", name="Save and go on").click()


def pdf():
    from pypdf import PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(out)
    return {"name": "Statutes.pdf", "mimeType": "application/pdf", "buffer": out.getvalue()}


def test_axe_finds_nothing_on_an_applicants_pages(portal, browser):
    context = browser.new_context()
    page = context.new_page()
    link = begin(page, portal, "axe")
    answer_everything(page, link, "Axe")
    page.goto(f"{link}papers/")
    page.set_input_files("[name=file]", pdf())
    page.get_by_role("button", name="Add", exact=True).click()
    paths = ["", "organisation/", "contact/", "contribution/", "declarations/", "check/", "papers/", "withdraw/"]
    wrong = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for address in ["/en/members/join/apply/", "/en/members/join/apply/sent/", "/a/unknown/"]:
            if said := findings(page, portal.site + address):
                wrong[address, width] = said
        wrong |= {(path, width): said for path in paths if (said := findings(page, link + path))}
    page.goto(f"{link}check/")
    page.get_by_role("button", name="Send the application").click()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if said := findings(page, link):
            wrong["status", width] = said
    context.close()
    assert wrong == {}


def test_the_whole_way_works_without_javascript(portal, new_page):
    page = new_page(java_script_enabled=False, viewport={"width": 390, "height": 800})
    link = begin(page, portal, "plain")
    answer_everything(page, link, "Plain")
    page.goto(f"{link}papers/")
    page.set_input_files("[name=file]", pdf())
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Statutes.pdf is added.")).to_be_visible()
    page.goto(f"{link}check/")
    expect(page.get_by_text("Foundation").first).to_be_visible()
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_text("We have your application.")).to_be_visible()
    copy = wait_for(
        lambda: [mail for mail in portal.letters(f"plain-{WALK}@foundation.example") if "EFC-A-" in mail["subject"]]
    )
    assert "What you would bring: A hotline with eight analysts." in copy[0]["text"]
