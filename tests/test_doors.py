"""Every address of the portal × every persona × reading and sending → the answer, from a table written by hand.

An address without a row fails. What a persona may not see must not be in any byte of what they get (the canaries).
"""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone, translation

from efc import audit
from efc.models import OutgoingMail
from events.models import Event
from members.models import MemorandumVersion, Signature
from publications.models import NewsItem, Publication
from tests import factories

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CANARY = "quagga"  # stands in everything that is not public

# Answers of (visitor, member, officer) to GET, then to POST without any data.
SHOWN = (200, 200, 200)
NOT_SENT = (405, 405, 405)
PAGE = SHOWN, NOT_SENT
FORM = SHOWN, (422, 422, 422)
DESK = (302, 302, 200)  # who has no business there is led to the sign-in page

DOORS = {
    "root": ((302, 302, 302), NOT_SENT),
    "home": PAGE,
    "coalition": PAGE,
    "how_we_are_run": PAGE,
    "history": PAGE,
    "partners": PAGE,
    "press": PAGE,
    "accessibility": PAGE,
    "privacy": PAGE,
    "cookies": PAGE,
    "legal": PAGE,
    "report": PAGE,
    "report_country": PAGE,
    "help": PAGE,
    "words": PAGE,
    "search": PAGE,
    "contact": FORM,
    "contact_done": PAGE,
    "contact_confirm": ((410, 410, 410), (410, 410, 410)),
    "display": (SHOWN, (302, 302, 302)),
    "health": PAGE,
    "robots": PAGE,
    "sitemap": PAGE,
    "workspace": ((302, None, 200), (302, 405, 405)),  # each role is led to its page: tests/efc/test_the_workspace.py
    "workspace_sg": ((302, None, 200), (302, 405, 405)),
    "members:list": PAGE,
    "members:download": PAGE,
    "members:join": PAGE,
    "members:apply": FORM,
    "members:apply_sent": PAGE,
    "members:detail": PAGE,
    "members:logo": PAGE,
    # Deciding: the rows of the seats, the Chair and others are in tests/members/test_ballots_in_the_workspace.py.
    "workspace_members:ballots": ((302, 200, 200), (302, 405, 405)),
    "workspace_members:ballot": ((302, None, 200), (302, 405, 405)),
    "workspace_members:vote": ((302, 405, 405), (302, None, 403)),
    "workspace_members:remark": ((302, 405, 405), (302, None, 403)),
    "workspace_members:ballot_move": ((302, 405, 405), (302, None, 302)),
    "workspace_members:prepare": ((302, None, 200), (302, None, 422)),
    "workspace_members:sitting": ((302, None, 200), (302, None, 422)),
    "workspace_members:applications": ((302, None, 200), (302, 405, 405)),
    "workspace_members:application": ((302, None, 200), (302, 405, 405)),
    "workspace_members:put_to_vote": ((302, 405, 405), (302, None, 302)),
    "workspace_members:paper": ((302, None, 200), (302, 405, 405)),
    "workspace_members:decisions": ((302, None, 200), (302, 405, 405)),
    "workspace_members:record_decision": ((302, None, 200), (302, None, 422)),
    "workspace_members:decision": ((302, None, 200), (302, 405, 405)),
    "workspace_members:supersede": ((302, 405, 405), (302, None, 422)),
    "workspace_members:decision_move": ((302, 405, 405), (302, None, 302)),
    # The area of an organisation is there for who acts for it (tests/members/test_an_organisations_own_area.py).
    "workspace_members:directory": ((302, 200, 200), (302, 405, 405)),
    "workspace_members:memorandum_file": ((302, 200, 200), (302, 405, 405)),
    "workspace_members:organisation": ((302, 404, 200), (302, 404, 405)),
    "workspace_members:profile": ((302, 404, 200), (302, 404, 422)),
    "workspace_members:people": ((302, 404, 200), (302, 404, 422)),
    "workspace_members:person": ((302, 404, 200), (302, 404, 302)),
    "workspace_members:letter": ((302, 404, 200), (302, 404, 405)),
    "workspace_members:sign": ((302, 404, 200), (302, 404, 422)),
    "workspace_members:signature": ((302, 404, 200), (302, 404, 405)),
    "workspace_members:record_signature": ((302, 404, 200), (302, 404, 422)),
    "members_links:application": (SHOWN, (302, 302, 302)),
    "members_links:step": FORM,
    "members_links:check": (SHOWN, (302, 302, 302)),
    "members_links:papers": FORM,
    "members_links:paper": (SHOWN, (302, 302, 302)),
    "members_links:answer": FORM,
    "members_links:invitation": FORM,
    "members_links:memorandum": ((404, 404, 404), NOT_SENT),
    "members_links:letter": PAGE,
    "members_links:withdraw": (SHOWN, (302, 302, 302)),
    # The work inside: who leads, decides and reads is in tests/workpackages.
    **dict.fromkeys(
        (
            "workspace_work:area",
            "workspace_work:area_of",
            "workspace_work:deliverable",
            "workspace_work:file",
            "workspace_promises",
            "workspace_promises_of",
            "workspace_report_preview",
            "workspace_report_document",
        ),
        ((302, None, 200), (302, 405, 405)),
    ),
    "workspace_report": ((302, None, 200), (302, 405, 405)),
    "workspace_work:deliverables": ((302, None, 200), (302, 405, 405)),
    "workspace_work:update": ((302, 404, 200), (302, 404, 422)),
    "workspace_work:no_change": ((302, 405, 405), (302, None, 302)),
    "workspace_work:comment": ((302, 405, 405), (302, None, 422)),
    "workspace_work:answer": ((302, 405, 405), (302, None, 302)),
    "workspace_work:extension": ((302, 405, 405), (302, None, 302)),
    "workspace_reports": ((302, None, 200), (302, None, 422)),
    "workspace_narrative": ((302, 404, 200), (302, 404, 422)),
    "workspace_report_act": ((302, 405, 405), (302, None, 302)),
    "workpackages:list": PAGE,
    "workpackages:results": PAGE,
    "workpackages:programme": PAGE,
    "workpackages:detail": PAGE,
    "events:list": PAGE,
    "events:calendar": PAGE,
    "events:detail": PAGE,
    "events:ics": PAGE,
    "publications:news_list": PAGE,
    "publications:news_feed": PAGE,
    "publications:news_year": PAGE,
    "publications:news_detail": PAGE,
    "publications:list": PAGE,
    "publications:detail": PAGE,
    "publications:file": PAGE,
    "newsletter:home": FORM,
    "newsletter:issue": PAGE,
    "newsletter_links:confirm": (SHOWN, (302, 302, 302)),
    "newsletter_links:unsubscribe": (SHOWN, (302, 302, 302)),
    "newsletter_links:preferences": (SHOWN, (422, 422, 422)),
    "account_login": ((200, 302, 302), (422, 302, 302)),
    "account_signup": ((302, 302, 302), (302, 302, 302)),
    "account_logout": ((302, 200, 200), (302, 302, 302)),
    "account_inactive": PAGE,
    "account_reauthenticate": ((302, 200, 200), (302, 422, 422)),
    "account_change_password": ((302, 200, 200), (302, 422, 422)),
    "account_set_password": ((302, 302, 302), (302, 302, 302)),
    "account_reset_password": (SHOWN, (422, 422, 422)),
    "account_reset_password_done": (SHOWN, NOT_SENT),
    "account_reset_password_from_key": (SHOWN, (422, 422, 422)),
    "account_reset_password_from_key_done": (SHOWN, NOT_SENT),
    # The second step stands behind the first; keys are another's or not there (404); what matters asks for the password (302).
    "mfa_authenticate": ((302, 302, 302), (302, 302, 302)),
    "mfa_login_webauthn": ((302, 302, 302), (302, 302, 302)),
    "mfa_reauthenticate": ((302, 302, 302), (302, 302, 302)),
    "mfa_reauthenticate_webauthn": ((302, 302, 302), (302, 302, 302)),
    "mfa_index": ((302, 200, 200), (302, 405, 405)),
    "mfa_activate_totp": ((302, 302, 302), (302, 302, 302)),
    "mfa_totp_qr": ((302, 404, 404), (302, 405, 405)),
    "mfa_deactivate_totp": ((302, 404, 404), (302, 404, 404)),
    "mfa_view_recovery_codes": ((302, 404, 404), (302, 405, 405)),
    "mfa_generate_recovery_codes": ((302, 302, 302), (302, 302, 302)),
    "mfa_download_recovery_codes": ((302, 404, 404), (302, 404, 404)),
    "mfa_list_webauthn": ((302, 200, 200), (302, 405, 405)),
    "mfa_add_webauthn": ((302, 302, 302), (302, 302, 302)),
    "mfa_edit_webauthn": ((302, 302, 302), (302, 302, 302)),
    "mfa_remove_webauthn": ((302, 302, 302), (302, 302, 302)),
    "usersessions_list": ((302, 200, 200), (302, 302, 302)),
    "workspace_members:access": ((302, 200, 200), (302, 405, 405)),
    "workspace_members:review": ((302, 404, 404), (302, 404, 404)),  # none of them acts for an organisation
    "workspace_account": ((302, 200, 200), (302, 422, 422)),
    "workspace_account_email": ((302, 200, 200), (302, 302, 302)),
    "workspace_account_email_confirm": ((302, 410, 410), (302, 410, 410)),
    "workspace_account_tokens": ((302, 200, 200), (302, 302, 302)),
    "workspace_account_token_revoke": ((302, 405, 405), (302, 404, 404)),
    "schema": (SHOWN, NOT_SENT),
    "api-root": (SHOWN, NOT_SENT),
}
API_LISTS = [
    "organisation", "seat", "membership", "programme", "work-package", "event", "newsitem", "publication", "issue"
]  # fmt: skip
for _name in API_LISTS:
    DOORS[f"{_name}-list"] = DOORS[f"{_name}-detail"] = PAGE
# Who is not signed in is asked who they are (401) before anything else; an act is a POST only.
OWN = (401, 200, 200), (401, 405, 405)
# What the Chair prepares and records as the officer does: an empty body is nonsense, not a thing refused.
CHAIR_SENDS = {"decision-list": 400, "ballot-list": 400}
VERB = (401, 405, 405), (401, None, None)  # which the rights to the record decide: tests/members/test_the_*_api.py
DOORS |= {
    "api-guide": PAGE,
    "me": OWN,
    "organisation-profile": ((401, 404, 200), NOT_SENT),
    "organisation-approve-profile": (NOT_SENT, (401, 404, None)),
    "decision-list": (SHOWN, (401, 403, 400)),
    "decision-detail": PAGE,
    "ballot-list": ((401, 200, 200), (401, 403, 400)),
    "application-detail": ((401, None, 200), (401, 405, 405)),
    "ballot-detail": ((401, None, 200), (401, 405, 405)),
    "person-detail": ((401, None, 200), (401, 405, 405)),
    "signature-detail": ((401, None, 200), (401, 405, 405)),
    "memorandum-sign": ((401, 405, 405), (401, 400, 400)),
}
for _name in [
    "application-list",
    "memorandum-list",
    "memorandum-detail",
    "person-list",
    "liaison-list",
    "liaison-detail",
    "signature-list",
]:
    DOORS[_name] = OWN
for _name, _verbs in {
    "application": "review check ask remind route resume approve decline put-off withdraw",
    "ballot": "vote remark open close cancel remind",
    "memorandum": "put-in-force",
}.items():
    DOORS |= {f"{_name}-{verb}": VERB for verb in _verbs.split()}
for _verb in ("implement", "supersede", "publish", "unpublish"):
    DOORS[f"decision-{_verb}"] = NOT_SENT, (401, None, None)

# What the officer may do at the desk with each kind of record: add, change, delete by their first letter.
# All may be listed and their history read.
DESK_RIGHTS = {
    "efc_contactmessage": "c",
    "efc_outgoingmail": "",
    "efc_hotline": "acd",
    "efc_auditentry": "",
    "efc_user": "ac",
    "efc_grant": "a",
    "members_application": "",
    "members_ballot": "a",
    "members_sitting": "",
    "members_decision": "a",
    "members_membershipterm": "acd",
    "members_suspension": "",
    "members_memorandumversion": "acd",
    "members_signature": "",
    "members_representative": "acd",
    "members_invitation": "",
    "members_liaisoncontact": "acd",
    "members_accessreview": "ac",
    "members_organisation": "acd",
    "members_person": "acd",
    "members_seat": "acd",
    "workpackages_programme": "acd",
    "workpackages_workpackage": "acd",
    "workpackages_deliverable": "acd",
    "events_event": "acd",
    "publications_page": "acd",
    "publications_newsitem": "acd",
    "publications_publication": "acd",
    "newsletter_subscriber": "c",
    "newsletter_delivery": "",
    "newsletter_mailing": "",
    "newsletter_suppression": "acd",
    "newsletter_issue": "acd",
}
# Addresses of the desk beside those, with (visitor, member, officer) to GET and to POST.
DESK_DOORS = {
    "index": (DESK, DESK),
    "login": ((302, 403, 302), (302, 403, 302)),
    "logout": ((302, 302, 405), (302, 302, 302)),
    "password_change": (DESK, DESK),
    "password_change_done": (DESK, (302, 302, 405)),
    "autocomplete": ((302, 302, 403), (302, 302, 405)),
    "jsi18n": (DESK, (302, 302, 405)),
    "view_on_site": ((302, 302, 302), (302, 302, 302)),
    "app_list": (DESK, DESK),
}
# Acts of the desk whose answer to the officer depends on the record; the tests of their rooms say which.
OWN_TESTS = {
    "move", "again", "preview", "look", "mail", "send", "test", "release", "erase", "receipt", "suppress",
    "act", "checks", "ask", "paper", "letter", "document", "scan",
}  # fmt: skip

PERSONAS = {
    "visitor": 0,
    "deactivated": 0,
    "representative": 1,
    "sg_member": 1,
    "advisory_member": 1,
    "chair": 1,
    "secretariat": 2,
}


def addresses():
    """Return the name of every address of the URLconf."""

    def walk(resolver, namespace=""):
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, namespace + (f"{entry.namespace}:" if entry.namespace else ""))
            elif entry.name:
                yield f"{namespace}{entry.name}"

    return sorted(set(walk(get_resolver())))


def split_desk(name):
    """Return (model, act) of an address of the desk, or (None, name) for one of the desk itself."""
    name = name.removeprefix("admin:")
    for model in DESK_RIGHTS:
        if name.startswith(f"{model}_"):
            return model, name.removeprefix(f"{model}_")
    return None, name


def expected(name):
    """Return the table's (GET, POST) answers; None where the answer depends on the record (its own tests say)."""
    if not name.startswith("admin:"):
        return DOORS[name]
    model, act = split_desk(name)
    if model is None:
        return DESK_DOORS[act]
    rights = DESK_RIGHTS[model]
    may = {"add": "a" in rights, "delete": "d" in rights}.get(act, True)
    return (302, 302, None if act in OWN_TESTS else 200 if may else 403), (302, 302, None)


def test_every_address_has_a_row():
    known = [name for name in addresses() if not name.startswith("admin:")]
    assert sorted(set(known) ^ set(DOORS)) == []
    desk = [split_desk(name) for name in addresses() if name.startswith("admin:")]
    assert sorted({act for model, act in desk if model is None} ^ set(DESK_DOORS)) == []
    assert {model for model, _act in desk if model} == set(DESK_RIGHTS)


@pytest.fixture
def world(db, secretariat):
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
    package = factories.WorkPackageFactory(slug="shown", programme__slug="shown")
    factories.LeadFactory(work_package=package, organisation=member)
    promised = factories.DeliverableFactory(work_package=package, title=f"{CANARY} deliverable")
    extension = factories.ExtensionFactory(deliverable=promised, cause=CANARY)
    handed_in = factories.DeliverableFileFactory(deliverable=promised)
    report = factories.ReportPeriodFactory(programme=package.programme)
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
        "workpackages_programme": package.programme,
        "workpackages_workpackage": package,
        "workpackages_deliverable": promised,
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
        "workpackages:programme": ["shown"],
        "workpackages:detail": ["shown", "shown"],
        "workspace_work:area": [package.number],
        "workspace_work:area_of": ["shown", package.number],
        **{
            f"workspace_work:{name}": ["shown", package.number, promised.number]
            for name in ("deliverable", "update", "no_change", "comment")
        },
        "workspace_work:file": ["shown", package.number, promised.number, handed_in.version],
        "workspace_work:answer": ["shown", package.number, promised.number, "accept"],
        "workspace_work:extension": ["shown", package.number, promised.number, extension.pk, "grant"],
        "workspace_promises_of": ["shown"],
        **{name: ["shown", report.number] for name in ("workspace_report", "workspace_report_preview")},
        "workspace_report_act": ["shown", report.number, "freeze"],
        "workspace_report_document": ["shown", report.number, "pdf"],
        "workspace_narrative": ["shown", report.number, package.number],
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
        "membership-detail": [member.memberships.get().pk],
        "memorandum-detail": [version.pk],
        "memorandum-sign": [version.pk],
        "memorandum-put-in-force": [version.pk],
        "signature-detail": [signed.pk],
        "person-detail": [acting.person.pk],
        "liaison-detail": [factories.LiaisonContactFactory().pk],
        "seat-detail": [member.seats.get().pk],
        "programme-detail": ["shown"],
        "work-package-detail": [package.pk],
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
    if model and act not in ("changelist", "add", "preview", "import", "export"):
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


@pytest.mark.parametrize("persona", PERSONAS)
def test_reading(persona, world, request):
    wrong = {}
    group = PERSONAS[persona]
    client = client_of(persona, request)
    for name in addresses():
        wanted = expected(name)[0][group]
        if wanted is None:
            continue
        if name in ("account_logout", "admin:logout"):
            client = client_of(persona, request)
        answer = client.get(address(name, world))
        if answer.status_code != wanted:
            wrong[name] = (answer.status_code, wanted)
        elif group < 2 and CANARY.encode() in content_of(answer):
            wrong[name] = "shows the canary"
    assert wrong == {}


@pytest.mark.parametrize("persona", PERSONAS)
def test_sending(persona, world, request):
    wrong = {}
    for name in addresses():
        wanted = expected(name)[1][PERSONAS[persona]]
        if persona == "chair":
            wanted = CHAIR_SENDS.get(name, wanted)
        if wanted is not None:
            answer = client_of(persona, request).post(address(name, world), {})
            if answer.status_code != wanted:
                wrong[name] = (answer.status_code, wanted)
    assert wrong == {}


@pytest.mark.parametrize("persona", ["visitor", "sg_member"])
@pytest.mark.parametrize("words", [CANARY, "title", f"{CANARY} applicant"])
def test_searching_shows_no_canary(persona, words, world, request):
    """The page repeats the words that were searched; so the hits are what is looked at."""
    response = client_of(persona, request).get("/en/search/", {"q": words})

    assert response.status_code == 200
    hits = response.context.get("page_obj")
    assert all(CANARY not in f"{hit.title}{hit.headline}" for hit in hits or [])


@pytest.mark.parametrize(
    ("model", "path"),
    [
        (NewsItem, "/en/news/2015/{}/"),
        (Publication, "/en/publications/{}/"),
        (Event, "/en/training-and-events/2015/{}/"),
    ],
)
def test_what_is_not_public_answers_like_what_does_not_exist(model, path, world, client):
    hidden = model.objects.filter(title=f"{CANARY} title")
    assert len(hidden) == 3
    missing = client.get(path.format("never-existed"))
    for record in hidden:
        answer = client.get(path.format(record.slug))
        assert answer.status_code == 404
        assert answer.content == missing.content.replace(b"never-existed", record.slug.encode())


# What an officer reaches who has not set up the second factor that the role requires. All else answers as to a visitor, and leads
# to setting it up where a visitor is led to the sign-in page.
WITHOUT_SECOND_FACTOR = ("account_", "mfa_", "usersessions_", "workspace_account", "admin:logout")


@pytest.fixture
def officer_without_second_factor(secretariat, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    return secretariat


def test_without_the_second_factor_an_officer_reaches_public_pages_and_their_account(
    world, officer_without_second_factor, request
):
    wrong = {}
    for name in addresses():
        path = address(name, world)
        client = client_of("officer_without_second_factor", request)
        answer = client.get(path)
        got = "setup" if leads_to(answer, reverse("mfa_index")) else answer.status_code
        if name.startswith(WITHOUT_SECOND_FACTOR) and not name.startswith("workspace_account_token"):
            wanted = expected(name)[0][2]
        elif path.startswith("/api/"):
            wanted = 403
        else:
            visitor = Client().get(path)
            closed = leads_to(visitor, reverse("account_login")) or leads_to(visitor, reverse("admin:login"))
            wanted = "setup" if closed else visitor.status_code
        if wanted not in (None, got):
            wrong[name] = (got, wanted)
        elif CANARY.encode() in content_of(answer):
            wrong[name] = "shows the canary"
    assert wrong == {}


def leads_to(answer, path):
    return answer.status_code == 302 and answer["Location"].startswith(path)


def test_a_visitor_gets_no_cookie_from_reading(world):
    with_a_form = {"contact", "members:apply", "newsletter:home", "display"}
    cookies = {}
    for name, (reading, _sending) in DOORS.items():
        if (
            reading[0] == 200
            and name not in with_a_form
            and not name.startswith(("newsletter_links", "members_links", "account_"))
        ):
            answer = Client().get(address(name, world))
            if answer.cookies:
                cookies[name] = list(answer.cookies)
    assert cookies == {}
