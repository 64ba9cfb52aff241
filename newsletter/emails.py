"""The letters of the newsletter: whom, which template, which facts. Issues themselves go through the mailing ledger."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from efc import mail


def confirm_subscription(subscriber):
    """Ask for the confirmation: a link to a page with one button."""
    return mail.queue(
        "newsletter/confirm", subscriber.email, subscriber, language=subscriber.language, link=subscriber.link("confirm"),
        until=subscriber.confirm_until,
    )  # fmt: skip


def already_subscribed(subscriber):
    """Tell somebody who asks again that the address is subscribed; the page did not say so."""
    with translation.override(subscriber.language):
        archive = settings.SITE_URL + reverse("newsletter:home")
    return mail.queue(
        "newsletter/already_subscribed", subscriber.email, subscriber, language=subscriber.language,
        archive=archive, preferences=subscriber.link("preferences"), unsubscribe=subscriber.link("unsubscribe"),
    )  # fmt: skip


def confirm_reminder(subscriber):
    return mail.queue(
        "newsletter/confirm_reminder", subscriber.email, subscriber, language=subscriber.language,
        link=subscriber.link("confirm"), until=subscriber.confirm_until,
    )  # fmt: skip


def issue_test(issue, rendered, address):
    """Send the issue as it is now to one address; its personal links lead to a page that says it is a test."""
    return mail.queue("newsletter/issue_test", address, issue, rendered=rendered)


def mailing_prepared(mailing, officer):
    """Ask another officer to look at a mailing and release it."""
    link = settings.SITE_URL + reverse("admin:newsletter_mailing_change", args=[mailing.pk])
    return mail.queue(
        "newsletter/mailing_prepared",
        officer.email,
        mailing,
        language=officer.language,
        mailing=mailing,
        officer=officer,
        link=link,
    )
