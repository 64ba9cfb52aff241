"""The memorandum in an organisation's area: reading, signing, and what was signed before."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from efc import files
from efc.generic import CheckedFormView
from efc.workflow import WrongStatus
from members import pdf
from members.forms.memorandum import RecordForm, SignForm
from members.models import MemorandumVersion, Representative
from members.services import memorandum
from members.views.memberships import AreaMixin


class Sign(AreaMixin, CheckedFormView):
    """Read the version in force and sign it for the organisation. Who keeps the ledger reads it and signs for nobody."""

    form_class = SignForm
    template_name = "members/organisation/memorandum.html"
    here = "sign"
    heading = gettext_lazy("Memorandum of understanding")

    def dispatch(self, request, *args, **kwargs):
        self.version = MemorandumVersion.objects.current()
        acting = Representative.objects.as_of().filter(person__user=request.user, organisation__slug=self.slug)
        self.acting = acting.select_related("person").first()
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self):
        return {"name": self.acting.person.name, "function": self.acting.function} if self.acting else {}

    def get_context_data(self, **kwargs):
        signatures = list(self.organisation.signatures.select_related("version"))
        return super().get_context_data(
            version=self.version,
            signature=next((row for row in signatures if row.version == self.version), None),
            earlier=[row for row in signatures if row.version != self.version],
            may_sign=self.acting is not None,
            may_record=self.request.user.has_perm("members.add_signature"),
            **kwargs,
        )

    def form_valid(self, form):
        if self.version is None:
            raise Http404
        asked = form.cleaned_data
        try:
            memorandum.sign_memorandum(
                self.version, self.organisation, by=self.request.user, function=asked["function"], name=asked["name"]
            )
        except (ValidationError, WrongStatus) as error:
            return self.refuse(form, error)
        messages.success(self.request, _("Thank you. The memorandum is signed; a receipt is on its way to you."))
        return redirect("workspace_members:sign", self.slug)


class Record(AreaMixin, CheckedFormView):
    """Enter a signature on paper, with its scan. For the Secretariat."""

    form_class = RecordForm
    template_name = "members/organisation/record_signature.html"
    here = "sign"
    heading = gettext_lazy("Record a signature on paper")

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("members.add_signature"):
            raise Http404
        self.version = get_object_or_404(
            MemorandumVersion.objects.exclude(status=MemorandumVersion.Status.DRAFT), pk=kwargs["version"]
        )
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(version=self.version, **kwargs)

    def form_valid(self, form):
        try:
            memorandum.record_signature(self.version, self.organisation, by=self.request.user, **form.cleaned_data)
        except (ValidationError, WrongStatus) as error:
            return self.refuse(form, error)
        messages.success(self.request, _("The signature is on record."))
        return redirect("workspace_members:sign", self.slug)


class SignedCopy(AreaMixin, View):
    """Download what the organisation signed: the scan of the paper, or the text with the signature under it."""

    def get(self, request, pk, **kwargs):
        signature = get_object_or_404(self.organisation.signatures.select_related("version", "organisation"), pk=pk)
        name = f"EFC-memorandum-{signature.version.number}-{self.organisation.slug}"
        if signature.scan:
            return files.serve(signature.scan, f"{name}.{signature.scan.name.rsplit('.', 1)[-1]}")
        response = HttpResponse(pdf.signed_memorandum(signature), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
        response["Cache-Control"] = "private, no-store"
        return response


class VersionFile(View):
    """Download a version of the memorandum as PDF."""

    def get(self, request, pk):
        version = get_object_or_404(MemorandumVersion.objects.visible_to(request.user).exclude(file=""), pk=pk)
        return files.serve(version.file, f"EFC-memorandum-{version.number}.pdf")
