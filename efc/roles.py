"""Who may do what: two tables of strings, and the groups that follow them.

`ROLES` holds site-wide (a Django group of that name gets exactly these permissions after each migrate);
`OBJECT_ROLES` holds on one work package, organisation or event. Who holds a role, from when to when, is a `Grant`
(`efc.permissions`). `SECOND_FACTOR` names the roles that must sign in with a second factor, `MEANING` says each in words.
"""

from django.utils.translation import gettext_lazy as _

SECRETARIAT = "Secretariat"
CHAIR = "Chair"
STEERING_GROUP = "Steering Group"
ADVISORY_MEMBER = "Advisory member"
REPRESENTATIVE = "Member representative"
OBSERVER = "Observer"
LEAD = "Work-package lead"
SAFEGUARDING = "Safeguarding officer"  # two named people who may open sealed messages
COORDINATOR = "Test-transaction coordinator"  # keeps the register of test transactions
EVALUATOR = "Test-transaction evaluator"  # reads it, and enters what came of them


def _all(app, *models):
    return [f"{app}.{verb}_{model}" for model in models for verb in ("view", "add", "change", "delete")]


def _see(app, *models):
    return [f"{app}.view_{model}" for model in models]


# What those who decide, or advise on it, may read.
DECIDING = [
    "members.view_contacts",
    *_see("members", "application", "ballot", "decision"),
    *_see("workpackages", "deliverable", "milestone", "risk", "reportperiod", "task", "document", "dataround"),
    "workpackages.read_document",
]

ROLES = {
    SECRETARIAT: [
        "efc.view_user",
        "efc.add_user",
        "efc.change_user",
        "efc.view_auditentry",
        "efc.view_outgoingmail",
        "efc.resend_outgoingmail",
        "efc.view_contactmessage",
        "efc.change_contactmessage",
        "efc.handle_contactmessage",
        *_all("efc", "hotline"),
        "efc.view_grant",
        "efc.give_grant",
        *_all(
            "members",
            "organisation",
            "person",
            "representative",
            "seat",
            "membershipterm",
            "liaisoncontact",
        ),
        *[f"members.{verb}_suspension" for verb in ("view", "add", "change")],  # it is lifted, never deleted
        "members.view_contacts",
        "members.handover_person",
        "members.export_protected",
        *_see("members", "application", "check", "ballot", "sitting", "decision"),
        "members.handle_application",
        "members.decide_application",
        "members.run_ballot",
        "members.add_decision",
        "members.change_decision",
        *_all("members", "memorandumversion"),
        *_see("members", "signature", "invitation", "accessreview"),
        "members.add_signature",
        "members.add_invitation",
        "members.add_accessreview",
        "members.change_accessreview",
        *_all(
            "workpackages",
            "programme",
            "objective",
            "workpackage",
            "lead",
            "contributor",
            "deliverable",
            "promise",
            "milestone",
            "risk",
        ),
        *_see("workpackages", "milestoneevidence", "rescheduling", "riskstate"),
        *_see("workpackages", "update", "extension", "deliverablefile", "comment"),
        *[f"workpackages.{verb}_{model}" for model in ("task", "document") for verb in ("view", "add", "change")],
        "workpackages.view_documentversion",
        "workpackages.read_document",
        *_all("workpackages", "datatemplate"),
        *[f"workpackages.{verb}_datafield" for verb in ("add", "change", "delete")],
        *_see("workpackages", "dataround", "datareturn", "datavalue", "datacomment"),
        "workpackages.keep_datatemplate",
        "workpackages.keep_dataround",
        "workpackages.keep_datareturn",
        "workpackages.update_deliverable",
        *[f"workpackages.{verb}_reportperiod" for verb in ("view", "change")],
        *_see("workpackages", "narrative"),
        "workpackages.write_narrative",
        "workpackages.accept_deliverable",
        "workpackages.decide_extension",
        *_all("events", "event"),
        "events.publish_event",
        *_all("publications", "page", "newsitem", "publication", "rendition"),
        "publications.publish_page",
        "publications.publish_newsitem",
        "publications.publish_publication",
        *_all("newsletter", "issue", "suppression"),
        *[f"newsletter.{verb}_issueitem" for verb in ("view", "change", "delete")],  # taken in by ticks on the issue
        "newsletter.view_subscriber",
        "newsletter.change_subscriber",
        "newsletter.view_consent",
        "newsletter.view_mailing",
        "newsletter.view_delivery",
        "newsletter.send_mailing",
    ],
    CHAIR: [
        "members.decide_application",
        "members.run_ballot",
        "members.add_decision",
        "workpackages.decide_extension",
        "workpackages.approve_reportperiod",
    ],
    STEERING_GROUP: [*DECIDING, "members.view_signature"],
    ADVISORY_MEMBER: DECIDING,
    LEAD: ["members.view_contacts", "workpackages.read_document"],
    REPRESENTATIVE: ["members.view_contacts"],  # those of members read what is shared with all members
    OBSERVER: [
        "members.view_decision",
        *_see("workpackages", "deliverable", "milestone", "risk", "reportperiod", "dataround"),
    ],
    SAFEGUARDING: ["efc.seal_contactmessage"],
    COORDINATOR: ["workpackages.view_testtransaction", "workpackages.change_testtransaction"],
    EVALUATOR: ["workpackages.view_testtransaction", "workpackages.evaluate_testtransaction"],
}

# What comes by a role held by name alone: whoever may do everything, or was given a right by itself, may not do this (`User.has_perm`).
RESERVED = frozenset(f"workpackages.{verb}_testtransaction" for verb in ("view", "add", "change", "delete", "evaluate"))

OBJECT_ROLES = {
    "workpackages.workpackage": {
        "lead": ["view_workpackage", "change_workpackage"],
        "team": ["view_workpackage"],
        "contributor": ["view_workpackage"],
    },
    "members.organisation": {"representative": ["view_organisation", "change_organisation"]},
    "events.event": {"organiser": ["view_event", "change_event"]},
}


# What each role permits, in words to its holder.
MEANING = {
    SECRETARIAT: _(
        "Keep the register, publish, answer messages, prepare ballots and send the newsletter, all at the desk."
    ),
    CHAIR: _("Run ballots and record decisions."),
    STEERING_GROUP: _("Read applications, ballots, decisions and signatures, and vote for the seat you hold."),
    ADVISORY_MEMBER: _("Read applications, ballots and decisions and comment on them, without a vote."),
    OBSERVER: _("Read the decisions of the Steering Group."),
    LEAD: _("See the contact persons of the members, and read the documents that are shared with all members."),
    REPRESENTATIVE: _("See the contact persons of the members, and read what a member may read."),
    SAFEGUARDING: _("Open messages that were sealed."),
    COORDINATOR: _("Keep the register of test transactions."),
    EVALUATOR: _("Read the register of test transactions and enter the outcome and the evaluation of each."),
    "representative": _("Keep its profile and its list of people, and sign the memorandum for it."),
    "lead": _("Keep the work package: report on its deliverables, ask for more time, hand in results."),
    "team": _("Read what the work package shares with its team."),
    "contributor": _("Read what the work package shares with its team."),
    "organiser": _("Keep the event."),
}
# What a role on one record is called; those held everywhere are called by their own name.
ON_RECORD = {
    "representative": _("Representative"),
    "lead": _("Lead"),
    "team": _("Team"),
    "contributor": _("Contributor"),
    "organiser": _("Organiser"),
}

# Roles that open the Secretariat's desk.
DESK = {SECRETARIAT, SAFEGUARDING}
# Roles that no seat, representative or lead gives: an officer gives them by hand, with a reason.
BY_HAND = (SECRETARIAT, SAFEGUARDING, COORDINATOR, EVALUATOR)

# Roles whose holders must sign in with a second factor (`efc.second_factor`).
SECOND_FACTOR = {SECRETARIAT, SAFEGUARDING, COORDINATOR, EVALUATOR, CHAIR, STEERING_GROUP, LEAD}


def match_groups(sender, using="default", **kwargs):
    """Make the groups and their permissions equal to `ROLES`; runs after every migrate, once all permissions exist."""
    from django.apps import apps
    from django.contrib.auth.models import Group, Permission

    if sender is not None and sender.label != _last_app_label(apps):
        return
    known = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.using(using).select_related("content_type")
    }
    for role, names in ROLES.items():
        group, _created = Group.objects.using(using).get_or_create(name=role)
        group.permissions.set([known[name] for name in names if name in known])


def missing_permissions():
    """Return the permissions named in the tables that no model declares."""
    from django.contrib.auth.models import Permission

    known = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    named = {name for names in ROLES.values() for name in names}
    named |= {f"{key.split('.')[0]}.{p}" for key, roles in OBJECT_ROLES.items() for ps in roles.values() for p in ps}
    return sorted(named - known)


def _last_app_label(apps):
    return [config.label for config in apps.get_app_configs() if config.models_module][-1]
