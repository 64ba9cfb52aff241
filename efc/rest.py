"""API classes on the same querysets and verbs as the pages."""

from django.core.exceptions import PermissionDenied, ValidationError
from rest_framework import status
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import exception_handler
from rest_framework.viewsets import ReadOnlyModelViewSet

from efc.generic import error_text
from efc.workflow import WrongStatus


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    invalid_page_message = "There is no such page. Ask for one from 1 to count divided by page_size, rounded up."


class PublicReadViewSet(ReadOnlyModelViewSet):
    """Read what `visible_to` shows to whoever asks, signed in or not."""

    permission_classes = [AllowAny]
    pagination_class = Pages

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)


def explain(error, context):
    """Answer refusals of verbs in the API's way: 409 for a move that came too late, 400 with sentences for bad input."""
    if isinstance(error, WrongStatus):
        return Response({"detail": error_text(error)}, status.HTTP_409_CONFLICT)
    if isinstance(error, ValidationError):
        return Response({"detail": error.messages}, status.HTTP_400_BAD_REQUEST)
    if isinstance(error, PermissionDenied):
        return Response({"detail": "You may not do this."}, status.HTTP_403_FORBIDDEN)
    return exception_handler(error, context)
