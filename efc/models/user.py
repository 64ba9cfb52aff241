import hashlib
import hmac

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Permission, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager):
    use_in_migrations = True

    def create_user(self, email, password=None, **fields):
        """Create an account; e-mail addresses are kept in lower case, so that one person has one account."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by e-mail address."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    full_name = models.CharField(_("name or role"), max_length=150)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Untick to shut the account at once."))
    date_joined = models.DateTimeField(_("since"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    RESERVED = frozenset()  # rights that come by a grant alone; put here from `efc.roles` when the portal starts

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["full_name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="efc_user_email_lower_case",
                violation_error_message=_("Write the e-mail address in lower case."),
            )
        ]

    def __str__(self):
        return self.full_name or self.email

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name

    def has_perm(self, perm, obj=None):
        """Ask as Django does; but what is reserved for named people, a grant that holds today must give, to a superuser too."""
        return super().has_perm(perm, obj) and (perm not in self.RESERVED or perm in self._granted)

    @cached_property
    def _granted(self):
        """Hold the names of all rights that grants give today, everywhere. Costs: one query, where somebody passes as far as here."""
        held = self.grants.holding().site_wide().values("role")
        rows = Permission.objects.filter(group__name__in=held).values_list("content_type__app_label", "codename")
        return {f"{app}.{codename}" for app, codename in rows}

    @property
    def pseudonym(self):
        """Return the keyed identifier under which the audit log knows this person (32 hex digits)."""
        return hmac.new(settings.AUDIT_KEY.encode(), f"user:{self.pk}".encode(), hashlib.sha256).hexdigest()[:32]
