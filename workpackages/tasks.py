"""The clock of the work: on the first of a month ask the leads how things stand."""

from celery import shared_task


@shared_task
def remind_leads():
    from workpackages.services import reminders

    return reminders.remind_leads()
