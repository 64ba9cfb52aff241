"""The decision register at the desk: enter, publish, mark as implemented, supersede. The text never changes."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from efc import richtext
from efc.acts import Act, Bulk, ReadOnly
from efc.adminsite import MoveAdmin
from members.forms.desk import DecisionForm, SupersedeForm, SureForm
from members.models import Decision
from members.services import decisions

CHANGE = "members.change_decision"


def _says_marks(count):
    return ngettext(
        "This marks %(n)s decision as implemented.", "This marks %(n)s decisions as implemented.", count
    ) % {"n": count}


def _publishing(decision):
    return {
        "consequence": gettext(
            "The decision stands on the public page on how the coalition is run, with its title and text."
        )
    }


@admin.register(Decision)
class DecisionAdmin(ReadOnly, MoveAdmin):
    new = Act(_("Enter a decision"), DecisionForm, decisions.record_decision, "members.add_decision",
              note=_("It gets the next number of its year. Ballots enter theirs themselves."))  # fmt: skip
    verbs = {"implement": decisions.implement_decision}
    acts = {
        "supersede": Act(_("Supersede"), SupersedeForm, decisions.supersede_decision, CHANGE,
                         lambda decision: decision.status != Decision.Status.SUPERSEDED),
        "publish": Act(_("Publish"), SureForm, decisions.publish_decision, CHANGE, lambda decision: not decision.is_public, about=_publishing),
        "unpublish": Act(_("Take it off the site"), SureForm, lambda decision, by: decisions.publish_decision(decision, by=by, is_public=False),
                         CHANGE, lambda decision: decision.is_public),
    }  # fmt: skip
    list_display = ["number_shown", "title", "decided_on", "procedure", "status", "is_public"]
    list_display_links = ["number_shown", "title"]
    list_filter = ["status", "procedure", "is_public", "year"]
    search_fields = ["title", "text", "source"]
    date_hierarchy = "decided_on"
    fields = [
        "number_shown",
        "status",
        "title",
        "words",
        "decided_on",
        "procedure",
        "source",
        "is_public",
        "superseded_by",
        "led_to",
        "recorded_at",
        "recorded_by",
    ]
    actions = [
        Bulk(
            "implement",
            _("Mark as implemented"),
            decisions.implement_decision,
            permission=CHANGE,
            says=_says_marks,
            verb="implement",
        )
    ]

    def has_add_permission(self, request):
        return request.user.has_perm("members.add_decision")

    @admin.display(description=_("number"), ordering="-sequence")
    def number_shown(self, decision):
        return decision.number

    @admin.display(description=_("text"))
    def words(self, decision):
        return format_html('<div class="prose">{}</div>', richtext.render(decision.text))

    @admin.display(description=_("led to"))
    def led_to(self, decision):
        """List what rests on this decision."""
        ballot = [decision.ballot] if hasattr(decision, "ballot") else []
        rows = [
            *ballot,
            *decision.applications.all(),
            *decision.named_applications.all(),
            *decision.memberships.all(),
            *decision.seats.all(),
        ]
        return format_html_join(", ", "{}: {}", ((row._meta.verbose_name, row) for row in rows)) or "–"
