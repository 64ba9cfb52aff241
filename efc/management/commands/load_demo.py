from argparse import ArgumentTypeError
from datetime import date

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from efc.demo import (
    applications,
    coalition,
    collection,
    decisions,
    deliverables,
    documents,
    events,
    inbox,
    memorandum,
    milestones,
    news,
    newsletters,
    people,
    programmes,
    publications,
    transactions,
)
from efc.demo.accounts import ACCOUNTS
from efc.models import ContactMessage, Hotline, OutgoingMail
from events.models import Event
from members.models import Application, Decision, Organisation
from newsletter.models import Issue, Subscriber
from publications.models import NewsItem, Page, Publication
from workpackages.models import WorkPackage

COUNTED = {
    "organisations": Organisation,
    "decisions": Decision,
    "applications": Application,
    "work packages": WorkPackage,
    "events": Event,
    "news": NewsItem,
    "publications": Publication,
    "pages": Page,
    "newsletters": Issue,
    "subscribers": Subscriber,
    "messages": ContactMessage,
    "hotlines": Hotline,
}
FIRST_DAY = date(2017, 1, 1)


def day(text):
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day; write it as 2026-11-22.") from None
    if found < FIRST_DAY:
        raise ArgumentTypeError("The demonstration plays after the record ends; give a day from 2017 on.")
    if found > timezone.localdate():
        raise ArgumentTypeError("This day lies ahead; give one that has come.")
    return found


class Command(BaseCommand):
    help = "Load the coalition of the public record, and a year of work around today. A second run changes nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--today", type=day, default=None, metavar="YYYY-MM-DD", help="the day around which the made-up part stands"
        )

    def handle(self, *, today, **options):
        if not settings.DEMO:
            raise CommandError("The demonstration is loaded only where EFC_DEMO=1 is set, and never on a real portal.")
        with translation.override("en"):
            load(today or timezone.localdate(), self.stdout)
        counts = ", ".join(f"{model.objects.count()} {name}" for name, model in COUNTED.items())
        self.stdout.write(f"The demonstration holds {counts}.")
        self.stdout.write("Sign in as")
        for role, email, password in ACCOUNTS:
            self.stdout.write(f"  {role:<28}  {email:<32}  {password}")


@transaction.atomic
def load(today, stdout):
    """Load everything in the order of the rooms, or nothing."""
    call_command("load_hotlines", stdout=stdout)
    call_command("load_pages", stdout=stdout)
    organisations = coalition.load()
    packages = programmes.load(today, organisations)
    people.load(today, organisations, packages)
    coalition.keep_in_touch(today, organisations)
    members(today, organisations)
    deliverables.load(today, packages)
    documents.load(today, packages)
    milestones.load(today, packages)
    collection.load(today, packages)
    transactions.load(today, organisations)
    happenings = events.load(today, organisations, packages)
    stories = news.load(today, organisations, packages, happenings)
    papers = publications.load(organisations, packages)
    newsletters.load(today, stories, papers)
    inbox.load(today)


def members(today, organisations):
    """Let the members decide, sign and confirm their people. Their verbs write letters, which are not sent: all of this is over or made up."""
    written = set(OutgoingMail.objects.values_list("pk", flat=True))
    taken = decisions.load(today)
    memorandum.load(today, organisations, taken)
    applications.load(today, taken)
    people.review(today, organisations)
    OutgoingMail.objects.exclude(pk__in=written).delete()
