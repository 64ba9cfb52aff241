"""The room's clock: drafts of applications that grow old, questions that nobody answered."""

from celery import shared_task


@shared_task
def keep_drafts():
    from members.services import applications

    return {"warned": applications.warn_drafts(), "expired": applications.expire_drafts()}


@shared_task
def remind_applicants():
    from members.services import applications

    return applications.remind_unanswered()


@shared_task
def notify_ends():
    from members.services import memberships

    return memberships.notify_ends()
