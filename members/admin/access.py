"""Access at the desk: rounds in which organisations confirm their people, and roles that are given by hand."""

from django import forms
from django.contrib import admin
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from efc import roles
from efc.access import with_rows
from efc.acts import Act, ReadOnly
from efc.adminsite import VisibleAdmin, trail
from efc.models import Grant, User
from members.forms.desk import DeskForm, SureForm, day, line, one
from members.models import AccessReview, Organisation, Representative
from members.services import access

CHANGE, GIVE = "members.change_accessreview", "efc.give_grant"


class ReviewForm(DeskForm):
    title = line(_("Title"), max_length=120, help_text=_("For example: Spring 2026."))
    due_on = day(_("To be confirmed by"), help_text=_("What is not confirmed lapses on the next day."))


class ConfirmForm(DeskForm):
    organisation = one(_("Organisation"), Organisation.objects.none())
    ended = forms.ModelMultipleChoiceField(
        label=_("Who acts for it no longer"), queryset=Representative.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Of this organisation. Leave empty when the list is right."),
    )  # fmt: skip

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        waiting = access.to_confirm(record)
        self.fields["organisation"].queryset = waiting
        rows = (
            Representative.objects.running().filter(organisation__in=waiting).select_related("person", "organisation")
        )
        self.fields["ended"].queryset = rows

    def clean(self):
        found = super().clean()
        strangers = [row for row in found.get("ended") or [] if row.organisation != found.get("organisation")]
        if strangers:
            self.add_error("ended", _("Tick people of this organisation only."))
        return found


class GrantForm(DeskForm):
    user = one(_("Account"), User.objects.none())
    role = forms.ChoiceField(label=_("Role"), choices=[("", "---------"), *((name, _(name)) for name in roles.ROLES)])
    reason = line(_("Reason"), max_length=200, help_text=_("The decision or the fact that gives it."))
    starts_on = day(_("From"), required=False, help_text=_("Empty: from now on."))
    ends_on = day(_("To"), required=False, help_text=_("The last day. Empty: until further notice."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.filter(is_active=True)


class WithdrawForm(DeskForm):
    because = line(_("Reason"), max_length=200)


def _is_open(review):
    return review.status == AccessReview.Status.OPEN


def _asking():
    """Say which organisations a review that opens today would ask: those whose people have access."""
    rows = access.asked(AccessReview(opened_on=localdate())).values("source_id")
    asked = Organisation.objects.filter(representatives__in=rows).distinct().order_by("name").defer("search_vector")
    names = [str(organisation) for organisation in asked]
    said = ngettext(
        "This asks %(n)s organisation to confirm its people.", "This asks %(n)s organisations to confirm their people.", len(names)
    )  # fmt: skip
    return {"consequence": said % {"n": len(names)}, "facts": [(gettext("Organisations"), names)]}


def _closing(review):
    names = [str(one) for one in access.unanswered(review)]
    said = gettext("The round ends early: what nobody has confirmed stands, and nothing lapses.")
    return {"consequence": said, "facts": [(gettext("Not confirmed"), names)]}


@admin.register(AccessReview)
class AccessReviewAdmin(ReadOnly, VisibleAdmin):
    new = Act(_("Open a review"), ReviewForm, access.open_review, "members.add_accessreview", about=_asking)
    acts = {
        "confirm": Act(_("Confirm for an organisation"), ConfirmForm, access.confirm_people, CHANGE,
                       lambda review: access.to_confirm(review).exists(),
                       note=_("When an organisation has confirmed its people to you by letter or by telephone. What has lapsed comes back.")),
        "close": Act(_("Close the review"), SureForm, access.close_review, CHANGE, _is_open, about=_closing),
    }  # fmt: skip
    list_display = ["title", "status", "opened_on", "due_on", "confirmed"]

    def get_queryset(self, request):
        return access.with_progress(super().get_queryset(request))

    def has_add_permission(self, request):
        return request.user.has_perm("members.add_accessreview")

    @admin.display(description=_("confirmed"))
    def confirmed(self, review):
        return gettext("%(n)s of %(all)s") % {"n": review.done, "all": review.done + review.silent}

    def change_view(self, request, object_id, form_url="", extra_context=None):
        review = self.record_or_404(request, object_id)
        return self.page(
            request, "members/access_review", review, str(review), answers=review.answers.select_related("organisation", "answered_by"),
            waiting=access.unanswered(review), lapsed=access.lapsed(review), acts=self.acts_for(request.user, review), trail=trail(review),
        )  # fmt: skip


class HoldsFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("now", _("Holds today")), ("hand", _("Holds today, given by hand")), ("over", _("Over or withdrawn"))]

    def queryset(self, request, queryset):
        holding = Grant.objects.holding().values("pk")
        return {
            "now": queryset.filter(pk__in=holding),
            "hand": queryset.filter(pk__in=holding, source_type=None),
            "over": queryset.exclude(pk__in=holding),
        }.get(self.value(), queryset)


@admin.register(Grant)
class GrantAdmin(ReadOnly, VisibleAdmin):
    """Who holds which role, on what, from when to when, and which row gives it. Given by hand here, with a reason."""

    new = Act(
        _("Give a role"),
        GrantForm,
        access.give_role,
        GIVE,
        note=_("For roles that no seat, representative or lead gives. Nobody gives one to themselves."),
    )
    acts = {
        "withdraw": Act(_("Withdraw"), WithdrawForm, access.withdraw_role, GIVE, lambda grant: grant.withdrawn_at is None),
        "restore": Act(_("Let it hold again"), SureForm, access.restore_role, GIVE, lambda grant: grant.withdrawn_at is not None and grant.source is not None),
    }  # fmt: skip
    list_display = ["user", "role", "on", "given_by_row", "starts_on", "ends_on", "withdrawn_at"]
    list_filter = [HoldsFilter, "role"]
    list_select_related = ["user"]
    search_fields = ["user__full_name", "user__email", "reason"]
    fields = [
        "user",
        "role",
        "on",
        "given_by_row",
        "reason",
        "starts_on",
        "ends_on",
        "given_by",
        "given_at",
        "confirmed_at",
        "withdrawn_at",
        "withdrawn_because",
    ]

    def has_add_permission(self, request):
        return request.user.has_perm(GIVE)

    def get_queryset(self, request):
        return with_rows(super().get_queryset(request))

    @admin.display(description=_("on"))
    def on(self, grant):
        return str(grant.target) if grant.target is not None else _("everywhere")

    @admin.display(description=_("given by"))
    def given_by_row(self, grant):
        return str(grant.source) if grant.source is not None else grant.reason or "–"
