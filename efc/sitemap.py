"""The sitemap: every public address in every language, with the day of its last change."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.xmlutils import SimplerXMLGenerator

from efc.cache import public_page
from events.models import Event
from members.models import Organisation
from newsletter.models import Issue
from publications.models import NewsItem, Publication
from workpackages.models import Programme, WorkPackage

PAGES = [
    "home", "coalition", "how_we_are_run", "history", "partners", "members:list", "members:join", "workpackages:list",
    "workpackages:results", "events:list", "publications:news_list", "publications:list", "press", "newsletter:home", "contact",
    "report", "help", "words", "accessibility", "privacy", "cookies", "legal",
]  # fmt: skip


@login_not_required
@public_page
def view(request):
    """Answer with the sitemap. Costs: one query for each kind of record."""
    response = HttpResponse(content_type="application/xml; charset=utf-8")
    xml = SimplerXMLGenerator(response, "utf-8")
    xml.startDocument()
    xml.startElement(
        "urlset",
        {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9", "xmlns:xhtml": "http://www.w3.org/1999/xhtml"},
    )
    records = list(_records())
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for name in PAGES:
                _entry(xml, reverse(name), None)
            for record, changed in records:
                _entry(xml, record.get_absolute_url(), changed)
    xml.endElement("urlset")
    xml.endDocument()
    return response


def _records():
    yield from ((row, None) for row in Organisation.objects.members().filter(is_public=True).only("slug"))
    yield from ((row, None) for row in Programme.objects.all().only("slug"))
    yield from ((row, None) for row in WorkPackage.objects.select_related("programme").defer("search_vector"))
    for model in (Event, NewsItem, Publication):
        yield from ((row, row.updated_at) for row in model.objects.published().defer("search_vector"))
    yield from ((row, row.updated_at) for row in Issue.objects.published().only("number", "updated_at"))


def _entry(xml, path, changed):
    """Write one address with its sisters in the other languages."""
    rest = path.split("/", 2)[2]
    xml.startElement("url", {})
    xml.addQuickElement("loc", f"{settings.SITE_URL}{path}")
    if changed:
        xml.addQuickElement("lastmod", changed.date().isoformat())
    for code, _name in settings.LANGUAGES:
        xml.addQuickElement(
            "xhtml:link", "", {"rel": "alternate", "hreflang": code, "href": f"{settings.SITE_URL}/{code}/{rest}"}
        )
    xml.endElement("url")
