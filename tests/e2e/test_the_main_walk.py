"""A stranger reads and subscribes; the Secretariat writes issue 8 and sends it; the mail arrives once and can be left again."""

import re
import time
from urllib.request import Request, urlopen

from playwright.sync_api import expect

from tests.e2e.conftest import sign_in, wait_for

READER = f"reader-{time.time_ns()}@walk.example"  # new on each walk, also on a portal that runs already


def link_in(text, part):
    return next(link for link in re.findall(r"https?://\S+", text) if part in link)


def test_from_the_home_page_to_the_archive(portal, new_page):
    reader = new_page()
    reader.goto(portal.site)
    expect(reader).to_have_url(f"{portal.site}/en/")
    reader.click("nav >> text=Members")
    reader.click(".org-list >> text=Microsoft")
    expect(reader.locator("h1")).to_have_text("Microsoft")
    reader.click("main >> text=WP4 Training >> nth=0")
    expect(reader.locator("h1")).to_contain_text("Training")
    reader.click("nav >> text=News")
    reader.click("main a[href*='/news/20'] >> nth=-1")
    expect(reader).to_have_url(re.compile(r"/en/news/20\d\d/."))
    expect(reader.locator("h1")).to_have_count(1)

    # subscribe, read the letter, confirm
    reader.goto(f"{portal.site}/en/newsletter/")
    reader.fill("main input[type=email]", READER)
    reader.wait_for_timeout(2100)  # nobody fills a form in less; the gate would ask for proof
    reader.click("main form[method=post] button[type=submit]")
    expect(reader.locator("main")).to_contain_text(re.compile("inbox", re.IGNORECASE))
    letter = wait_for(lambda: portal.letters(READER))[0]
    confirm = link_in(letter["text"], "/n/c/")
    reader.goto(confirm)
    reader.goto(confirm)  # a mail scanner follows links; only the button acts
    reader.click("main form button[type=submit]")
    expect(reader).to_have_url(re.compile("/n/"))
    expect(reader.locator("h1")).to_have_count(1)

    # the Secretariat composes, tests, asks a colleague
    officer = new_page()
    sign_in(officer, portal, "Secretariat officer")
    expect(officer.locator("h1")).to_have_text("Today")
    officer.goto(f"{portal.site}/admin/newsletter/issue/add/")
    number = officer.input_value("#id_number")  # 8 after the seven of the record
    officer.fill("#id_subject", f"EFC newsletter {number}: what the plan has brought")
    officer.fill("#id_preview_line", "Applications for the next course are open")
    officer.fill("#id_editorial_title", "A year of common work")
    officer.fill("#id_editorial", "Dear readers,\n\nthe members have **worked together** on payments all year.")
    officer.click("[name=_look]")
    expect(officer.frame_locator("iframe.mail-frame").locator("text=worked together")).to_have_count(1)
    officer.click("text=Plain text")
    expect(officer.locator("pre.mail-text")).to_contain_text("the members have")
    officer.get_by_role("button", name="Send me a test").click()
    address = portal.accounts["Secretariat officer"][0]
    test = wait_for(lambda: portal.letters(address))[0]
    assert "what the plan has brought" in test["subject"]
    officer.get_by_role("link", name="Continue").click()
    officer.get_by_role("button", name="Ask another officer to release it").click()

    # the second officer releases by typing the number
    second = new_page()
    sign_in(second, portal, "Second Secretariat officer")
    second.click(f"text=/Release: EFC newsletter {number}/")
    second.wait_for_load_state()
    if "/mailing/" not in second.url:
        second.click("text=Watch")
    total = int(second.text_content("table.figures tfoot td"))
    assert total > 20
    second.wait_for_load_state()
    count = second.locator("form.desk-form input[type=number], form.desk-form input[name*=count]")
    if count.count():
        count.first.fill(str(total))
    second.click("form.desk-form button[type=submit]")
    wait_for(lambda: second.reload() and "Finished" in second.text_content(".say--big"), 90)
    figures = [int(cell) for cell in second.locator("table.figures >> nth=0 >> tbody td").all_text_contents()]
    assert sum(figures) == total

    # it arrived once, says what it should, and can be left in one click
    mails = [mail for mail in portal.letters(READER) if f"newsletter {number}" in mail["subject"]]
    assert len(mails) == 1
    mail = mails[0]
    assert "A year of common work" in mail["text"] or "A YEAR OF COMMON WORK" in mail["text"]
    headers = {name.lower(): value for name, value in mail["headers"]}
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    leave = re.search(r"<(https?://[^>]+)>", headers["list-unsubscribe"]).group(1)
    asked = Request(leave, data=b"List-Unsubscribe=One-Click", method="POST")
    with urlopen(asked) as answer:
        assert answer.status == 200
    with urlopen(asked) as answer:
        assert answer.status == 200  # twice is no harm

    # the archive shows it
    reader.goto(f"{portal.site}/en/newsletter/")
    reader.click(f"main >> text=/newsletter {number}/")
    expect(reader).to_have_url(f"{portal.site}/en/newsletter/{number}/")
    expect(reader.locator("main")).to_contain_text("worked together")
