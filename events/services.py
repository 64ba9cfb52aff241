"""The verbs of an event. Public is an event that is approved and whose `publish_at` has come."""

from django.db import transaction


@transaction.atomic
def submit_event(event, *, by):
    """Ask for approval. Raises: PermissionDenied, WrongStatus."""
    return event.move("submit", by=by)


@transaction.atomic
def revise_event(event, *, by):
    """Take it back to a draft. Raises: PermissionDenied, WrongStatus."""
    return event.move("revise", by=by)


@transaction.atomic
def approve_event(event, *, by):
    """Approve it; it is public from `publish_at`, at once where that is empty.

    Raises: PermissionDenied, WrongStatus, ValidationError while a wording is open.
    """
    event.require_wordings()
    return event.move("approve", by=by, note=", ".join(event.wordings_kept))


@transaction.atomic
def withdraw_event(event, *, by):
    """Take it off the site. Raises: PermissionDenied, WrongStatus."""
    return event.move("withdraw", by=by)


VERBS = {"submit": submit_event, "approve": approve_event, "withdraw": withdraw_event, "revise": revise_event}
