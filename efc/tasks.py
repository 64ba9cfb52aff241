"""The ground's clock: deliver letters, seal the audit log, tidy."""

from celery import shared_task
from django.utils import timezone


@shared_task
def deliver_letters():
    from efc import mail

    return mail.deliver()


@shared_task
def seal_audit():
    from efc import audit

    return audit.seal()


@shared_task
def tidy():
    from efc import rates, services

    rates.forget_old()
    services.forget_old_messages(timezone.now())
