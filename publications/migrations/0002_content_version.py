from django.db import migrations

from efc.database import count_changes


class Migration(migrations.Migration):
    """Let changes of what the public can see raise the content version."""

    dependencies = [("publications", "0001_initial"), ("efc", "0002_protections")]
    operations = [
        count_changes(
            "publications_page",
            "publications_newsitem",
            "publications_newsitem_organisations",
            "publications_publication",
            "publications_publication_contributors",
            "publications_rendition",
        )
    ]
