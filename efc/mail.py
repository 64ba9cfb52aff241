"""Letters: rendered when they are queued, stored in the outbox, delivered by the worker after commit."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from efc.models import OutgoingMail


def queue(template, to, about=None, *, language="en", reply_to="", **context):
    """Store one letter to one address. `template` is "<app>/<name>": templates/<app>/email/<name>.txt (first line: subject) and .html.

    Writes: an OutgoingMail row in the caller's transaction; a letter of a rolled-back transaction never existed.
    Returns: the row. Raises: ValidationError when `to` is not one plain address.
    """
    validate_email(to)
    if any(sign in to for sign in "\r\n,;<>"):
        raise ValidationError("A letter goes to one plain address.")
    app, name = template.split("/")
    context = {
        "site_url": settings.SITE_URL,
        "language": language,
        "secretariat_email": settings.SECRETARIAT_EMAIL,
        **context,
    }
    with translation.override(language):
        subject, _newline, text = render_to_string(f"{app}/email/{name}.txt", context).strip().partition("\n")
        html = render_to_string(f"{app}/email/{name}.html", {**context, "subject": subject})
    letter = OutgoingMail.objects.create(
        template=template,
        address=to,
        language=language,
        subject=" ".join(subject.split())[:250],
        text=text.strip() + "\n",
        html=html,
        reply_to=reply_to,
        about_type=about._meta.label_lower if about is not None else "",
        about_id=str(about.pk) if about is not None else "",
    )
    transaction.on_commit(ring)
    return letter


def ring():
    """Tell the worker that a letter waits. The clock rings anyway, so a broker that is away costs a few seconds, nothing else."""
    from efc.celery import app

    try:
        app.send_task("efc.tasks.deliver_letters", retry=False, expires=14)
    except Exception:  # noqa: S110  (whatever the broker's trouble, the letter is safe in the database)
        pass
