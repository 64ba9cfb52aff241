"""Letters: rendered when they are queued, stored in the outbox, delivered by the worker after commit."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import translation

from efc import audit, ledger, mime
from efc.models import OutgoingMail
from efc.permissions import require
from efc.workflow import WrongStatus


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


def ring(task="efc.tasks.deliver_letters"):
    """Tell the worker that something waits. The clock rings anyway, so a broker that is away costs a few seconds, nothing else."""
    from efc.celery import app

    try:
        app.send_task(task, retry=False, expires=14)
    except Exception:  # noqa: S110  (whatever the broker's trouble, the letter is safe in the database)
        pass


class Outbox(ledger.Book):
    """The letters, as the ledger's engine sees them."""

    model = OutgoingMail
    columns = ("subject", "text", "html", "language", "reply_to", "queued_at")
    lease_seconds = settings.LETTER_LEASE_SECONDS

    def compose(self, letter):
        headers = {"Auto-Submitted": "auto-generated"}
        if letter.reply_to:
            headers["Reply-To"] = letter.reply_to
        form = mime.Form(
            sender=settings.DEFAULT_FROM_EMAIL,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            date=letter.queued_at,
            language=letter.language,
            headers=headers,
        )
        return form.fill(letter.address, letter.message_id)


def deliver(seconds=50):
    """Hand over the letters that are due, over one connection. Returns: how many the mail server took."""
    return ledger.run(Outbox(), connections=1, depth=1, seconds=seconds)


@transaction.atomic
def resend(letter, by):
    """Send a letter again that failed, was kept back or is in doubt, under the same Message-ID.

    Writes: the letter, an audit entry. Raises: PermissionDenied, WrongStatus.
    """
    require(by, "efc.resend_outgoingmail", letter)
    State = OutgoingMail.State  # noqa: N806
    closed = OutgoingMail.objects.filter(pk=letter.pk, state__in=[State.FAILED, State.IN_DOUBT, State.SKIPPED])
    again = closed.update(state=State.QUEUED, worker="", attempts=0, not_before=Now(), last_code=None, last_error="")
    letter.refresh_from_db()
    if not again:
        raise WrongStatus(letter, "resend")
    audit.record("efc.outgoingmail.resend", letter, by)
    transaction.on_commit(ring)
    return letter
