"""Import and export at the desk: a list’s rows as a file, and a file’s rows after a dry run."""

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from efc import exports, imports, tables
from efc.imports import Plan
from efc.permissions import require
from efc.sheets import Sheet

PREVIEW_KEPT = 60 * 60  # seconds from a preview to its confirmation
SHOWN = 100  # lines of each kind on the page of a preview
SALT = "efc.import"


class ExportForm(forms.Form):
    file_format = forms.ChoiceField(
        label=_("Format"), choices=list(exports.FORMATS.items()), widget=forms.RadioSelect, initial="xlsx",
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )  # fmt: skip
    protected = forms.BooleanField(
        label=_("With protected identities"),
        required=False,
        help_text=_("Otherwise they are left out. The reason is kept in the audit log."),
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=240)

    def __init__(self, *args, may_protected, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_protected:
            del self.fields["protected"], self.fields["reason"]

    def clean(self):
        found = super().clean()
        found["reason"] = found.get("reason", "").strip()
        if found.get("protected") and not found["reason"]:
            self.add_error("reason", _("Say why the protected identities are needed, for example for which authority."))
        return found


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"), help_text=_("XLSX or CSV, at most 1 MB."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose another one.")},
    )  # fmt: skip


class SheetMixin:
    """A list whose rows leave as a file and come in from one, as `sheet` says."""

    sheet: Sheet
    change_list_template = "admin/sheets/list.html"

    def get_urls(self):
        return [
            self.named("export/", self.export, "export"),
            self.named("import/", self.take_in, "import"),
            self.named("import/template/", self.template, "template"),
            *super().get_urls(),
        ]

    def may_import(self, user):
        return all(user.has_perm(permission) for permission in self.sheet.permissions())

    def changelist_view(self, request, extra_context=None):
        context = {"export_url": self.url("export", query=_query(request)), "may_import": self.may_import(request.user)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    # ── out ──

    def export(self, request):
        """Ask for the format, then hand out the rows that the list shows under the filters of this address."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            listed = self.get_changelist_instance(request).get_queryset(request)
        except (IncorrectLookupParameters, OverflowError) as error:  # a filter that is none
            raise BadRequest from error
        rows = self.model._default_manager.filter(pk__in=listed.order_by().values("pk")).order_by(
            *self.model._meta.ordering
        )
        hidden = self.sheet.hidden_in(rows)
        may = bool(hidden) and request.user.has_perm(self.sheet.protects)
        form = ExportForm(request.POST if request.method == "POST" else None, may_protected=may)
        if form.is_valid():
            answer, _count = exports.export_rows(
                self.sheet, rows, by=request.user, filtered=exports.describe(request.GET.dict()), **form.cleaned_data
            )
            return answer
        return self.page(
            request, "sheets/export", None, gettext("Export: %(name)s") % {"name": self.opts.verbose_name_plural}, form=form,
            count=rows.count(), hidden=hidden, may=may, back=self.url("changelist", query=_query(request)),
            filtered=bool(request.GET), status=422 if form.is_bound else 200,
        )  # fmt: skip

    # ── in ──

    def take_in(self, request):
        """Take a file, show what it would do, and do it when that page is confirmed."""
        for permission in self.sheet.permissions():
            require(request.user, permission)
        if request.method != "POST":
            return self._ask(request, FileForm())
        if "preview" in request.POST:
            return self._confirm(request)
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                return self._preview(request, tables.read(form.cleaned_data["file"]))
            except ValidationError as error:
                form.add_error("file", error)
        return self._ask(request, form)

    def template(self, request):
        """Hand out an empty file with the columns."""
        if not self.may_import(request.user):
            raise PermissionDenied
        header = [column.name for column in self.sheet.columns if column.to]
        return exports.file_answer(header, [], f"efc-{self.sheet.name}.xlsx")

    def _title(self):
        return gettext("Import: %(name)s") % {"name": self.opts.verbose_name_plural}

    def _ask(self, request, form):
        return self.page(
            request, "sheets/import", None, self._title(), form=form, columns=self.sheet.columns, rows=tables.ROWS,
            template_url=self.url("template"), status=422 if form.is_bound else 200,
        )  # fmt: skip

    def _preview(self, request, table, refusal=""):
        plan = imports.compare(self.sheet, table)
        facts = [request.user.pk, self.sheet.name, plan.fingerprint, table.sha256, table.header, table.lines]
        return self.page(
            request, "sheets/preview", None, self._title(), plan=plan, refusal=refusal, new=plan.new[:SHOWN],
            changed=plan.changed[:SHOWN], problems=plan.problems[:SHOWN], more=_more(plan), summary=imports.summary(plan),
            preview="" if plan.problems else signing.dumps(facts, salt=SALT, compress=True), digest=table.sha256[:12],
            again=self.url("import"), status=422 if plan.problems or refusal else 200,
        )  # fmt: skip

    def _confirm(self, request):
        try:
            facts = signing.loads(request.POST["preview"], salt=SALT, max_age=PREVIEW_KEPT)
        except signing.BadSignature:
            facts = [None, None]
        if facts[:2] != [request.user.pk, self.sheet.name]:
            form = FileForm({}, {})
            form.errors["file"] = form.error_class(
                [gettext("This preview is too old. Choose the file again and look at it once more.")]
            )
            return self._ask(request, form)
        table = tables.Table(facts[3], facts[4], [tuple(line) for line in facts[5]])
        try:
            plan = imports.import_table(self.sheet, table, by=request.user, fingerprint=facts[2])
        except ValidationError as error:
            return self._preview(request, table, " ".join(error.messages))
        text = gettext("Imported: %(summary)s.") % {"summary": imports.summary(plan)}
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(self.url("changelist"))


def _query(request):
    return f"?{request.GET.urlencode()}" if request.GET else ""


def _more(plan: Plan):
    """Say how many lines the page leaves out, or nothing."""
    hidden = sum(max(0, len(lines) - SHOWN) for lines in (plan.new, plan.changed, plan.problems))
    return (
        ngettext("%(n)s more line is not shown.", "%(n)s more lines are not shown.", hidden) % {"n": hidden}
        if hidden
        else ""
    )
