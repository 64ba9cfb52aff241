"""The people of organisations: accepting an invitation, and the list of those who act for an organisation."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from efc.generic import CheckedFormView, public
from efc.models import User
from efc.workflow import WrongStatus
from members.forms.people import InvitationForm
from members.models import Invitation
from members.services import people


@public
@method_decorator([never_cache, csrf_protect], name="dispatch")
class Invited(CheckedFormView):
    """Open an account by the link of a letter. It leads to the sign-in page: a link alone opens no session, and whoever must
    set up a second factor does so there.
    """

    form_class = InvitationForm
    template_name = "members/people/invited.html"

    def dispatch(self, request, token):
        self.invitation = Invitation.objects.select_related("person", "organisation").filter(token=token).first()
        if self.invitation is None:
            raise Http404
        if self.invitation.status != "open":
            return self.closed(request)
        self.account = User.objects.filter(email=self.invitation.email).first()
        return super().dispatch(request, token=token)

    def closed(self, request):
        """Say what to do next; the button tells who invited."""
        asked = request.method == "POST" and "ask" in request.POST
        if asked:
            people.ask_for_invitation(self.invitation)
        context = {"invitation": self.invitation, "asked": asked}
        return render(request, "members/people/link_closed.html", context, status=200 if asked else 410)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "invitation": self.invitation}

    def get_context_data(self, **kwargs):
        return super().get_context_data(invitation=self.invitation, account=self.account, **kwargs)

    def post(self, request, *args, **kwargs):
        """Add to the account where there is one; its password stays."""
        if self.account is None:
            return super().post(request, *args, **kwargs)
        return self.accept()

    def form_valid(self, form):
        return self.accept(password=form.cleaned_data["password"], full_name=form.cleaned_data["full_name"])

    def accept(self, **fields):
        try:
            people.accept_invitation(self.invitation, **fields)
        except WrongStatus:
            return self.closed(self.request)
        messages.success(self.request, _("Your account is open. Sign in with your e-mail address and your password."))
        return redirect(reverse("account_login"))
