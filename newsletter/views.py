"""The newsletter in public: sign-up and archive, one issue, and the personal pages that mails link to."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from efc.cache import public_page
from efc.workflow import WrongStatus
from newsletter.forms import ConfirmForm, LanguageForm, SubscribeForm
from newsletter.models import Issue, IssueItem, Subscriber, mask
from newsletter.rendering import web_version
from newsletter.services import subscribers

HEADLINES = 3
Status = Subscriber.Status


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def home(request):
    """Show the form and the archive. The answer to a subscription is the same whether or not the address was known."""
    form = SubscribeForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"]
        subscribers.subscribe(email, language=get_language(), page=request.path)
        return render(
            request, "newsletter/asked.html", {"address": mask(email), "crumbs": _crumbs(_("Check your inbox"))}
        )
    items = IssueItem.objects.select_related("news_item", "publication", "event")
    issues = Issue.objects.published().defer("web_html", "editorial").prefetch_related(Prefetch("items", items))
    context = {
        "form": form,
        "issues": [(issue, issue.headlines(HEADLINES)) for issue in issues],
        "wording": subscribers.consent_wording(),
        "crumbs": [(_("Newsletter"), None)],
    }
    return render(request, "newsletter/home.html", context, status=422 if form.is_bound else 200)


@public_page
def issue(request, number):
    """Show an issue as it was sent; what was withdrawn since then is left out."""
    issue = get_object_or_404(Issue.objects.published(), number=number)
    context = {
        "issue": issue,
        "body": web_version(issue),
        "content_language": "en",
        "crumbs": _crumbs(_issue_name(issue)),
    }
    return render(request, "newsletter/issue.html", context)


def _issue_name(issue):
    return _("Issue %(number)s") % {"number": issue.number}


def _crumbs(label):
    return [(_("Newsletter"), reverse("newsletter:home")), (label, None)]


# ── personal pages: a GET shows one button, only the POST acts, since mail scanners follow links ──


def personal(field):
    """Give the view the subscriber of the link, in their language; an unknown key shows a page that helps on."""

    def decorate(view):
        @never_cache
        @login_not_required
        @csrf_protect
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def wrapper(request, token):
            subscriber = Subscriber.objects.filter(**{field: token}).first()
            with translation.override(subscriber.language if subscriber else get_language()):
                if subscriber is None:
                    return render(request, "newsletter/unknown_link.html", status=404)
                return view(request, subscriber)

        return wrapper

    return decorate


@personal("confirm_token")
def confirm(request, subscriber):
    form = ConfirmForm(request.POST if request.method == "POST" else None, initial={"language": subscriber.language})
    if request.method == "POST" and "new_link" in request.POST:
        subscribers.send_new_link(subscriber)
        return render(request, "newsletter/asked.html", {"address": subscriber.masked})
    if form.is_bound and form.is_valid():
        try:
            language = form.cleaned_data["language"] or subscriber.language
            subscribers.confirm_subscription(subscriber, language=language, page=_page(request))
        except WrongStatus:
            pass  # pressed twice, or too late: the page says how it stands
        return redirect(request.path)
    if subscriber.status == Status.CONFIRMED:
        return render(request, "newsletter/confirmed.html", {"subscriber": subscriber})
    if not subscriber.can_confirm:
        return render(request, "newsletter/link_too_old.html", {"subscriber": subscriber})
    return render(
        request,
        "newsletter/confirm.html",
        {"subscriber": subscriber, "form": form},
        status=422 if form.is_bound else 200,
    )


@personal("token")
def unsubscribe_page(request, subscriber):
    """Show the button; afterwards the same address says so and offers to undo it and to say why."""
    if request.method == "POST":
        if "undo" in request.POST:
            try:
                subscribers.undo_unsubscribe(subscriber, page=_page(request))
            except WrongStatus:
                pass
            return redirect(f"{request.path}?undone")
        elif request.POST.get("reason") in Subscriber.Leaving.values:
            subscribers.tell_reason(subscriber, request.POST["reason"])
        else:
            subscribers.unsubscribe(subscriber, page=_page(request))
        return redirect(request.path)
    left = subscriber.status == Status.UNSUBSCRIBED
    back = "undone" in request.GET and subscriber.status == Status.CONFIRMED
    template = (
        "newsletter/left.html" if left else "newsletter/confirmed.html" if back else "newsletter/unsubscribe.html"
    )
    return render(request, template, {"subscriber": subscriber, "reasons": Subscriber.Leaving.choices})


@csrf_exempt
@login_not_required
def unsubscribe(request, token):
    """Leave by the button of the mail program (RFC 8058) or by our own page. Only the former comes without our CSRF key."""
    if request.method == "POST" and request.POST.dict() == {"List-Unsubscribe": "One-Click"}:
        return one_click(request, token)
    return unsubscribe_page(request, token)


@never_cache
def one_click(request, token):
    """Unsubscribe at once. The answer is the same for a key that is used, erased or was never given."""
    subscriber = Subscriber.objects.filter(token=token).first()
    if subscriber is not None:
        subscribers.unsubscribe(subscriber, page=_page(request), way="mail program")
    return HttpResponse("You will get nothing more.\n", content_type="text/plain; charset=utf-8")


@personal("token")
def preferences(request, subscriber):
    form = LanguageForm(request.POST if request.method == "POST" else None, initial={"language": subscriber.language})
    saved = form.is_bound and form.is_valid()
    if saved:
        subscribers.change_preferences(subscriber, language=form.cleaned_data["language"], page=_page(request))
    with translation.override(subscriber.language):
        context = {"subscriber": subscriber, "form": form, "saved": saved}
        status = 422 if form.is_bound and not saved else 200
        return render(request, "newsletter/preferences.html", context, status=status)


def _page(request):
    """Return the address without the key in it, for the receipt."""
    return request.path.rsplit("/", 2)[0] + "/"
