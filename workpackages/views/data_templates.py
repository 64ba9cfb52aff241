"""Templates for collecting data in the workspace: versions, their questions while they are drafts, putting one in force."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from efc.generic import CheckedFormView, WorkspaceMixin, error_text
from efc.workflow import WrongStatus, moves_for
from workpackages.forms.collection import FieldForm, PackageForm, TemplateForm
from workpackages.models import DataField, DataTemplate
from workpackages.models.collection import kept_by
from workpackages.services import collection
from workpackages.views.collection import KeeperMixin


class OfTemplate:
    @cached_property
    def template(self):
        rows = DataTemplate.objects.visible_to(self.request.user).select_related("work_package__programme")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def may_keep(self):
        return self.request.user.has_perm("workpackages.keep_datatemplate", self.template)

    def back(self):
        return HttpResponseRedirect(self.template.get_absolute_url())


class TemplatePage(OfTemplate, WorkspaceMixin, TemplateView):
    """One version: what it asks, its guidance; for keepers what can be done with it. Costs: 4 queries beside the frame."""

    template_name = "workpackages/collection/template.html"

    def get_context_data(self, **kwargs):
        one, user = self.template, self.request.user
        versions = DataTemplate.objects.visible_to(user).filter(name=one.name).defer("guidance").order_by("-version")
        return super().get_context_data(
            heading=str(one), template=one, fields=list(one.fields.select_related("part_of")), versions=list(versions),
            may_keep=self.may_keep, moves=moves_for(one, user), may_copy=not one.is_draft and kept_by(user).exists(), **kwargs,
        )  # fmt: skip


class NewTemplate(KeeperMixin, CheckedFormView):
    template_name = "workpackages/collection/form.html"
    form_class = TemplateForm
    heading = gettext_lazy("New template")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(back=reverse("workspace_data:list"), **kwargs)

    def form_valid(self, form):
        try:
            made = collection.prepare_template(by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            return self.refused(form, error)
        messages.success(self.request, _("The draft is there. Add its questions."))
        return HttpResponseRedirect(made.get_absolute_url())


class EditTemplate(OfTemplate, KeeperMixin, CheckedFormView):
    """Change a draft; what is in force has no such page."""

    template_name = "workpackages/collection/form.html"
    form_class = TemplateForm
    heading = gettext_lazy("Change the template")

    def may(self, user):
        return self.may_keep and self.template.is_draft

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user, "instance": self.template}

    def get_context_data(self, **kwargs):
        back, lead = self.template.get_absolute_url(), str(self.template)
        return super().get_context_data(back=back, lead=lead, **kwargs)

    def form_valid(self, form):
        try:
            given = {"name": self.template.name, **form.cleaned_data}
            collection.change_template(self.template, by=self.request.user, **given)
        except (ValidationError, WrongStatus) as error:
            return self.refused(form, error)
        return self.back()


class Question(EditTemplate):
    """Add a question to a draft, or change one."""

    form_class = FieldForm

    @cached_property
    def question(self):
        if "field" not in self.kwargs:
            last = self.template.fields.last()
            follows = {"order": last.order + 1, "section": last.section} if last else {}
            return DataField(template=self.template, **follows)
        return get_object_or_404(
            DataField.objects.select_related("template"), template=self.template, pk=self.kwargs["field"]
        )

    def get_form_kwargs(self):
        found = super(EditTemplate, self).get_form_kwargs()
        return {**found, "instance": self.question}

    def get_context_data(self, **kwargs):
        heading = _("Change the question") if self.question.pk else _("New question")
        return super().get_context_data(heading=heading, removes=self.question if self.question.pk else None, **kwargs)

    def form_valid(self, form):
        try:
            collection.save_field(form.instance, by=self.request.user)
        except (ValidationError, WrongStatus) as error:
            return self.refused(form, error)
        messages.success(self.request, _("The question is kept."))
        return self.back()


class RemoveQuestion(OfTemplate, View):
    http_method_names = ["post"]

    def post(self, request, pk, field):
        question = get_object_or_404(DataField.objects.select_related("template"), template=self.template, pk=field)
        try:
            collection.remove_field(question, by=request.user)
            messages.success(request, _("The question is taken out."))
        except WrongStatus as error:
            messages.warning(request, error_text(error))
        return self.back()


class MoveTemplate(OfTemplate, View):
    """Put a draft in force, or begin the next version as a copy."""

    http_method_names = ["post"]

    def post(self, request, pk, verb):
        try:
            if verb == "put_in_force":
                collection.put_template_in_force(self.template, by=request.user)
                messages.success(request, _("This version is in force. It stays as it is."))
            elif verb == "copy":
                form = PackageForm(request.POST, user=request.user)
                package = form.cleaned_data["work_package"] if form.is_valid() else None
                copy = collection.copy_template(self.template, by=request.user, work_package=package)
                messages.success(request, _("The next version begins as a copy. Change it, then put it in force."))
                return HttpResponseRedirect(copy.get_absolute_url())
            else:
                raise Http404
        except (WrongStatus, ValidationError) as error:
            messages.warning(request, error_text(error))
        return self.back()
