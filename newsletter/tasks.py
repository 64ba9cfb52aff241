"""The newsletter's clock: send what is released, tidy."""

from celery import shared_task

from efc import mail


@shared_task
def run_mailings():
    from newsletter import sending

    if sending.run():
        mail.ring("newsletter.tasks.run_mailings")  # time was up before the work was done


@shared_task
def tidy_subscribers():
    from newsletter.services import subscribers

    return subscribers.tidy_subscribers()
