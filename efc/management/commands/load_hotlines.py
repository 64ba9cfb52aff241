import json
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from efc.models import Hotline

HOTLINES = settings.BASE_DIR / "efc" / "data" / "hotlines.json"
FIELDS = ("name", "url", "phone", "languages", "anonymous", "police_url", "source", "as_of", "note")


class Command(BaseCommand):
    help = "Load the hotlines, or bring them up to date; what a person has checked in the admin is left alone."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=HOTLINES, help="a list like efc/data/hotlines.json")

    def handle(self, *, file, **options):
        try:
            entries = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{file} cannot be read as a list of hotlines: {error}") from error
        done, wrong = load(entries)
        if wrong:
            raise CommandError("Nothing was loaded. Mend these entries first:\n" + "\n".join(wrong))
        self.stdout.write(
            f"Hotlines: {done['new']} new, {done['changed']} changed, {done['same']} as they were, "
            f"{done['checked']} checked by a person and left alone."
        )


@transaction.atomic
def load(entries):
    """Load all entries or, where one is wrong, none. Returns: ({"new": n, "changed": n, "same": n, "checked": n}, sentences)."""
    done, wrong = dict.fromkeys(("new", "changed", "same", "checked"), 0), []
    known = {str(hotline.country): hotline for hotline in Hotline.objects.all()}
    for number, entry in enumerate(entries, start=1):
        try:
            done[load_one(entry, known)] += 1
        except ValidationError as error:
            wrong.append(f"{entry['country']}: {' '.join(error.messages)}")
        except (KeyError, TypeError, ValueError) as error:
            wrong.append(f"Entry {number}: {error!r}")
    if wrong:
        transaction.set_rollback(True)
    return done, wrong


def load_one(entry, known):
    """Write one entry where it differs. Returns: "new", "changed", "same" or "checked"."""
    hotline = known.get(entry["country"])
    if hotline and hotline.checked_on:
        return "checked"
    values = {name: cleaned(name, entry[name]) for name in FIELDS}
    if hotline and values == {name: getattr(hotline, name) for name in FIELDS}:
        return "same"
    state = "changed" if hotline else "new"
    hotline = hotline or Hotline(country=entry["country"])
    for name, value in values.items():
        setattr(hotline, name, value)
    hotline.full_clean()
    hotline.save()
    return state


def cleaned(name, value):
    if name == "as_of":
        return date.fromisoformat(value) if value else None
    if name == "languages":
        return value or []
    return value if name == "anonymous" else value or ""
