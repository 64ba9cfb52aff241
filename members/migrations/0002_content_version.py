from django.db import migrations

from efc.database import count_changes


class Migration(migrations.Migration):
    """Let changes of what the public can see raise the content version."""

    dependencies = [("members", "0001_initial"), ("efc", "0002_protections")]
    operations = [
        count_changes(
            "members_organisation",
            "members_membershipterm",
            "members_seat",
        )
    ]
