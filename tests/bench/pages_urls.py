"""The portal's addresses and, beside them, what its pages are measured against: a bare view and a bare list page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from efc.urls import handler404, urlpatterns  # noqa: F401
from publications.models import NewsItem

LIST = engines["django"].from_string(
    "<!doctype html><title>News</title><ul>{% for item in items %}<li><time>{{ item.dated_on|date }}</time> "
    '<a href="{{ item.slug }}">{{ item.title }}</a><p>{{ item.summary }}</p></li>{% endfor %}</ul>{{ filling }}'
)


@login_not_required
def bare(request):
    return HttpResponse("ok")


@login_not_required
def bare_list(request, size):
    """Answer with 20 rows of one query in a page of `size` bytes."""
    items = NewsItem.objects.published().defer("body", "search_vector")[:20]
    html = LIST.render({"items": items}, request)
    return HttpResponse(html + " " * max(0, size - len(html.encode())))


urlpatterns = [path("bench/bare/", bare), path("bench/list/<int:size>/", bare_list), *urlpatterns]
