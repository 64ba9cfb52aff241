"""The desk's screen of events."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from efc.editor import EditorAdmin, GuardedForm
from events.models import Event
from events.services import VERBS
from members.models import Sector


class EventForm(GuardedForm):
    sectors = forms.MultipleChoiceField(
        label=_("Sectors addressed"), choices=Sector, required=False, widget=forms.CheckboxSelectMultiple
    )


@admin.register(Event)
class EventAdmin(EditorAdmin):
    form = EventForm
    verbs = VERBS
    markdown_fields = ("description",)
    list_display = ["title", "kind", "starts_on", "ends_on", "place", "status", "publish_at"]
    list_filter = ["status", "kind", "is_demo"]
    search_fields = ["title", "teaser", "place", "city"]
    date_hierarchy = "starts_on"
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (None, {"fields": ["status", "kind", "title", "slug", "teaser", "description", "wordings_kept"]}),
        (
            _("When and where"),
            {
                "fields": [
                    ("starts_on", "starts_time"), ("ends_on", "ends_time"), "time_zone", "place", "city", "country",
                ]
            },
        ),
        (
            _("For whom"),
            {"fields": ["audience", "sectors", "places", "apply_until", "language_note", "cost_note"]},
        ),
        (_("Who does it"), {"fields": ["organisers", "work_package"]}),
        (_("Publication"), {"fields": ["publish_at", "is_demo"]}),
    ]  # fmt: skip
