"""The room's clock: draft the news that the register calls for, and the publications of accepted deliverables."""

from celery import shared_task


@shared_task
def draft_welcomes():
    from publications import services

    return services.draft_welcomes()


@shared_task
def draft_publications():
    from publications import services

    return services.draft_publications()
