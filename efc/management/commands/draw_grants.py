from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

import members.services.access
import workpackages.services.access
from efc.permissions import shadow

ROOMS = (members.services.access, workpackages.services.access)


class Command(BaseCommand):
    help = "Make grants and their shadow equal to the seats, representatives and leads."

    def handle(self, *args, **options):
        changed = sum(room.draw_grants() for room in ROOMS)
        mended = sum(shadow(user) for user in get_user_model().objects.all())
        self.stdout.write(f"{changed} grants changed, the shadow of {mended} accounts mended.")
