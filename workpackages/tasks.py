"""The clock of the work: on the first of a month ask the leads how things stand."""

from celery import shared_task


@shared_task
def remind_leads():
    from workpackages.services import reminders

    return reminders.remind_leads()


@shared_task
def tidy_test_transactions():
    from workpackages.services import transaction_counts

    return {"announced": transaction_counts.announce_removal(), "removed": transaction_counts.remove_old()}


@shared_task
def run_data_rounds():
    from workpackages.services import collection

    return {"opened": collection.open_due(), "closed": collection.close_due()}


@shared_task
def remind_returns():
    from workpackages.services import collection

    return {"reminded": collection.remind_due(), "forgotten": collection.forget_old()}
