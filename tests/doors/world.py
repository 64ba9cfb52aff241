"""What stands behind the addresses: a public record of each kind, and beside it those that carry the canary."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from efc import audit
from efc.models import OutgoingMail
from members.models import MemorandumVersion, Signature
from tests import factories
from tests.doors import work
from tests.doors.answers import BACKEND, CANARY
from tests.doors.tables import addresses, split_desk


@pytest.fixture(name="world")
def world_of(db, secretariat):
    """One public record of each kind, and beside it those that are not public and carry the canary."""
    hidden = [
        {"status": "draft"},
        {"status": "withdrawn"},
        {"status": "approved", "publish_at": timezone.now() + timedelta(hours=1)},
    ]
    for fields in hidden:
        title = {"title": f"{CANARY} title"}
        factories.NewsItemFactory(**title, body=CANARY, summary=CANARY, **fields)
        publication = factories.PublicationFactory(**title, summary=CANARY, **fields)
        factories.RenditionFactory(publication=publication, name=f"{CANARY}-file")
        factories.EventFactory(**title, description=CANARY, teaser=CANARY, **fields)
        soon = timezone.localdate() + timedelta(days=3)
        factories.EventFactory(title=f"{CANARY} soon", starts_on=soon, **fields)
    keys = "coalition how-we-are-run history partners press accessibility privacy cookies legal join"
    for key in keys.split():
        factories.PageFactory(published=True, key=key, title=key)
    factories.PageFactory(key="secret", title=CANARY, body=CANARY)
    factories.OrganisationFactory(name=f"{CANARY} applicant", is_public=False)
    factories.ContactMessageFactory(name=CANARY, body=CANARY)
    letter = {"subject": CANARY, "text": CANARY, "template": "efc/message_received"}
    OutgoingMail.objects.create(address=f"{CANARY}@post.example", **letter)
    factories.SubscriberFactory(email=f"{CANARY}@reader.example", confirmed=True)
    factories.IssueFactory(number=99, subject=f"{CANARY} issue", editorial=CANARY)
    factories.ApplicationFactory(organisation_name=f"{CANARY} draft", contact_name=CANARY, contribution=CANARY)
    asked = factories.ApplicationFactory(status="information_requested", submitted_at=timezone.now())
    paper = factories.PaperFactory()
    member = factories.MemberFactory(slug="shown")
    factories.SeatFactory(organisation=member, holder=factories.PersonFactory(name=f"{CANARY} person"))
    at_work, of_work = work.furnish(member)
    news = factories.NewsItemFactory(published=True, slug="shown")
    event = factories.EventFactory(published=True, slug="shown")
    publication = factories.PublicationFactory(published=True, slug="shown")
    factories.RenditionFactory(publication=publication, name="shown-file")
    subscriber = factories.SubscriberFactory(confirmed=True)
    factories.IssueFactory(number=7, archived=True)
    factories.HotlineFactory()
    records = {
        "efc_contactmessage": factories.ContactMessageFactory(),
        "efc_outgoingmail": OutgoingMail.objects.create(address="a@post.example", **letter),
        "efc_hotline": factories.HotlineFactory(country="FR"),
        "efc_auditentry": audit.record("efc.user.change", secretariat, secretariat),
        "efc_user": factories.UserFactory(),
        "efc_grant": secretariat.grants.first(),
        "members_application": asked,
        "members_ballot": factories.BallotFactory(),
        "members_sitting": factories.SittingFactory(),
        "members_decision": factories.DecisionFactory(),
        "members_membershipterm": member.memberships.get(),
        "members_suspension": factories.SuspensionFactory(),
        "members_memorandumversion": factories.MemorandumVersionFactory(),
        "members_signature": factories.SignatureFactory(version__status="replaced"),
        "members_representative": factories.RepresentativeFactory(),
        "members_invitation": factories.InvitationFactory(),
        "members_liaisoncontact": factories.LiaisonContactFactory(),
        "members_accessreview": factories.AccessReviewFactory(),
        "members_organisation": member,
        "members_person": factories.PersonFactory(),
        "members_seat": member.seats.get(),
        **at_work,
        "events_event": event,
        "publications_page": factories.PageFactory(key="another"),
        "publications_newsitem": news,
        "publications_publication": publication,
        "newsletter_subscriber": subscriber,
        "newsletter_suppression": factories.SuppressionFactory(),
        "newsletter_mailing": factories.MailingFactory(issue__number=50),
        "newsletter_delivery": factories.DeliveryFactory(mailing__issue__number=51),
        "newsletter_issue": factories.IssueFactory(number=8),
    }
    shown = factories.DecisionFactory(is_public=True)
    number = (records["members_decision"].year, records["members_decision"].sequence)
    version = MemorandumVersion.objects.create(
        number="1", title="Memorandum", text="Text", status="replaced", in_force_on="2013-01-01", file=paper.file
    )
    acting = factories.RepresentativeFactory(organisation=member, person__name=f"{CANARY} representative")
    letter = {"status": "declined", "reason": "Reason", "submitted_at": timezone.now(), "letter": paper.file}
    signed = Signature.objects.create(
        version=version,
        organisation=member,
        signed_on="2013-08-05",
        signatory_name="Director",
        method="paper",
        scan=paper.file,
    )
    arguments = {
        "members:logo": [factories.MemberFactory(slug="with-a-logo", logo=paper.file).slug],
        **{f"workspace_members:{name}": [records["members_ballot"].pk] for name in ("ballot", "vote", "remark")},
        "workspace_members:ballot_move": [records["members_ballot"].pk, "close"],
        **{f"workspace_members:{name}": [asked.reference] for name in ("application", "put_to_vote")},
        "workspace_members:paper": [asked.reference, factories.PaperFactory(application=asked).pk],
        **{f"workspace_members:{name}": list(number) for name in ("decision", "supersede")},
        "workspace_members:decision_move": [*number, "publish"],
        "workspace_members:memorandum_file": [version.pk],
        "workspace_members:organisation": ["shown"],
        "workspace_members:profile": ["shown"],
        "workspace_members:people": ["shown"],
        "workspace_members:person": ["shown", acting.pk],
        "workspace_members:letter": ["shown", factories.ApplicationFactory(organisation=member, **letter).reference],
        "workspace_members:sign": ["shown"],
        "workspace_members:signature": ["shown", signed.pk],
        "workspace_members:record_signature": ["shown", version.pk],
        "members:detail": ["shown"],
        "members_links:application": [factories.ApplicationFactory(email_proven_at=None).token],
        "members_links:step": [factories.ApplicationFactory().token, "contact"],
        "members_links:check": [factories.ApplicationFactory().token],
        "members_links:papers": [factories.ApplicationFactory().token],
        "members_links:paper": [paper.application.token, paper.pk],
        "members_links:answer": [asked.token, asked.inquiries.create(question="Who supervises you?").pk],
        "members_links:invitation": [records["members_invitation"].token],
        "workspace_members:review": [records["members_accessreview"].pk],
        "members_links:memorandum": [factories.ApplicationFactory().token],
        "members_links:letter": [factories.ApplicationFactory(letter=paper.file).token],
        "members_links:withdraw": [factories.ApplicationFactory().token],
        **of_work,
        "events:detail": [2015, "shown"],
        "events:ics": [2015, "shown"],
        "publications:news_year": [2015],
        "publications:news_detail": [2015, "shown"],
        "publications:detail": ["shown"],
        "publications:file": ["shown", "shown-file"],
        "newsletter:issue": [7],
        "newsletter_links:confirm": [subscriber.confirm_token],
        "newsletter_links:unsubscribe": [subscriber.token],
        "newsletter_links:preferences": [subscriber.token],
        "contact_confirm": ["not-a-key"],
        "report_country": ["be"],
        "account_reset_password_from_key": ["1", "not-a-key"],
        "mfa_edit_webauthn": [1],
        "mfa_remove_webauthn": [1],
        "workspace_account_email_confirm": ["not-a-key"],
        "workspace_account_token_revoke": ["efc_no"],
        "organisation-detail": ["shown"],
        "organisation-profile": ["shown"],
        "organisation-approve-profile": ["shown"],
        **{f"membership-{name}": [member.memberships.get().pk] for name in ("detail", "renew", "end")},
        **{f"suspension-{name}": [records["members_suspension"].pk] for name in ("detail", "lift")},
        **{f"access-review-{name}": [records["members_accessreview"].pk] for name in ("detail", "confirm")},
        **{f"invitation-{name}": [factories.InvitationFactory().pk] for name in ("detail", "withdraw")},
        "memorandum-detail": [version.pk],
        "memorandum-sign": [version.pk],
        "memorandum-put-in-force": [version.pk],
        "signature-detail": [signed.pk],
        "person-detail": [acting.person.pk],
        "liaison-detail": [factories.LiaisonContactFactory().pk],
        "seat-detail": [member.seats.get().pk],
        "event-detail": [event.pk],
        "newsitem-detail": [news.pk],
        "publication-detail": [publication.pk],
        "issue-detail": [7],
        "admin:app_list": ["efc"],
        **{name: [shown.number] for name in addresses() if name.startswith("decision-") and name != "decision-list"},
        **{
            name: [asked.reference]
            for name in addresses()
            if name.startswith("application-") and name != "application-list"
        },
        **{
            name: [records["members_ballot"].pk]
            for name in addresses()
            if name.startswith("ballot-") and name != "ballot-list"
        },
        "admin:view_on_site": [ContentType.objects.get_for_model(news).pk, news.pk],
    }
    return records, arguments


def address(name, world):
    records, arguments = world
    model, act = split_desk(name) if name.startswith("admin:") else (None, name)
    given = arguments.get(name, [])
    if model and act not in ("changelist", "add", "preview", "import", "template", "export"):
        given = [records[model].pk, *{"move": ["approve"], "act": ["approve"], "paper": [1]}.get(act, [])]
    with translation.override("en"):
        return reverse(name, args=given) + ("?topic=press" if name == "contact" else "")


def client_of(persona, request):
    """Return a signed-in client; the deactivated person signed in while the account was still open."""
    client = Client()
    if persona != "visitor":
        user = request.getfixturevalue(persona)
        was_active = user.is_active
        type(user).objects.filter(pk=user.pk).update(is_active=True)
        client.force_login(type(user).objects.get(pk=user.pk), backend=BACKEND)
        type(user).objects.filter(pk=user.pk).update(is_active=was_active)
    return client


def content_of(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content
