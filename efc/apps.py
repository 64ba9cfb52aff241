from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy


class EfcConfig(AppConfig):
    name = "efc"
    verbose_name = "Portal"

    def ready(self):
        from allauth.mfa import signals as factors
        from django import forms
        from django.contrib.auth.signals import user_logged_in, user_login_failed

        from efc import audit, checks, roles, second_factor  # noqa: F401  (checks registers itself)

        self.get_model("User").RESERVED = roles.RESERVED
        forms.Field.default_error_messages["required"] = gettext_lazy("Fill in this field.")
        post_migrate.connect(roles.match_groups, sender=None, dispatch_uid="efc.roles")
        user_logged_in.connect(audit.note_sign_in, dispatch_uid="efc.audit.sign_in")
        user_login_failed.connect(audit.note_failed_sign_in, dispatch_uid="efc.audit.failed_sign_in")
        factors.authenticator_added.connect(second_factor.note_added, dispatch_uid="efc.factor.added")
        factors.authenticator_removed.connect(second_factor.note_removed, dispatch_uid="efc.factor.removed")
        factors.authenticator_reset.connect(second_factor.note_renewed, dispatch_uid="efc.factor.renewed")
        factors.authentication_failed.connect(second_factor.note_failed, dispatch_uid="efc.factor.failed")


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

        admin.site.unregister([Group, EmailAddress, Authenticator, UserSession])
