from django.db import migrations

from efc.database import count_changes


class Migration(migrations.Migration):
    """Let changes of what the public can see raise the content version."""

    dependencies = [("workpackages", "0001_initial"), ("efc", "0002_protections")]
    operations = [
        count_changes(
            "workpackages_programme",
            "workpackages_objective",
            "workpackages_workpackage",
            "workpackages_workpackage_objectives",
            "workpackages_lead",
            "workpackages_contributor",
        )
    ]
