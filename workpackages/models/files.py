from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from efc.files import private_path
from efc.models import Grant, User
from efc.permissions import granted, holders
from members.models import Organisation
from workpackages.models.deliverables import Deliverable
from workpackages.models.work import WorkPackage


def reads_for_members(user):
    """Say whether a person may read what is shared with all members: who decides, advises or leads, and who acts for a member today.

    Costs: at most one query beside those of permissions.
    """
    if user.has_perm("workpackages.read_document"):
        return True
    return granted(user, "members.change_organisation", Organisation.objects.members().order_by()).exists()


def readers_for_members():
    """Return the accounts of `reads_for_members`."""
    members = {
        "target_type": ContentType.objects.get_for_model(Organisation),
        "target_id__in": Organisation.objects.members().order_by().values("pk"),
    }
    acting = Grant.objects.holding().filter(role="representative", **members)
    everywhere = holders("workpackages.read_document").values("pk")
    return User.objects.filter(Q(pk__in=acting.values("user")) | Q(pk__in=everywhere), is_active=True)


class DeliverableFileQuerySet(models.QuerySet):
    """Who reads a file. What it is shared as opens nothing before its deliverable is handed in, nor once that was rejected or opened again."""

    def visible_to(self, user):
        """Return what this person may read: all files for those who read all deliverables, and of one's own work packages; what
        is shared with members; what is public.
        """
        if user is None or user.is_anonymous or not user.is_active:
            return self.public()
        if user.has_perm("workpackages.view_deliverable"):
            return self
        team = granted(user, "workpackages.view_workpackage", WorkPackage.objects.order_by())
        seen = Q(deliverable__work_package__in=team) | self._public()
        if reads_for_members(user):
            seen |= self._for_members()
        return self.filter(seen)

    def public(self):
        """Return what visitors may download: of each delivered result that is shown, the latest public file."""
        return self.filter(self._public())

    def for_members(self):
        """Return what every member may read: of each deliverable handed in, the latest file for members, or for everybody."""
        return self.filter(self._for_members())

    def _public(self):
        return self._handed_in(DeliverableFile.Access.PUBLIC) & Q(deliverable__is_public_result=True)

    def _for_members(self):
        return self._handed_in(DeliverableFile.Access.MEMBERS, DeliverableFile.Access.PUBLIC)

    @staticmethod
    def _handed_in(*access):
        """Return the condition of being the latest file of this access of a deliverable that is handed in."""
        later = DeliverableFile.objects.filter(
            deliverable=OuterRef("deliverable"), version__gt=OuterRef("version"), access__in=access
        )
        return Q(access__in=access, deliverable__status__in=Deliverable.HANDED_IN) & ~Q(Exists(later))


class DeliverableFile(models.Model):
    """A file handed in, or on its way; a new one under the same name is its next version and the old one stays."""

    permission_parent = "deliverable"

    class Access(models.TextChoices):
        PUBLIC = "public", _("Public")
        MEMBERS = "members", _("Members")
        TEAM = "team", _("The work package and the Steering Group")

    deliverable = models.ForeignKey(Deliverable, models.CASCADE, related_name="files", verbose_name=_("deliverable"))
    version = models.PositiveSmallIntegerField(_("version"))
    file = models.FileField(_("file"), upload_to=private_path)
    name = models.CharField(_("name"), max_length=150)
    access = models.CharField(_("who may read it"), max_length=8, choices=Access, default=Access.TEAM)
    media_type = models.CharField(max_length=100, editable=False)
    size_bytes = models.BigIntegerField(_("size"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )

    objects = DeliverableFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a deliverable")
        verbose_name_plural = _("files of deliverables")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["deliverable", "version"], name="workpackages_file_version_once")
        ]

    def __str__(self):
        return f"{self.name}, version {self.version}"

    def get_public_url(self):
        """Return the address under which visitors download it while it is public."""
        one = self.deliverable
        package = one.work_package
        return reverse("workpackages:file", args=[package.programme.slug, package.slug, one.number, self.name])
