"""What each person gets at each door, finer than in `tests/doors`, and the words that stand at one door for some only.

A new address needs its row in `tests/doors`. It needs one here where a persona gets something else than their group there. Rows
that stand on the page of another record (an inline at the desk) need a line in `FOUND` for each right to see, add, change and delete them.
"""

import re

from tests.bench.access_world import DESK_READER, GROUPS, OFFICER, VISITOR
from tests.doors.tables import CHAIR_SENDS, OWN_TESTS, expected, split_desk

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
# Who acts for the organisation of the addresses (“shown”) gets what the officer gets in its area.
AREA = re.compile(
    "workspace_members:(organisation|profile|people|person|letter|sign|signature)$|organisation-(profile|approve-profile)$"
)
# Some pages ask for a permission that not every member has: (who has it, what the others get).
DECIDE = {"sg_member", "advisory_member", "chair", DESK_READER}
MEMBERS = [persona for persona, group in GROUPS.items() if group not in (VISITOR, OFFICER)]
OFFICERS = {persona for persona, group in GROUPS.items() if group == OFFICER}
WITHOUT_CONTACTS = ("observer", "former", "coordinator", "evaluator", "desk_without_role", DESK_READER)
FINE = {
    "workspace_members:directory": dict.fromkeys(WITHOUT_CONTACTS, 404),
    "workspace_narrative": {"lead_1": 200},
    "workspace_report": {"chair": 200, **dict.fromkeys(set(MEMBERS) - {"chair"}, 404)},  # it is a draft
    "workspace_work:update": {"lead_1": 200},
    "workspace_members:review": dict.fromkeys(("representative_a", "representative_b"), 200),
    # Data is kept by who leads the work package, given by who acts for the organisation that is asked.
    **{
        f"workspace_data:{name}": {"lead_1": 200}
        for name in ("download", "edit_round", "edit_template", "extend_round", "new_question", "question", "remind")
    },
    **{f"workspace_data:{name}": {"lead_1": 200, "lead_2": 200} for name in ("new_round", "new_template")},
    **{f"workspace_data:{name}": {"representative_a": 200} for name in ("check", "fill")},
    "workspace_data:nothing": {"representative_a": 405},
    "workspace_data:return": {"lead_1": 200, "representative_a": 200},
    "workspace_data:comment": {"lead_1": 405, "representative_a": 405},
    "workspace_data:reopen": {"lead_1": 405},
    "data-round-consolidated": {"lead_1": 200},
    **{f"workspace_work:document_{name}": {"lead_1": 405} for name in ("version", "change", "withdraw", "restore")},
    "workspace_work:file_access": {"lead_1": 200},
    **{
        name: {"representative_a": answer, "representative_b": answer}
        for name, answer in (("access-review-detail", 200), ("access-review-confirm", 405), ("invitation-list", 200))
    },
    **{
        f"workspace_work:test_transaction{name}": {"coordinator": 200, "evaluator": 200}
        for name in ("s", "_figures", "_export", "")
    },
    **{f"workspace_work:test_transaction_{name}": {"coordinator": 200} for name in ("add", "correct")},
    "workspace_work:test_transaction_move": {"evaluator": 200},
    **{
        f"workspace_work:milestone_{name}": {"lead_1": 200}
        for name in ("add", "change", "reschedule", "reach", "evidence")
    },
    **{f"workspace_work:risk_{name}": {"lead_1": 200} for name in ("add", "change", "close", "states")},
    "liaison-detail": dict.fromkeys(WITHOUT_CONTACTS, 404),
}
for _name, _answer in {
    "access-review-detail": 200, "invitation-detail": 200, "suspension-detail": 200, "access-review-confirm": 405, "invitation-withdraw": 405,
    "suspension-lift": 405,
}.items():  # fmt: skip
    FINE[_name] = {**FINE.get(_name, {}), DESK_READER: _answer}  # what its pages at the desk show, the API does
# At the desk, for whoever may open it.
OF_EVERYBODY = {"index", "login", "logout", "password_change", "password_change_done", "jsi18n", "view_on_site"}
# Pages that show the same to POST as to GET, and those of records that nobody changes by a form.
TO_READ = {"changelist", "export", "history", "app_list", "look", "mail", "receipt"}
ONLY_READ = {"admin:members_accessreview_change", "admin:members_application_change", "admin:newsletter_mailing_change"}
APPLICATION = re.compile("application-(detail|review|check|ask|remind|route|resume|approve|decline|put-off|withdraw)$")
# What the keys open: (GET, POST). The keys of another, and where no key is asked for, open nothing.
KEYS = {
    ("subscriber_link", "newsletter_links:confirm"): (200, 302),
    ("subscriber_link", "newsletter_links:unsubscribe"): (200, 302),
    ("subscriber_link", "newsletter_links:preferences"): (200, 422),
    ("applicant_link", "members_links:application"): (200, 302),
    ("applicant_link", "members_links:step"): (200, 422),
    ("applicant_link", "members_links:check"): (200, 302),
    ("applicant_link", "members_links:papers"): (200, 422),
    ("applicant_link", "members_links:withdraw"): (200, 302),
}
# What the officer gets who sends the example of the schema, where nothing sent is nonsense.
WHOLE = {
    "ballot-list": 201, "decision-list": 201, "deliverable-comments": 201, "deliverable-files": 415, "extension-list": 400,
}  # fmt: skip
BALLOT = re.compile("ballot-(open|close|cancel|remind|vote|remark)$")  # of a prepared one


def wanted(name, persona, method):
    """Return the statuses that the tables allow, or None where the tests of the room say it."""
    group, name = GROUPS[persona], name.partition("?")[0]
    if name == "account_reset_password_from_key" and method in ("PATCH", "DELETE"):
        return (200,)  # says that the key does not fit, whatever one asks for
    if method == "HEAD":
        like = wanted(name, persona, "GET")
        return like and (*like, 302) if name in ("workspace_account_email", "workspace_account_tokens") else like
    if method == "OPTIONS":
        return None
    if method in ("PUT", "PATCH", "DELETE"):
        return None if (name, method) == ("organisation-profile", "PATCH") else range(300, 500)
    if persona == DESK_READER and name.startswith("admin:"):
        return of_reader(name, method)
    if name.startswith("admin:") and persona == "desk_without_role":
        act = split_desk(name)[1]
        if act in OF_EVERYBODY:
            return None
        return (302, 403, 404, 405) if act in OWN_TESTS and method == "GET" else (403, 404, 405)
    if AREA.search(name) and persona == "representative_a":
        group = OFFICER
    if method == "POST" and group not in (VISITOR, OFFICER):
        if APPLICATION.search(name) and not name.endswith("detail"):
            if persona not in DECIDE:
                return (404,)
            if persona != "chair" or not name.endswith(("approve", "decline", "put-off")):
                return (403,)
        if BALLOT.search(name) and persona != "chair":
            return (404,)
        if re.search("decision-(implement|supersede|publish|unpublish)$|memorandum-put-in-force$", name):
            return (403, 404)
    if name == "memorandum-sign" and method == "POST" and group != VISITOR:
        return (404,)  # the organisation of the example is not there
    if method == "POST" and name in WHOLE and (group == OFFICER or (persona == "chair" and name in CHAIR_SENDS)):
        return (WHOLE[name],)
    if name in FINE and persona in FINE[name]:
        return (FINE[name][persona],) if method == "GET" else range(300, 500)
    one = expected(name)[METHODS.index(method) > 0][group]
    return None if one is None else (one,)


def of_reader(name, method):
    """Return what who may only look at the desk gets there."""
    model, act = split_desk(name)
    if act in OF_EVERYBODY:
        return None
    if act in ("change", "history") and model in UNSEEN:
        return (404,) if method == "GET" else (403, 404)
    if act == "export":
        return (200,) if method == "GET" else (200, 422)
    if act in TO_READ or name in ONLY_READ or (act == "change" and method == "GET"):
        return (200,)
    return (302, 403, 404, 405) if act in SENT and method == "GET" else (403, 404, 405)


# What the officer alone sees of what `access_world` puts there: a ballot that is prepared, a page that is a draft, contacts of networks.
UNSEEN = {"members_ballot", "members_liaisoncontact", "publications_page", "workpackages_reportperiod", "workpackages_datatemplate",
          "workpackages_datareturn"}  # fmt: skip
# What is sent from a record: who asks for it goes back to the record.
SENT = {"move", "again", "ask", "checks", "test", "release", "suppress"}


def rows(name, field="", rights=""):
    """Return {word: who finds it} of rows inside a page of the desk; their officer adds, changes, deletes by the first letter."""
    words = {"a": f'name="{name}-__prefix__-{field}"', "c": f'name="{name}-0-{field}"', "d": f'name="{name}-0-DELETE"'}
    return {f'id="{name}-group"': OFFICERS, **{words[right]: OFFICERS for right in rights}}


# {method and door: {word: who finds it}}: at this door exactly these find the word, wherever else it stands.
FOUND = {
    "POST admin:members_representative_export?protected": {"zqprotected": OFFICERS},
    "GET admin:newsletter_issue_change": rows("items", "order", "cd"),
    "GET admin:newsletter_subscriber_change": rows("consents"),
    "GET admin:publications_publication_change": rows("renditions", "title", "acd"),
    "GET admin:workpackages_programme_change": rows("objectives", "number", "acd") | rows("promises", "text", "acd"),
    "GET admin:workpackages_workpackage_change": rows("leads", "source", "acd") | rows("contributors", "note", "acd"),
    "GET admin:workpackages_deliverable_change": rows("updates")
    | rows("extensions")
    | rows("files")
    | rows("comments"),
    "GET admin:workpackages_milestone_change": rows("evidence") | rows("reschedulings"),
    "GET admin:workpackages_risk_change": rows("states"),
    "GET admin:workpackages_document_change": rows("versions"),
    "GET admin:workpackages_reportperiod_change": rows("narratives"),
    "GET admin:workpackages_datatemplate_change": rows("fields", "label", "acd"),
    "GET admin:workpackages_datareturn_change": rows("values") | rows("comments"),
    "GET admin:publications_page_change": {"move--approve": OFFICERS},
}
