"""The workspace: where a person’s main role leads, what waits for them in every room, and the links at the side."""

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from efc import meetings, roles
from efc.changes import changes
from efc.generic import WorkspaceMixin
from efc.obligations import obligations
from efc.permissions import roles_of
from members.models import Application, Ballot, Decision, Elector, Seat
from members.models.organisations import composition
from members.services import memorandum
from members.services.awaiting import awaiting as members_awaiting
from members.services.awaiting import open_ballots, represented_by, without_vote
from members.views.memberships import Area
from members.views.register import squares
from workpackages.services.awaiting import awaiting as work_awaiting
from workpackages.services.awaiting import led_by
from workpackages.services.overview import overview_now, overview_of
from workpackages.services.standing import milestones_and_risks

ROOMS = [members_awaiting, work_awaiting]
LATEST = 6
SHOWN = 8  # of a list that has a page of its own
UNREAD_OF_MEMBERS = ("organisation__description", "organisation__search_vector")
SEATS_IN_ORDER = (Seat.Kind.CHAIR, Seat.Kind.FULL, Seat.Kind.SECRETARIAT, Seat.Kind.ADVISORY, Seat.Kind.OBSERVER)


def awaiting(user):
    """Return what waits for this person in all rooms, the nearest date first."""
    return sorted(waiting for room in ROOMS for waiting in room(user))


def votes_missing(user):
    """Count the open ballots in which a seat of this person has not voted."""
    missing = Elector.objects.of(user).counting().filter(choice="")
    return Ballot.objects.visible_to(user).open_now().filter(pk__in=missing.values("ballot")).count()


def waiting_applications(user):
    """Return the applications that wait for a decision, the oldest first."""
    return list(Application.objects.visible_to(user).waiting().order_by("submitted_at"))


def nav(user, to_vote=None, applications=None):
    """Return the side's links for a person, as [(heading, [(label, url, count)])]. A page that knows the counts gives them.

    Costs: 4 queries at most.
    """
    sections = []
    if user.is_staff:
        links = [(_("Overview"), reverse("workspace"), None), (_("Desk"), reverse("admin:index"), None)]
        sections.append((_("Secretariat"), links))
    links = []
    if user.has_perm("members.view_ballot"):
        links.append((_("Overview"), reverse("workspace_sg"), None))
        links.append(
            (_("Ballots"), reverse("workspace_members:ballots"), votes_missing(user) if to_vote is None else to_vote)
        )
    if user.has_perm("members.view_application"):
        if applications is None:
            applications = Application.objects.visible_to(user).waiting().count()
        links.append((_("Applications"), reverse("workspace_members:applications"), applications))
    if user.has_perm("members.view_decision"):
        links.append((_("Decisions"), reverse("workspace_members:decisions"), None))
    if user.has_perm("members.view_ballot"):
        links.append((_("Calendar"), reverse("workspace_obligations"), None))
    if links:
        sections.append((_("Steering Group"), links))
    led = [one for one in led_by(user) if one.is_running]
    work = [(str(one), reverse("workspace_work:area", args=[one.number]), None) for one in led]
    if work or user.has_perm("workpackages.view_deliverable"):
        work.append((_("Deliverables"), reverse("workspace_work:deliverables"), None))
        if user.has_perm("workpackages.view_deliverable"):
            work.append((_("Promises"), reverse("workspace_promises"), None))
        if user.has_perm("workpackages.view_reportperiod"):
            work.append((_("Progress reports"), reverse("workspace_reports"), None))
    if work or represented_by(user) or user.has_perm("workpackages.view_dataround"):
        work.append((_("Data collection"), reverse("workspace_data:list"), None))
        sections.append((_("Work"), work))
    if user.has_perm("workpackages.view_testtransaction"):
        register = (_("Test transactions"), reverse("workspace_work:test_transactions"), None)
        sections.append((_("Register"), [register]))
    if user.has_perm("members.view_contacts"):
        directory = (_("Members and people"), reverse("workspace_members:directory"), None)
        sections.append((_("Coalition"), [directory, (_("Documents"), reverse("workspace_documents"), None)]))
    own = [(str(one), reverse("workspace_members:organisation", args=[one.slug]), None) for one in represented_by(user)]
    if own:
        sections.append((_("Your organisation") if len(own) == 1 else _("Your organisations"), own))
    yours = [
        (_("Waiting for you"), reverse("workspace_tasks"), None),
        (_("Account and sign-in"), reverse("workspace_account"), None),
        (_("What you may do"), reverse("workspace_members:access"), None),
    ]
    return [*sections, (_("You"), yours)]


class Home(View):
    """Lead to the page of the main role: Secretariat, Steering Group, own work packages, own organisation, decisions on record."""

    http_method_names = ["get", "head"]

    def get(self, request):
        user = request.user
        if user.is_staff and user.has_perm("members.handle_application"):
            return Secretariat.as_view()(request)
        if user.has_perm("members.view_ballot"):
            return redirect("workspace_sg")
        if any(package.is_running for package in led_by(user)):
            return Leading.as_view()(request)
        own = represented_by(user)
        if user.has_perm("members.view_decision") and roles.OBSERVER in roles_of(user):
            return redirect("workspace_members:decisions")
        if len(own) == 1:
            return redirect("workspace_members:organisation", own[0].slug)
        return (Organisations if own else WithoutRole).as_view()(request)


class SteeringGroup(WorkspaceMixin, TemplateView):
    """The overview of those who decide or advise. Costs: the same number of queries, however much there is."""

    template_name = "workspace/steering_group.html"
    heading = gettext_lazy("Steering Group overview")

    def get_context_data(self, **kwargs):
        user = self.request.user
        if not user.has_perm("members.view_ballot"):
            raise Http404
        ballots, applications = open_ballots(user), waiting_applications(user)
        to_vote = sum(bool(without_vote(ballot)) for ballot in ballots)
        work, today = overview_now(user), timezone.localdate()
        met_on = meetings.last_meeting_on()
        since = met_on or today - meetings.WITHOUT_A_MEETING
        programme = work.programme if work else None
        changed = changes(user, since, programme=programme)
        in_view = {row.get_absolute_url() for row in work.due_soon} if work else set()
        owed = [duty for duty in obligations(user, programme=programme) if duty.url not in in_view]
        context = {
            "workspace_nav": nav(user, to_vote, len(applications)),
            "waiting": awaiting(user),
            "work": work,
            "standing": milestones_and_risks(programme) if programme else None,
            "obligations": owed[:SHOWN],
            "obligations_more": max(0, len(owed) - SHOWN),
            "meeting": meetings.next_meeting(),
            "met_on": met_on,
            "since": since,
            "changes": changed[:SHOWN],
            "changes_more": max(0, len(changed) - SHOWN),
            "ballots": ballots,
            "to_vote": to_vote,
            "applications": applications,
            "decisions": Decision.objects.visible_to(user).order_by("-decided_on", "-year", "-sequence").defer("text")[:LATEST],
            **coalition(user),
        }  # fmt: skip
        return super().get_context_data(**{**context, **kwargs})


def coalition(user):
    """Return who decides and who has signed: seats by kind, the members by strand, the memorandum and its share. Costs: 3 queries."""
    seats = list(
        Seat.objects.as_of().select_related("organisation").defer(*UNREAD_OF_MEMBERS).order_by("organisation__name")
    )
    seated = {seat.organisation_id for seat in seats if seat.kind != Seat.Kind.OBSERVER}
    version = memorandum.version_on()
    members = list(memorandum.members_with_signature(version))
    signed = sum(member.has_signed for member in members)
    counted = composition((member.sector, member.pk in seated) for member in members)
    return {
        "seats": seats_by_kind(seats),
        "composition": [(*row, squares(*row[1:])) for row in counted],
        "version": version,
        "signed": signed,
        "members": len(members),
        "bar": bar(signed, len(members)),
        "unsigned": [one for one in members if not one.has_signed] if version and user.has_perm("members.view_signature") else [],
    }  # fmt: skip


def bar(done, total):
    """Return the pieces of a progress bar 100 wide, as [(left edge, width, whether it is filled)]."""
    step = 100 / total if total else 0
    return [(f"{place * step + 0.4:.2f}", f"{step - 0.8:.2f}", place < done) for place in range(total)]


def seats_by_kind(seats):
    """Return [(kind of seat in words, the organisations that hold it)]."""
    held = {kind: [] for kind in SEATS_IN_ORDER}
    for seat in seats:
        held[seat.kind].append(seat.organisation)
    return [(kind.label, found) for kind, found in held.items() if found]


class Secretariat(WorkspaceMixin, TemplateView):
    template_name = "workspace/secretariat.html"
    heading = gettext_lazy("Secretariat")

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            waiting=awaiting(user),
            ballots=open_ballots(user),
            applications=waiting_applications(user),
            **kwargs,
        )


class Leading(WorkspaceMixin, TemplateView):
    """What waits in the work packages that a person leads, how each stands, and what is due in 90 days."""

    template_name = "workspace/leading.html"
    heading = gettext_lazy("Your work packages")

    def get_context_data(self, **kwargs):
        user = self.request.user
        led = [package.pk for package in led_by(user) if package.is_running]
        return super().get_context_data(waiting=awaiting(user), work=overview_of(led, user), **kwargs)


class Organisations(WorkspaceMixin, TemplateView):
    """Let a person who acts for several organisations choose one."""

    template_name = "workspace/organisations.html"
    heading = gettext_lazy("Your organisations")

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(organisations=represented_by(user), waiting=awaiting(user), **kwargs)


class WithoutRole(WorkspaceMixin, TemplateView):
    """Say what the person may do who neither decides nor acts for an organisation."""

    template_name = "workspace/home.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        sentences = {
            roles.REPRESENTATIVE: _("You represent a member, but no organisation has named you for today."),
            roles.SAFEGUARDING: _("You may open messages that were sealed, at the desk."),
            roles.COORDINATOR: _("You keep the register of test transactions."),
            roles.EVALUATOR: _("You read the register of test transactions and enter what came of each."),
        }
        return super().get_context_data(
            heading=_("Welcome, %(name)s") % {"name": user.get_full_name()},
            roles=[(_(name), sentences[name]) for name in sorted(roles_of(user) & sentences.keys())],
            waiting=awaiting(user),
            **kwargs,
        )


home = Home.as_view()
steering_group = SteeringGroup.as_view()

WorkspaceMixin.nav = staticmethod(nav)
Area.waiting = staticmethod(work_awaiting)
