"""The memorandum at the desk: versions, who has signed, who has not and when they were asked, signatures on paper."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Q, Value
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from efc import richtext
from efc.acts import Act, Bulk, ReadOnly
from efc.adminsite import MoveAdmin, VisibleAdmin
from efc.editor import MarkdownMixin
from efc.files import serve
from members.emails.memberships import contacts, contacts_of
from members.forms.desk import SignatureForm, SureForm, VersionForm
from members.models import MemorandumVersion, Organisation, Reminder, Signature
from members.services import memorandum

CHANGE = "members.change_memorandumversion"
Status = MemorandumVersion.Status


def _putting_in_force(version):
    unsigned = list(version.unsigned_by().defer("search_vector"))
    addresses = {address for found in contacts_of(unsigned).values() for address, _language, _name in found}
    said = ngettext(
        "This mails %(n)s contact person and asks every member to sign.", "This mails %(n)s contact persons and asks every member to sign.",
        len(addresses),
    ) % {"n": len(addresses)}  # fmt: skip
    before = MemorandumVersion.objects.current()
    if before:
        said += " " + gettext("Version %(number)s is replaced.") % {"number": before.number}
    return {"consequence": said, "facts": [(gettext("Members asked to sign"), [str(one) for one in unsigned])]}


def chase(version):
    """Return [(organisation, addresses, last asked)] of the members that have not signed a version. Costs: 3 queries."""
    last = dict(Reminder.objects.filter(version=version).values_list("organisation").annotate(Max("sent_at")))
    unsigned = list(version.unsigned_by().order_by("name").defer("search_vector"))
    found = contacts_of(unsigned)
    return [(one, [address for address, _language, _name in found[one.pk]], last.get(one.pk)) for one in unsigned]


def _remind_look(organisation):
    """Say whom a reminder would reach; refuse where there is nothing to sign, nobody to write to, or somebody was asked lately."""
    version = MemorandumVersion.objects.current()
    if version is None:
        raise ValidationError(gettext("No version of the memorandum is in force."))
    if not version.unsigned_by().filter(pk=organisation.pk).exists():
        raise ValidationError(gettext("It has signed the version in force, or is no member."))
    asked = version.reminders.filter(organisation=organisation).order_by("-sent_at").first()
    if asked and asked.sent_at > timezone.now() - memorandum.ASK_AGAIN_AFTER:
        raise ValidationError(
            gettext("It was asked on %(day)s. Wait a week.") % {"day": date_format(asked.sent_at, "j F Y")}
        )
    found = [address for address, _language, _name in contacts(organisation)]
    if not found:
        raise ValidationError(gettext("No contact person has an address. Name one first."))
    return gettext("mails %(addresses)s") % {"addresses": ", ".join(found)}


def _remind(organisation, *, by):
    return memorandum.remind_unsigned(MemorandumVersion.objects.current(), [organisation], by=by)


def _says_mails(count):
    return ngettext("This mails %(n)s organisation.", "This mails %(n)s organisations.", count) % {"n": count}


REMIND_TO_SIGN = Bulk(
    "remind_to_sign",
    _("Remind to sign the memorandum"),
    _remind,
    permission=CHANGE,
    says=_says_mails,
    look=_remind_look,
)


class SignedFilter(admin.SimpleListFilter):
    """Narrow the list to members that have, or have not, signed the version in force."""

    title = _("memorandum")
    parameter_name = "memorandum"

    def lookups(self, request, model_admin):
        return [("unsigned", _("Member, not signed")), ("signed", _("Signed"))]

    def queryset(self, request, queryset):
        version = MemorandumVersion.objects.current()
        if self.value() not in ("unsigned", "signed"):
            return queryset
        if version is None:
            return queryset.none()
        if self.value() == "unsigned":
            return queryset.filter(pk__in=version.unsigned_by().order_by().values("pk"))
        return queryset.filter(pk__in=Signature.objects.filter(version=version).values("organisation"))


@admin.register(MemorandumVersion)
class MemorandumVersionAdmin(MarkdownMixin, MoveAdmin):
    """A draft is written here; what is or was in force stands as it is, with who signed it and the list of who has not."""

    form = VersionForm
    markdown_fields = ("text",)
    change_form_template = "admin/members/memorandum.html"
    acts = {
        "put-in-force": Act(_("Put in force"), SureForm, memorandum.put_in_force, CHANGE, lambda version: version.status == Status.DRAFT, about=_putting_in_force),
        "signature": Act(_("Record a signature on paper"), SignatureForm, memorandum.record_signature, "members.add_signature", lambda version: version.status != Status.DRAFT),
    }  # fmt: skip
    list_display = ["number", "title", "status", "in_force_on", "signed"]
    list_filter = ["status"]
    fields = ["status", "number", "title", "text", "file", "decision"]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.status == Status.DRAFT)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or obj.status == Status.DRAFT)

    def get_fields(self, request, obj=None):
        """Show the text as it reads once it is not written any more; the file is then handed out beside the record."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fields
        return ["status", "number", "title", "in_force_on", "words", "decision"]

    @admin.display(description=_("text"))
    def words(self, version):
        return format_html('<div class="prose">{}</div>', richtext.render(version.text))

    def get_actions(self, request):
        return {}

    def get_queryset(self, request):
        members = Organisation.objects.members().order_by()
        signed_by = Count("signatures", Q(signatures__organisation__in=members.values("pk")))
        return super().get_queryset(request).annotate(signed_by=signed_by, members=Value(members.count()))

    def get_urls(self):
        return [self.named("<int:object_id>/document/", self.document, "document"), *super().get_urls()]

    @admin.display(description=_("signed by members"))
    def signed(self, version):
        if version.status == Status.DRAFT:
            return "–"
        return gettext("%(n)s of %(all)s") % {"n": version.signed_by, "all": version.members}

    def change_view(self, request, object_id, form_url="", extra_context=None):
        version = self.get_object(request, str(object_id))
        found = {}
        if version is not None and version.status != Status.DRAFT:
            signatures = version.signatures.select_related("organisation")
            found = {"signatures": signatures, "chase": chase(version) if version.status == Status.IN_FORCE else []}
        return super().change_view(request, object_id, form_url, {**found, **(extra_context or {})})

    def document(self, request, object_id):
        version = self.record_or_404(request, object_id)
        if not version.file:
            raise Http404
        return serve(version.file, f"memorandum-{version.number}.pdf", media_type="application/pdf")


@admin.register(Signature)
class SignatureAdmin(ReadOnly, VisibleAdmin):
    """The ledger: who signed which version, when, through whom, how. Rows are added by signing and never changed."""

    list_display = ["organisation", "version", "signed_on", "signatory_name", "signatory_function", "method"]
    list_filter = ["version", "method"]
    list_select_related = ["organisation", "version"]
    search_fields = ["organisation__name", "signatory_name"]
    date_hierarchy = "signed_on"
    fields = [
        "organisation",
        "version",
        "signed_on",
        "signatory_name",
        "signatory_function",
        "method",
        "text_sha256",
        "recorded_at",
        "recorded_by",
    ]
    change_form_template = "admin/members/signature.html"

    def get_urls(self):
        return [self.named("<int:object_id>/scan/", self.scan, "scan"), *super().get_urls()]

    def scan(self, request, object_id):
        signature = self.record_or_404(request, object_id)
        if not signature.scan:
            raise Http404
        return serve(
            signature.scan, f"signature-{signature.organisation.slug}.{signature.scan.name.rsplit('.', 1)[-1]}"
        )
