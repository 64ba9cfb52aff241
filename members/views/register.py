"""Public pages of the members. What only rooms to the right know comes through hooks, filled in by the roof (`efc.pages_members`)."""

from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import get_text_list
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import ListView, TemplateView

from efc.cache import public_page
from efc.exports import csv_answer
from efc.generic import PublishedDetail, PublishedMixin
from members.forms.register import DayForm, DirectoryForm
from members.models import Organisation, Seat, composition

SQUARES_IN_A_ROW = 12  # of the composition figure; more would not fit a phone
FIRST_SEATS = (Seat.Kind.CHAIR, Seat.Kind.SECRETARIAT)


@dataclass
class Work:
    """A part of the work as the register shows it: who leads it and who takes part, by primary key."""

    code: str
    name: str
    leads: set = field(default_factory=set)
    contributors: set = field(default_factory=set)


@method_decorator(public_page, name="dispatch")
class Directory(PublishedMixin, ListView):
    """The members on a day, the Steering Group first, filtered by a GET form. Costs: 3 queries and those of the hook."""

    model = Organisation
    template_name = "members/directory.html"
    extra_context = {"heading": gettext_lazy("Members"), "crumbs": [(gettext_lazy("Members"), None)]}
    as_csv = False

    def work_on(self, day):
        """Hook: return the `Work` of the programme that ran on this day."""
        return []

    def get(self, request, *args, **kwargs):
        asked = DayForm(request.GET)
        self.day = asked.cleaned_data["as_of"] if asked.is_valid() else None
        self.day = self.day or timezone.localdate()
        self.work = self.work_on(self.day)
        self.form = DirectoryForm(request.GET, work=self.work)
        status = 200 if self.form.is_valid() else 422
        response = super().get(request, *args, **kwargs)
        response.status_code = status
        return response

    def get_queryset(self):
        asked = self.form.cleaned_data
        rows = super().get_queryset().members(self.day).with_seats(self.day)
        if self.as_csv:
            rows = rows.with_membership(self.day)
        if asked.get("q"):
            rows = rows.named(asked["q"])
        if asked.get("sector"):
            rows = rows.in_sector(asked["sector"])
        if asked.get("wp"):
            part = next(part for part in self.work if part.code == asked["wp"])
            rows = rows.filter(pk__in=part.leads | part.contributors)
        return rows.defer("search_vector", "description")

    def get_context_data(self, **kwargs):
        members = sorted(self.object_list, key=seat_order)
        for member in members:
            member.part = part_in(self.work, member)
        asked = self.form.cleaned_data
        if any(asked.get(name) for name in ("q", "sector", "wp")):
            counted = Organisation.objects.published().composition(self.day)
        else:
            counted = composition((member.sector, member.seats_then) for member in members)
        return super().get_context_data(
            members=members,
            steering_group=[member for member in members if member.seats_then],
            others=[member for member in members if not member.seats_then],
            composition=[(strand, seats, others, squares(seats, others)) for strand, seats, others in counted],
            seat_count=sum(seats for _strand, seats, _others in counted),
            day=self.day,
            form=self.form,
            is_filtered=bool(self.form.errors) or any(asked.values()),
            **kwargs,
        )

    def render_to_response(self, context, **kwargs):
        if not self.as_csv:
            return super().render_to_response(context, **kwargs)
        header = [_("Name"), _("Sector"), _("Seat"), _("Member since"), _("Country"), _("Work"), _("Website")]
        return csv_answer(header, (csv_row(member) for member in context["steering_group"] + context["others"]))


def csv_row(member):
    seats = ", ".join(seat.get_kind_display() for seat in member.seats_then)
    return [
        member.full_name, member.get_sector_display(), seats, member.since, member.country.name, member.part, member.website
    ]  # fmt: skip


def seat_order(member):
    """Sort the chair first, then the Secretariat, then by name."""
    kinds = {seat.kind for seat in member.seats_then}
    rank = next((number for number, kind in enumerate(FIRST_SEATS) if kind in kinds), len(FIRST_SEATS))
    return rank, member.name.casefold()


def part_in(work, member):
    """Say what an organisation does: `Leads WP1 and WP2, supports WP4`, or nothing."""
    leads = get_text_list([part.code for part in work if member.pk in part.leads], _("and"))
    supports = get_text_list(
        [part.code for part in work if member.pk in part.contributors and member.pk not in part.leads], _("and")
    )
    if leads and supports:
        return _("Leads %(leads)s, supports %(supports)s") % {"leads": leads, "supports": supports}
    if leads:
        return _("Leads %(leads)s") % {"leads": leads}
    return _("Supports %(supports)s") % {"supports": supports} if supports else ""


def squares(seats, others):
    """Return rows of (left edge, filled): one square an organisation, those of the Steering Group filled."""
    filled = [True] * seats + [False] * others
    return [
        [(1 + 26 * place, is_filled) for place, is_filled in enumerate(filled[start : start + SQUARES_IN_A_ROW])]
        for start in range(0, len(filled), SQUARES_IN_A_ROW)
    ]


@method_decorator(public_page, name="dispatch")
class Profile(PublishedDetail):
    """One organisation: what it is, its seats over time, what it does. Costs: 2 queries, and those of the hooks."""

    model = Organisation
    template_name = "members/profile.html"
    context_object_name = "organisation"

    def get_queryset(self):
        return Organisation.objects.with_membership().defer("search_vector")

    def work(self):
        """Hook: return [(label, address, what it does there, term)] of the work packages, the running ones first."""
        return []

    def related(self):
        """Hook: return what else names this organisation, as {"news": …, "publications": …} for the template."""
        return {}

    def get_context_data(self, **kwargs):
        organisation, today = self.object, timezone.localdate()
        seats = list(organisation.seats.order_by("-starts_on"))
        return super().get_context_data(
            crumbs=[(_("Members"), reverse("members:list")), (str(organisation), None)],
            content_language="en",
            contribution_language=language_of(organisation, "contribution"),
            description_language=language_of(organisation, "description"),
            seats=seats,
            seats_now=[seat for seat in seats if seat.holds_on(today)],
            is_former=organisation.until is not None and organisation.until < today,
            work=self.work(),
            structured=structured(organisation),
            **self.related(),
            **kwargs,
        )


def language_of(organisation, text):
    """Return the language in which this text is shown: that of the page where it is written, else English."""
    language = get_language() or "en"
    return language if getattr(organisation, f"{text}_{language}", "") else "en"


def structured(organisation):
    """Return what search engines read about an organisation (schema.org)."""
    facts = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": organisation.name,
        "alternateName": organisation.short_name,
        "description": organisation.contribution,
        "url": organisation.website,
        "mainEntityOfPage": settings.SITE_URL + organisation.get_absolute_url(),
    }
    return {name: value for name, value in facts.items() if value}


@method_decorator(public_page, name="dispatch")
class Join(TemplateView):
    """Who may join and how; until applications open, a link to the contact form."""

    template_name = "members/join.html"

    def page(self):
        """Hook: return the page that the Secretariat wrote, or None."""

    def get_context_data(self, **kwargs):
        page = self.page()
        return super().get_context_data(
            page=page,
            crumbs=[(_("Members"), reverse("members:list")), (page.title if page else _("Join the coalition"), None)],
            content_language=page.text_language if page else None,
            **kwargs,
        )
