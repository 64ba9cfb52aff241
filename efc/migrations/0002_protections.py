from django.db import migrations

from efc.database import APPEND_ONLY, CONTENT_VERSION, append_only, count_changes


class Migration(migrations.Migration):
    """Protect the audit log, and count the changes of what the public can see."""

    dependencies = [("efc", "0001_initial")]
    operations = [
        APPEND_ONLY,
        append_only("efc_auditentry", "efc_auditseal"),
        CONTENT_VERSION,
        count_changes("efc_hotline"),
    ]
