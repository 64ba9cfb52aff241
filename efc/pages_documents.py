"""What a person reads and does across all work: the list of documents, and the own list of what waits."""

from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from efc.generic import WorkspaceMixin
from efc.workspace import awaiting
from members.views import memberships
from workpackages.forms.documents import ShelfForm
from workpackages.models import Task, WorkPackage
from workpackages.services.shelf import lines, shelf

PER_PAGE = 30
DONE_SHOWN = 10
LATEST = 5


class Documents(WorkspaceMixin, TemplateView):
    """Every document that this person may read, narrowed by a GET form. Costs: 6 queries beside the frame."""

    template_name = "workspace/documents.html"
    heading = gettext_lazy("Documents")

    def get(self, request):
        packages = list(
            WorkPackage.objects.select_related("programme")
            .only("number", "name", "slug", "programme__name", "programme__slug", "programme__starts_on")
            .order_by("-programme__starts_on", "number")
        )
        form = ShelfForm(request.GET, packages=packages)
        is_valid = form.is_valid()
        asked = form.cleaned_data
        rows = shelf(
            request.user, programme=asked.get("programme", ""), package=asked.get("wp", ""), kind=asked.get("kind", ""),
            words=asked.get("q", ""),
        )  # fmt: skip
        number = request.GET.get("page", "1")
        page = Paginator(rows, PER_PAGE).get_page(number if number.isdecimal() and len(number) < 6 else 1)
        context = self.get_context_data(
            form=form,
            page_obj=page,
            lines=lines(page.object_list),
            count=page.paginator.count,
            is_filtered=bool(form.errors) or any(asked.values()),
        )
        return self.render_to_response(context, status=200 if is_valid else 422)


class Inbox(WorkspaceMixin, TemplateView):
    """What waits for this person in every room, by date, and the own tasks that were done last."""

    template_name = "workspace/inbox.html"
    heading = gettext_lazy("Waiting for you")

    def get_context_data(self, **kwargs):
        user = self.request.user
        done = Task.objects.visible_to(user).of(user).closed().for_lists()
        return super().get_context_data(waiting=awaiting(user), done=done[:DONE_SHOWN], **kwargs)


def shared_with(user):
    """Return the latest documents that are shared with all members or with everybody, for the page of an organisation. Costs: 4 queries."""
    return lines(shelf(user, shared=True)[:LATEST])


documents = Documents.as_view()
inbox = Inbox.as_view()
memberships.Area.shared = staticmethod(shared_with)
