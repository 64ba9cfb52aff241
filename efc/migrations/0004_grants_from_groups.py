from django.db import migrations


def give(apps, schema_editor):
    """Turn the groups that accounts were in into grants without an end."""
    accounts = apps.get_model("efc", "User").objects.exclude(groups=None).order_by("pk")
    grants = apps.get_model("efc", "Grant").objects
    for account in accounts.distinct():
        for name in account.groups.order_by("name").values_list("name", flat=True):
            grants.get_or_create(user=account, role=name, source_type=None, defaults={"reason": "Held before roles had dates."})
        account.groups.clear()


class Migration(migrations.Migration):
    dependencies = [("efc", "0003_grants")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
