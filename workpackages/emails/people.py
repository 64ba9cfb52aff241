"""Whom the letters of the work go to, and how one goes to each."""

from django.contrib.auth import get_user_model

from efc import mail
from efc.models import Grant
from workpackages.models import LeadPerson


def leads_of(package):
    """Return the accounts of the people who lead a work package today."""
    people = LeadPerson.objects.as_of().filter(lead__work_package=package, person__user__is_active=True)
    return list(get_user_model().objects.filter(pk__in=people.values("person__user")).order_by("pk"))


def holders_of(*names):
    held = Grant.objects.holding().site_wide().filter(role__in=names)
    return list(get_user_model().objects.filter(is_active=True, pk__in=held.values("user")).order_by("pk"))


def to_each(template, people, about, **context):
    for person in people:
        mail.queue(
            f"workpackages/{template}", person.email, about, language=person.language, name=person.full_name, **context
        )
