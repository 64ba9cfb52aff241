"""The desk's screens of pages, news and publications."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from efc.editor import EditorAdmin, in_each_language
from publications.forms import RenditionForm
from publications.models import NewsItem, Page, Publication, Rendition
from publications.services import VERBS


@admin.register(Page)
class PageAdmin(EditorAdmin):
    verbs = VERBS
    markdown_fields = ("body",)
    list_display = ["title", "key", "status", "publish_at", "updated_at"]
    list_filter = ["status"]
    search_fields = ["key", "title_en", "lead_en", "body_en"]
    fieldsets = [
        (None, {"fields": ["status", "key", "wordings_kept", "publish_at"]}),
        *in_each_language("title", "lead", "description", "body"),
    ]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["key"] if obj else [])]


@admin.register(NewsItem)
class NewsItemAdmin(EditorAdmin):
    verbs = VERBS
    markdown_fields = ("body",)
    list_display = ["title", "kind", "dated_on", "status", "publish_at", "source_name"]
    list_filter = ["status", "kind", "is_archive", "has_content_note", "is_demo"]
    search_fields = ["title_en", "title_fr", "title_de", "title_nl", "summary_en", "body_en", "source_name"]
    date_hierarchy = "dated_on"
    prepopulated_fields = {"slug": ["title_en"]}
    fieldsets = [
        (None, {"fields": ["status", "kind", "dated_on", "place", "slug", "publish_at"]}),
        *in_each_language("title", "summary", "body"),
        (_("Care with words"), {"fields": ["title_is_quotation", "wordings_kept", "has_content_note", "is_archive"]}),
        (_("A text of others"), {"fields": ["source_name", "source_url"]}),
        (_("Related"), {"fields": ["organisations", "work_package", "event", "is_demo"]}),
    ]


class RenditionInline(admin.StackedInline):
    model = Rendition
    form = RenditionForm
    extra = 1
    view_on_site = False
    fields = ["title", "language", "file", "kept_file", "size_bytes", "sha256", "is_accessible", "order"]
    readonly_fields = ["kept_file", "size_bytes", "sha256"]

    def get_fields(self, request, obj=None):
        """Leave out the field of the file for who only reads: a private file has no address; `kept_file` links to it."""
        named = ("change_publication", "add_rendition", "change_rendition")
        writes = all(request.user.has_perm(f"publications.{name}") for name in named)
        return self.fields if writes else [name for name in self.fields if name != "file"]

    @admin.display(description=_("kept as"))
    def kept_file(self, rendition):
        if not rendition.pk:
            return "–"
        return format_html('<a href="{}">{}</a>', rendition.get_absolute_url(), rendition.name)


@admin.register(Publication)
class PublicationAdmin(EditorAdmin):
    verbs = VERBS
    markdown_fields = ("body",)
    inlines = [RenditionInline]
    list_display = ["title", "kind", "dated_on", "status", "publish_at"]
    list_filter = ["status", "kind", "is_demo"]
    search_fields = ["title_en", "title_fr", "title_de", "title_nl", "subtitle_en", "summary_en"]
    date_hierarchy = "dated_on"
    prepopulated_fields = {"slug": ["title_en"]}
    fieldsets = [
        (None, {"fields": ["status", "kind", "dated_on", "slug", "publish_at", "wordings_kept"]}),
        *in_each_language("title", "subtitle", "summary", "body"),
        (_("Related"), {"fields": ["contributors", "work_package", "is_demo"]}),
    ]
