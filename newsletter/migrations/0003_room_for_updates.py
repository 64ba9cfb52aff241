from django.db import migrations


class Migration(migrations.Migration):
    """Leave room on the pages of deliveries: each is written three times in a run and should stay where it is."""

    dependencies = [("newsletter", "0002_content_version")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE newsletter_delivery SET (fillfactor = 40)",
            "ALTER TABLE newsletter_delivery RESET (fillfactor)",
        )
    ]
