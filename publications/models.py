import hashlib

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from efc.files import private_path
from efc.models import Content, ContentQuerySet, search_column, search_index
from efc.wording import Guarded
from efc.workflow import Move, Workflow
from events.models import Event
from members.models import MembershipTerm, Organisation
from workpackages.models import Deliverable, WorkPackage

Status = Content.Status


def content_moves(publish):
    """Return the table of moves of something published; `publish` is the permission that makes public."""
    change = publish.replace(".publish_", ".change_")
    return {
        "submit": Move(Status.DRAFT, Status.IN_REVIEW, change, _("Ask for approval")),
        "revise": Move(
            (Status.IN_REVIEW, Status.APPROVED, Status.WITHDRAWN), Status.DRAFT, publish, _("Back to draft")
        ),
        "approve": Move((Status.DRAFT, Status.IN_REVIEW), Status.APPROVED, publish, _("Approve and publish")),
        "withdraw": Move(Status.APPROVED, Status.WITHDRAWN, publish, _("Withdraw")),
    }


def in_languages(*fields):
    """Return the names of the columns that hold these texts, one for each language."""
    return tuple(f"{field}_{code}" for field in fields for code, _name in settings.LANGUAGES)


class Written(Workflow, Guarded, Content):
    """Content whose texts exist in several languages; English is always there and stands in for a missing one."""

    class Meta:
        abstract = True

    @property
    def text_language(self):
        """The language in which the reader gets this text: that of the page, or else English."""
        language = get_language() or "en"
        return language if getattr(self, f"title_{language}", "") else "en"


class Page(Written):
    """A page of the website that the Secretariat writes, found by its key (for example `history`)."""

    MOVES = content_moves("publications.publish_page")
    GUARDED = in_languages("title", "lead", "description", "body")

    key = models.SlugField(_("key"), max_length=60, unique=True, help_text=_("Ties the page to its place on the site."))
    title = models.CharField(_("title"), max_length=150)
    lead = models.TextField(_("opening text"), blank=True, max_length=500)
    description = models.CharField(_("description for search engines"), max_length=200, blank=True)
    body = models.TextField(_("text"), help_text=_("Markdown."))
    search_vector = search_column(("A", "title"), ("B", "lead"), ("C", "body"))

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["title"]
        permissions = [("publish_page", "Can publish and withdraw pages")]
        indexes = [search_index("publications_page_search")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse(PAGE_URLS.get(self.key, self.key))


# Pages whose address is not named like their key.
PAGE_URLS = {"how-we-are-run": "how_we_are_run", "join": "members:join"}


class NewsItemQuerySet(ContentQuerySet):
    def in_year(self, year):
        return self.filter(dated_on__year=year)

    def for_lists(self):
        """Read what lists and feeds show, and no more."""
        shown = ("kind", "slug", "dated_on", "source_name", "updated_at", "title", "summary")
        return self.only(*shown, *in_languages("title", "summary"))

    def newer_than(self, item):
        """Return what comes after `item` in time, the next one first."""
        return self.filter(_after(item)).order_by("dated_on", "pk")

    def older_than(self, item):
        """Return what comes before `item` in time, the nearest first."""
        return self.exclude(_after(item)).exclude(pk=item.pk).order_by("-dated_on", "-pk")


def _after(item):
    return models.Q(dated_on__gt=item.dated_on) | models.Q(dated_on=item.dated_on, pk__gt=item.pk)


class NewsItem(Written):
    """News under its date: our own, a press release, or somebody else's text named with its source."""

    class Kind(models.TextChoices):
        NEWS = "news", _("News")
        PRESS_RELEASE = "press_release", _("Press release")
        EXTERNAL = "external", _("From others")

    MOVES = content_moves("publications.publish_newsitem")
    GUARDED = in_languages("title", "summary", "body")

    kind = models.CharField(_("kind"), max_length=13, choices=Kind, default=Kind.NEWS, db_index=True)
    title = models.CharField(_("title"), max_length=250)
    slug = models.SlugField(_("address"), max_length=120, help_text=_("Never changed once public."))
    dated_on = models.DateField(_("date"), db_index=True)
    place = models.CharField(_("place"), max_length=80, blank=True)
    summary = models.TextField(
        _("summary"), max_length=400, blank=True, help_text=_("One or two sentences of our own.")
    )
    body = models.TextField(_("text"), blank=True, help_text=_("Markdown."))
    source_name = models.CharField(
        _("source"), max_length=150, blank=True, help_text=_("Whose text this is, if not ours.")
    )
    source_url = models.URLField(_("address of the source"), blank=True)
    is_archive = models.BooleanField(
        _("from the archive"), default=False, help_text=_("Names and roles are as they were then; the page says so.")
    )
    has_content_note = models.BooleanField(_("content note"), default=False, help_text=_("The text describes abuse."))
    title_is_quotation = models.BooleanField(
        _("title is an official title or quotation"),
        default=False,
        help_text=_("Its wording is kept; the page explains it."),
    )
    membership = models.OneToOneField(
        MembershipTerm, models.SET_NULL, null=True, blank=True, editable=False, related_name="news", verbose_name=_("welcomes the member"),
    )  # fmt: skip
    organisations = models.ManyToManyField(
        Organisation, related_name="news", blank=True, verbose_name=_("organisations named")
    )
    work_package = models.ForeignKey(
        WorkPackage, models.SET_NULL, null=True, blank=True, related_name="news", verbose_name=_("work package")
    )
    event = models.ForeignKey(
        Event, models.SET_NULL, null=True, blank=True, related_name="news", verbose_name=_("event")
    )
    import_key = models.CharField(_("key of the import"), max_length=64, blank=True, editable=False)
    is_demo = models.BooleanField(_("demonstration record"), default=False)
    search_vector = search_column(("A", "title"), ("B", "summary"), ("C", "body"))

    objects = NewsItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news")
        ordering = ["-dated_on", "-pk"]
        permissions = [("publish_newsitem", "Can publish and withdraw news")]
        constraints = [
            models.UniqueConstraint(
                models.functions.ExtractYear("dated_on"), "slug",
                name="publications_newsitem_slug_once_a_year",
                violation_error_message=_("Another item of that year has this address. Choose another one."),
            ),
            models.UniqueConstraint(
                fields=["import_key"], condition=~models.Q(import_key=""), name="publications_newsitem_imported_once"
            ),
        ]  # fmt: skip
        indexes = [
            search_index("publications_newsitem_search"),
            models.Index(fields=["-dated_on", "-id"], name="publications_newsitem_latest"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("publications:news_detail", args=[self.dated_on.year, self.slug])

    @property
    def is_external(self):
        return self.kind == self.Kind.EXTERNAL

    def wordings(self):
        """Return the hits in all texts; a title marked as official or quoted has none."""
        return super().wordings(without="title" if self.title_is_quotation else None)


class PublicationQuerySet(ContentQuerySet):
    def for_lists(self):
        """Leave out what lists do not show."""
        return self.defer("body", *in_languages("body"), "search_vector")


class Publication(Written):
    """A report, guide or other publication, with its files (renditions) under one stable address."""

    class Kind(models.TextChoices):
        ASSESSMENT = "assessment", _("Strategic assessment")
        GUIDANCE = "guidance", _("Guidance")
        ANALYSIS = "analysis", _("Policy analysis")
        REPORT = "report", _("Report")
        LEAFLET = "leaflet", _("Leaflet")

    MOVES = content_moves("publications.publish_publication")
    GUARDED = in_languages("title", "subtitle", "summary", "body")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    subtitle = models.CharField(_("subtitle"), max_length=200, blank=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True, help_text=_("Never changed once public."))
    dated_on = models.DateField(_("date"), db_index=True)
    summary = models.TextField(_("summary"), max_length=800)
    body = models.TextField(_("key findings and contents"), blank=True, help_text=_("Markdown."))
    contributors = models.ManyToManyField(
        Organisation, related_name="publications", blank=True, verbose_name=_("contributors")
    )
    work_package = models.ForeignKey(
        WorkPackage, models.SET_NULL, null=True, blank=True, related_name="publications", verbose_name=_("work package")
    )
    deliverable = models.OneToOneField(
        Deliverable, models.SET_NULL, null=True, blank=True, editable=False, related_name="publication", verbose_name=_("publishes the deliverable"),
    )  # fmt: skip
    is_demo = models.BooleanField(_("demonstration record"), default=False)
    search_vector = search_column(("A", "title"), ("A", "subtitle"), ("B", "summary"), ("C", "body"))

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-dated_on", "-pk"]
        permissions = [("publish_publication", "Can publish and withdraw publications")]
        indexes = [search_index("publications_report_search")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("publications:detail", args=[self.slug])


class Rendition(models.Model):
    """One file of a publication. Its address stays; its size and SHA-256 are printed beside it."""

    publication = models.ForeignKey(
        Publication, models.CASCADE, related_name="renditions", verbose_name=_("publication")
    )
    title = models.CharField(
        _("title"), max_length=150, blank=True, help_text=_("Where there are several, for example: Summary.")
    )
    name = models.CharField(_("file name in the address"), max_length=110, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=5, default="en")
    file = models.FileField(_("file"), upload_to=private_path, max_length=200)
    media_type = models.CharField(_("format"), max_length=100, editable=False)
    size_bytes = models.PositiveBigIntegerField(_("size"), editable=False, default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False, blank=True)
    is_accessible = models.BooleanField(_("accessible (tagged)"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["publication", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["publication", "name"], name="publications_rendition_name_once")]

    def __str__(self):
        return self.title or self.publication.title

    def get_absolute_url(self):
        return reverse("publications:file", args=[self.publication.slug, self.name])

    def measure(self):
        """Read the file once and set its size and SHA-256."""
        digest, size = hashlib.sha256(), 0
        self.file.open("rb")
        for chunk in self.file.chunks():
            digest.update(chunk)
            size += len(chunk)
        self.file.seek(0)
        self.sha256, self.size_bytes = digest.hexdigest(), size
