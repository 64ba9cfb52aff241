"""What the newsletter's screens at the desk share: their place, their style, and the mail shown alone."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin

from efc.workflow import WrongStatus

DESK_STYLE = {"all": ["newsletter/desk.css"]}
REFUSALS = (WrongStatus, ValidationError)


class DeskMixin:
    """The newsletter's own screens beside a record's form."""

    screens = "newsletter/desk"


def zone():
    """Return the name of our time zone now: CET or CEST."""
    return f"{timezone.localtime():%Z}"


@xframe_options_sameorigin
@csp({"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF], "sandbox": True})
def mail_alone(html, dark=False):
    """Answer with a mail and nothing around it. What a mail program decides by the reader's system is decided here by `dark`."""
    html = html.replace("@media (prefers-color-scheme:dark)", "@media all" if dark else "@media not all")
    if not dark:
        html = html.replace("color-scheme:light dark", "color-scheme:light").replace(
            'content="light dark"', 'content="light"'
        )
    return HttpResponse(html)
