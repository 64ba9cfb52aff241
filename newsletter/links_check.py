"""Open the portal's own pages as a visitor would, inside this process, to see whether they answer."""

from functools import lru_cache
from io import BytesIO
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.utils import translation


@lru_cache(maxsize=1)
def _handler():
    handler = BaseHandler()
    handler.load_middleware()
    return handler


def broken_paths(paths):
    """Return those of our own paths that do not answer 200 to a visitor. Costs: one page each, no network."""
    with translation.override(translation.get_language()):
        return [path for path in paths if _status(path) != 200]


def _status(path):
    site = urlsplit(settings.SITE_URL)
    parts = urlsplit(path)
    environ = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"), "QUERY_STRING": parts.query, "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": site.hostname, "SERVER_PORT": str(site.port or 80), "HTTP_HOST": site.netloc, "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": site.scheme, "wsgi.input": BytesIO(), "wsgi.errors": BytesIO(), "HTTP_X_FORWARDED_PROTO": site.scheme,
    }  # fmt: skip
    return _handler().get_response(WSGIRequest(environ)).status_code
