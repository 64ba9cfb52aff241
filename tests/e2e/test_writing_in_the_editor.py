"""The Secretariat writes a news item with the editor's toolbar and preview, and publishes it."""

from playwright.sync_api import expect

from tests.e2e.conftest import sign_in


def test_a_news_item_is_written_previewed_and_published(portal, new_page):
    page = new_page()
    sign_in(page, portal, "Secretariat officer")
    page.goto(f"{portal.site}/admin/publications/newsitem/add/")
    page.fill("#id_dated_on", "2026-03-02")
    page.fill("#id_title_en", "A course for hotlines")
    page.fill("#id_body_en", "We met hotlines. They speak of sextortion.")
    page.evaluate("document.getElementById('id_body_en').setSelectionRange(7, 15)")
    editor = page.locator(".editor", has=page.locator("#id_body_en"))
    editor.get_by_role("button", name="Bold").click()
    editor.get_by_role("button", name="Preview").click()

    preview = editor.get_by_role("region")
    preview.get_by_text("sexual extortion of children").wait_for()
    expect(preview.locator(".prose strong")).to_have_text("hotlines")
    expect(page.locator("#id_body_en")).to_be_hidden()

    editor.get_by_role("button", name="Preview").click()
    page.fill("#id_body_en", "We met **hotlines**.")
    page.locator("[name=_continue]").first.click()
    page.get_by_role("button", name="Approve and publish").click()
    page.wait_for_load_state()
    page.goto(f"{portal.site}/en/news/2026/a-course-for-hotlines/")

    expect(page.locator("h1")).to_have_text("A course for hotlines")
    expect(page.locator(".prose strong")).to_have_text("hotlines")
