"""The frame around every page. What is the same for all is rendered once per language and kept in the
process; the address and the name of who is signed in are filled in for each page."""
# ruff: noqa: S308  (templates have escaped what they show; what is filled in here is escaped here)

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

# A NUL never reaches a page from outside: addresses are percent-encoded and names are free of control characters.
REST, QUERY, CANONICAL, NAME = "\0rest\0", "\0query\0", "\0canonical\0", "\0name\0"
THEMES = ("light", "dark")

ROOF_SECTIONS = {
    "coalition": "coalition",
    "how_we_are_run": "coalition",
    "history": "coalition",
    "partners": "coalition",
    "press": "news",
    "contact": "contact",
}
ROOM_SECTIONS = {"members": "members", "workpackages": "work", "events": "events"}

_kept: dict[tuple, str] = {}


def entries() -> list[tuple[str, str, str]]:
    """List the main navigation as (section, label, URL name)."""
    return [
        ("coalition", _("The coalition"), "coalition"),
        ("members", _("Members"), "members:list"),
        ("work", _("Our work"), "workpackages:list"),
        ("events", _("Training and events"), "events:list"),
        ("news", _("News"), "publications:news_list"),
        ("publications", _("Publications"), "publications:list"),
        ("contact", _("Contact"), "contact"),
    ]


def section_of(match) -> str:
    """Name the entry of the main navigation a resolved address stands under, or nothing."""
    if match is None:
        return ""
    if match.namespace == "publications":
        return "news" if (match.url_name or "").startswith("news") else "publications"
    if match.namespace:
        return ROOM_SECTIONS.get(match.namespace, "")
    return ROOF_SECTIONS.get(match.url_name, "")


def theme(request) -> str:
    """Read the display a visitor asked for: light, dark, or nothing for what the system says."""
    chosen = request.COOKIES.get("display", "") if request else ""
    return chosen if chosen in THEMES else ""


def signed_in(request):
    """Return the user, or None without touching the session of somebody who carries no session cookie."""
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def split_language(path: str) -> tuple[str, str]:
    """Split `/fr/news/` into `fr` and `/news/`; an address without a language gives nothing and `/`."""
    code, slash, rest = path[1:].partition("/")
    if slash and code in settings.LANGUAGE_NAMES:
        return code, "/" + rest
    return "", "/"


def head(request) -> SafeString:
    code, rest = split_language(request.path) if request else ("", "/")
    html = _keep("head", localised=bool(code))
    if not code:
        return html
    rest = escape(escape_uri_path(rest))
    page = request.GET.get("page", "")
    canonical = f"{settings.SITE_URL}/{code}{rest}" + (f"?page={page}" if page.isascii() and page.isdecimal() else "")
    return mark_safe(html.replace(REST, rest).replace(CANONICAL, canonical))


def header(request) -> SafeString:
    match = getattr(request, "resolver_match", None)
    user = signed_in(request)
    html = _keep(
        "header",
        section=section_of(match),
        view=match.view_name if match and match.view_name in MENU_VIEWS else "",
        signed_in=user is not None,
        staff=bool(user and user.is_staff),
    )
    code, rest = split_language(request.path) if request else ("", "/")
    query = request.META.get("QUERY_STRING", "") if code and request.method == "GET" else ""
    html = html.replace(REST, escape(escape_uri_path(rest))).replace(QUERY, escape("?" + query) if query else "")
    if user is not None:
        html = html.replace(NAME, escape(user.get_short_name() or user.get_username()))
    return mark_safe(html)


def footer(request) -> SafeString:
    return _keep("footer", theme=theme(request))


MENU_VIEWS = frozenset(
    [
        "coalition",
        "members:list",
        "workpackages:list",
        "events:list",
        "publications:news_list",
        "publications:list",
        "contact",
    ]
)


def _keep(part: str, **what) -> SafeString:
    key = (part, get_language(), settings.DEMO, *what.values())
    if key not in _kept or settings.DEBUG:
        _kept[key] = _RENDER[part](**what)
    return _kept[key]


def _render(template: str, **context) -> SafeString:
    languages = [(code, name) for code, name in settings.LANGUAGE_NAMES.items()]
    return mark_safe(
        get_template(f"components/{template}.html").render(
            {"language": get_language() or "en", "languages": languages, "rest": REST, "settings": settings, **context}
        )
    )


def _head(localised):
    return _render("head", localised=localised, site=settings.SITE_URL, canonical=CANONICAL)


def _header(section, view, signed_in, staff):
    nav = [
        {
            "url": reverse(name),
            "label": label,
            "current": ("page" if name == view else "true") if key == section else "",
        }
        for key, label, name in entries()
    ]
    return _render("header", nav=nav, signed_in=signed_in, staff=staff, name=NAME, query=QUERY)


def _footer(theme):
    return _render("footer", theme=theme)


_RENDER = {"head": _head, "header": _header, "footer": _footer}
