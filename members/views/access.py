"""What a person may do and why; and the round in which an organisation confirms its people."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from efc import access, roles
from efc.generic import CheckedFormView, WorkspaceMixin, error_text
from efc.workflow import TooLate
from members.forms.access import ConfirmForm
from members.models import AccessAnswer, AccessReview, Representative
from members.services import access as services
from members.services.awaiting import represented_by


class Access(WorkspaceMixin, TemplateView):
    """List one's roles: what each permits, what gives it, from when to when. Costs: one query and one for each kind of row."""

    template_name = "members/access/access.html"
    heading = gettext_lazy("What I may do, and why")

    def get_context_data(self, **kwargs):
        held, over = access.held_by(self.request.user)
        return super().get_context_data(
            held=[in_words(grant) for grant in held], over=[in_words(grant) for grant in over], **kwargs
        )


def in_words(grant):
    """Return a grant as the page shows it."""
    return {
        "grant": grant,
        "name": access.name_in_words(grant),
        "permits": roles.MEANING.get(grant.role, ""),
        "source": access.source_in_words(grant),
    }


class Review(WorkspaceMixin, CheckedFormView):
    """Confirm the people of one's organisations, or end some. An organisation that has answered, or is not asked, shows how it stands."""

    form_class = ConfirmForm
    template_name = "members/access/review.html"
    heading = gettext_lazy("Confirm our people")

    @cached_property
    def review(self):
        return get_object_or_404(AccessReview, pk=self.kwargs["pk"])

    @cached_property
    def own(self):
        found = represented_by(self.request.user)
        if not found:
            raise Http404
        rows = Representative.objects.running().select_related("person").order_by("person__name")
        prefetch_related_objects(found, Prefetch("representatives", rows, to_attr="acting"))
        return found

    @cached_property
    def open_for(self):
        """Return the primary keys of one's organisations that can still answer."""
        if self.review.status != AccessReview.Status.OPEN:
            return set()
        answered = AccessAnswer.objects.filter(review=self.review, organisation__in=self.own)
        return {one.pk for one in self.own} - set(answered.values_list("organisation", flat=True))

    def organisation(self):
        """Return the organisation whose form was sent. One that is not one's own is not there."""
        sent = self.request.POST.get("organisation", "")
        found = next((one for one in self.own if str(one.pk) == sent), None)
        if found is None:
            raise Http404
        return found

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "organisation": self.organisation()}

    def get_form(self, form_class=None):
        return super().get_form(form_class) if self.request.method == "POST" else None

    def get_context_data(self, **kwargs):
        sent = kwargs.pop("form", None)
        answers = {
            answer.organisation_id: answer
            for answer in AccessAnswer.objects.filter(review=self.review, organisation__in=self.own).select_related(
                "answered_by"
            )
        }
        parts = []
        for one in self.own:
            form = sent if sent is not None and sent.organisation == one else None
            if one.pk in self.open_for:
                form = form or ConfirmForm(organisation=one)
            parts.append((one, form, answers.get(one.pk)))
        return super().get_context_data(review=self.review, parts=parts, form=sent, **kwargs)

    def form_valid(self, form):
        try:
            services.confirm_people(self.review, form.organisation, by=self.request.user, ended=form.ended)
        except (TooLate, ValidationError) as error:
            form.add_error(None, error_text(error))
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("Thank you. The people of %(organisation)s are confirmed.") % {"organisation": form.organisation},
        )
        return (
            redirect("workspace_members:review", self.review.pk)
            if represented_by(self.request.user)
            else redirect("workspace")
        )
