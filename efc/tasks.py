"""The ground's clock: deliver letters, seal the audit log, tidy."""

from celery import shared_task
from django.utils import timezone


@shared_task
def deliver_letters():
    from efc import mail

    return mail.deliver()


@shared_task
def read_bounces():
    from efc import services

    return services.read_mailbox_of_reports()


@shared_task
def seal_audit():
    from efc import audit

    return audit.seal()


@shared_task
def draw_grants():
    """Follow what came or went by the calendar: terms, suspensions, roles whose days are over."""
    from efc import permissions

    return permissions.redraw_all()


@shared_task
def tidy():
    from efc import account_services, rates, services, tokens

    rates.forget_old()
    tokens.forget_expired()
    account_services.forget_ended_sessions()
    services.forget_old_messages(timezone.now())
