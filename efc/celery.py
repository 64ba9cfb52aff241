"""The Celery app: a clock and a doorbell. What has to be done stands in PostgreSQL, never in the broker."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "efc.settings")

app = Celery("efc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
