"""Applications at the desk: a board by status, the record with its checks and questions, the route, the ballot, the decision."""

from datetime import timedelta

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from efc.acts import REFUSALS, Act, Bulk, ReadOnly, refuse
from efc.adminsite import MoveAdmin, trail
from efc.files import serve
from efc.generic import error_text
from efc.models import LedgerRow, OutgoingMail
from efc.permissions import require
from members.answers import NAMES_FOR_OTHERS, answers
from members.forms.desk import (
    ApproveForm,
    AskForm,
    BallotForm,
    CheckForm,
    DeclineForm,
    PutOffForm,
    RecusalForm,
    RouteForm,
    SureForm,
)
from members.models import Application, Ballot, Check, Inquiry
from members.services import applications, ballots, memberships, recusal

HANDLE, DECIDE = "members.handle_application", "members.decide_application"
RECENTLY = timedelta(days=60)
DECIDED = (Application.Status.APPROVED, Application.Status.DECLINED, Application.Status.WITHDRAWN)
BAD = (LedgerRow.State.FAILED, LedgerRow.State.IN_DOUBT)
DECIDABLE = (Application.Status.UNDER_REVIEW, Application.Status.PUT_OFF)


def letters_about(**filters):
    return OutgoingMail.objects.filter(about_type=Application._meta.label_lower, **filters)


def failed_letters(pks):
    """Return the keys of those applications to whose applicants a letter did not get through."""
    return {
        int(pk)
        for pk in letters_about(about_id__in=[str(pk) for pk in pks], state__in=BAD).values_list("about_id", flat=True)
    }


def with_progress(rows):
    """Add what a board shows: checks done and all, and since when a question is open."""
    asked = Inquiry.objects.filter(application=OuterRef("pk"), answered_at=None).order_by("pk").values("asked_at")[:1]
    return rows.annotate(
        checks_all=Count("checks", distinct=True),
        checks_done=Count("checks", ~Q(checks__result=Check.Result.OPEN), distinct=True),
        asked_at=Subquery(asked),
    )


def age_in_words(moment):
    days = (timezone.localdate() - timezone.localdate(moment)).days
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else gettext("today")


def board(user):
    """Return the columns of the board: [(status, heading, applications)], the oldest first. Costs: 2 queries."""
    shown = Q(status__in=Application.OPEN) | Q(status__in=DECIDED, decided_at__gte=timezone.now() - RECENTLY)
    rows = list(with_progress(Application.objects.visible_to(user).filter(shown)).order_by("submitted_at", "pk"))
    failed = failed_letters([row.pk for row in rows if row.is_open])
    for row in rows:
        row.letter_failed = row.pk in failed
        row.age_in_words = age_in_words(row.submitted_at)
        row.asked_for = age_in_words(row.asked_at) if row.asked_at else ""
    columns = [(status, status.label, [row for row in rows if row.status == status]) for status in Application.OPEN]
    return [*columns, ("decided", gettext("Decided in the last 60 days"), [row for row in rows if not row.is_open])]


class FailedLetterFilter(admin.SimpleListFilter):
    title = _("letters")
    parameter_name = "letters"

    def lookups(self, request, model_admin):
        return [("failed", _("A letter did not get through"))]

    def queryset(self, request, queryset):
        if self.value() != "failed":
            return queryset
        return queryset.filter(pk__in=failed_letters(queryset.values_list("pk", flat=True)))


def _remind_look(application):
    if application.status != Application.Status.INFORMATION_REQUESTED:
        raise applications.ValidationError(gettext("Nothing is asked at the moment."))
    return gettext("mails %(address)s") % {"address": application.email}


def _says_mails(count):
    return ngettext("This mails %(n)s applicant.", "This mails %(n)s applicants.", count) % {"n": count}


def _says_takes_up(count):
    return ngettext("This takes up %(n)s application.", "This takes up %(n)s applications.", count) % {"n": count}


def _in(*statuses):
    return lambda application: application.status in statuses


def _without_ballot(application):
    running = application.ballots.filter(status__in=[Ballot.Status.DRAFT, Ballot.Status.OPEN])
    return application.status in DECIDABLE and not running.exists()


def _mails_applicant(application):
    return {"consequence": gettext("This mails %(address)s.") % {"address": application.email}}


def _electorate(application):
    """Return what a ballot on an application would be: who votes and who is recused."""
    from members.admin.ballots import voting_today

    return {"facts": voting_today(application)}


@admin.register(Application)
class ApplicationAdmin(ReadOnly, MoveAdmin):
    """The board and the record. A record is changed by verbs only; every one of them is a button or a form here."""

    verbs = {"review": applications.review_application, "resume": applications.resume_application}
    acts = {
        "route": Act(_("Choose the route"), RouteForm, applications.choose_route, HANDLE, _without_ballot),
        "recusal": Act(_("Recuse organisations"), RecusalForm, recusal.recuse_organisations, HANDLE, _without_ballot),
        "ballot": Act(
            _("Prepare a ballot"), BallotForm, lambda application, **given: ballots.prepare_ballot(application=application, **given),
            "members.run_ballot", lambda application: bool(application.route) and _without_ballot(application),
            about=_electorate, after=lambda ballot: ballot,
        ),
        "remind": Act(
            _("Remind the applicant"), SureForm, applications.remind_applicant, HANDLE,
            _in(Application.Status.INFORMATION_REQUESTED), about=_mails_applicant,
        ),
        "put_off": Act(
            _("Put off"), PutOffForm, memberships.put_off_application, DECIDE,
            lambda application: application.status == Application.Status.UNDER_REVIEW and _without_ballot(application), about=_mails_applicant
        ),
        "approve": Act(
            _("Approve"), ApproveForm, memberships.approve_application, DECIDE, _without_ballot, about=_mails_applicant,
            note=_("For what the Steering Group has decided already. The organisation becomes a member, and its contact is invited."),
        ),
        "decline": Act(
            _("Decline"), DeclineForm, memberships.decline_application, DECIDE, _without_ballot, about=_mails_applicant,
            note=_("The applicant gets a personal letter with the reason."),
        ),
    }  # fmt: skip
    list_display = [
        "organisation_name",
        "reference",
        "status",
        "waiting",
        "checks_shown",
        "route",
        "country",
        "sector",
        "letters_shown",
    ]
    list_filter = ["status", "route", "sector", "kind", FailedLetterFilter, "is_demo"]
    search_fields = ["reference", "organisation_name", "contact_name", "email"]
    date_hierarchy = "submitted_at"
    actions = [
        Bulk("take_up", _("Take up"), applications.review_application, permission=HANDLE, says=_says_takes_up, verb="review"),
        Bulk("remind", _("Remind the applicants"), applications.remind_applicant, permission=HANDLE, says=_says_mails, look=_remind_look),
    ]  # fmt: skip

    # Hook of the roof: the welcome news of a membership, as (title, address) or nothing.
    news_of = staticmethod(lambda term: None)

    def get_queryset(self, request):
        return with_progress(super().get_queryset(request))

    def get_urls(self):
        return [
            self.named("<int:object_id>/checks/", self.checks, "checks"),
            self.named("<int:object_id>/ask/", self.ask, "ask"),
            self.named("<int:object_id>/paper/<int:paper>/", self.paper, "paper"),
            self.named("<int:object_id>/letter/", self.letter, "letter"),
            *super().get_urls(),
        ]

    # ── the list and the board ──

    def changelist_view(self, request, extra_context=None):
        """Show the board; any filter or search (`?q=`) shows the list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "GET" and not request.GET:
            return self.page(
                request, "members/application_board", None, gettext("Applications"), columns=board(request.user)
            )
        self.failed = failed_letters(Application.objects.waiting().values_list("pk", flat=True))
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("waiting"), ordering="submitted_at")
    def waiting(self, application):
        return age_in_words(application.submitted_at) if application.is_open else "–"

    @admin.display(description=_("checks"))
    def checks_shown(self, application):
        return f"{application.checks_done}/{application.checks_all}"

    @admin.display(description=_("letters"))
    def letters_shown(self, application):
        return format_html("<strong>{}</strong>", gettext("did not arrive")) if application.pk in self.failed else ""

    # ── the record ──

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return self._record(request, self.record_or_404(request, object_id))

    def _record(self, request, application, *, checks=None, ask=None):
        """Draw the record; a bound form that was refused stands in its place, with status 422."""
        user = request.user
        rows = list(application.checks.select_related("checked_by"))
        letters = list(letters_about(about_id=str(application.pk)).order_by("-pk")[:50])
        return self.page(
            request, "members/application", application, str(application), answers=answers(application, NAMES_FOR_OTHERS),
            age=age_in_words(application.submitted_at), papers=application.papers.all(),
            checks=list(zip(rows, checks or self._check_forms(rows), strict=True)), check_forms=checks or [],
            may_handle=user.has_perm(HANDLE, application) and application.is_open,
            inquiries=application.inquiries.select_related("asked_by"), ask=ask or AskForm(record=application),
            may_ask="ask" in application.moves_for(user), letters=letters, failed=[letter for letter in letters if letter.state in BAD],
            chain=self.chain(application), recused=application.recused.all(), trail=trail(application),
            buttons=[(verb, law.label) for verb, law in application.moves_for(user).items() if verb in self.verbs],
            acts=self.acts_for(user, application), status=422 if checks or ask else 200,
        )  # fmt: skip

    @staticmethod
    def _check_forms(rows, data=None):
        given = [{"result": row.result, "note": row.note} for row in rows]
        return [
            CheckForm(data, prefix=row.kind, initial=initial, record=row)
            for row, initial in zip(rows, given, strict=True)
        ]

    def chain(self, application):
        """Return [(what, text, address)]: each link from the application to the welcome news, as far as it goes."""
        found = [(gettext("Ballot"), f"{ballot}: {ballot.get_outcome_display() or ballot.get_status_display()}", _change(ballot))
                 for ballot in application.ballots.order_by("pk")]  # fmt: skip
        if application.decision:
            found.append((gettext("Decision"), str(application.decision), _change(application.decision)))
        organisation = application.organisation
        term = (
            organisation and organisation.memberships.filter(decision=application.decision).order_by("starts_on").last()
        )
        if term:
            found.append((gettext("Membership"), str(term), _change(organisation)))
            signature = organisation.signatures.select_related("version").order_by("-signed_on").first()
            found.append(
                (
                    gettext("Memorandum"),
                    str(signature) if signature else gettext("not signed yet"),
                    _change(signature) if signature else "",
                )
            )
            if news := self.news_of(term):
                found.append((gettext("Welcome news"), *news))
        return found

    # ── what is posted from the record ──

    def checks(self, request, object_id):
        """Set the checks that were changed; a note is missing where one is not in order."""
        application = self.record_or_404(request, object_id)
        if request.method != "POST":
            return HttpResponseRedirect(self.url("change", application))
        require(request.user, HANDLE, application)
        rows = list(application.checks.select_related("checked_by"))
        forms = self._check_forms(rows, request.POST)
        for row, form in zip(rows, forms, strict=True):
            if form.is_valid() and form.has_changed():
                try:
                    applications.set_check(row, **form.cleaned_data, by=request.user)
                except REFUSALS as error:
                    form.add_error("note", error_text(error))
        if any(form.errors for form in forms):
            return self._record(request, application, checks=forms)
        done = sum(row.result != Check.Result.OPEN for row in rows)
        text = gettext("Saved: %(done)s of %(all)s checks are done.") % {"done": done, "all": len(rows)}
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(self.url("change", application))

    def ask(self, request, object_id):
        application = self.record_or_404(request, object_id)
        if request.method != "POST":
            return HttpResponseRedirect(self.url("change", application))
        require(request.user, HANDLE, application)
        form = AskForm(request.POST, record=application)
        if form.is_valid():
            try:
                applications.ask_applicant(application, form.cleaned_data["question"], by=request.user)
            except REFUSALS as error:
                refuse(form, error)
        if form.errors:
            return self._record(request, application, ask=form)
        text = gettext("The question went to %(address)s.") % {"address": application.email}
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(self.url("change", application))

    def paper(self, request, object_id, paper):
        found = self.record_or_404(request, object_id).papers.filter(pk=paper).first()
        if found is None:
            raise Http404
        return serve(found.file, found.name, media_type="application/pdf")

    def letter(self, request, object_id):
        """Hand out the letter of the decision; one that could not be made at the time is made now."""
        application = self.record_or_404(request, object_id)
        file = memberships.store_letter(application)
        if not file:
            raise Http404
        return serve(file, f"{application.reference}.pdf", media_type="application/pdf")


def _change(record):
    from django.urls import reverse

    return reverse(f"admin:members_{record._meta.model_name}_change", args=[record.pk])
