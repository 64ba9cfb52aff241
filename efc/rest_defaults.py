"""What the settings name for the API. Nothing here may import a view: views are made with these."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.filters import OrderingFilter
from rest_framework.parsers import JSONParser
from rest_framework.throttling import BaseThrottle

from efc import rates


class Order(OrderingFilter):
    """`?ordering=name,-starts_on` over the fields that a list names; others are passed over."""

    ordering_description = _("Fields to sort by, separated by commas; a minus turns the order round.")


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("This is more than is taken at once. Send less.")


class Parser(JSONParser):
    """Read JSON of a sensible size; what is nested deeper than anybody writes is refused like what cannot be read."""

    def parse(self, stream, media_type=None, parser_context=None):
        if int(parser_context["request"].META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("This is nested too deep to be read. Send fewer levels.")) from error


class Acts(BaseThrottle):
    """So many acts a minute from one person; reading is not counted. Writes: what `efc.rates` keeps."""

    def allow_request(self, request, view):
        if request.method in ("GET", "HEAD", "OPTIONS") or not request.user.is_authenticated:
            return True
        return rates.allow("api", request.user.pk, settings.API_LIMITS)

    def wait(self):
        return max(seconds for _most, seconds in settings.API_LIMITS)
