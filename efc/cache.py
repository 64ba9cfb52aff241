"""Pages of visitors, kept while nothing they show has changed.

The key holds the number of `ContentVersion`, which a trigger raises in the transaction that changes public content: a page is
right at once after a change. It also holds until when the page is true: the next `publish_at` by the database's clock, and
never past midnight in Brussels. A page is kept only for visitors: no session, no message, no cookie that changes it.
"""

from datetime import datetime, time, timedelta
from functools import wraps

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse, HttpResponseNotAllowed
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "display", "messages")
_pages = {}  # this process's pages: {(path, language, host): (version, true until, (content, headers))}
_asked = {}  # likewise those with a question (search, filters), apart, so that many questions push out no page
MAX_PAGES = 500


def public_page(view):
    """Keep the answer of a public view for visitors. The view must not read the user, set a cookie or carry a form with CSRF.

    Costs: one query for a page that is kept.
    """

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if any(name in request.COOKIES for name in PERSONAL_COOKIES):
            return _private(view(request, *args, **kwargs))
        version, now = current_version()
        key = (request.get_full_path(), translation.get_language(), request.get_host())
        pages = _asked if request.META.get("QUERY_STRING") else _pages
        kept = pages.get(key)
        if kept and kept[0] == version and now < kept[1]:
            return _answer(*kept[2])
        until = true_until(now)
        response = view(request, *args, **kwargs)
        if hasattr(response, "render") and not response.is_rendered:
            response.render()
        if response.status_code == 200 and not response.streaming and not response.cookies:
            while len(pages) >= MAX_PAGES:
                pages.pop(next(iter(pages)), None)  # the oldest
            pages[key] = (version, until, (response.content, dict(response.items())))
            return _answer(*pages[key][2])
        return response

    wrapper.login_required = False
    return wrapper


def _answer(content, headers):
    response = HttpResponse(content, headers=headers)
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response


def _private(response):
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response


def current_version():
    """Return (number of the content version, the database's time). Costs: one query.

    It is the first query of a public page and so stands for the question whether the connection still lives.
    """
    connection.health_check_done = True
    try:
        return _read_version()
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()  # the database was restarted
        return _read_version()


def _read_version():
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT number FROM efc_contentversion WHERE id = 1), statement_timestamp()")
        return cursor.fetchone()


def true_until(now):
    """Return the moment at which a page made now stops being true without any change: an embargo's end or midnight."""
    midnight = datetime.combine(timezone.localdate(now) + timedelta(days=1), time.min, timezone.get_default_timezone())
    with connection.cursor() as cursor:
        cursor.execute(_due_sql(), [now] * _due_sql().count("%s"))
        due = cursor.fetchone()[0]
    return min(midnight, due) if due else midnight


_due = None


def _due_sql():
    """Return one statement over every table with content that becomes public, or closes, by the clock."""
    global _due
    if _due is None:
        from django.apps import apps

        from efc.models import Content

        parts = []
        for model in apps.get_models():
            if issubclass(model, Content):
                fields = {field.name for field in model._meta.concrete_fields} & {"publish_at", "apply_until"}
                parts += [f'SELECT min({name}) FROM "{model._meta.db_table}" WHERE {name} > %s' for name in fields]  # noqa: S608
        _due = f"SELECT min(due) FROM ({' UNION ALL '.join(parts)}) AS dates (due)"  # noqa: S608
    return _due
