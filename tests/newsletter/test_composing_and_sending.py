"""The Secretariat's way of an issue: write, look, test, send, watch."""

from datetime import timedelta

import pytest
from django.utils import timezone

from efc.models import OutgoingMail
from efc.workflow import WrongStatus
from newsletter import rendering
from newsletter.models import Issue, IssueItem, Mailing, Subscriber
from newsletter.services import issues, mailings
from tests.factories import DeliveryFactory, EventFactory, IssueFactory, NewsItemFactory, SuppressionFactory

pytestmark = pytest.mark.django_db
ADD = "/admin/newsletter/issue/add/"


@pytest.fixture
def desk(secretariat_client):
    return secretariat_client


def fields(**more):
    """Return the fields of the issue's form, without any items."""
    return {
        "number": "8", "dated_on": "2026-11-22", "number_note": "", "subject": "EFC newsletter 8: results", "preview_line": "",
        "editorial_title": "Results", "editorial": "What we did.",
        "items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0", **more,
    }  # fmt: skip


def missing(issue):
    return [check.sentence for check in issues.checklist(issue) if not check.holds]


def after_a_test(issue, by):
    issues.send_test(issue, ["officer@efc.example"], by=by)
    return issue


# ── writing ──────────────────────────────────────────────────────────────


def test_a_new_issue_is_prefilled_and_offers_what_is_new_and_public(desk, news, publication, conference):
    IssueFactory(number=7, dated_on=news.dated_on - timedelta(days=1), archived=True)
    old = NewsItemFactory(title="Older", dated_on=news.dated_on - timedelta(days=1), published=True)
    draft = NewsItemFactory(title="Quagga draft", dated_on=news.dated_on + timedelta(days=1))
    embargoed = NewsItemFactory(
        title="Quagga embargo",
        dated_on=news.dated_on + timedelta(days=1),
        publish_at=timezone.now() + timedelta(days=1),
        published=True,
    )
    past = EventFactory(title="Past event", published=True)
    page = desk.get(ADD).content.decode()
    assert 'name="number" value="8"' in page
    assert 'value="EFC newsletter 8: "' in page
    for field, thing in (("take_news", news), ("take_publications", publication), ("take_events", conference)):
        assert f'name="{field}" value="{thing.pk}"' in page
    assert page.count("checked") >= 3
    assert "Quagga" not in page
    for hidden in (old, draft, embargoed):
        assert f'name="take_news" value="{hidden.pk}"' not in page
    assert f'name="take_events" value="{past.pk}"' not in page


def test_ticked_things_go_in_by_order_and_save_and_preview_shows_the_mail(desk, news, publication, conference):
    answer = desk.post(
        ADD, fields(take_news=[news.pk], take_publications=[publication.pk], take_events=[conference.pk], _look="1")
    )
    issue = Issue.objects.get()
    assert answer["Location"] == f"/admin/newsletter/issue/{issue.pk}/look/"
    assert [(item.order, str(item)) for item in issue.items.all()] == [
        (10, "Training in Budapest"), (20, "Strategic assessment"), (30, "Second conference"),
    ]  # fmt: skip


def test_numbers_change_the_order_and_a_tick_takes_an_item_out(desk, issue):
    first, second, third = issue.items.all()
    data = fields(**{"items-TOTAL_FORMS": "3", "items-INITIAL_FORMS": "3"})
    for place, (item, order) in enumerate([(first, 30), (second, 5), (third, 40)]):
        data |= {
            f"items-{place}-id": item.pk,
            f"items-{place}-issue": issue.pk,
            f"items-{place}-order": order,
            f"items-{place}-title": "",
            f"items-{place}-text": "",
        }
    data["items-2-DELETE"] = "on"
    data["items-1-title"] = "A title of ours"
    assert desk.post(f"/admin/newsletter/issue/{issue.pk}/change/", data).status_code == 302
    assert [str(item) for item in issue.items.all()] == ["A title of ours", "Training in Budapest"]


@pytest.mark.parametrize("kind", ["draft", "embargo"])
def test_nothing_unpublished_can_be_put_in(desk, secretariat, kind):
    later = timezone.now() + timedelta(days=1)
    item = NewsItemFactory(publish_at=later, published=True) if kind == "embargo" else NewsItemFactory()
    assert desk.post(ADD, fields(take_news=[item.pk])).status_code == 200
    assert IssueItem.objects.count() == 0
    with pytest.raises(issues.ValidationError, match="is not public yet"):
        issues.add_items(IssueFactory(number=8), [item], by=secretariat)


def test_the_guard_asks_about_a_wording_and_the_answer_is_kept(desk):
    desk.post(ADD, fields(editorial="They saved the children of the Kinderpornografie case."))
    issue = Issue.objects.get()
    assert any("Kinderpornografie" in sentence for sentence in missing(issue))
    data = fields(editorial=issue.editorial, wordings_kept=[hit.key for hit in issue.open_wordings()])
    assert desk.post(f"/admin/newsletter/issue/{issue.pk}/change/", data).status_code == 302
    issue.refresh_from_db()
    assert issue.open_wordings() == []


def test_the_guard_reads_the_words_given_to_items_too(desk, issue):
    item = issue.items.first()
    item.text = "Sextortion is on the rise."
    item.save()
    assert [hit.term for hit in issue.open_wordings()] == ["Sextortion"]
    assert 'value="sextortion"' in desk.get(f"/admin/newsletter/issue/{issue.pk}/change/").content.decode()


def test_nothing_hidden_gets_into_the_archive_by_the_side_door(secretariat, issue, news):
    news.move("withdraw", by=secretariat)
    with pytest.raises(issues.ValidationError, match="Not public yet: Training in Budapest"):
        issues.archive_issue(issue, by=secretariat)
    assert Issue.objects.published().count() == 0


# ── looking and testing ──────────────────────────────────────────────────


@pytest.mark.parametrize("view", ["wide", "phone", "dark", "text"])
def test_the_preview_shows_each_view_with_size_and_what_is_missing(desk, issue, view):
    page = desk.get(f"/admin/newsletter/issue/{issue.pk}/look/?as={view}").content.decode()
    assert "KB, HTML and text together" in page
    assert "Send a test to yourself and have a look at it." in page
    assert ("<iframe" in page) == (view != "text")
    assert ("TRAINING" in page or "Training in Budapest" in page) == (view == "text")


def test_the_framed_mail_has_a_policy_of_its_own(desk, issue):
    answer = desk.get(f"/admin/newsletter/issue/{issue.pk}/mail/?dark")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "@media all{.bg{background:#0F1821" in answer.content.decode()
    assert "unsafe-inline" not in desk.get(f"/admin/newsletter/issue/{issue.pk}/look/")["Content-Security-Policy"]


def test_a_test_goes_through_the_outbox_and_counts_until_the_next_change(desk, issue, readers):
    page = f"/admin/newsletter/issue/{issue.pk}/test/"
    desk.post(page, {"addresses": "officer@efc.example\nchair@efc.example"})
    letters = OutgoingMail.objects.order_by("pk")
    assert [letter.address for letter in letters] == ["officer@efc.example", "chair@efc.example"]
    assert letters[0].subject == "Test: EFC newsletter 8: what Budapest changed"
    assert letters[0].html.strip() == rendering.render_issue(issue).html.strip()
    issue.refresh_from_db()
    assert missing(issue) == []
    Issue.objects.filter(pk=issue.pk).update(editorial="Changed.")
    issue.refresh_from_db()
    assert len(missing(issue)) == 1
    assert "has changed since the test" in missing(issue)[0]


@pytest.mark.parametrize("addresses", ["", "not an address", " ".join(f"a{n}@efc.example" for n in range(7))])
def test_a_test_to_nobody_or_to_many_is_refused_with_a_sentence(desk, issue, addresses):
    answer = desk.post(f"/admin/newsletter/issue/{issue.pk}/test/", {"addresses": addresses})
    assert answer.status_code == 422
    assert OutgoingMail.objects.count() == 0


def test_the_checklist_says_what_is_missing(issue, news, secretariat):
    Issue.objects.filter(pk=issue.pk).update(
        editorial="[Gone](/en/news/2026/nothing-here/)", subject="Victims of abuse"
    )
    issue.refresh_from_db()
    news.move("withdraw", by=secretariat)
    assert missing(issue) == [
        "Write a subject that can be read over somebody’s shoulder: without sexual, abuse, exploitation or victim.",
        "Not public yet: Training in Budapest. Take it out, or wait until it is.",
        "These links do not answer: /en/news/2026/nothing-here/.",
        "Nobody has confirmed a subscription yet, so there is nobody to send it to.",
        "Send a test to yourself and have a look at it.",
    ]


# ── sending ──────────────────────────────────────────────────────────────


@pytest.fixture
def alone(settings):
    settings.TWO_PERSONS_RELEASE = False


def test_while_something_is_missing_the_form_is_not_there(desk, issue, readers, alone):
    page = f"/admin/newsletter/issue/{issue.pk}/send/"
    text = desk.get(page).content.decode()
    assert "One thing is missing" in text
    assert 'name="count"' not in text
    assert desk.post(page, {"when": "now", "count": "3"}).status_code == 422
    assert Mailing.objects.count() == 0


def test_typing_the_number_sends_to_who_confirmed_and_is_not_suppressed(desk, secretariat, issue, readers, alone):
    SuppressionFactory(address=readers[0].email)
    Subscriber.objects.create(email="waiting@post.example")
    after_a_test(issue, secretariat)
    page = f"/admin/newsletter/issue/{issue.pk}/send/"
    assert "2 confirmed subscribers</b>, 2 languages" in desk.get(page).content.decode()
    answer = desk.post(page, {"when": "now", "count": "3"})
    assert answer.status_code == 422
    assert "It goes to 2 people now, and you typed 3." in answer.content.decode()
    assert Mailing.objects.count() == 0
    answer = desk.post(page, {"when": "now", "count": "2"})
    mailing = Mailing.objects.get()
    assert answer["Location"] == f"/admin/newsletter/mailing/{mailing.pk}/change/"
    assert (mailing.status, mailing.total) == ("sending", 2)
    assert set(mailing.deliveries.values_list("address", flat=True)) == {readers[1].email, readers[2].email}
    issue.refresh_from_db()
    assert issue.status == "sending"
    assert desk.get("/en/newsletter/8/").status_code == 200


def test_two_persons_prepare_and_release(desk, client, secretariat, second_officer, issue, readers):
    after_a_test(issue, secretariat)
    desk.post(f"/admin/newsletter/issue/{issue.pk}/send/", {"when": "now"})
    mailing = Mailing.objects.get()
    assert mailing.status == "prepared"
    letter = OutgoingMail.objects.get(template="newsletter/mailing_prepared")
    assert letter.address == second_officer.email
    page = f"/admin/newsletter/mailing/{mailing.pk}/change/"
    assert "another officer must release it" in desk.get(page).content.decode()
    assert desk.post(f"/admin/newsletter/mailing/{mailing.pk}/release/", {"count": "3"}).status_code == 403
    client.force_login(second_officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "This mails 3 people." in client.get(page).content.decode()
    assert client.post(f"/admin/newsletter/mailing/{mailing.pk}/release/", {"count": "4"}).status_code == 422
    assert client.post(f"/admin/newsletter/mailing/{mailing.pk}/release/", {"count": "3"}).status_code == 302
    mailing.refresh_from_db()
    assert (mailing.status, mailing.prepared_by, mailing.released_by) == ("sending", secretariat, second_officer)


def test_an_item_that_is_withdrawn_in_between_stops_the_preparing(desk, secretariat, issue, readers, news, alone):
    after_a_test(issue, secretariat)
    news.move("withdraw", by=secretariat)
    assert desk.post(f"/admin/newsletter/issue/{issue.pk}/send/", {"when": "now", "count": "3"}).status_code == 422
    assert Mailing.objects.count() == 0


def test_what_goes_out_is_what_was_tested(secretariat, issue, readers, alone):
    after_a_test(issue, secretariat)
    Issue.objects.filter(pk=issue.pk).update(preview_line="Changed in another window.")
    with pytest.raises(issues.ValidationError, match="has changed since its test"):
        issues.send_issue(issue, by=secretariat, count=3)
    assert Mailing.objects.count() == 0


def test_pressing_twice_asks_the_second_officer_once(secretariat, second_officer, issue, readers):
    after_a_test(issue, secretariat)
    issues.send_issue(issue, by=secretariat)
    with pytest.raises(WrongStatus):
        issues.send_issue(issue, by=secretariat)
    assert OutgoingMail.objects.filter(template="newsletter/mailing_prepared").count() == 1


def test_a_time_to_send_is_in_brussels_and_after_now(desk, secretariat, issue, readers, alone):
    after_a_test(issue, secretariat)
    page = f"/admin/newsletter/issue/{issue.pk}/send/"
    for wrong in ("", "2020-01-01T11:00", "tomorrow"):
        assert desk.post(page, {"when": "later", "send_at": wrong, "count": "3"}).status_code == 422
    desk.post(page, {"when": "later", "send_at": "2099-07-01T11:00", "count": "3"})
    assert Mailing.objects.get().send_at.isoformat() == "2099-07-01T09:00:00+00:00"
    issue.refresh_from_db()
    assert issue.status == "draft"
    assert desk.get("/en/newsletter/8/").status_code == 404


def test_an_issue_with_a_mailing_is_read_and_no_longer_changed(desk, secretariat, issue, readers):
    after_a_test(issue, secretariat)
    mailing = mailings.prepare_mailing(issue, by=secretariat)
    page = f"/admin/newsletter/issue/{issue.pk}/change/"
    assert 'name="subject"' not in desk.get(page).content.decode()
    assert desk.post(page, fields(subject="Changed")).status_code == 403
    mailings.stop_mailing(mailing, by=secretariat)
    assert 'name="subject"' in desk.get(page).content.decode()


# ── watching ─────────────────────────────────────────────────────────────


@pytest.fixture
def running(secretariat, second_officer, issue, readers):
    mailing = mailings.prepare_mailing(issue, by=secretariat)
    return mailings.release_mailing(mailing, by=second_officer)


def test_the_figures_sum_to_the_total_and_the_page_reloads_itself(desk, running):
    states = iter(["sent", "failed", "in_doubt"])
    for delivery in running.deliveries.all():
        delivery.state = next(states)
        delivery.save()
    DeliveryFactory(mailing=running, state="skipped")
    answer = desk.get(f"/admin/newsletter/mailing/{running.pk}/change/")
    figures = {label: n for label, n, _url in answer.context_data["figures"]}
    assert figures == {
        "Waiting": 0, "Taken by a worker": 0, "Being handed over": 0, "Will be tried again": 0, "Handed over to the mail server": 1,
        "Failed": 1, "In doubt: handed over, but the answer was lost": 1, "Skipped: unsubscribed, suppressed or stopped": 1,
    }  # fmt: skip
    assert answer.context_data["total"] == sum(figures.values()) == 4
    assert answer["Refresh"] == "5"
    assert "Refresh" not in desk.get(f"/admin/newsletter/mailing/{running.pk}/change/?still=1")
    assert "We do not count who opens it" in answer.content.decode()


def test_pause_resume_and_stop_with_its_consequence(desk, running):
    page = f"/admin/newsletter/mailing/{running.pk}"

    def press(verb):
        desk.post(f"{page}/move/{verb}/")
        running.refresh_from_db()
        return running.status

    assert press("pause") == "paused"
    assert "Refresh" not in desk.get(f"{page}/change/")
    assert press("resume") == "sending"
    assert (
        "3 messages are not out yet. Once you stop, they are never sent"
        in desk.get(f"{page}/change/?stop=1").content.decode()
    )
    assert press("stop") == "stopped"
    assert running.deliveries.counts()["skipped"] == 3
    assert press("resume") == "stopped"


@pytest.mark.parametrize(
    "page", ["issue/{issue}/look/", "issue/{issue}/send/", "issue/{issue}/mail/", "mailing/{mailing}/change/"]
)
def test_no_other_person_sees_these_pages(client, sg_member, running, page):
    address = "/admin/newsletter/" + page.format(issue=running.issue_id, mailing=running.pk)
    assert client.get(address).status_code == 302
    client.force_login(sg_member, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(address, follow=True)
    assert answer.status_code == 403
    assert "Training in Budapest" not in answer.content.decode()
