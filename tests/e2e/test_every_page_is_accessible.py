"""axe-core on every public page and the main screens of desk and workspace: wide and narrow, light and dark; no sideways scroll, no cookie."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import sign_in

PUBLIC = [
    "/en/",
    "/en/coalition/",
    "/en/coalition/how-we-are-run/",
    "/en/coalition/history/",
    "/en/coalition/partners/",
    "/en/members/",
    "/en/members/microsoft/",
    "/en/members/join/",
    "/en/members/join/apply/",
    "/en/work/",
    "/en/work/2012-2015/",
    "/en/work/2012-2015/training/",
    "/en/work/results/",
    "/en/news/",
    "/en/news/2015/",
    "/en/news/2015/strategic-assessment-2015/",
    "/en/press/",
    "/en/publications/",
    "/en/publications/strategic-assessment-2015/",
    "/en/training-and-events/",
    "/en/newsletter/",
    "/en/newsletter/7/",
    "/en/contact/",
    "/en/contact/?topic=press",
    "/en/report/",
    "/en/report/be/",
    "/en/help/",
    "/en/words/",
    "/en/search/?q=training",
    "/en/accessibility/",
    "/en/privacy/",
    "/en/cookies/",
    "/en/legal/",
    "/en/display/",
    "/en/nothing-here/",
    "/fr/",
    "/de/report/",
    "/nl/words/",
    "/accounts/login/",
    "/accounts/password/reset/",
]
DESK = [
    "/admin/",
    "/admin/newsletter/issue/",
    "/admin/newsletter/issue/add/",
    "/admin/newsletter/subscriber/",
    "/admin/publications/newsitem/",
    "/admin/publications/newsitem/add/",
    "/admin/publications/page/",
    "/admin/events/event/add/",
    "/admin/members/organisation/",
    "/admin/members/application/",
    "/admin/members/application/?q=",
    "/admin/members/ballot/",
    "/admin/members/decision/",
    "/admin/members/memorandumversion/",
    "/admin/members/signature/",
    "/admin/members/person/",
    "/admin/members/accessreview/",
    "/admin/efc/contactmessage/",
    "/admin/efc/outgoingmail/",
    "/admin/efc/auditentry/",
    "/workspace/",
]
CHAIR = [
    "/workspace/sg/",
    "/workspace/sg/calendar/",
    "/workspace/sg/changes/",
    "/workspace/ballots/",
    "/workspace/ballots/new/",
    "/workspace/sittings/new/",
    "/workspace/applications/",
    "/workspace/decisions/",
    "/workspace/decisions/new/",
    "/workspace/decisions/2013-1/",
    "/workspace/members/",
    "/workspace/organisations/ec3/",
    "/workspace/organisations/ec3/profile/",
    "/workspace/organisations/ec3/people/",
    "/workspace/organisations/ec3/memorandum/",
    "/workspace/access/",
    "/workspace/account/",
    "/workspace/wp/4/",
    "/workspace/deliverables/",
    "/workspace/programmes/2012-2015/wp/4/deliverables/1/",
    "/workspace/promises/",
    "/workspace/programmes/2012-2015/promises/",
    "/workspace/programmes/2012-2015/milestones/",
    "/workspace/programmes/2012-2015/wp/4/milestones/1/",
    "/workspace/programmes/2012-2015/risks/",
    "/workspace/programmes/2012-2015/wp/4/risks/1/",
    "/workspace/reports/",
    "/accounts/second-factor/",
    "/accounts/sessions/",
]
# Pages whose address changes with the day the demonstration is loaded: the first link of a list that leads there.
FOUND = {"/workspace/ballots/": "main .todo a.ttl", "/workspace/applications/": "main a[href*='/applications/EFC']"}
WIDTHS = [1280, 390]
WITH_A_FORM = ("/en/members/join/apply/", "/en/contact/?topic", "/en/newsletter/", "/en/display/", "/accounts/")


def findings(page, address):
    """Return what axe has against a page in light and in dark colours, and whether it scrolls sideways.

    Dark colours change nothing but colours, so that only the contrast is looked at again.
    """
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(address)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    said = [*against(page), *([f"scrolls sideways by {wide} px"] if wide > 0 else [])]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")  # the desk's colours fade over
    return said + [f"dark: {fault}" for fault in against(page, {"runOnly": ["color-contrast"]})]


def against(page, options=None):
    result = Axe().run(page, options=options)
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in result.response["violations"]]


def open_page(browser, width):
    return browser.new_context(viewport={"width": width, "height": 900}).new_page()


@pytest.mark.parametrize("width", WIDTHS)
def test_public_pages(portal, browser, width):
    page, wrong, outside = open_page(browser, width), {}, []
    context = page.context
    context.on("request", lambda request: None if request.url.startswith(portal.site) else outside.append(request.url))
    for path in PUBLIC:
        if said := findings(page, portal.site + path):
            wrong[path] = said
        if not path.startswith(WITH_A_FORM) and context.cookies():
            wrong[path] = [*wrong.get(path, []), f"sets {[cookie['name'] for cookie in context.cookies()]}"]
        context.clear_cookies()
    context.close()
    assert wrong == {}
    assert outside == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_desk(portal, browser, width):
    page = open_page(browser, width)
    sign_in(page, portal, "Secretariat officer")
    wrong = {path: said for path in DESK if (said := findings(page, portal.site + path))}
    page.context.close()
    assert wrong == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_workspace_of_the_chair(portal, browser, width):
    page = open_page(browser, width)
    sign_in(page, portal, "Chair of the Steering Group")
    wrong = {path: said for path in CHAIR if (said := findings(page, portal.site + path))}
    for path, link in FOUND.items():
        page.goto(portal.site + path)
        found = page.locator(link).first.get_attribute("href")
        if said := findings(page, portal.site + found):
            wrong[found] = said
    page.context.close()
    assert wrong == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_two_minutes_of_a_lead(portal, browser, width):
    page = open_page(browser, width)
    sign_in(page, portal, "Work-package lead")
    page.goto(f"{portal.site}/workspace/wp/4/")
    update = page.locator("main a[href$='/update/']").first.get_attribute("href")
    milestone = page.locator("main a[href*='/milestones/']").last.get_attribute("href")
    states = page.locator("main a[href*='/risks/states/']").first.get_attribute("href")
    paths = ["/workspace/wp/4/", update.removesuffix("update/"), update, milestone, f"{milestone}reach/", states]
    wrong = {path: said for path in paths if (said := findings(page, portal.site + path))}
    page.context.close()
    assert wrong == {}
