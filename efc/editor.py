"""Writing in the desk: Markdown fields with a toolbar and a preview, and the language guard beside them.

Without JavaScript a field is a text area, the hints come on saving, and the record's own page is the preview.
"""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpResponse, HttpResponseNotAllowed
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from efc import audit, richtext, wording
from efc.adminsite import MoveAdmin
from efc.models import Content

PREVIEW_LIMIT = 200_000  # characters


class MarkdownTextarea(AdminTextareaWidget):
    """A text area that `editor.js` gives a toolbar and a preview."""

    class Media:
        css = {"all": ["efc/editor.css"]}
        js = ["efc/editor.js"]

    def __init__(self, preview, attrs=None):
        super().__init__({"class": "vLargeTextField markdown", "rows": 16, "data-preview": preview, **(attrs or {})})


class GuardedForm(forms.ModelForm):
    """Ask for an answer to each wording that the guard finds; a text that is public cannot be saved with an open one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "wordings_kept" not in self.fields:
            return
        hits = {hit.key: hit for hit in self.instance.wordings()}
        for name in self.instance.GUARDED:
            for hit in wording.find(self.data.get(self.add_prefix(name), "")) if self.is_bound else []:
                hits.setdefault(hit.key, hit)
        self.fields["wordings_kept"] = forms.MultipleChoiceField(
            label=_("This is an official title or a quotation"),
            choices=[(key, format_html("{}: {}", hit.term, hit.sentence[:160])) for key, hit in hits.items()],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Tick a wording that must stay. Change all others in the text.")
            if hits
            else _("The language guard has found nothing to change."),
        )

    def _post_clean(self):
        super()._post_clean()
        if self.instance.status == Content.Status.APPROVED and "wordings_kept" in self.fields:
            for hit in self.instance.open_wordings():
                self.add_error("wordings_kept", wording.sentence_about(hit))


class MarkdownMixin:
    """A screen of the desk with Markdown fields: each gets a toolbar and a preview."""

    markdown_fields: tuple = ()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        base = getattr(db_field, "translated_field", db_field).name
        if base in self.markdown_fields:
            kwargs["widget"] = MarkdownTextarea(reverse(f"admin:{self._url_name('preview')}"))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def _url_name(self, what):
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"

    def get_urls(self):
        preview = path("preview/", self.admin_site.admin_view(self.preview), name=self._url_name("preview"))
        return [preview, *super().get_urls()]

    def preview(self, request):
        """Answer with a text as it will look, and with what the guard finds in it."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        text = request.POST.get("text", "")[:PREVIEW_LIMIT]
        hits = wording.find(text)
        return HttpResponse(
            format_html("{}<div class=prose>{}</div>", wording.hint(hits) if hits else "", richtext.render(text))
        )


class EditorAdmin(MarkdownMixin, MoveAdmin):
    """The desk's screen of something written: Markdown fields, guard, verbs as buttons, preview and view on site."""

    form = GuardedForm
    save_on_top = True
    formfield_overrides = {
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Say with every time in which zone it is."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.DateTimeField) and not field.help_text:
            field.help_text = _("Brussels time.")
        return field

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, widget=forms.CheckboxSelectMultiple, **kwargs)

    def view_on_site(self, obj):
        try:
            return obj.get_absolute_url()
        except NoReverseMatch:
            return None

    def get_changeform_initial_data(self, request):
        today = (
            {"dated_on": timezone.localdate()} if any(field.name == "dated_on" for field in self.opts.fields) else {}
        )
        return {**today, **super().get_changeform_initial_data(request)}

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_readonly_fields(self, request, obj=None):
        """Keep the address of what has once been public."""
        fields = super().get_readonly_fields(request, obj)
        has_address = any(field.name == "slug" for field in self.opts.fields)
        if has_address and obj and audit.entries_about(obj).filter(verb__endswith=".approve").exists():
            return [*fields, "slug"]
        return fields

    def save_model(self, request, obj, form, change):
        if not change and obj.created_by_id is None:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)
        if "wordings_kept" in form.changed_data:
            verb = f"{obj._meta.label_lower}.keep_wordings"
            audit.record(verb, obj, request.user, wordings=obj.wordings_kept)
        if hits := obj.open_wordings():
            intro = _("Before this can be approved, answer these wordings:")
            self.message_user(request, format_html("{} {}", intro, wording.hint(hits)), messages.WARNING)


def in_each_language(*fields):
    """Return admin fieldsets, one a language; English stands open, the others fold."""
    return [
        (
            gettext_lazy("Text") if code == "en" else name,
            {
                "fields": [f"{field}_{code}" for field in fields],
                "classes": [] if code == "en" else ["collapse"],
            },
        )
        for code, name in settings.LANGUAGES
    ]
