"""The memorandum of understanding: put in force, signed in the portal or on paper, and asked for again."""

import hashlib
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from efc import audit, files
from efc.permissions import require
from efc.workflow import WrongStatus
from members import pdf
from members.emails import memorandum as emails
from members.models import MemorandumVersion, Organisation, Reminder, Representative, Signature

ASK_AGAIN_AFTER = timedelta(days=7)


@transaction.atomic
def put_in_force(version, *, by):
    """Put a version in force in the place of the one before, and ask every member to sign it.

    Writes: both versions, audit entries. Letters: memorandum_in_force to the contact persons. Files: the text as PDF where there
    is none. Returns: the version. Raises: PermissionDenied, WrongStatus.
    """
    before = MemorandumVersion.objects.select_for_update().filter(status=MemorandumVersion.Status.IN_FORCE).first()
    require(by, MemorandumVersion.MOVES["put_in_force"].permission, version)
    if before is not None and before != version:
        before.move("replace", by=by)
    version.move("put_in_force", by=by, in_force_on=timezone.localdate())
    if not version.file:
        version.file.save("memorandum.pdf", ContentFile(pdf.memorandum(version)), save=False)
        MemorandumVersion.objects.filter(pk=version.pk).update(file=version.file.name)
    for organisation in version.unsigned_by():
        emails.memorandum_in_force(version, organisation)
    return version


def text_digest(version):
    """Return the SHA-256 of the text as it was signed (hex)."""
    return hashlib.sha256(version.text.encode()).hexdigest()


@transaction.atomic
def sign_memorandum(version, organisation, *, by, function, name=""):
    """Sign in the portal, as a person who acts for the organisation today; nobody else signs for it, the Secretariat neither.

    Writes: the signature with the digest of the text, an audit entry. Letters: memorandum_signed to the signatory.
    Returns: the signature. Raises: PermissionDenied, WrongStatus for a version not in force, ValidationError when it is signed.
    """
    acting = Representative.objects.as_of().filter(organisation=organisation, person__user=by).select_related("person")
    row = acting.first()
    if row is None or not by.has_perm("members.change_organisation", organisation):
        raise PermissionDenied("members.change_organisation")
    if version.status != MemorandumVersion.Status.IN_FORCE:
        raise WrongStatus(version, "sign")
    if not function.strip():
        raise ValidationError({"function": _("Write your function in the organisation.")})
    signature = _store(
        Signature(
            version=version, organisation=organisation, signed_on=timezone.localdate(), signatory=row.person,
            signatory_name=name.strip() or row.person.name, signatory_function=function.strip(),
            method=Signature.Method.PORTAL, text_sha256=text_digest(version), recorded_by=by,
        )
    )  # fmt: skip
    audit.record("members.signature.sign", signature, by, version=version.number, sha256=signature.text_sha256)
    emails.memorandum_signed(signature, by)
    return signature


@transaction.atomic
def record_signature(version, organisation, *, by, signed_on, signatory_name, signatory_function, method, scan=None):
    """Enter a signature on paper or from the records. Files: the scan. Writes: the signature, an audit entry. Returns: the signature.

    Raises: PermissionDenied, WrongStatus for a draft, ValidationError for a day ahead, an organisation that was no member on the day
    nor became one, a scan that is none, or a second signature.
    """
    require(by, "members.add_signature")
    if version.status == MemorandumVersion.Status.DRAFT:
        raise WrongStatus(version, "sign")
    if method == Signature.Method.PORTAL:
        raise ValidationError({"method": _("In the portal the organisation signs itself. Choose another way.")})
    if signed_on > timezone.localdate():
        raise ValidationError({"signed_on": _("This day lies ahead. Give the day of the signature.")})
    if not Organisation.objects.may_sign(signed_on).filter(pk=organisation.pk).exists():
        text = _(
            "%(organisation)s was not a member on this day and did not become one afterwards. Look at the day again."
        )
        raise ValidationError({"organisation": text % {"organisation": organisation}})
    if scan is not None:
        try:
            media_type, checked = files.check_upload(scan)
        except ValidationError as error:
            raise ValidationError({"scan": error.messages}) from error
        if media_type not in ("application/pdf", "image/png", "image/jpeg"):
            raise ValidationError({"scan": _("Choose a PDF, PNG or JPEG file.")})
        scan = File(checked, name=scan.name)
    signature = _store(
        Signature(
            version=version, organisation=organisation, signed_on=signed_on, signatory_name=signatory_name.strip(),
            signatory_function=signatory_function.strip(), method=method, scan=scan, text_sha256=text_digest(version),
            recorded_by=by,
        )
    )  # fmt: skip
    audit.record("members.signature.record", signature, by, version=version.number, method=str(method))
    return signature


def _store(signature):
    """Add a signature; of two at once one is kept, and the other reads who signed and when."""
    signature.full_clean(exclude=["version", "organisation", "signatory", "recorded_by"], validate_constraints=False)
    try:
        with transaction.atomic():
            signature.save(force_insert=True)
    except IntegrityError as error:
        known = Signature.objects.get(version=signature.version, organisation=signature.organisation)
        facts = {
            "organisation": known.organisation,
            "day": date_format(known.signed_on),
            "name": known.signatory_name,
        }
        raise ValidationError(_("%(organisation)s signed this version on %(day)s through %(name)s.") % facts) from error
    return signature


@transaction.atomic
def remind_unsigned(version, organisations, *, by, again=False):
    """Ask organisations that have not signed to do so, one letter to each contact person.

    Who was asked in the last seven days is left out unless `again`. Writes: a Reminder for each letter, audit entries.
    Letters: memorandum_reminder. Returns: the organisations that were asked. Raises: PermissionDenied, WrongStatus.
    """
    require(by, "members.change_memorandumversion", version)
    if version.status != MemorandumVersion.Status.IN_FORCE:
        raise WrongStatus(version, "remind")
    wanted = version.unsigned_by().filter(pk__in=[organisation.pk for organisation in organisations])
    lately = Reminder.objects.filter(version=version, sent_at__gt=timezone.now() - ASK_AGAIN_AFTER)
    if not again:
        wanted = wanted.exclude(pk__in=lately.values("organisation"))
    asked = []
    for organisation in wanted.select_for_update(of=("self",)).order_by("name"):
        letters = emails.memorandum_reminder(version, organisation)
        Reminder.objects.bulk_create(
            Reminder(version=version, organisation=organisation, address=letter.address, sent_by=by)
            for letter in letters
        )
        if letters:
            audit.record("members.memorandumversion.remind", version, by, organisation=organisation.slug)
            asked.append(organisation)
    return asked


def version_on(day=None):
    """Return the version that was in force on a day (today when left out), or None."""
    begun = MemorandumVersion.objects.exclude(status=MemorandumVersion.Status.DRAFT)
    return begun.filter(in_force_on__lte=day or timezone.localdate()).order_by("-in_force_on", "-pk").first()


def members_with_signature(version, day=None):
    """Return the members of a day (today when left out), each with `has_signed` this version by then. Costs: one query when asked."""
    day = day or timezone.localdate()
    signed = Signature.objects.filter(version=version, signed_on__lte=day, organisation=OuterRef("pk"))
    rows = Organisation.objects.members(day).annotate(has_signed=Exists(signed))
    return rows.order_by("name").defer("description", "search_vector")


def share_signed(day=None):
    """Return (how many members of a day had signed the version then in force, how many members there were)."""
    day = day or timezone.localdate()
    members = Organisation.objects.members(day)
    signed = Signature.objects.filter(version=version_on(day), signed_on__lte=day).values("organisation")
    return members.filter(pk__in=signed).count(), members.count()
