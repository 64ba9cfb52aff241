"""Other ways to send an issue through Celery, to measure ours against. None of them survives a crash.

celery -A tests.bench.rivals worker
"""

import os
import smtplib
from functools import lru_cache

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "efc.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.mail import EmailMultiAlternatives  # noqa: E402

from efc import smtp  # noqa: E402
from efc.celery import app  # noqa: E402
from newsletter import marks, sending  # noqa: E402
from newsletter.models import Delivery, Mailing  # noqa: E402


@lru_cache
def written(pk):
    """The message with blanks, built once in each process."""
    deliveries = sending.Deliveries(Mailing.objects.get(pk=pk))
    deliveries.write()
    return deliveries


@lru_cache
def mailing(pk):
    return Mailing.objects.get(pk=pk)


@app.task
def send_one(pk):
    """The usual first try: a task, a query, a message built, a connection and an UPDATE for each reader."""
    delivery = Delivery.objects.get(pk=pk)
    content = mailing(delivery.mailing_id)
    message = EmailMultiAlternatives(
        content.subject,
        content.text.replace(marks.TOKEN, delivery.token),
        to=[delivery.address],
        headers={"List-Unsubscribe": f"<{marks.unsubscribe_link(delivery.token)}>"},
    )
    message.attach_alternative(content.html.replace(marks.TOKEN, delivery.token), "text/html")
    message.send()
    Delivery.objects.filter(pk=pk).update(state=Delivery.State.SENT)


@app.task
def send_batch(mailing_pk, first, last):
    """No ledger: bytes built once, filled and sent by smtplib over one connection."""
    form = written(mailing_pk)
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as connection:
        for row in Delivery.objects.filter(mailing_id=mailing_pk, pk__gte=first, pk__lt=last).iterator():
            message = form.compose(row)
            connection.sendmail(message.sender.decode(), [row.address], message.data)


@app.task
def send_batch_pipelined(mailing_pk, first, last):
    """No ledger: bytes built once, and our own connections."""
    form = written(mailing_pk)
    way = smtp.Smtp(settings.MAILING_CONNECTIONS, 20)
    for row in Delivery.objects.filter(mailing_id=mailing_pk, pk__gte=first, pk__lt=last).iterator():
        while not way.room():
            way.answers(1)
        way.put(row.pk, form.compose(row))
    while way.busy:
        way.answers(1)
    way.close()
