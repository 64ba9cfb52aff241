from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class EfcConfig(AppConfig):
    name = "efc"
    verbose_name = "Portal"

    def ready(self):
        from django.contrib.auth.signals import user_logged_in, user_login_failed

        from efc import audit, checks, roles  # noqa: F401  (checks registers itself)

        post_migrate.connect(roles.match_groups, sender=None, dispatch_uid="efc.roles")
        user_logged_in.connect(audit.note_sign_in, dispatch_uid="efc.audit.sign_in")
        user_login_failed.connect(audit.note_failed_sign_in, dispatch_uid="efc.audit.failed_sign_in")


class EfcAdminConfig(AdminConfig):
    default_site = "efc.adminsite.Desk"

    def ready(self):
        """Leave out what nobody edits here: roles are the table in `efc.roles`, addresses, keys and sessions are their owner's."""
        super().ready()
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from allauth.usersessions.models import UserSession
        from django.contrib import admin
        from django.contrib.auth.models import Group
        from knox.models import AuthToken

        admin.site.unregister([Group, EmailAddress, Authenticator, UserSession, AuthToken])
