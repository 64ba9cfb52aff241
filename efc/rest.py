"""API classes on the same querysets and verbs as the pages."""

import hashlib

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from efc.generic import error_text
from efc.permissions import require
from efc.rest_defaults import TooLarge
from efc.workflow import TooLate


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    invalid_page_message = "There is no such page. Ask for one from 1 to count divided by page_size, rounded up."

    def get_paginated_response_schema(self, schema):
        answer = super().get_paginated_response_schema(schema)
        for name, example in {"count": 51, "next": f"{settings.SITE_URL}/api/v1/…?page=2", "previous": None}.items():
            answer["properties"][name]["example"] = example
        return answer


class Stale(APIException):
    """What the person read has changed since (`If-Match`)."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = _("This has changed since you read it. Read it again, then send your change.")


def tag(content, user):
    """Return the entity tag of an answer: of its bytes, and of the person who may read them."""
    return f'"{hashlib.sha256(b"%d:%b" % (user.pk or 0, content)).hexdigest()[:32]}"'


class Tagged:
    """Give what is read an ETag and answer 304 to who has it; say that the answer belongs to its reader."""

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if not isinstance(response, Response):
            return response  # a file, which says itself who may keep it
        is_private = request.user is not None and request.user.is_authenticated
        response["Cache-Control"] = "private, no-cache" if is_private else "no-cache"
        patch_vary_headers(response, ["Cookie", "Authorization"])
        if request.method in ("GET", "HEAD") and response.status_code == status.HTTP_200_OK:
            response.add_post_render_callback(lambda rendered: self.answer_condition(request, rendered))
        return response

    def answer_condition(self, request, response):
        response["ETag"] = tag(response.content, request.user)
        return get_conditional_response(request._request, etag=response["ETag"], response=response)

    def require_match(self, record):
        """Refuse with 412 when `If-Match` names another state of the record than the one that stands."""
        asked = parse_etags(self.request.headers.get("If-Match", ""))
        now = tag(JSONRenderer().render(self.get_serializer(record).data), self.request.user)
        if asked and asked != ["*"] and now not in asked:
            raise Stale


class Visible(Tagged):
    """Take rows through `visible_to` only, so that what one may not see answers as what does not exist."""

    pagination_class = Pages

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)


class PublicReadViewSet(Visible, ReadOnlyModelViewSet):
    """Read what `visible_to` shows to whoever asks, signed in or not."""

    permission_classes = [AllowAny]


class OwnReadViewSet(Visible, ReadOnlyModelViewSet):
    """Read, signed in, what `visible_to` shows to this person."""


class VerbsMixin:
    """Let a POST to …/<verb>/ call the verb of the same name and answer with the record as it stands then."""

    needs = {}  # {act: permission} of acts that are no move of the record

    def acted_on(self):
        """Return the record of the address; who may not act is refused before what they sent is read."""
        record = self.get_object()
        moves = {verb: law.permission for verb, law in getattr(record, "MOVES", {}).items()}
        if permission := {**moves, **self.needs}.get(self.action):
            require(self.request.user, permission, record)
        return record

    def answer(self, verb, takes=None):
        """Call `verb(record, by=…)` on the record of the address, with the body as the serializer `takes` cleans it.

        Returns: the record as it stands then.
        """
        record = self.acted_on()
        verb(record, by=self.request.user, **(self.checked(takes) if takes else {}))
        return Response(self.get_serializer(self.get_object()).data)

    def checked(self, serializer_class):
        """Return the body as this serializer cleans it; 400 with sentences otherwise."""
        body = serializer_class(data=self.request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        return body.validated_data


class ActsViewSet(VerbsMixin, OwnReadViewSet):
    """Read like `OwnReadViewSet`, and act by verbs."""


class OwnViewSet(Tagged, GenericViewSet):
    """One's own things: rows that are chosen by who asks."""


def explain(error, context):
    """Answer refusals of verbs in the API's way: 409 for a move that came too late, 400 with sentences for bad input."""
    if isinstance(error, TooLate):
        return Response({"detail": error_text(error)}, status.HTTP_409_CONFLICT)
    if isinstance(error, ValidationError):
        fields = error.message_dict if hasattr(error, "error_dict") else {"detail": error.messages}
        return Response(fields, status.HTTP_400_BAD_REQUEST)
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    if isinstance(error, PermissionDenied):
        return Response({"detail": _("You may not do this.")}, status.HTTP_403_FORBIDDEN)
    return exception_handler(error, context)
