from django.apps import AppConfig


class WorkpackagesConfig(AppConfig):
    name = "workpackages"
    verbose_name = "Work packages"

    def ready(self):
        from workpackages.services import access  # noqa: F401  (says which grants the room's rows call for)
