"""Mailings at the desk: release, watch, pause, stop; and the ledger, a row for each reader."""

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from efc.acts import ReadOnly
from efc.adminsite import MoveAdmin, VisibleAdmin
from efc.generic import error_text
from efc.permissions import require
from newsletter.admin.screens import DESK_STYLE, REFUSALS, DeskMixin, mail_alone, zone
from newsletter.forms import CountForm
from newsletter.models import Delivery, Mailing, Subscriber
from newsletter.services import issues, mailings

RELOAD_SECONDS = 5


@admin.register(Mailing)
class MailingAdmin(ReadOnly, DeskMixin, MoveAdmin):
    """Watch a mailing, release it, pause, resume or stop it."""

    verbs = {
        "pause": mailings.pause_mailing,
        "resume": mailings.resume_mailing,
        "stop": mailings.stop_mailing,
        "resend": mailings.resend_mailing,
    }
    list_display = ["subject", "status", "total", "prepared_by", "released_by", "started_at", "finished_at"]
    list_filter = ["status"]
    search_fields = ["subject"]
    list_select_related = ["prepared_by", "released_by"]

    class Media:
        css = DESK_STYLE

    def get_urls(self):
        return [
            self.named("<int:object_id>/release/", self.release, "release"),
            self.named("<int:object_id>/mail/", self.mail, "mail"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show how far it is; while it runs the page reloads itself by a header, so no script is needed."""
        mailing = self.record_or_404(request, object_id)
        response = self._progress(request, mailing, CountForm(total=mailing.total))
        if mailing.status == Mailing.Status.SENDING and "still" not in request.GET:
            response["Refresh"] = str(RELOAD_SECONDS)
        return response

    def _progress(self, request, mailing, form):
        counts = mailing.deliveries.counts()
        buttons = [(verb, law.label) for verb, law in mailing.moves_for(request.user).items() if verb in self.verbs]
        if not counts["in_doubt"]:
            buttons = [button for button in buttons if button[0] != "resend"]
        if not mailing.released_by_id:
            buttons = [button for button in buttons if button[0] != "resume"]
        own = settings.TWO_PERSONS_RELEASE and mailing.prepared_by_id == request.user.pk
        waits = mailing.released_by_id is None and mailing.status in (Mailing.Status.PREPARED, Mailing.Status.HELD)
        open_ = sum(counts[state] for state in Delivery.OPEN)
        return self.page(
            request, "progress", mailing, mailing.subject, figures=figures(mailing, counts), total=sum(counts.values()), open=open_,
            buttons=buttons, stopping="stop" in request.GET, own=own, later=bool(mailing.send_at and mailing.send_at > timezone.now()), waits=waits, form=form, zone=zone(),
            others=issues.officers_besides(request.user) if waits and own else [], running=mailing.status == Mailing.Status.SENDING,
            still="still" in request.GET, reload_seconds=RELOAD_SECONDS, unsubscribed=left_through(mailing),
            status=422 if form.errors else 200,
        )  # fmt: skip

    def mail(self, request, object_id):
        return mail_alone(self.record_or_404(request, object_id).html)

    def release(self, request, object_id):
        mailing = self.record_or_404(request, object_id)
        if request.method != "POST":
            return HttpResponseRedirect(self.url("change", mailing))
        require(request.user, "newsletter.send_mailing", mailing)
        form = CountForm(request.POST, total=mailing.total)
        if not form.is_valid():
            return self._progress(request, mailing, form)
        try:
            mailings.release_mailing(mailing, by=request.user, count=form.cleaned_data["count"])
        except REFUSALS as error:
            self.message_user(request, error_text(error), messages.WARNING)
        return HttpResponseRedirect(self.url("change", mailing))


def figures(mailing, counts):
    """Return (words, number, address of the list) for every state: together they are the total, whatever happens."""
    labels = {
        Delivery.State.QUEUED: gettext("Waiting"),
        Delivery.State.CLAIMED: gettext("Taken by a worker"),
        Delivery.State.ATTEMPTING: gettext("Being handed over"),
        Delivery.State.RETRY: gettext("Will be tried again"),
        Delivery.State.SENT: gettext("Handed over to the mail server"),
        Delivery.State.FAILED: gettext("Failed"),
        Delivery.State.IN_DOUBT: gettext("In doubt: handed over, but the answer was lost"),
        Delivery.State.SKIPPED: gettext("Skipped: unsubscribed, suppressed or stopped"),
    }
    address = reverse("admin:newsletter_delivery_changelist")
    return [
        (label, counts[state], f"{address}?mailing__id__exact={mailing.pk}&state__exact={state}")
        for state, label in labels.items()
    ]


def left_through(mailing):
    """Return how many of its readers have left since it started."""
    if not mailing.started_at:
        return 0
    return Subscriber.objects.filter(unsubscribed_at__gte=mailing.started_at, deliveries__mailing=mailing).count()


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, VisibleAdmin):
    """The ledger: one row for each reader of each mailing."""

    list_display = ["address", "state", "attempts", "last_code", "last_error", "sent_at", "mailing"]
    list_filter = ["state", "mailing"]
    search_fields = ["address"]
    list_select_related = ["mailing"]
    show_full_result_count = False
    fields = ["mailing", "address", "state", "attempts", "last_code", "last_error", "queued_at", "sent_at"]
