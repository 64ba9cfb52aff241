"""What lists of the room are narrowed by."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from members.models import Organisation


class MemberFilter(admin.SimpleListFilter):
    """Narrow the list to members, or to the others, as of today."""

    title = _("membership")
    parameter_name = "member"

    def lookups(self, request, model_admin):
        return [("yes", _("Member today")), ("no", _("Not a member today"))]

    def queryset(self, request, queryset):
        members = Organisation.objects.members().values("pk")
        return {"yes": queryset.filter(pk__in=members), "no": queryset.exclude(pk__in=members)}.get(
            self.value(), queryset
        )


class RunningFilter(admin.SimpleListFilter):
    """Narrow rows with a term to those that hold today."""

    title = _("term")
    parameter_name = "term"

    def lookups(self, request, model_admin):
        return [("now", _("Holds today")), ("not", _("Over or still to come"))]

    def queryset(self, request, queryset):
        holding = queryset.model.objects.as_of().values("pk")
        return {"now": queryset.filter(pk__in=holding), "not": queryset.exclude(pk__in=holding)}.get(
            self.value(), queryset
        )
