"""Subscribers at the desk with their receipts, and the addresses that are not written to."""

from django.contrib import admin, messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from efc import audit
from efc.acts import Act, ReadOnly
from efc.adminsite import VisibleAdmin
from efc.pdf import PDFError
from efc.permissions import require
from members.forms.desk import SureForm
from newsletter import pdf
from newsletter.admin.screens import DESK_STYLE, DeskMixin
from newsletter.forms import SuppressionForm
from newsletter.models import Consent, Delivery, Subscriber, Suppression
from newsletter.services import subscribers


def _suppress(subscriber, *, by):
    return subscribers.suppress(subscriber.email, Suppression.Reason.OBJECTED, by=by)


def _unsubscribed(subscriber):
    text = gettext("%(address)s gets no newsletter any more. Only the person can ask for it again, on the site.")
    return {"consequence": text % {"address": subscriber.email}}


def _suppressed(subscriber):
    text = gettext(
        "Nothing is sent to %(address)s any more, not even when somebody asks for the newsletter with it."
        " The entry then stands among the suppressed addresses."
    )
    return {"consequence": text % {"address": subscriber.email}}


class ConsentInline(ReadOnly, admin.StackedInline):
    model = Consent
    extra = 0
    fields = ["at", "act", "way", "page", "language", "wording"]
    readonly_fields = ["at"]


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnly, DeskMixin, VisibleAdmin):
    """Who asked for the newsletter, with the receipts. Changed by themselves; the Secretariat acts on request, one by one."""

    acts = {
        "unsubscribe": Act(
            _("Unsubscribe"), SureForm, subscribers.unsubscribe, "newsletter.change_subscriber",
            lambda subscriber: subscriber.status in Subscriber.MOVES["unsubscribe"].sources, about=_unsubscribed,
        ),
        "suppress": Act(
            _("Never write to this address again"), SureForm, _suppress, "newsletter.add_suppression",
            lambda subscriber: not subscribers.is_suppressed(subscriber.email), about=_suppressed,
            done=_("Nothing is sent to this address any more."),
        ),
    }  # fmt: skip
    change_form_template = "newsletter/desk/subscriber.html"
    inlines = [ConsentInline]
    list_display = ["email", "status", "language", "requested_at", "confirmed_at", "unsubscribed_at"]
    list_filter = ["status", "language", "left_because", "confirmed_at"]
    search_fields = ["email"]
    date_hierarchy = "requested_at"
    fields = [
        "email",
        "status",
        "language",
        "requested_at",
        "reminded_at",
        "confirmed_at",
        "unsubscribed_at",
        "left_because",
    ]
    actions = None

    class Media:
        css = DESK_STYLE

    def get_urls(self):
        return [
            self.named("<int:object_id>/erase/", self.erase, "erase"),
            self.named("<int:object_id>/receipt/", self.receipt, "receipt"),
            *super().get_urls(),
        ]

    def erase(self, request, object_id):
        """Ask once more, then forget the person."""
        subscriber = self.record_or_404(request, object_id)
        require(request.user, "newsletter.change_subscriber", subscriber)
        if request.method != "POST":
            letters = Delivery.objects.filter(subscriber=subscriber).count()
            return self.page(request, "erase", subscriber, gettext("Erase this person"), deliveries=letters)
        subscribers.erase_subscriber(subscriber, by=request.user)
        self.message_user(
            request,
            gettext("The person is erased. The figures of past mailings stay, without the address."),
            messages.SUCCESS,
        )
        return HttpResponseRedirect(reverse("admin:newsletter_subscriber_changelist"))

    def receipt(self, request, object_id):
        """Hand out the record of consent as PDF."""
        subscriber = self.record_or_404(request, object_id)
        try:
            document = pdf.consent_record(subscriber)
        except PDFError as error:
            self.message_user(
                request, gettext("The document could not be made: %(why)s") % {"why": error}, messages.ERROR
            )
            return HttpResponseRedirect(self.url("change", subscriber))
        audit.record("newsletter.subscriber.print_consent", subscriber, request.user)
        name = f'attachment; filename="consent-{subscriber.pk}.pdf"'
        return HttpResponse(document, content_type="application/pdf", headers={"Content-Disposition": name})


@admin.register(Suppression)
class SuppressionAdmin(VisibleAdmin):
    form = SuppressionForm
    list_display = ["address", "reason", "at", "note"]
    list_filter = ["reason"]
    search_fields = ["address", "note"]
    date_hierarchy = "at"

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        audit.record(f"newsletter.suppression.{'change' if change else 'add'}", obj, request.user, reason=obj.reason)

    def delete_model(self, request, obj):
        audit.record("newsletter.suppression.delete", obj, request.user, reason=obj.reason)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for row in queryset:
            self.delete_model(request, row)
