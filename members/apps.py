from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Members"

    def ready(self):
        from members.services import access  # noqa: F401  (says which grants the room's rows call for)
