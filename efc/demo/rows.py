from datetime import datetime, time

from django.utils import timezone


def make(model, key, **values):
    """Return (row, whether it was made): the row of this key, made with `values` where it is missing, else left alone."""
    return model.objects.get_or_create(**key, defaults=values)


def at(day, hour=10, minute=0):
    """Return a moment of a day in Brussels."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
