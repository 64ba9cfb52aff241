"""The answers, written by hand: name of the address → (visitor, member, officer) to GET, then to POST without any data."""

from django.urls import URLResolver, get_resolver

from tests.doors import work
from tests.doors.answers import DESK, FORM, NOT_SENT, OWN, PAGE, SHOWN, VERB

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
    **work.DOORS,
    "schema": (SHOWN, NOT_SENT),
    "api-root": (SHOWN, NOT_SENT),
}
API_LISTS = [
    "organisation", "seat", "membership", "event", "newsitem", "publication", "issue"
]  # fmt: skip
for _name in API_LISTS:
    DOORS[f"{_name}-list"] = DOORS[f"{_name}-detail"] = PAGE
# What the Chair prepares and records as the officer does: an empty body is nonsense, not a thing refused.
CHAIR_SENDS = {"decision-list": 400, "ballot-list": 400}
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
    # Terms and access: tests/members/test_the_terms_api.py and test_the_access_api.py say who acts for whom.
    "membership-renew": (NOT_SENT, (401, 403, 400)),
    "membership-end": (NOT_SENT, (401, 403, None)),
    "suspension-list": ((401, 200, 200), (401, 403, 400)),
    "suspension-detail": ((401, 404, 200), (401, 405, 405)),
    "suspension-lift": ((401, 405, 405), (401, 404, 204)),
    "access-review-list": OWN,
    "access-review-detail": ((401, 404, 200), (401, 405, 405)),
    "access-review-confirm": ((401, 405, 405), (401, 404, 400)),
    "invitation-list": ((401, 200, 200), (401, 403, 400)),
    "invitation-detail": ((401, 404, 200), (401, 405, 405)),
    "invitation-withdraw": ((401, 405, 405), (401, 404, 200)),
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
    **work.DESK_RIGHTS,
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
    "move", "again", "preview", "look", "mail", "send", "test", "release", "erase", "receipt",
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
