"""`manage.py import_news FILE…`: the news of a former site, from JSON, CSV, Atom or RSS."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from publications.importing import import_news

BAR = 30


class Command(BaseCommand):
    help = "Publish the news in a JSON, CSV, Atom or RSS file under their dates; what is already there is skipped."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *, files, dry_run, **options):
        report = import_news(files, rehearse=dry_run, progress=self.progress)
        for line in report.lines():
            self.stdout.write(line)
        if report.problems:
            raise CommandError(f"{len(report.problems)} not taken; the list above says where and why.")

    def progress(self, done, total):
        filled = BAR * done // total
        text = f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done} of {total}"
        self.stderr.write(text, style_func=str, ending="\n" if done == total else "")
