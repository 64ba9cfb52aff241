"""Public pages of news and publications. Lists and feeds hold what is published, by the database's clock, for everybody."""

from datetime import datetime, time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import conditional_escape
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe
from django.views.generic import ListView

from efc import files, richtext, wording
from efc.cache import public_page
from efc.generic import PublishedDetail, PublishedMixin, public
from events.models import Event
from members.models import Organisation
from publications.models import NewsItem, Publication, Rendition

FEED_LENGTH = 30


@public
class NewsList(PublishedMixin, ListView):
    """News by date, all or of one year and one kind. Costs: three queries."""

    model = NewsItem
    template_name = "publications/news_list.html"
    paginate_by = 20

    def get_queryset(self):
        self.kind, self.year = self.request.GET.get("kind", ""), self.kwargs.get("year")
        rows = super().get_queryset()
        self.years = [day.year for day in rows.dates("dated_on", "year", order="DESC")]
        if self.kind:
            if self.kind not in NewsItem.Kind.values:
                raise Http404(_("There is no such kind of news."))
            rows = rows.filter(kind=self.kind)
        if self.year:
            if self.year not in self.years:
                raise Http404(_("There is no news of that year."))
            rows = rows.in_year(self.year)
        return rows.for_lists()

    def get_context_data(self, **kwargs):
        heading = _("News of %(year)d") % {"year": self.year} if self.year else _("News")
        here = [(_("News"), reverse("publications:news_list")), (str(self.year), None)]
        return super().get_context_data(
            heading=heading, kind=self.kind, kinds=NewsItem.Kind.choices, year=self.year, years=self.years,
            crumbs=here if self.year else [(_("News"), None)], **kwargs,
        )  # fmt: skip


@public
class NewsDetail(PublishedDetail):
    """One item with what is before and after it. Costs: four queries."""

    model = NewsItem
    template_name = "publications/news_detail.html"
    context_object_name = "item"

    def get_queryset(self):
        rows = NewsItem.objects.in_year(self.kwargs["year"]).defer("search_vector")
        return rows.select_related("work_package__programme").prefetch_related(
            Prefetch("organisations", Organisation.objects.visible_to(None))
        )

    def get_context_data(self, **kwargs):
        item = self.object
        title, title_marked = wording.mark(conditional_escape(item.title))
        body, body_marked = wording.mark(richtext.render(item.body))
        others = NewsItem.objects.published().for_lists()
        return super().get_context_data(
            crumbs=[
                (_("News"), reverse("publications:news_list")),
                (str(item.dated_on.year), reverse("publications:news_year", args=[item.dated_on.year])),
                (item.title, None),
            ],
            content_language=item.text_language,
            title=title,
            body=body,
            has_official_words=title_marked or body_marked,
            event=Event.objects.published().for_lists().filter(pk=item.event_id).first() if item.event_id else None,
            newer=others.newer_than(item).first(),
            older=others.older_than(item).first(),
            structured=news_facts(item),
            **kwargs,
        )


def news_facts(item):
    """Return what search engines read about a news item (schema.org)."""
    publisher = {"@type": "Organization", "name": settings.SITE_NAME, "url": settings.SITE_URL}
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": item.title,
        "datePublished": item.dated_on.isoformat(),
        "dateModified": item.updated_at.isoformat(),
        "description": item.summary or richtext.summary(item.body),
        "author": {"@type": "Organization", "name": item.source_name} if item.source_name else publisher,
        "publisher": publisher,
        "url": settings.SITE_URL + item.get_absolute_url(),
        "inLanguage": item.text_language,
    }


def write_feed(request):
    """Answer with the latest news as Atom. Links start with SITE_URL, whatever host was asked."""
    home = settings.SITE_URL + reverse("publications:news_list")
    feed = Atom1Feed(
        title=_("News of the European Financial Coalition"),
        link=home,
        description="",
        language=get_language(),
        feed_url=settings.SITE_URL + reverse("publications:news_feed"),
        feed_guid=home,
    )
    for item in NewsItem.objects.published().for_lists()[:FEED_LENGTH]:
        link = settings.SITE_URL + item.get_absolute_url()
        feed.add_item(
            title=item.title,
            link=link,
            description=item.summary,
            unique_id=f"{settings.SITE_URL}/news/{item.dated_on.year}/{item.slug}/",
            pubdate=_midnight(item.dated_on),
            updateddate=item.updated_at,
            author_name=item.source_name or settings.SITE_NAME,
            categories=[item.get_kind_display()],
        )
    return HttpResponse(feed.writeString("utf-8"), feed.content_type)


def _midnight(day):
    return datetime.combine(day, time(), timezone.get_default_timezone())


@public
class PublicationList(PublishedMixin, ListView):
    """Publications, the latest first. Costs: three queries."""

    model = Publication
    template_name = "publications/publication_list.html"
    paginate_by = 12
    extra_context = {"heading": gettext_lazy("Publications")}

    def get_queryset(self):
        return super().get_queryset().for_lists().prefetch_related("renditions")

    def get_context_data(self, **kwargs):
        return super().get_context_data(crumbs=[(_("Publications"), None)], **kwargs)


@public
class PublicationDetail(PublishedDetail):
    """One publication with its files, contributors and related news. Costs: four queries."""

    model = Publication
    template_name = "publications/publication_detail.html"
    context_object_name = "publication"

    def get_queryset(self):
        rows = Publication.objects.defer("search_vector").select_related("work_package__programme")
        return rows.prefetch_related("renditions", Prefetch("contributors", Organisation.objects.visible_to(None)))

    def get_context_data(self, **kwargs):
        publication = self.object
        body, marked = wording.mark(richtext.render(publication.body))
        related = NewsItem.objects.none()
        if publication.work_package_id:
            related = NewsItem.objects.published().for_lists().filter(work_package=publication.work_package_id)
        return super().get_context_data(
            crumbs=[(_("Publications"), reverse("publications:list")), (publication.title, None)],
            content_language=publication.text_language,
            body=body,
            has_official_words=marked,
            related=related[:4],
            permanent=settings.SITE_URL + publication.get_absolute_url(),
            structured=publication_facts(publication),
            **kwargs,
        )


def publication_facts(publication):
    """Return what search engines read about a publication (schema.org)."""
    return {
        "@context": "https://schema.org",
        "@type": "Report",
        "name": publication.title,
        "alternativeHeadline": publication.subtitle,
        "datePublished": publication.dated_on.isoformat(),
        "abstract": publication.summary,
        "publisher": {"@type": "Organization", "name": settings.SITE_NAME, "url": settings.SITE_URL},
        "contributor": [{"@type": "Organization", "name": row.name} for row in publication.contributors.all()],
        "url": settings.SITE_URL + publication.get_absolute_url(),
        "inLanguage": publication.text_language,
    }


@login_not_required
@require_safe
def file(request, slug, name):
    """Answer with a file of a publication that is public, or that this person may see."""
    renditions = Rendition.objects.filter(publication__slug=slug, name=name)
    rendition = renditions.filter(publication__in=Publication.objects.published()).first()
    is_public = rendition is not None
    if not is_public:
        visible = Publication.objects.visible_to(request.user)
        rendition = get_object_or_404(renditions, publication__in=visible)
    return files.serve(rendition.file, rendition.name, public=is_public, media_type=rendition.media_type)


news_list = public_page(NewsList.as_view())
news_detail = public_page(NewsDetail.as_view())
news_feed = conditional_page(public_page(write_feed))
publication_list = public_page(PublicationList.as_view())
publication_detail = public_page(PublicationDetail.as_view())
