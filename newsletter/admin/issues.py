"""Issues at the desk: write, look, test, send."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from efc import audit, wording
from efc.editor import EditorAdmin
from efc.generic import error_text
from efc.permissions import require
from newsletter import rendering
from newsletter.admin.screens import DESK_STYLE, REFUSALS, DeskMixin, mail_alone, zone
from newsletter.forms import CountForm, IssueForm, SendForm, TestForm
from newsletter.models import Issue, IssueItem, Mailing
from newsletter.services import issues

VIEWS = {"wide": _("Wide"), "phone": _("Phone"), "dark": _("Dark"), "text": _("Plain text")}


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
        require(request.user, "newsletter.change_issue", issue)
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
