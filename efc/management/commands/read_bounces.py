import sys

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError

from efc import bounces, services

TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the message


class Command(BaseCommand):
    help = "Read one delivery report from the standard input, as a mail server pipes it, and write it beside the letter it is about."

    def handle(self, *args, **options):
        source = sys.stdin.buffer.read(bounces.MOST_BYTES)
        while sys.stdin.buffer.read(bounces.MOST_BYTES):
            pass  # a mail server that cannot write to the end thinks that we failed
        try:
            self.stdout.write(services.take_report(source))
        except (DatabaseError, InterfaceError):
            self.stderr.write("The database is away; keep the message and come again.")
            sys.exit(TRY_AGAIN)
