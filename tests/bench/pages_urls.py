"""The portal's addresses and, beside them, what its pages are measured against: a bare view and a bare list page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from efc.urls import handler404, urlpatterns  # noqa: F401
from publications.models import NewsItem

LIST = engines["django"].from_string(
    "<!doctype html><title>News</title><ul>{% for item in items %}<li><time>{{ item.dated_on|date }}</time> "
    '<a href="{{ item.slug }}">{{ item.title }}</a><p>{{ item.summary }}</p></li>{% endfor %}</ul>'
)
ROW_BYTES = 180  # what a row of that list comes to


@login_not_required
def bare(request):
    return HttpResponse("ok")


@login_not_required
def bare_list(request, size):
    """Answer with one query's rows, as many as make a page of `size` bytes."""
    items = NewsItem.objects.published().defer("body", "search_vector")[: size // ROW_BYTES]
    return HttpResponse(LIST.render({"items": items}, request))


urlpatterns = [path("bench/bare/", bare), path("bench/list/<int:size>/", bare_list), *urlpatterns]
