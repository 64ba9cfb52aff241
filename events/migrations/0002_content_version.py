from django.db import migrations

from efc.database import count_changes


class Migration(migrations.Migration):
    """Let changes of what the public can see raise the content version."""

    dependencies = [("events", "0001_initial"), ("efc", "0002_protections")]
    operations = [
        count_changes(
            "events_event",
            "events_event_organisers",
        )
    ]
