"""The desk's screens of the newsletter: write an issue, look at it, test it, send it, watch it; subscribers and their receipts."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from efc import audit, wording
from efc.acts import ReadOnly
from efc.adminsite import MoveAdmin, VisibleAdmin
from efc.editor import EditorAdmin
from efc.generic import error_text
from efc.pdf import PDFError
from efc.permissions import require
from efc.workflow import WrongStatus
from newsletter import pdf, rendering
from newsletter.forms import CountForm, IssueForm, SendForm, SuppressionForm, TestForm
from newsletter.models import Consent, Delivery, Issue, IssueItem, Mailing, Subscriber, Suppression
from newsletter.services import issues, mailings, subscribers

DESK_STYLE = {"all": ["newsletter/desk.css"]}
VIEWS = {"wide": _("Wide"), "phone": _("Phone"), "dark": _("Dark"), "text": _("Plain text")}
RELOAD_SECONDS = 5
REFUSALS = (WrongStatus, ValidationError)


class DeskMixin:
    """The newsletter's own screens beside a record's form."""

    screens = "newsletter/desk"


# ── issues ───────────────────────────────────────────────────────────────


class ItemInline(admin.StackedInline):
    """What stands in the issue, by number; a title or a text of its own takes the place of the item's."""

    model = IssueItem
    extra = 0
    fields = ["thing", ("order", "title"), "text"]
    readonly_fields = ["thing"]
    verbose_name_plural = _("In this issue")

    def has_add_permission(self, request, obj=None):
        return False  # by ticks, from what is public

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("news_item", "publication", "event")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "text":
            field.widget.attrs.update(rows=3)
        return field

    @admin.display(description=_("item"))
    def thing(self, item):
        link = format_html('<a href="{}">{}</a>', item.subject.get_absolute_url(), item.subject)
        return (
            link
            if item.is_public
            else format_html("{}<br><strong>{}</strong>", link, gettext("Not public: take it out."))
        )


@admin.register(Issue)
class IssueAdmin(DeskMixin, EditorAdmin):
    """Compose an issue. What is public since the last one is offered with a tick; the steps go on at the top."""

    form = IssueForm
    verbs = {"archive": issues.archive_issue}
    markdown_fields = ("editorial",)
    change_form_template = "newsletter/desk/issue_form.html"
    inlines = [ItemInline]
    list_display = ["number", "subject", "dated_on", "status", "sent_at"]
    list_display_links = ["number", "subject"]
    list_filter = ["status", "is_demo"]
    search_fields = ["subject", "editorial_title", "editorial"]
    date_hierarchy = "dated_on"
    fieldsets = [
        (None, {"fields": ["status", "number", "dated_on", "number_note"]}),
        (_("Text"), {"fields": ["subject", "preview_line", "editorial_title", "editorial", "wordings_kept"]}),
        (_("Take in"), {"fields": ["take_news", "take_publications", "take_events"],
                        "description": _("Everything published since the last issue. Ticked items go into the issue when you save.")}),
    ]  # fmt: skip

    class Media:
        css = DESK_STYLE

    def get_urls(self):
        return [
            self.named("<int:object_id>/look/", self.look, "look"),
            self.named("<int:object_id>/mail/", self.mail, "mail"),
            self.named("<int:object_id>/test/", self.test, "test"),
            self.named("<int:object_id>/send/", self.send, "send"),
            *super().get_urls(),
        ]

    # ── writing ──

    def view_on_site(self, obj):
        """Link to the archive once the issue stands in it."""
        return None if obj.status == Issue.Status.DRAFT else obj.get_absolute_url()

    def get_changeform_initial_data(self, request):
        number = issues.next_number()
        return {
            "number": number, "dated_on": timezone.localdate(), "subject": f"EFC newsletter {number}: ",
        }  # fmt: skip

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.is_open)

    def has_delete_permission(self, request, obj=None):
        if obj is not None and (obj.status != Issue.Status.DRAFT or Mailing.objects.filter(issue=obj).exists()):
            return False
        return super().has_delete_permission(request, obj)

    def get_inlines(self, request, obj):
        return self.inlines if obj else []  # a new issue has nothing in it yet

    def get_fieldsets(self, request, obj=None):
        sets = super().get_fieldsets(request, obj)
        return sets if self.has_change_permission(request, obj) else sets[:2]

    def save_model(self, request, obj, form, change):
        admin.ModelAdmin.save_model(self, request, obj, form, change)
        if "wordings_kept" in form.changed_data:
            audit.record("newsletter.issue.keep_wordings", obj, request.user, wordings=obj.wordings_kept)
        if hits := obj.open_wordings():
            intro = gettext("Before this can go out, answer these wordings:")
            self.message_user(request, format_html("{} {}", intro, wording.hint(hits)), messages.WARNING)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        try:
            issues.add_items(form.instance, form.taken(), by=request.user)
        except ValidationError as error:
            self.message_user(request, error_text(error), messages.WARNING)

    def response_add(self, request, obj, post_url_continue=None):
        if "_look" in request.POST:
            return HttpResponseRedirect(self.url("look", obj))
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        if "_look" in request.POST:
            return HttpResponseRedirect(self.url("look", obj))
        return super().response_change(request, obj)

    # ── looking ──

    def look(self, request, object_id):
        """Show the mail as readers will see it, its size, what is still missing, and the form for a test."""
        issue = self.record_or_404(request, object_id)
        return self._look(request, issue, TestForm(initial={"addresses": request.user.email}))

    def _look(self, request, issue, form):
        view = request.GET.get("as") if request.GET.get("as") in VIEWS else "wide"
        rendered = rendering.render_issue(issue)
        return self.page(
            request, "look", issue, gettext("Newsletter %(number)s: look at it") % {"number": issue.number},
            views=VIEWS, view=view, rendered=rendered, size_kb=round(rendered.size_bytes / 1024), form=form,
            checks=issues.checklist(issue, rendered), is_open=issue.is_open, status=422 if form.errors else 200,
        )  # fmt: skip

    def mail(self, request, object_id):
        """Answer with the mail alone, for the frame of the preview: its own policy lets the mail's styles in and nothing else."""
        issue = self.record_or_404(request, object_id)
        return mail_alone(rendering.render_issue(issue).html, dark="dark" in request.GET)

    def test(self, request, object_id):
        issue = self.record_or_404(request, object_id)
        if request.method != "POST":
            return HttpResponseRedirect(self.url("look", issue))
        form = TestForm(request.POST)
        if not form.is_valid():
            return self._look(request, issue, form)
        when = issues.send_test(issue, form.cleaned_data["addresses"], by=request.user)
        text = gettext("Test sent at %(time)s. Have a look before you go on.") % {
            "time": f"{timezone.localtime(when):%H:%M}"
        }
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(self.url("look", issue))

    # ── sending ──

    def send(self, request, object_id):
        """The last page before an issue goes out: the checklist, whom it goes to, when, and the number to type."""
        issue = self.record_or_404(request, object_id)
        require(request.user, "newsletter.send_mailing", issue)
        if not issue.is_open:
            return HttpResponseRedirect(self.after_sending(issue))
        alone = not settings.TWO_PERSONS_RELEASE
        checks = issues.checklist(issue)
        missing = [check for check in checks if not check.holds]
        languages, total = issues.readers_by_language()
        data = request.POST if request.method == "POST" else None
        form, count = SendForm(data), CountForm(data, total=total) if alone else None
        if data is not None and not missing and form.is_valid() and (count is None or count.is_valid()):
            try:
                typed = count.cleaned_data["count"] if count else None
                mailing = issues.send_issue(issue, by=request.user, send_at=form.cleaned_data["send_at"], count=typed)
            except REFUSALS as error:
                form.add_error(None, error_text(error))
            else:
                return HttpResponseRedirect(reverse("admin:newsletter_mailing_change", args=[mailing.pk]))
        failed = data is not None
        return self.page(
            request, "send", issue, gettext("Newsletter %(number)s: send it") % {"number": issue.number}, checks=checks, missing=missing,
            languages=languages, total=total, form=form, count=count, alone=alone, zone=zone(), status=422 if failed else 200,
        )  # fmt: skip

    def after_sending(self, issue):
        mailing = Mailing.objects.filter(issue=issue).first()
        return reverse("admin:newsletter_mailing_change", args=[mailing.pk]) if mailing else self.url("change", issue)


def zone():
    """Return the name of our time zone now: CET or CEST."""
    return f"{timezone.localtime():%Z}"


@xframe_options_sameorigin
@csp({"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF], "sandbox": True})
def mail_alone(html, dark=False):
    """Answer with a mail and nothing around it. What a mail program decides by the reader's system is decided here by `dark`."""
    html = html.replace("@media (prefers-color-scheme:dark)", "@media all" if dark else "@media not all")
    if not dark:
        html = html.replace("color-scheme:light dark", "color-scheme:light").replace(
            'content="light dark"', 'content="light"'
        )
    return HttpResponse(html)


# ── mailings and deliveries ──────────────────────────────────────────────


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


# ── subscribers ──────────────────────────────────────────────────────────


class ConsentInline(ReadOnly, admin.StackedInline):
    model = Consent
    extra = 0
    fields = ["at", "act", "way", "page", "language", "wording"]
    readonly_fields = ["at"]


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnly, DeskMixin, MoveAdmin):
    """Who asked for the newsletter, with the receipts. Changed by themselves; the Secretariat acts on request, one by one."""

    verbs = {"unsubscribe": subscribers.unsubscribe}
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
            self.named("<int:object_id>/suppress/", self.suppress, "suppress"),
            self.named("<int:object_id>/erase/", self.erase, "erase"),
            self.named("<int:object_id>/receipt/", self.receipt, "receipt"),
            *super().get_urls(),
        ]

    def suppress(self, request, object_id):
        subscriber = self.record_or_404(request, object_id)
        if request.method == "POST":
            subscribers.suppress(subscriber.email, Suppression.Reason.OBJECTED, by=request.user)
            self.message_user(request, gettext("Nothing is sent to this address any more."), messages.SUCCESS)
        return HttpResponseRedirect(self.url("change", subscriber))

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
