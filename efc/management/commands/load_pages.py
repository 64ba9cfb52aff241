from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from publications.models import Page
from publications.services import approve_content

TEXTS = settings.BASE_DIR / "efc" / "content"
HEAD = ("title", "lead", "description")


class Command(BaseCommand):
    help = (
        "Make the pages that are missing, from their first texts in efc/content; pages that are there are left alone."
    )

    def handle(self, **options):
        made = load()
        self.stdout.write(f"Pages: {len(made)} new{', ' if made else ''}{', '.join(made)}.")


@transaction.atomic
def load(texts=TEXTS):
    """Make a page for each English text whose key has none, with its translations, and approve it. Returns: the keys."""
    there = set(Page.objects.values_list("key", flat=True))
    missing = [path.stem for path in sorted((texts / "en").glob("*.md")) if path.stem not in there]
    for key in missing:
        page = Page(key=key)
        for code, _name in settings.LANGUAGES:
            for field, value in read(texts / code / f"{key}.md").items():
                setattr(page, f"{field}_{code}", value)
        try:
            page.full_clean()
            page.save()
            approve_content(page, by=None)
        except ValidationError as error:
            raise CommandError(f"{key}.md cannot become a page: {' '.join(error.messages)}") from error
    return missing


def read(path):
    """Return {title, lead, description, body} of a text: three lines, an empty one, then Markdown; nothing where there is no file."""
    if not path.exists():
        return {}
    head, _empty, body = path.read_text(encoding="utf-8").partition("\n\n")
    fields = dict(line.partition(": ")[::2] for line in head.splitlines())
    if tuple(fields) != HEAD or not body.strip():
        raise CommandError(
            f"{path} must begin with the lines title, lead and description, then an empty line and the text."
        )
    return {**fields, "body": body.strip() + "\n"}
