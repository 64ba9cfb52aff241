"""What every request passes: input that no page can mean is refused politely, and headers that keep readers private."""

from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

API = "/api/"  # answers in JSON
FORBIDDEN = ("\x00", "\ufffe", "\uffff")


class RefuseOddInput:
    """Answer 400 to NUL bytes, broken UTF-8 and lone surrogates in path, query or form, before they reach the database."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not _is_clean(request.META.get("PATH_INFO", "").encode("latin-1", "replace")) or not _is_clean(
            unquote_to_bytes(request.META.get("QUERY_STRING", "").replace("+", " "))
        ):
            return refused(request)
        if len(request.META.get("QUERY_STRING", "")) > 4000:
            return refused(request)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method in ("POST", "PUT", "PATCH") and request.content_type in (
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ):
            for values in request.POST.lists():
                if any(not _is_clean_text(text) for text in (values[0], *values[1])):
                    return refused(request)
        return None


def _is_clean(raw):
    try:
        return _is_clean_text(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _is_clean_text(text):
    return not any(sign in text for sign in FORBIDDEN) and not any("\ud800" <= sign <= "\udfff" for sign in text)


def refused(request):
    if request.path_info.startswith(API):
        sentence = "This address or body has signs in it that cannot be read. Write them again."
        return JsonResponse({"detail": sentence}, status=400, headers={"Cache-Control": "no-store"})
    response = render(request, "400.html", status=400) if hasattr(request, "session") else _bare()
    response["Cache-Control"] = "no-store"
    return response


def _bare():
    return HttpResponse(
        "This address or form has signs in it that cannot be read. Go back and try again.\n", "text/plain", 400
    )


class PrivacyHeaders:
    """Say on every answer that no camera, place or third party is wanted, and that pages in preparation stay unindexed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
        )
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.DEMO:
            response.setdefault("X-Robots-Tag", "noindex, nofollow")
        if request.method == "HEAD" and not response.streaming:
            length = len(response.content)
            response.content = b""
            response["Content-Length"] = str(length)
        return response
