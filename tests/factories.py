"""Records for tests, one factory a model, each with the least that makes sense; a test names the values it speaks of.

Content is a draft until asked otherwise: `NewsItemFactory(published=True)` approves it by its own move. For many rows
at once: `NewsItem.objects.bulk_create(NewsItemFactory.build_batch(500, status="approved"))`.
"""

from datetime import date, timedelta

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory import LazyAttribute, RelatedFactory, Sequence, SubFactory, post_generation
from factory.django import DjangoModelFactory

from efc.models import ContactMessage, Hotline, User
from events.models import Event
from members.models import (
    DRAFT_KEPT,
    AccessReview,
    Application,
    Ballot,
    Decision,
    Invitation,
    LiaisonContact,
    MembershipTerm,
    MemorandumVersion,
    Organisation,
    Paper,
    Person,
    Representative,
    Seat,
    Sector,
    Signature,
    Sitting,
    Suspension,
)
from members.services import applications
from newsletter.models import Consent, Delivery, Issue, IssueItem, Mailing, Subscriber, Suppression
from publications.models import NewsItem, Page, Publication, Rendition
from workpackages.models import (
    Contributor,
    DataField,
    DataRound,
    DataTemplate,
    Deliverable,
    DeliverableFile,
    Document,
    DocumentVersion,
    Extension,
    Lead,
    LeadPerson,
    Milestone,
    MilestoneEvidence,
    Narrative,
    Objective,
    Programme,
    ReportPeriod,
    Risk,
    Task,
    TestTransaction,
    WorkPackage,
)
from workpackages.services import collection


def related(name):
    """Return a hook that fills a many-to-many field: `EventFactory(organisers=[org])`."""

    @post_generation
    def fill(record, create, rows, **kwargs):
        if create and rows:
            getattr(record, name).set(rows)

    return fill


# ── the ground ───────────────────────────────────────────────────────────


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = Sequence(lambda n: f"person-{n}@member.example")
    full_name = Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)


class ContactMessageFactory(DjangoModelFactory):
    class Meta:
        model = ContactMessage

    topic = ContactMessage.Topic.MEMBERSHIP
    name = "Compliance officer"
    email = Sequence(lambda n: f"writer-{n}@bank.example")
    body = "How can our organisation join the coalition?"


class HotlineFactory(DjangoModelFactory):
    class Meta:
        model = Hotline

    country = "BE"
    name = "Example hotline"
    url = "https://hotline.example/"
    source = "Example list of hotlines"
    as_of = date(2026, 1, 5)


# ── members ──────────────────────────────────────────────────────────────


class OrganisationFactory(DjangoModelFactory):
    """An organisation with a public profile that is not a member; see MemberFactory."""

    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    name = Sequence(lambda n: f"Organisation {n}")
    slug = Sequence(lambda n: f"organisation-{n}")
    sector = Sector.TECHNOLOGY
    kind = Organisation.Kind.COMPANY
    is_public = True


class MembershipTermFactory(DjangoModelFactory):
    class Meta:
        model = MembershipTerm

    organisation = SubFactory(OrganisationFactory)
    starts_on = date(2013, 8, 5)


class MemberFactory(OrganisationFactory):
    """A member since 5 August 2013; `membership__starts_on=…` says otherwise."""

    membership = RelatedFactory(MembershipTermFactory, factory_related_name="organisation")


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    name = Sequence(lambda n: f"Representative {n}")
    email = Sequence(lambda n: f"representative-{n}@member.example")


class RepresentativeFactory(DjangoModelFactory):
    class Meta:
        model = Representative

    organisation = SubFactory(MemberFactory)
    person = SubFactory(PersonFactory)


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = Seat

    organisation = SubFactory(MemberFactory)
    kind = Seat.Kind.FULL
    starts_on = date(2012, 11, 26)


class ApplicationFactory(DjangoModelFactory):
    """A draft whose address is proven and whose steps are answered; `sent=True` sends it by its own verb."""

    class Meta:
        model = Application
        skip_postgeneration_save = True

    reference = Sequence(lambda n: f"DRAFT-{n}")
    email = Sequence(lambda n: f"applicant-{n}@bank.example")
    email_proven_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyFunction(lambda: timezone.now() + DRAFT_KEPT)
    organisation_name = Sequence(lambda n: f"Example Bank {n}")
    legal_form = "Public company"
    kind = Organisation.Kind.COMPANY
    sector = Sector.PAYMENT
    country = "BE"
    contact_name = "Head of compliance"
    contact_role = "Head of compliance"
    contribution = "Two analysts, and what we know of payment patterns."
    accepts_memorandum = True
    memorandum = factory.LazyFunction(lambda: MemorandumVersion.objects.current())
    has_authority = True
    accepts_privacy = True

    @post_generation
    def sent(self, create, wanted, **kwargs):
        if create and wanted:
            applications.submit_application(self)


class PaperFactory(DjangoModelFactory):
    """A paper that begins like a PDF; a test that reads it as one brings its own."""

    class Meta:
        model = Paper

    application = SubFactory(ApplicationFactory)
    name = "Statutes.pdf"
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7\n%%EOF\n", name="paper.pdf"))
    size_bytes = 15
    sha256 = "0" * 64


class MemorandumVersionFactory(DjangoModelFactory):
    """A draft of a version; `status=` says otherwise."""

    class Meta:
        model = MemorandumVersion

    number = Sequence(lambda n: f"{n + 1}.0")
    title = "Memorandum of Understanding"
    text = "The members work together and use *test transactions* as agreed."


class SignatureFactory(DjangoModelFactory):
    class Meta:
        model = Signature

    version = SubFactory(MemorandumVersionFactory)
    organisation = SubFactory(MemberFactory)
    signed_on = date(2013, 9, 1)
    signatory_name = "Director"
    method = Signature.Method.RECORD


class LiaisonContactFactory(DjangoModelFactory):
    class Meta:
        model = LiaisonContact

    network = SubFactory(OrganisationFactory, kind=Organisation.Kind.NETWORK)
    name = Sequence(lambda n: f"Coordinator {n}")


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = Decision

    year = 2013
    sequence = Sequence(lambda n: n + 1)
    decided_on = date(2013, 3, 5)
    title = Sequence(lambda n: f"Decision {n}")
    text = "Organisations are named for the fast track."
    procedure = Decision.Procedure.MEETING


class BallotFactory(DjangoModelFactory):
    """A prepared ballot; `open_ballot` opens it."""

    class Meta:
        model = Ballot

    kind = Ballot.Kind.WRITTEN
    title = Sequence(lambda n: f"Ballot {n}")
    question = "Shall the plan of the year be adopted?"


class SittingFactory(DjangoModelFactory):
    class Meta:
        model = Sitting

    held_on = date(2013, 6, 12)
    title = "Third meeting of the Steering Group"


class SuspensionFactory(DjangoModelFactory):
    class Meta:
        model = Suspension

    organisation = SubFactory(MemberFactory)
    starts_on = date(2020, 1, 1)
    reason = "At its own request."


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    person = SubFactory(PersonFactory)
    email = LazyAttribute(lambda o: o.person.email)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class AccessReviewFactory(DjangoModelFactory):
    class Meta:
        model = AccessReview

    title = "Spring review"
    opened_on = factory.LazyFunction(timezone.localdate)
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))


# ── work packages ────────────────────────────────────────────────────────


class ProgrammeFactory(DjangoModelFactory):
    """A programme that began in 2020 and still runs."""

    class Meta:
        model = Programme

    name = Sequence(lambda n: f"Programme {n}")
    slug = Sequence(lambda n: f"programme-{n}")
    kind = Programme.Kind.PLAN
    starts_on = date(2020, 1, 1)


class ObjectiveFactory(DjangoModelFactory):
    class Meta:
        model = Objective

    programme = SubFactory(ProgrammeFactory)
    number = Sequence(lambda n: n + 1)
    title = LazyAttribute(lambda o: f"Objective {o.number}")


class WorkPackageFactory(DjangoModelFactory):
    class Meta:
        model = WorkPackage
        skip_postgeneration_save = True

    programme = SubFactory(ProgrammeFactory)
    number = Sequence(lambda n: n + 1)
    name = LazyAttribute(lambda o: f"Work {o.number}")
    slug = LazyAttribute(lambda o: f"work-{o.number}")
    aim = "Empower law enforcement and companies by training and shared resources."
    objectives = related("objectives")


class LeadFactory(DjangoModelFactory):
    class Meta:
        model = Lead

    work_package = SubFactory(WorkPackageFactory)
    organisation = SubFactory(MemberFactory)


class ContributorFactory(DjangoModelFactory):
    class Meta:
        model = Contributor

    work_package = SubFactory(WorkPackageFactory)
    organisation = SubFactory(MemberFactory)


class LeadPersonFactory(DjangoModelFactory):
    """A person who leads; `person__user=…` gives the account. Draw the grants afterwards."""

    class Meta:
        model = LeadPerson

    lead = SubFactory(LeadFactory)
    person = SubFactory(PersonFactory)


class DeliverableFactory(DjangoModelFactory):
    """Promised for the third month of a programme that began in 2020; due on the last day of it."""

    class Meta:
        model = Deliverable

    work_package = SubFactory(WorkPackageFactory)
    number = Sequence(lambda n: n + 1)
    title = LazyAttribute(lambda o: f"Deliverable {o.number}")
    baseline_month = 3
    due_on = LazyAttribute(lambda o: o.work_package.programme.end_of_month(o.baseline_month))


class ExtensionFactory(DjangoModelFactory):
    class Meta:
        model = Extension

    deliverable = SubFactory(DeliverableFactory)
    due_before_on = LazyAttribute(lambda o: o.deliverable.due_on)
    proposed_on = date(2030, 6, 30)
    cause = "Two authors left."


class DeliverableFileFactory(DjangoModelFactory):
    class Meta:
        model = DeliverableFile

    deliverable = SubFactory(DeliverableFactory)
    version = 1
    name = "training-book.pdf"
    media_type = "application/pdf"
    size_bytes = 15
    sha256 = "0" * 64
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7\n%%EOF\n", name="book.pdf"))


class MilestoneFactory(DjangoModelFactory):
    """Promised for the third month of a programme that began in 2020; due on the last day of it."""

    class Meta:
        model = Milestone

    work_package = SubFactory(WorkPackageFactory)
    number = Sequence(lambda n: n + 1)
    title = LazyAttribute(lambda o: f"Milestone {o.number}")
    verification = "The minutes are approved."
    baseline_month = 3
    due_on = LazyAttribute(lambda o: o.work_package.programme.end_of_month(o.baseline_month))


class MilestoneEvidenceFactory(DjangoModelFactory):
    class Meta:
        model = MilestoneEvidence

    milestone = SubFactory(MilestoneFactory)
    sentence = "The minutes were approved in writing."
    name = "minutes.pdf"
    media_type = "application/pdf"
    size_bytes = 15
    sha256 = "0" * 64
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7\n%%EOF\n", name="minutes.pdf"))


class RiskFactory(DjangoModelFactory):
    """On the register since the programme of 2020 began."""

    class Meta:
        model = Risk

    work_package = SubFactory(WorkPackageFactory)
    number = Sequence(lambda n: n + 1)
    title = LazyAttribute(lambda o: f"Risk {o.number}")
    effect = "The course would take place a quarter later."
    likelihood = "medium"
    impact = "high"
    mitigation = "Two trainers prepare each day."
    raised_on = LazyAttribute(lambda o: o.work_package.programme.starts_on)


class DataTemplateFactory(DjangoModelFactory):
    """A draft; `DataTemplateFactory(in_force=True, fields=[{"key": …}])` is given questions and put in force by its verb."""

    class Meta:
        model = DataTemplate
        skip_postgeneration_save = True

    work_package = SubFactory(WorkPackageFactory)
    name = Sequence(lambda n: f"Template {n}")

    @post_generation
    def fields(template, create, rows, **kwargs):  # noqa: N805
        for order, facts in enumerate(rows or [{"key": "cases", "label": "Cases"}], 1):
            whole = facts.pop("part_of", None)
            DataField.objects.create(
                template=template, order=order, part_of=template.fields.get(key=whole) if whole else None,
                **{"label": facts["key"].capitalize(), **facts},
            )  # fmt: skip

    @post_generation
    def in_force(template, create, wanted, **kwargs):  # noqa: N805
        if wanted:
            collection.put_template_in_force(template, by=None)
            template.refresh_from_db()


class DataRoundFactory(DjangoModelFactory):
    """A round that is prepared; `collection.open_round(round, by=None)` opens it."""

    class Meta:
        model = DataRound

    work_package = SubFactory(WorkPackageFactory)
    template = SubFactory(DataTemplateFactory, in_force=True)
    title = Sequence(lambda n: f"Round {n}")
    starts_on = LazyAttribute(lambda o: o.opens_on - timedelta(days=90))
    ends_on = LazyAttribute(lambda o: o.opens_on - timedelta(days=1))
    opens_on = LazyAttribute(lambda o: timezone.localdate())
    due_on = LazyAttribute(lambda o: o.opens_on + timedelta(days=30))


class TaskFactory(DjangoModelFactory):
    """An open task that nobody has yet."""

    class Meta:
        model = Task

    work_package = SubFactory(WorkPackageFactory)
    title = Sequence(lambda n: f"Task {n}")


class DocumentFactory(DjangoModelFactory):
    """A document for the team; it needs a version, see DocumentVersionFactory."""

    class Meta:
        model = Document

    work_package = SubFactory(WorkPackageFactory)
    title = Sequence(lambda n: f"Document {n}")
    kind = Document.Kind.PAPER
    changed_at = factory.LazyFunction(timezone.now)


class DocumentVersionFactory(DjangoModelFactory):
    """The first version of a document; `document__access=…` says who reads it."""

    class Meta:
        model = DocumentVersion

    document = SubFactory(DocumentFactory)
    version = 1
    name = "paper.pdf"
    media_type = "application/pdf"
    size_bytes = 15
    sha256 = "0" * 64
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7\n%%EOF\n", name="paper.pdf"))


class ReportPeriodFactory(DjangoModelFactory):
    """A report that is being written, with a text to come from each work package and a stored document."""

    class Meta:
        model = ReportPeriod
        skip_postgeneration_save = True

    programme = SubFactory(ProgrammeFactory)
    number = Sequence(lambda n: n + 1)
    starts_on = date(2020, 1, 1)
    ends_on = date(2020, 12, 31)
    pdf = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7\n%%EOF\n", name="report.pdf"))

    @post_generation
    def narratives(self, create, wanted, **kwargs):
        if create:
            Narrative.objects.bulk_create(
                Narrative(period=self, work_package=package) for package in self.programme.work_packages.all()
            )


class TransactionFactory(DjangoModelFactory):
    """A request that waits for its answer."""

    class Meta:
        model = TestTransaction

    year = LazyAttribute(lambda o: o.requested_on.year)
    sequence = Sequence(lambda n: n + 1)
    authority_country = "IT"
    provider = SubFactory(MemberFactory, sector=Sector.PAYMENT)
    requested_on = date(2020, 3, 2)


# ── content ──────────────────────────────────────────────────────────────


class ContentFactory(DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @post_generation
    def published(self, create, wanted, **kwargs):
        if create and wanted:
            self.move("approve", by=None)


class EventFactory(ContentFactory):
    class Meta:
        model = Event

    kind = Event.Kind.TRAINING
    title = Sequence(lambda n: f"Event {n}")
    slug = Sequence(lambda n: f"event-{n}")
    starts_on = date(2015, 4, 7)
    ends_on = LazyAttribute(lambda o: o.starts_on)
    place = "Conference centre, Brussels"
    organisers = related("organisers")


class PageFactory(ContentFactory):
    class Meta:
        model = Page

    key = Sequence(lambda n: f"page-{n}")
    title = Sequence(lambda n: f"Page {n}")
    body = "A paragraph of the page."


class NewsItemFactory(ContentFactory):
    class Meta:
        model = NewsItem

    title = Sequence(lambda n: f"News {n}")
    slug = Sequence(lambda n: f"news-{n}")
    dated_on = date(2015, 2, 24)
    summary = "What happened, in one sentence."
    body = "What happened, in a paragraph."
    organisations = related("organisations")


class PublicationFactory(ContentFactory):
    class Meta:
        model = Publication

    kind = Publication.Kind.REPORT
    title = Sequence(lambda n: f"Publication {n}")
    slug = Sequence(lambda n: f"publication-{n}")
    dated_on = date(2015, 2, 24)
    summary = "What the publication says, in one sentence."
    contributors = related("contributors")


class RenditionFactory(DjangoModelFactory):
    """A measured file that begins like a PDF; a test that reads it as one brings its own."""

    class Meta:
        model = Rendition

    publication = SubFactory(PublicationFactory)
    name = Sequence(lambda n: f"file-{n}")
    media_type = "application/pdf"
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7\n%%EOF\n", name="report.pdf"))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        rendition = model_class(*args, **kwargs)
        rendition.measure()
        rendition.save()
        return rendition


# ── newsletter ───────────────────────────────────────────────────────────


class SubscriberFactory(DjangoModelFactory):
    """An address that waits for its confirmation; `confirmed=True` for one that has confirmed."""

    class Meta:
        model = Subscriber

    class Params:
        confirmed = factory.Trait(status=Subscriber.Status.CONFIRMED, confirmed_at=factory.LazyFunction(timezone.now))

    email = Sequence(lambda n: f"reader-{n}@post.example")


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = Consent

    subscriber = SubFactory(SubscriberFactory)
    act = Consent.Act.REQUESTED
    wording = "Send me the newsletter of the coalition."
    page = "/en/newsletter/"
    language = "en"


class SuppressionFactory(DjangoModelFactory):
    class Meta:
        model = Suppression

    address = Sequence(lambda n: f"bounced-{n}@post.example")
    reason = Suppression.Reason.BOUNCED


class IssueFactory(DjangoModelFactory):
    """A draft of an issue; `archived=True` for one that stands in the archive."""

    class Meta:
        model = Issue
        skip_postgeneration_save = True

    number = Sequence(lambda n: n + 1)
    subject = LazyAttribute(lambda o: f"Newsletter {o.number}")
    dated_on = date(2015, 10, 30)
    editorial_title = "What we did this year"
    editorial = "A paragraph of the editorial."

    @post_generation
    def archived(self, create, wanted, **kwargs):
        if create and wanted:
            self.move("archive", by=None, sent_at=timezone.now())


class IssueItemFactory(DjangoModelFactory):
    class Meta:
        model = IssueItem

    issue = SubFactory(IssueFactory)
    order = Sequence(lambda n: n)
    news_item = SubFactory(NewsItemFactory, published=True)


class MailingFactory(DjangoModelFactory):
    class Meta:
        model = Mailing

    issue = SubFactory(IssueFactory)
    subject = LazyAttribute(lambda o: o.issue.subject)
    html = "<p>What we did this year</p>"
    text = "What we did this year"
    digest = "0" * 64


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = Delivery

    mailing = SubFactory(MailingFactory)
    subscriber = SubFactory(SubscriberFactory, confirmed=True)
    address = LazyAttribute(lambda o: o.subscriber.email)
    token = LazyAttribute(lambda o: o.subscriber.token)
