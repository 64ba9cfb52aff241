from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from efc.files import private_path
from efc.models import User, search_column, search_index
from efc.permissions import granted, holders
from efc.workflow import Move, Workflow
from workpackages.models.files import DeliverableFile, readers_for_members, reads_for_members
from workpackages.models.work import WorkPackage


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return what this person may read: what is public; for members what is shared with them; the team's for its people, the
        Steering Group and the Secretariat, with what was withdrawn there.
        """
        if user is None or user.is_anonymous or not user.is_active:
            return self.public()
        if user.has_perm("workpackages.view_document"):
            return self
        team = granted(user, "workpackages.view_workpackage", WorkPackage.objects.order_by())
        seen = Q(work_package__in=team) | PUBLIC
        if reads_for_members(user):
            seen |= Q(access=Document.Access.MEMBERS, status=Document.Status.CURRENT)
        return self.filter(seen)

    def public(self):
        """Return what visitors may read and download."""
        return self.filter(PUBLIC)

    def current(self):
        """Leave out what was withdrawn."""
        return self.filter(status=Document.Status.CURRENT)

    def with_latest(self):
        """Add what `latest` reads. Costs: one query more."""
        versions = DocumentVersion.objects.order_by("document_id", "-version").distinct("document_id")
        return self.prefetch_related(Prefetch("versions", versions, to_attr="latest_versions"))

    def for_lists(self):
        """Bring along what a line shows. Costs: one query more."""
        return (
            self.select_related("work_package__programme")
            .defer(
                "search_vector",
                "work_package__description",
                "work_package__search_vector",
                "work_package__programme__summary",
            )
            .with_latest()
        )


class Document(Workflow):
    """A document of a work package, in versions. Who may read it is its access level; it is withdrawn with a reason, never deleted."""

    permission_parent = "work_package"
    Access = DeliverableFile.Access

    class Kind(models.TextChoices):
        MINUTES = "minutes", _("Minutes")
        PAPER = "paper", _("Working paper")
        GUIDELINE = "guideline", _("Guideline")
        PRESENTATION = "slides", _("Presentation")
        OTHER = "other", _("Other")

    class Status(models.TextChoices):
        CURRENT = "current", _("In use")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES = {
        "withdraw": Move(Status.CURRENT, Status.WITHDRAWN, "workpackages.change_document"),
        "restore": Move(Status.WITHDRAWN, Status.CURRENT, "workpackages.change_document", _("Put back in use")),
    }

    work_package = models.ForeignKey(
        WorkPackage, models.PROTECT, related_name="documents", verbose_name=_("work package")
    )
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    access = models.CharField(_("who may read it"), max_length=8, choices=Access, default=Access.TEAM)
    about = models.CharField(_("what it is about"), max_length=300, blank=True, help_text=_("One sentence."))
    status = models.CharField(
        _("status"), max_length=9, choices=Status, default=Status.CURRENT, editable=False, db_index=True
    )
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("added by")
    )  # fmt: skip
    changed_at = models.DateTimeField(
        _("last version"), editable=False, db_index=True, help_text=_("When its latest version came.")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True, blank=True, editable=False)
    withdrawn_because = models.CharField(_("why it was withdrawn"), max_length=300, blank=True, editable=False)
    search_vector = search_column(("A", "title"), ("B", "about"))

    history = HistoricalRecords(excluded_fields=["search_vector"])
    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-changed_at", "-pk"]
        permissions = [("read_document", "Can read documents that are shared with all members")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | (~Q(withdrawn_because="") & Q(withdrawn_at__isnull=False)),
                name="workpackages_document_withdrawn_why",
            )
        ]
        indexes = [search_index("workpackages_document_search")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("workspace_work:document", args=[self.pk])

    def get_public_url(self):
        """Return the address under which visitors download it. It stays when a new version comes."""
        package = self.work_package
        return reverse("workpackages:document", args=[package.programme.slug, package.slug, self.pk, self.latest.name])

    @property
    def is_public(self):
        return self.access == self.Access.PUBLIC and self.status == self.Status.CURRENT

    @property
    def latest(self):
        """Return its latest version. Costs: a query where `with_latest` has not brought it."""
        if not hasattr(self, "latest_versions"):
            self.latest_versions = list(self.versions.all()[:1])
        return self.latest_versions[0] if self.latest_versions else None

    def seen_by(self):
        """Say to `efc.access` who else can see it, by its access level: everybody, all members, the people of the work package."""
        found = [(self.work_package, holders("workpackages.view_workpackage", self.work_package))]
        if self.status == self.Status.CURRENT:
            if self.access == self.Access.PUBLIC:
                found.append((_("Everybody, since it is public"), User.objects.filter(is_active=True)))
            elif self.access == self.Access.MEMBERS:
                found.append((_("All members, since it is shared with them"), readers_for_members()))
        return found


PUBLIC = Q(access=Document.Access.PUBLIC, status=Document.Status.CURRENT)


class DocumentVersion(models.Model):
    """One file of a document. Rows are added; the latest one counts."""

    permission_parent = "document"

    document = models.ForeignKey(Document, models.CASCADE, related_name="versions", verbose_name=_("document"))
    version = models.PositiveSmallIntegerField(_("version"))
    file = models.FileField(_("file"), upload_to=private_path)
    name = models.CharField(_("name"), max_length=150)
    note = models.CharField(_("what is new"), max_length=200, blank=True)
    media_type = models.CharField(_("format"), max_length=100, editable=False)
    size_bytes = models.BigIntegerField(_("size"), editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("uploaded by")
    )  # fmt: skip

    class Meta:
        verbose_name = _("version of a document")
        verbose_name_plural = _("versions of documents")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["document", "version"], name="workpackages_document_version_once")
        ]

    def __str__(self):
        return f"{self.name}, version {self.version}"
