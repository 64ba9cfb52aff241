"""Who walks through the doors in `prove_access`, and what is secret: each secret is a word that stands in one record only."""

from contextlib import suppress
from datetime import date, timedelta

from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation

from efc import roles
from efc.models import Grant
from efc.permissions import redraw
from members.models import Ballot, Check, Elector, Person, Seat
from members.services import ballots
from tests import factories
from tests.conftest import make_user
from tests.doors.tables import PERSONAS

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

VISITOR, MEMBER, OFFICER = range(3)
LINKS = ("subscriber_link", "applicant_link")  # a visitor who holds the keys of one subscriber, of one applicant
GROUPS = (
    PERSONAS
    | dict.fromkeys(
        ("representative_a", "representative_b", "lead_1", "lead_2", "observer", "former", "desk_without_role"), MEMBER
    )
    | dict.fromkeys(LINKS, VISITOR)
    # an officer who opens what is sealed; who keeps the register of test transactions, and who reads it
    | {"safeguarding": OFFICER, "coordinator": MEMBER, "evaluator": MEMBER}
    # who may look at every page of the desk, at no rows inside them, and do nothing
    | {"desk_reader": MEMBER}
)
DESK_READER = "desk_reader"

# Who may read a secret. Nobody else finds it in any byte of any answer.
KEEPER = {"secretariat", "safeguarding"}
DESK = KEEPER | {DESK_READER}
DECIDING = DESK | {"chair", "sg_member", "advisory_member"}
CONTACTS = DECIDING | {"representative", "representative_a", "representative_b", "lead_1", "lead_2"}
TEAM = DECIDING | {"lead_1", "representative_a"}
SECRETS = {
    "quagga": DESK,  # what the doors of all rooms hide: drafts, messages, letters, subscribers
    "zqdeliverable": DECIDING
    | {"observer", "lead_1", "representative_a"},  # a team reads the names of what it has handed in
    "zqsealed": {"safeguarding"},
    "zqsubscriber": DESK | {"subscriber_link"},
    "zqdraftorganisation": {"applicant_link"},  # a draft of an application belongs to its writer alone
    "zqapplicant": DESK,
    "zqcontribution": DECIDING,
    "zqballotdraft": DESK | {"chair"},
    "zqballotopen": DECIDING,
    "zqreason": {"chair"},  # in a blind ballot: whose vote it is
    "zqremark": {"chair"},
    "zqdecision": DECIDING | {"observer"},
    "zqprotected": DESK | {"representative_b"},
    "zqcontactperson": CONTACTS,
    "zqcolleague": DESK | {"representative_a", "lead_1"},
    "zqsignatory": DESK | {"chair", "sg_member", "representative_a"},
    "zqmemorandum": DESK,
    "zqhiddenorganisation": KEEPER,
    "zqliaison": CONTACTS - {DESK_READER},
    "zqgrantreason": DESK | {"observer"},
    "zqsuspension": DESK,
    "zqconsent": KEEPER,
    "zqcheck": KEEPER,
    "zqupdate": DECIDING | {"observer", "lead_1"},
    "zqmilestone": DECIDING | {"observer", "lead_1"},
    "zqrisk": DECIDING | {"observer", "lead_1"},
    "TT-1997-": {"coordinator", "evaluator"},  # a year in which nothing else is
    "zqfile": DECIDING | {"observer", "lead_1"},
    "zqtask": TEAM,
    "zqpaper": TEAM,
    "zqshared": TEAM | {"lead_2", "representative_b"},  # a document that is shared with all members
    "zqnarrative": KEEPER | {"chair", "lead_1"},  # in a report that is a draft
    "zqround": DESK | {"lead_1"},
    "zqreturn": DESK | {"lead_1", "representative_a"},
    "zqunnamed": CONTACTS,
}


def people(world):
    """Return {persona: account or None}, beside those of the doors: two representatives, two leads and more."""
    shown = world[0]["members_organisation"]
    other = factories.MemberFactory(slug="other", name="Other member")
    found = {
        name: make_user(f"{name}@member.example", name)
        for name in ("representative_a", "representative_b", "lead_1", "lead_2")
    }
    for name, organisation in (("representative_a", shown), ("representative_b", other)):
        factories.RepresentativeFactory(organisation=organisation, person__user=found[name], person__name=name)
    first = world[0]["workpackages_workpackage"]
    second = factories.WorkPackageFactory(slug="second", programme=first.programme)
    for name, package in (("lead_1", first), ("lead_2", second)):
        lead = factories.LeadFactory(work_package=package)
        factories.LeadPersonFactory(lead=lead, person__user=found[name], person__name=name)
    found["observer"] = make_user("observer@commission.example", "Observer", roles.OBSERVER)
    found["desk_without_role"] = make_user("desk@efc.example", "At the desk without a role", is_staff=True)
    found["former"] = make_user("former@member.example", "Who left the Steering Group")
    yesterday = timezone.localdate() - timedelta(days=1)
    for role in (roles.CHAIR, roles.STEERING_GROUP, roles.SECRETARIAT):
        Grant.objects.create(user=found["former"], role=role, ends_on=yesterday)
    Grant.objects.filter(user=found["observer"]).update(reason="zqgrantreason")
    found["safeguarding"] = make_user(
        "sealed@efc.example", "Safeguarding officer", roles.SAFEGUARDING, roles.SECRETARIAT, is_staff=True
    )
    found["coordinator"] = make_user("coordinator@police.example", "Coordinator", roles.COORDINATOR)
    found["evaluator"] = make_user("evaluator@agency.example", "Evaluator", roles.EVALUATOR)
    found["desk_reader"] = make_user("reader@efc.example", "Who reads at the desk", is_staff=True)
    pages = Q(codename="view_testtransaction")  # which only a grant gives
    for model in admin.site._registry:
        pages |= Q(content_type__app_label=model._meta.app_label, codename=f"view_{model._meta.model_name}")
    found["desk_reader"].user_permissions.set(Permission.objects.filter(pages))
    redraw()
    type(found["desk_reader"]).objects.filter(email__in=["desk@efc.example", "reader@efc.example"]).update(
        is_staff=True
    )
    return found, shown, other


def hide_secrets(records, found, shown, other):
    """Put each secret into its record."""
    sent = factories.ApplicationFactory(
        status="under_review", submitted_at=timezone.now(), contact_name="zqapplicant", contribution="zqcontribution"
    )
    Check.objects.create(application=sent, kind="identity", note="zqcheck")
    type(sent).objects.filter(pk=records[0]["members_application"].pk).update(contact_name="zqapplicant")
    seats = {}
    for name in ("chair", "sg_member"):
        kind = Seat.Kind.CHAIR if name == "chair" else Seat.Kind.FULL
        holder = factories.PersonFactory(user=found[name], name=name)
        seats[name] = factories.SeatFactory(organisation__name=f"Seat of {name}", kind=kind, holder=holder)
    said = {"kind": "written", "question": "?", "by": found["secretariat"]}
    ballots.prepare_ballot(title="zqballotdraft", **said)
    ballot = ballots.open_ballot(
        ballots.prepare_ballot(title="zqballotopen", is_blind=True, **said), by=found["secretariat"]
    )
    own = Elector.objects.get(ballot=ballot, seat=seats["chair"])
    ballots.cast_vote(own, "object", by=found["chair"], reason="zqreason")
    ballots.add_remark(own, "zqremark", by=found["chair"])
    factories.DecisionFactory(title="zqdecision")
    promised = records[0]["workpackages_deliverable"]
    type(promised).objects.filter(pk=promised.pk).update(title="zqdeliverable")
    promised.extensions.update(cause="zqdeliverable", refused_because="zqdeliverable")
    hide_returns(records[0])
    milestone, risk = records[0]["workpackages_milestone"], records[0]["workpackages_risk"]
    type(milestone).objects.filter(pk=milestone.pk).update(title="zqmilestone", verification="zqmilestone")
    milestone.evidence.update(sentence="zqmilestone", name="zqmilestone.pdf")
    type(risk).objects.filter(pk=risk.pk).update(
        title="zqrisk", effect="zqrisk", mitigation="zqrisk", raised_on="2020-01-01"
    )
    period = factories.ReportPeriodFactory(programme=promised.work_package.programme, starts_on="2021-01-01", ends_on="2021-12-31")  # fmt: skip
    risk.states.create(period=period, occurred=True, mitigated=True, comment="zqrisk")
    share(records[0])
    factories.ContactMessageFactory(name="zqsealed", status="sealed")
    Person.objects.filter(name__startswith="quagga").update(name="zqcolleague")
    protected = factories.PersonFactory(name="zqprotected", is_protected=True)
    factories.RepresentativeFactory(organisation=other, person=protected, is_contact=True)
    factories.RepresentativeFactory(organisation=other, person__name="zqcontactperson", is_contact=True)
    factories.RepresentativeFactory(organisation=shown, person__name="zqcolleague")
    factories.SignatureFactory(organisation=shown, signatory_name="zqsignatory", version__status="replaced")
    factories.MemorandumVersionFactory(title="zqmemorandum", text="zqmemorandum")
    hidden = factories.OrganisationFactory(
        name="Hidden member", description="zqhiddenorganisation", slug="zqhiddenorganisation", is_public=False
    )
    factories.MembershipTermFactory(organisation=hidden, source="zqhiddenorganisation")
    factories.SeatFactory(
        organisation=hidden, source="zqhiddenorganisation", ends_on=timezone.localdate() - timedelta(days=400)
    )
    factories.LiaisonContactFactory(name="zqliaison", note="zqliaison")
    factories.SuspensionFactory(organisation=factories.MemberFactory(slug="resting"), reason="zqsuspension")
    hide_requests(records)
    fill_pages(records[0])
    return sent, ballot, Ballot.objects.get(title="zqballotdraft")


def hide_returns(kept):
    """Put a secret into a return with its comments, and one into what its keepers only prepare."""
    asked, draft = kept["workpackages_datareturn"], kept["workpackages_datatemplate"]
    type(asked).objects.filter(pk=asked.pk).update(organisation_name="zqreturn")
    asked.comments.update(text="zqreturn")
    type(draft).objects.filter(pk=draft.pk).update(guidance="zqround")
    type(asked.round).objects.filter(status="draft").update(title="zqround")


def share(records):
    """Put a secret into a task and a document of a team, and one into a document that all members read."""
    task, paper = records["workpackages_task"], records["workpackages_document"]
    type(task).objects.filter(pk=task.pk).update(title="zqtask", note="zqtask")
    type(paper).objects.filter(pk=paper.pk).update(title="zqpaper", about="zqpaper")
    paper.versions.update(name="zqpaper.pdf", note="zqpaper")
    shared = {"work_package": paper.work_package, "title": "zqshared", "about": "zqshared", "access": "members"}
    factories.DocumentVersionFactory(name="zqshared.pdf", document=factories.DocumentFactory(**shared))


def hide_requests(records):
    """Let the addresses of the register lead to a request that was carried out, so that its next step is the evaluator's."""
    arguments = records[1]
    days = {"requested_on": date(1997, 3, 1), "answered_on": date(1997, 3, 3), "carried_out_on": date(1997, 3, 5)}
    row = factories.TransactionFactory(status="carried_out", **days)
    for name in [name for name in arguments if name.startswith("workspace_work:test_transaction")]:
        arguments[name] = [row.reference, *(["evaluate"] if name.endswith("_move") else [])]


def fill_pages(records):
    """Put rows into the pages of the desk that list some, and a member that is not public yet into a team."""
    factories.IssueItemFactory(issue=records["newsletter_issue"])
    factories.ConsentFactory(subscriber=records["newsletter_subscriber"], wording="zqconsent")
    programme, package = records["workpackages_programme"], records["workpackages_workpackage"]
    factories.ObjectiveFactory(programme=programme)
    programme.promises.create(text="Ten trainings", planned=10, counter="trainings")
    records["workpackages_deliverable"].updates.create(outlook="on_track", sentence="zqupdate")
    records["workpackages_deliverable"].files.update(name="zqfile.pdf")
    records["workpackages_reportperiod"].narratives.update(text="zqnarrative")
    records["workpackages_milestone"].reschedulings.create(
        due_before_on=date(2020, 1, 1), due_on=date(2020, 2, 1), reason="Illness"
    )
    unnamed = factories.MemberFactory(name="zqunnamed", slug="zqunnamed", is_public=False)
    factories.ContributorFactory(work_package=package, organisation=unnamed)


def hold_keys(records):
    """Return {persona: {address: path}} of those who hold the keys of one subscriber, of one applicant, and try every other link."""
    own = factories.SubscriberFactory(email="reader@zqsubscriber.example", confirmed=True)
    draft = factories.ApplicationFactory(organisation_name="zqdraftorganisation", contribution="zqdraftorganisation")
    asked = factories.ApplicationFactory(status="information_requested", submitted_at=timezone.now())
    found = {persona: {} for persona in LINKS}
    for name, given in records[1].items():
        room, _colon, page = name.partition(":")
        if room in ("members_links", "newsletter_links"):
            key = asked.token if page in ("answer", "papers", "paper") else draft.token
            found["applicant_link"][name] = reverse(name, args=[key, *given[1:]])
            key = own.confirm_token if name == "newsletter_links:confirm" else own.token
            found["subscriber_link"][name] = reverse(name, args=[key, *given[1:]])
        elif (
            given and isinstance(given[0], str) and room not in ("admin", "account_reset_password_from_key")
        ):  # where a name is asked for
            for persona, one in (("applicant_link", draft), ("subscriber_link", own)):
                with suppress(NoReverseMatch), translation.override("en"):
                    found[persona][name] = reverse(name, args=[one.token, *given[1:]])
    return found


def sign_in(user):
    """Return the client of an account; of nobody for None. Who is deactivated signed in while the account was open."""
    client = Client(raise_request_exception=False)
    if user is not None:
        rows = type(user).objects.filter(pk=user.pk)
        rows.update(is_active=True)
        client.force_login(rows.get(), backend=BACKEND)
        rows.update(is_active=user.is_active)
    return client
