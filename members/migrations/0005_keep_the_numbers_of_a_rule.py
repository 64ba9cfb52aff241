from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep with each ballot the numbers of the rule it was opened under, beside the rule’s text."""

    dependencies = [("members", "0004_what_stands_after_closing")]
    operations = [
        migrations.AddField(
            "ballot", "rule_numbers", models.JSONField(default=dict, editable=False, verbose_name="numbers of the rule")
        )
    ]
