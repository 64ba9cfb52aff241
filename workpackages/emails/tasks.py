"""Letters about tasks."""

from django.conf import settings

from efc import mail


def task_given(task, by):
    """Tell a person which task is theirs now, and who gave it."""
    person = task.assignee
    address = person.user.email if person.user else person.email
    if address:
        mail.queue(
            "workpackages/task_given", address, task, language=person.user.language if person.user else "en", name=person.name,
            task=task, by=by, link=settings.SITE_URL + task.get_absolute_url(),
        )  # fmt: skip
