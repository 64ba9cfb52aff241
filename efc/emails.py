"""The letters of the ground floor and the roof: whom, which template, which facts."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from efc import mail
from efc.accounts import AccountAdapter


def message_received(message):
    """Tell the sender that the message arrived, with its reference and without its text."""
    mail.queue(
        "efc/message_received",
        message.email,
        message,
        language=message.language,
        reference=message.reference,
        name=message.name,
    )


def message_needs_confirmation(message, key):
    """Ask the sender to confirm, where the browser could not prove that a person sent the form."""
    link = settings.SITE_URL + reverse("contact_confirm", args=[key])
    mail.queue(
        "efc/message_needs_confirmation",
        message.email,
        message,
        language=message.language,
        link=link,
        name=message.name,
    )


def message_answered(message):
    mail.queue(
        "efc/message_answered", message.email, message, language=message.language, reply_to=settings.SECRETARIAT_EMAIL,
        reference=message.reference, name=message.name, answer=message.answer,
    )  # fmt: skip


def account_letter(prefix, email, context):
    """Send one of the sign-in letters (password reset and the like). `prefix` is allauth's name of it."""
    name = prefix.rsplit("/", 1)[-1]
    user = context.get("user") or get_user_model().objects.filter(email=email).first()
    mail.queue(
        f"account/{name}", email, user, language=getattr(user, "language", "en"),
        name=getattr(user, "full_name", ""), link=context.get("password_reset_url", ""),
    )  # fmt: skip


def account_opened(user):
    """Send the link by which a new account sets its first password; it works for three days, then the same page sends another."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    mail.queue(
        "account/account_opened", user.email, user, language=user.language, name=user.full_name,
        link=AccountAdapter().get_reset_password_from_key_url(key),
    )  # fmt: skip


def email_asked(user, email, key):
    """Ask whoever reads the new address to prove that it is theirs."""
    link = settings.SITE_URL + reverse("workspace_account_email_confirm", args=[key])
    mail.queue("account/email_asked", email, user, language=user.language, name=user.full_name, link=link)


def email_taken(user, email):
    """Tell the reader of an address that it has an account already; the page does not say so."""
    mail.queue("account/email_taken", email, user, language=user.language)


def email_changed(user, was):
    """Tell the old address that it no longer signs in."""
    mail.queue("account/email_changed", was, user, language=user.language, name=user.full_name)


def factors_removed(user):
    mail.queue("account/factors_removed", user.email, user, language=user.language, name=user.full_name)
