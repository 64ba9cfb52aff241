"""Documents: those of a work package in the workspace, one with its versions, and what visitors download."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView, View

from efc import files
from efc.acts import refuse
from efc.generic import CheckedFormView, WorkspaceMixin, error_text
from efc.workflow import WrongStatus
from workpackages.forms.documents import ChangeDocumentForm, DocumentForm, ShareForm, VersionForm, WithdrawForm
from workpackages.models import DeliverableFile, Document, DocumentVersion
from workpackages.services import documents, shelf
from workpackages.views.milestones import acts_about
from workpackages.views.tasks import OfTeam

# The acts of the audit log in words.
ACTS = {
    "add": gettext_lazy("Added"),
    "add_version": gettext_lazy("New version"),
    "change": gettext_lazy("Changed"),
    "withdraw": gettext_lazy("Withdrawn"),
    "restore": gettext_lazy("Put back in use"),
}


class Documents(WorkspaceMixin, OfTeam, CheckedFormView):
    """The documents of a work package, and the form that adds one. Costs: 3 queries beside the frame."""

    template_name = "workpackages/workspace/documents.html"
    form_class = DocumentForm

    def post(self, request, *args, **kwargs):
        if not self.keeps:
            raise Http404
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        try:
            document = documents.add_document(self.package, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse_file(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _("Kept. %(who)s can read it now.") % {"who": document.get_access_display()})
        return HttpResponseRedirect(document.get_absolute_url())

    def get_context_data(self, **kwargs):
        rows = Document.objects.visible_to(self.request.user).filter(work_package=self.package).for_lists()
        return super().get_context_data(
            **{
                "heading": _("Documents of %(code)s") % {"code": self.package.code},
                "package": self.package,
                "documents": [row for row in rows if row.status == Document.Status.CURRENT],
                "withdrawn": [row for row in rows if row.status == Document.Status.WITHDRAWN],
                "may_add": self.keeps,
                **kwargs,
            }
        )


def refuse_file(form, error):
    """Put a refusal on the form; one that names no field is about the file."""
    if hasattr(error, "error_dict"):
        refuse(form, error)
    else:
        form.add_error("file", error)


class OfDocument:
    """Find the document of the address among those this person may read."""

    @cached_property
    def document(self):
        rows = Document.objects.visible_to(self.request.user).for_lists()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def may_change(self):
        return self.request.user.has_perm("workpackages.change_document", self.document)

    def back(self):
        return HttpResponseRedirect(self.document.get_absolute_url())


class DocumentPage(WorkspaceMixin, OfDocument, TemplateView):
    """One document: who reads it, its versions, and for its leads the next version, its title and withdrawing. Costs: 5 queries beside the frame."""

    template_name = "workpackages/workspace/document.html"

    def get_context_data(self, **kwargs):
        one, user = self.document, self.request.user
        reads_all = user.has_perm("workpackages.view_document", one)
        context = {
            "heading": one.title,
            "document": one,
            "package": one.work_package,
            "versions": shelf.versions_of(one, user),
            "reads_all": reads_all,
            "may_change": self.may_change,
            "acts": acts_about(one, ACTS) if reads_all else [],
        }
        if self.may_change and one.status == Document.Status.CURRENT:
            fields = {name: getattr(one, name) for name in documents.FIELDS}
            context |= {
                "version_form": VersionForm(),
                "change_form": ChangeDocumentForm(initial=fields),
                "withdraw_form": WithdrawForm(),
            }
        return super().get_context_data(**{**context, **kwargs})


class ActOnDocument(DocumentPage):
    """One act of the leads, by a form that stands on the page of the document; a refusal shows the page again with what was typed."""

    http_method_names = ["post"]
    form_class = None
    form_name = ""
    done = ""

    def act(self, document, by, **answers):
        raise NotImplementedError

    def post(self, request, **kwargs):
        if not self.may_change:
            raise Http404
        form = self.form_class(request.POST, request.FILES)
        if not form.is_valid():
            return self.refused(form)
        try:
            self.act(self.document, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            (refuse_file if "file" in form.fields else refuse)(form, error)
            return self.refused(form)
        except WrongStatus as error:
            messages.warning(request, error_text(error))
        else:
            messages.success(request, self.done)
        return self.back()

    def refused(self, form):
        return self.render_to_response(self.get_context_data(**{self.form_name: form}), status=422)


class AddVersion(ActOnDocument):
    form_class, form_name, done = VersionForm, "version_form", gettext_lazy("The new version is there.")
    act = staticmethod(documents.add_version)


class ChangeDocument(ActOnDocument):
    form_class, form_name, done = ChangeDocumentForm, "change_form", gettext_lazy("Kept.")
    act = staticmethod(documents.change_document)


class WithdrawDocument(ActOnDocument):
    form_class, form_name, done = (
        WithdrawForm,
        "withdraw_form",
        gettext_lazy("Withdrawn. Only the people of the work package see it now."),
    )
    act = staticmethod(documents.withdraw_document)


class RestoreDocument(OfDocument, View):
    http_method_names = ["post"]

    def post(self, request, **kwargs):
        try:
            documents.restore_document(self.document, by=request.user)
        except WrongStatus as error:
            messages.warning(request, error_text(error))
        except PermissionDenied as error:
            raise Http404 from error
        else:
            messages.success(request, _("It is in use again."))
        return self.back()


class DocumentFile(OfDocument, View):
    """One version of a document: any for its team, the latest one for other readers."""

    def get(self, request, version, **kwargs):
        row = next((row for row in shelf.versions_of(self.document, request.user) if row.version == version), None)
        if row is None:
            raise Http404
        return files.serve(row.file, row.name, media_type=row.media_type)


class ShareFile(WorkspaceMixin, CheckedFormView):
    """Who may read a file of a deliverable; for who reports on it."""

    template_name = "workpackages/workspace/share.html"
    form_class = ShareForm

    @cached_property
    def file(self):
        rows = DeliverableFile.objects.visible_to(self.request.user).select_related(
            "deliverable__work_package__programme"
        )
        kwargs = self.kwargs
        row = get_object_or_404(
            rows, version=kwargs["version"], deliverable__number=kwargs["number"],
            deliverable__work_package__number=kwargs["package"],
            deliverable__work_package__programme__slug=kwargs["programme"],
        )  # fmt: skip
        if not self.request.user.has_perm("workpackages.update_deliverable", row.deliverable):
            raise Http404
        return row

    def get(self, request, *args, **kwargs):
        return self.file and super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        return self.file and super().post(request, *args, **kwargs)

    def get_initial(self):
        return {"access": self.file.access}

    def get_context_data(self, **kwargs):
        heading = _("Who may read %(file)s") % {"file": self.file.name}
        return super().get_context_data(heading=heading, file=self.file, deliverable=self.file.deliverable, **kwargs)

    def form_valid(self, form):
        documents.share_file(self.file, by=self.request.user, access=form.cleaned_data["access"])
        messages.success(self.request, _("Kept."))
        return HttpResponseRedirect(self.file.deliverable.get_absolute_url())


# ── for visitors ─────────────────────────────────────────────────────────


@login_not_required
@require_safe
def public_document(request, programme, slug, document, name):
    """Answer with the latest version of a public document, whatever name an earlier version had."""
    rows = Document.objects.public().filter(work_package__programme__slug=programme, work_package__slug=slug)
    row = DocumentVersion.objects.filter(document=get_object_or_404(rows, pk=document)).first()
    return files.serve(row.file, row.name, public=True, media_type=row.media_type)


@login_not_required
@require_safe
def public_file(request, programme, slug, number, name):
    """Answer with the latest public file of a delivered result that is shown."""
    rows = DeliverableFile.objects.public().filter(
        deliverable__work_package__programme__slug=programme,
        deliverable__work_package__slug=slug,
        deliverable__number=number,
    )
    row = get_object_or_404(rows)
    return files.serve(row.file, row.name, public=True, media_type=row.media_type)
