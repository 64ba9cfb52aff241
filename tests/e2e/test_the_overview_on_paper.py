"""The overview of the Steering Group is taken to the meeting on at most three sheets, nothing of it left behind."""

from io import BytesIO

from playwright.sync_api import expect
from pypdf import PdfReader

from tests.e2e.conftest import sign_in


def test_the_overview_takes_three_pages_at_most(portal, new_page):
    page = new_page()
    sign_in(page, portal, "Steering Group member")
    page.goto(f"{portal.site}/workspace/sg/")
    expect(page.locator("h1")).to_have_text("Steering Group overview")
    sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert len(sheets) <= 3
    paper = " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())
    for heading in page.locator(".overview h2").all_text_contents():
        assert " ".join(heading.split()) in paper
    assert "Print this overview" not in paper
