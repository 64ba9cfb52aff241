"""The room's clock: drafts that grow old, questions that nobody answered, ballots that open and close, memberships that end."""

from celery import shared_task


@shared_task
def keep_drafts():
    from members.services import applications

    return {
        "warned": applications.warn_drafts(),
        "expired": applications.expire_drafts(),
        "erased": applications.erase_closed(),
    }


@shared_task
def remind_applicants():
    from members.services import applications

    return applications.remind_unanswered()


@shared_task
def notify_ends():
    from members.services import memberships

    return memberships.notify_ends()


@shared_task
def run_ballots():
    from members.services import ballots

    return {"opened": ballots.open_due(), "closed": ballots.close_due(), "reminded": ballots.remind_due()}


@shared_task
def review_access():
    from members.services import access

    return {"warned": access.warn_unconfirmed(), "lapsed": access.lapse_unconfirmed()}
