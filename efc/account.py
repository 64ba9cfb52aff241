"""One's own account: name and language, address, password, second factor, sessions, API tokens."""

from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from efc import account_services, second_factor, tokens
from efc.account_forms import AddressForm, PersonForm, TokenForm
from efc.generic import CheckedFormView, WorkspaceMixin
from efc.models import ApiToken, User

NEXT = "second_factor_next"  # where a session goes on once it has its second factor


class AccountMixin:
    """A page of one's account, in the frame of the workspace, also where a view of django-allauth hands on nothing it was given.

    Who must set up a second factor first sees no links that would lead back here.
    """

    heading = ""

    def get_context_data(self, **kwargs):
        missing = second_factor.is_missing(self.request.user)
        return {
            **super().get_context_data(**kwargs),
            "heading": self.heading,
            "workspace_nav": [] if missing else WorkspaceMixin.nav(self.request.user),
            "factor_is_missing": missing,
            "go_on": self.request.session.get(NEXT, ""),
            **kwargs,
        }

    def forget_the_way(self, context):
        """Show once where the session goes on, and no more after that."""
        if not context["factor_is_missing"]:
            self.request.session.pop(NEXT, None)
        return context


class RemovalMixin(AccountMixin):
    """A page that removes a factor says when it is the only one."""

    def get_context_data(self, **kwargs):
        user = self.request.user
        factors = Authenticator.objects.filter(user=user, type__in=second_factor.FACTORS)
        return super().get_context_data(
            factor_is_last=factors.count() == 1, factor_is_required=second_factor.is_required(user), **kwargs
        )


def own(view_class, heading, mixin=AccountMixin):
    """Return a page of django-allauth as a page of the workspace."""
    page = type(view_class.__name__, (mixin, view_class), {"heading": heading})
    return never_cache(refused_answers_422(page.as_view()))


def refused_answers_422(view):
    """Answer 422 where a form of django-allauth comes back with what is to be corrected."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if request.method in ("POST", "PUT") and response.status_code == 200:  # django reads both as a form
            response.status_code = 422
        return response

    return checked


@method_decorator(never_cache, name="dispatch")
class AccountView(AccountMixin, CheckedFormView):
    """Show all that one may set, and keep name and language."""

    form_class = PersonForm
    template_name = "workspace/account.html"
    heading = gettext_lazy("Your account")

    def get_form_kwargs(self):
        """Give the form a row of its own: one that fails must not rename who is signed in."""
        return {**super().get_form_kwargs(), "instance": User.objects.get(pk=self.request.user.pk)}

    def form_valid(self, form):
        account_services.change_person(form.instance, changed=form.changed_data)
        messages.success(self.request, _("Saved."))
        return redirect("workspace_account")

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            has_factor=second_factor.has_factor(user),
            factor_is_required=second_factor.is_required(user),
            sessions=len(UserSession.objects.purge_and_list(user)),
            tokens=ApiToken.objects.good().filter(user=user).count(),
            **kwargs,
        )


# ── the second factor ────────────────────────────────────────────────────


@method_decorator(never_cache, name="dispatch")
class FactorsView(AccountMixin, IndexView):
    """Show the factors; remember where a session wanted to go that was led here."""

    heading = gettext_lazy("Second factor")

    def get(self, request, *args, **kwargs):
        wanted = request.GET.get("next", "")
        if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
            request.session[NEXT] = wanted
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        found = list(Authenticator.objects.filter(user=self.request.user).order_by("created_at"))
        kinds = Authenticator.Type
        context = super().get_context_data(
            app=next((one for one in found if one.type == kinds.TOTP), None),
            keys=[one for one in found if one.type == kinds.WEBAUTHN],
            codes=next((one.wrap() for one in found if one.type == kinds.RECOVERY_CODES), None),
            factor_is_required=second_factor.is_required(self.request.user),
            **kwargs,
        )
        return self.forget_the_way(context)


@never_cache
@require_safe
def qr_code(request):
    """Draw the secret that is being set up, for the camera of a telephone; the secret is the session's."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(picture, "image/svg+xml")


# ── sessions ─────────────────────────────────────────────────────────────


@method_decorator(never_cache, name="dispatch")
class SessionsView(AccountMixin, ListUserSessionsView):
    heading = gettext_lazy("Where you are signed in")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["sessions"].sort(key=lambda one: (not one.is_current(), -one.created_at.timestamp()))
        for one in context["sessions"]:
            one.browser = browser_name(one.user_agent)
        return context


def browser_name(agent):
    """Say in plain words what a browser says about itself.

    >>> browser_name("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox, Linux'
    """
    browsers = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    systems = {
        "Windows": "Windows",
        "Android": "Android",
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Mac OS": "Mac",
        "Linux": "Linux",
    }
    found = [next((name for sign, name in table.items() if sign in agent), "") for table in (browsers, systems)]
    return ", ".join(filter(None, found)) or _("Unknown browser")


# ── a new address ────────────────────────────────────────────────────────


@method_decorator([never_cache, reauthentication_required(allow_get=True)], name="dispatch")
class AddressView(AccountMixin, CheckedFormView):
    form_class = AddressForm
    template_name = "workspace/account_email.html"
    heading = gettext_lazy("Change your e-mail address")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form):
        try:
            account_services.ask_for_address(self.request.user, form.cleaned_data["email"])
        except ValidationError as error:
            form.add_error("email", error)
            return self.form_invalid(form)
        return render(self.request, "workspace/account_email_sent.html", self.get_context_data(form=form))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request, key):
    """Show one button; only pressing it changes the address, as mail scanners follow links."""
    try:
        email = account_services.address_asked(request.user, key)
        if request.method == "POST":
            account_services.change_address(request.user, email)
            messages.success(request, _("Your e-mail address is now %(email)s.") % {"email": email})
            return redirect("workspace_account")
    except (signing.BadSignature, ValidationError):
        return render(request, "workspace/account_email_confirm.html", {"email": ""}, status=410)
    return render(request, "workspace/account_email_confirm.html", {"email": email})


# ── API tokens ───────────────────────────────────────────────────────────


@method_decorator([never_cache, reauthentication_required(allow_get=True)], name="dispatch")
class TokensView(AccountMixin, CheckedFormView):
    """List one's tokens and make one; its text stands on the answer to the form and never again."""

    form_class = TokenForm
    template_name = "workspace/account_tokens.html"
    heading = gettext_lazy("API tokens")

    def form_valid(self, form):
        token, text = tokens.create_token(self.request.user, **form.cleaned_data)
        context = self.get_context_data(form=TokenForm(), made=token, text=text)
        return self.render_to_response(context, status=201)

    def get_context_data(self, **kwargs):
        return super().get_context_data(tokens=ApiToken.objects.good().filter(user=self.request.user), **kwargs)


@require_POST
def revoke_token(request, beginning):
    token = get_object_or_404(ApiToken, user=request.user, token_key=beginning)
    tokens.revoke_token(token, by=request.user)
    messages.success(request, _("The token “%(name)s” is revoked and no longer works.") % {"name": token.name})
    return redirect("workspace_account_tokens")
