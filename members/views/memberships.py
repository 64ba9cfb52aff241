"""An organisation's own area in the workspace: what is expected, its profile and its people; and all members for members."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import ListView, TemplateView

from efc import files
from efc.generic import CheckedFormView, WorkspaceMixin, error_text, public
from efc.permissions import granted
from members.forms.memberships import NewPersonForm, PersonForm, ProfileForm
from members.models import Ballot, MemorandumVersion, Organisation, Representative
from members.services import memberships, people


def own_organisations(user):
    """Return the organisations whose area this person may enter: those they act for, all for who keeps the register."""
    return granted(user, "members.change_organisation", Organisation.objects.order_by("name").defer("search_vector"))


class AreaMixin(WorkspaceMixin):
    """A page in the area of one organisation. Who does not act for it finds nothing (404)."""

    here = ""

    def setup(self, request, *args, slug, **kwargs):
        super().setup(request, *args, slug=slug, **kwargs)
        self.slug = slug

    def dispatch(self, request, *args, **kwargs):
        self.organisation = get_object_or_404(own_organisations(request.user), slug=self.slug)
        return super().dispatch(request, *args, **kwargs)

    def area(self):
        """Return [(label, address, whether this page)] of the pages of the area."""
        pages = [
            ("organisation", _("Overview")), ("profile", _("Profile")), ("people", _("People")), ("sign", _("Memorandum")),
        ]  # fmt: skip
        return [
            (label, reverse(f"workspace_members:{name}", args=[self.slug]), name == self.here) for name, label in pages
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(organisation=self.organisation, area=self.area(), **kwargs)

    def refuse(self, form, error):
        """Show a refusal at the fields it speaks of, with the values kept."""
        if hasattr(error, "error_dict"):
            for field, errors in error.error_dict.items():
                form.add_error(field if field in form.fields else None, errors)
        else:
            form.add_error(None, error)
        return self.form_invalid(form)


class Area(AreaMixin, TemplateView):
    """What is expected of the organisation now, and what it is in the coalition. Costs: 14 queries."""

    template_name = "members/organisation/overview.html"
    here = "organisation"
    waiting = staticmethod(lambda user: [])  # the roof fills it in: what waits for this person in the other rooms
    shared = staticmethod(lambda user: [])  # the roof fills it in: the latest documents that this person may read

    def get_context_data(self, **kwargs):
        organisation, today = self.organisation, timezone.localdate()
        terms = list(organisation.memberships.select_related("decision").order_by("-starts_on", "-pk"))
        return super().get_context_data(
            heading=organisation.full_name,
            expected=sorted([*memberships.expected(organisation), *self.waiting(self.request.user)]),
            terms=terms,
            term=next((term for term in terms if term.holds_on(today)), None),
            seats=organisation.seats.select_related("holder", "alternate", "decision").order_by("-starts_on"),
            suspension=organisation.suspensions.as_of().first(),
            people=organisation.representatives.as_of()
            .select_related("person")
            .order_by("-is_contact", "person__name"),
            memorandum=MemorandumVersion.objects.current(),
            signatures=organisation.signatures.select_related("version"),
            applications=organisation.applications.select_related("decision"),
            ballots=Ballot.objects.visible_to(self.request.user)
            .filter(electorate__organisation=organisation)
            .exclude(status=Ballot.Status.CANCELLED)[:5],
            shared=self.shared(self.request.user),
            **kwargs,
        )


class EditProfile(AreaMixin, CheckedFormView):
    """Write the profile and, as the organisation, approve that it is public."""

    form_class = ProfileForm
    template_name = "members/organisation/profile.html"
    here = "profile"
    heading = gettext_lazy("Profile")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "instance": self.organisation}

    def get_context_data(self, **kwargs):
        acting = self.organisation.representatives.as_of().filter(person__user=self.request.user)
        return super().get_context_data(may_approve=acting.exists(), **kwargs)

    def form_valid(self, form):
        memberships.change_profile(form, by=self.request.user)
        if "approve" in self.request.POST and not self.organisation.is_public:
            try:
                memberships.approve_profile(self.organisation, by=self.request.user)
            except ValidationError as error:
                messages.warning(self.request, error_text(error))
            else:
                messages.success(self.request, _("Thank you. Your profile is public now."))
        else:
            messages.success(self.request, _("Kept."))
        return redirect("workspace_members:profile", self.slug)


class People(AreaMixin, CheckedFormView):
    """Who acts for the organisation, and the form that names one more. Costs: 4 queries for the list, however long."""

    form_class = NewPersonForm
    template_name = "members/organisation/people.html"
    here = "people"
    heading = gettext_lazy("People")

    def get_context_data(self, **kwargs):
        rows = self.organisation.representatives.running().select_related("person__user")
        rows = rows.prefetch_related("person__invitations").order_by("-is_contact", "person__name")
        return super().get_context_data(
            rows=[(row, standing(row.person)) for row in rows],
            former=self.organisation.representatives.filter(ends_on__lt=timezone.localdate()).select_related("person"),
            **kwargs,
        )

    def form_valid(self, form):
        try:
            row = people.name_representative(self.organisation, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            return self.refuse(form, error)
        messages.success(
            self.request,
            _("%(name)s acts for %(organisation)s from today and gets a letter with the next step.")
            % {"name": row.person.name, "organisation": self.organisation},
        )
        return redirect("workspace_members:people", self.slug)


def standing(person):
    """Say how a person's account stands, as (kind of pill, words)."""
    if person.user is not None:
        return ("ok", _("Signs in")) if person.user.is_active else ("bad", _("Account closed"))
    latest = next(iter(sorted(person.invitations.all(), key=lambda link: link.sent_at, reverse=True)), None)
    if latest is None:
        return "", _("Not invited")
    return (
        ("info", _("Invited"))
        if latest.status == "open"
        else ("warn", _("Invitation %(how)s") % {"how": latest.get_status_display()})
    )


class OnePerson(AreaMixin, CheckedFormView):
    """What one person does for the organisation; inviting again, and letting them go. `act` says which button was pressed."""

    form_class = PersonForm
    template_name = "members/organisation/person.html"
    here = "people"

    def dispatch(self, request, *args, **kwargs):
        rows = Representative.objects.running().select_related("person__user", "organisation")
        self.row = get_object_or_404(
            rows, pk=kwargs["pk"], organisation__in=own_organisations(request.user), organisation__slug=self.slug
        )
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "instance": self.row}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            row=self.row, heading=self.row.person.name, standing=standing(self.row.person), **kwargs
        )

    def post(self, request, *args, **kwargs):
        act = {"invite": self.invite, "end": self.end}.get(request.POST.get("act"))
        if act is None:
            return super().post(request, *args, **kwargs)
        try:
            messages.success(request, act())
        except ValidationError as error:
            messages.warning(request, error_text(error))
        return redirect("workspace_members:people", self.slug)

    def invite(self):
        people.invite_person(self.row.person, self.organisation, by=self.request.user)
        return _("A letter is on its way to %(name)s.") % {"name": self.row.person.name}

    def end(self):
        people.end_representative(self.row, by=self.request.user)
        return _("%(name)s no longer acts for %(organisation)s.") % {
            "name": self.row.person.name, "organisation": self.organisation,
        }  # fmt: skip

    def form_valid(self, form):
        memberships.change_representative(form, by=self.request.user)
        messages.success(self.request, _("Kept."))
        return redirect("workspace_members:people", self.slug)


class Letter(AreaMixin, View):
    """Download the letter on an application of the organisation."""

    def get(self, request, reference, **kwargs):
        application = get_object_or_404(self.organisation.applications, reference=reference)
        letter = memberships.store_letter(application)
        if letter is None:
            raise Http404
        return files.serve(letter, f"EFC-{application.reference}.pdf")


class MembersDirectory(WorkspaceMixin, ListView):
    """All members with their contact persons, for members only; protected identities are left out. Costs: 3 queries for the list."""

    template_name = "members/organisation/directory.html"
    context_object_name = "members"
    heading = gettext_lazy("Members and people")

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("members.view_contacts"):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        contacts = (
            Representative.objects.as_of()
            .filter(is_contact=True, person__is_protected=False)
            .select_related("person")
            .order_by("person__name")
        )
        rows = Organisation.objects.members().with_seats().defer("search_vector", "description")
        return rows.prefetch_related(Prefetch("representatives", contacts, to_attr="contacts"))


@public
class Logo(View):
    """The logo of a public profile, and of one's own before it is public. Costs: 1 query for the public."""

    def get(self, request, slug):
        rows = Organisation.objects.exclude(logo="").only("slug", "logo", "is_public")
        organisation = rows.published().filter(slug=slug).first()
        if organisation is None:
            organisation = get_object_or_404(rows.visible_to(request.user), slug=slug)
        return files.serve(organisation.logo, f"{organisation.slug}.png", public=True, media_type="image/png")
