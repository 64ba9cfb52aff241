from django.core.management.base import BaseCommand

from efc import permissions


class Command(BaseCommand):
    help = "Make grants and their shadow equal to the seats, representatives and leads."

    def handle(self, *args, **options):
        changed, mended = permissions.redraw_all()
        self.stdout.write(f"{changed} grants changed, the shadow of {mended} accounts mended.")
