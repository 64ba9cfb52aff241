"""The roof's pages: home, what the coalition is, reporting, help, contact, search, display, health."""

from functools import lru_cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import get_text_list
from django.utils.translation import get_language, get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_countries import countries

from efc import services
from efc.cache import public_page
from efc.forms import ContactForm, SearchForm
from efc.middleware import API
from efc.models import ContactMessage, Hotline
from efc.search import PER_PAGE, search
from events.models import Event
from members.models import STRAND_OF, Decision, Organisation, Seat, Strand
from publications.models import NewsItem, Page, Publication, Rendition
from workpackages.models import Lead, Programme, WorkPackage


@require_safe
@login_not_required
def root(request):
    """Send to the home page in the language the browser asks for; no cookie, the language stands in the address."""
    response = redirect(f"/{get_language_from_request(request)}/")
    response["Vary"] = "Accept-Language"
    return response


def crumbs(label, *between):
    """Return the breadcrumb of a page: home, the pages between, and the page itself."""
    return [(_("Home"), reverse("home")), *between, (label, None)]


@public_page
def home(request):
    today = timezone.localdate()
    current = Programme.objects.as_of(today).order_by("-starts_on").values("pk")[:1]
    name = Coalesce(NullIf("organisation__short_name", Value("")), "organisation__name")
    leads = (
        Lead.objects.published()
        .as_of(today)
        .filter(work_package=OuterRef("pk"))
        .order_by("organisation__name")
        .values_list(name)
    )
    main_file = (
        Rendition.objects.filter(publication__in=Publication.objects.published())
        .select_related("publication")
        .defer("publication__search_vector", *(f"publication__body_{code}" for code, _name in settings.LANGUAGES))
        .order_by("-publication__dated_on", "-publication_id", "order", "pk")
        .first()
    )
    work_packages = list(
        WorkPackage.objects.filter(programme=Subquery(current))
        .select_related("programme")
        .only("number", "name", "slug", "aim", "programme__slug")
        .annotate(led_by=ArraySubquery(leads))
    )
    for package in work_packages:
        package.lead_names = get_text_list(package.led_by, _("and"))
    if main_file:
        main_file.publication.main_file = main_file
    return render(
        request,
        "efc/home.html",
        {
            "latest": list(NewsItem.objects.published().only("kind", "title", "slug", "dated_on", "summary")[:4]),
            "work_packages": work_packages,
            "upcoming": list(Event.objects.published().upcoming(today).defer("search_vector", "description")[:3]),
            "publication": main_file.publication if main_file else None,
            **strands(today),
            "country_options": country_options(get_language()),
        },
    )


def strands(day):
    """Return the public members of a day in their three groups, each by name with the label of its seat. Costs: one query."""
    seats = Seat.objects.steering_group(day).filter(organisation=OuterRef("pk")).order_by().values("kind")
    rows = Organisation.objects.published().members(day).annotate(kinds=ArraySubquery(seats))
    groups = {strand: [] for strand in Strand}
    named = (Seat.Kind.CHAIR, Seat.Kind.SECRETARIAT, Seat.Kind.ADVISORY)
    for name, short_name, sector, kinds in rows.values_list("name", "short_name", "sector", "kinds"):
        kind = next((kind for kind in named if kind in kinds), None)
        groups[STRAND_OF[sector]].append((short_name or name, kind.label if kind else ""))
    return {
        "strands": [(strand.value, strand.label, members) for strand, members in groups.items()],
        "organisation_count": sum(len(members) for members in groups.values()),
    }


@lru_cache(maxsize=len(settings.LANGUAGES))
def country_options(language):
    """Return the countries whose hotlines we list as options of a select, by name in `language`. Safe HTML, made once."""
    listed = set(settings.HOTLINE_COUNTRIES)
    with translation.override(language):
        named = [(code, str(name)) for code, name in countries if code in listed]
    return format_html_join("", '<option value="{}">{}</option>', named)


def page(key, template="efc/page.html"):
    """Return the view of a page that the Secretariat writes."""

    @public_page
    def view(request):
        record = Page.objects.published().filter(key=key).first()
        if record is None:
            raise Http404
        has_translation = bool(getattr(record, f"body_{get_language()}", ""))
        return render(
            request,
            template,
            {
                "page": record,
                "crumbs": crumbs(record.title),
                "content_language": get_language() if has_translation else "en",
                **PAGE_EXTRAS.get(key, dict)(),
            },
        )

    view.__name__ = key.replace("-", "_")
    return view


PUBLISHED_DECISIONS = 20  # the newest; the whole register is in the workspace


def composition():
    """Return who sits in the Steering Group today and what it decided in public, for the page on how the coalition is run."""
    today = timezone.localdate()
    public = Seat.objects.as_of(today).filter(organisation__in=Organisation.objects.nameable().order_by())
    seats = public.select_related("organisation").order_by("kind", "organisation__name")
    order = list(Seat.Kind)
    return {
        "seats": sorted(seats, key=lambda seat: (order.index(seat.kind), seat.organisation.name)),
        "decisions": Decision.objects.published().order_by("-decided_on", "-sequence")[:PUBLISHED_DECISIONS],
        "today": today,
    }


PAGE_EXTRAS = {
    "how-we-are-run": composition,
    "coalition": lambda: strands(timezone.localdate()),
}

coalition = page("coalition", "efc/coalition.html")
how_we_are_run = page("how-we-are-run", "efc/how_we_are_run.html")
history = page("history")
partners = page("partners")
press = page("press")
accessibility = page("accessibility")
privacy = page("privacy")
cookies = page("cookies")
legal = page("legal")


@public_page
def report(request):
    """Show every hotline, or send to the page of the chosen country."""
    code = request.GET.get("country", "").upper()
    if code in settings.HOTLINE_COUNTRIES:
        return redirect("report_country", country=code.lower())
    hotlines = sorted(Hotline.objects.all(), key=lambda hotline: hotline.country.name)
    return render(request, "efc/report.html", {"hotlines": hotlines, "crumbs": crumbs(_("Report illegal content"))})


@public_page
def report_country(request, country):
    """Show the hotline of one country, or INHOPE's list and the police where we know none."""
    code = country.upper()
    if code not in settings.HOTLINE_COUNTRIES:
        raise Http404
    name = dict(countries)[code]
    hotline = Hotline.objects.filter(country=code).first()
    between = [(_("Report illegal content"), reverse("report"))]
    context = {"hotline": hotline, "country_name": name, "crumbs": crumbs(name, *between)}
    return render(request, "efc/report_country.html", context)


@public_page
def help_page(request):
    return render(request, "efc/help.html", {"crumbs": crumbs(_("Help"))})


@public_page
def words(request):
    return render(request, "efc/words.html", {"crumbs": crumbs(_("The words we use"))})


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request):
    """Ask for the topic first; `illegal` leads to the hotlines and never to a form."""
    topic = request.GET.get("topic", "")
    if topic == "illegal":
        return redirect("report")
    lines = {
        ContactMessage.Topic.PRESS: _("Interviews, statements, material for journalists."),
        ContactMessage.Topic.MEMBERSHIP: _("Joining the coalition, or questions of a member."),
        ContactMessage.Topic.TRAINING: _("Courses, conferences, applications."),
        ContactMessage.Topic.WEBSITE: _("Something here does not work or is wrong."),
        ContactMessage.Topic.OTHER: _("Everything that fits nowhere else."),
    }
    context = {
        "topics": [(value, label, lines[value]) for value, label in ContactMessage.Topic.choices],
        "topic": topic,
        "crumbs": crumbs(_("Contact")),
    }
    if topic not in ContactMessage.Topic.values:
        return render(request, "efc/contact.html", {**context, "topic": "", "form": None})
    context["topic_label"] = ContactMessage.Topic(topic).label
    message = ContactMessage(topic=topic, language=get_language())
    form = ContactForm(request.POST or None, request=request, instance=message)
    if request.method == "POST":
        if form.is_valid():
            services.receive_message(form.instance)
            return redirect("contact_done")
        if form.closed and "by_letter" in request.POST and not form.errors.keys() - {"__all__"}:
            services.receive_message(form.instance, confirmed=False)
            return render(request, "efc/contact_letter.html", {**context, "email": form.instance.email})
        return render(
            request, "efc/contact.html", {**context, "form": form, "show_report": form.refused_for_link()}, status=422
        )
    return render(request, "efc/contact.html", {**context, "form": form})


@login_not_required
@require_safe
def contact_done(request):
    return render(request, "efc/contact_done.html", {"crumbs": crumbs(_("Contact"))})


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def contact_confirm(request, key):
    """Show one button; only pressing it puts the message into the inbox, as mail scanners follow links."""
    message = services.message_to_confirm(key)
    if message is None:
        return render(request, "efc/contact_confirm.html", {"contact_message": None}, status=410)
    if request.method == "POST":
        services.confirm_message(message)
        return redirect("contact_done")
    return render(request, "efc/contact_confirm.html", {"contact_message": message})


@public_page
def search_page(request):
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    context = {"form": form, "query": words, "crumbs": crumbs(_("Search"))}
    if words:
        number = request.GET.get("page", "1")
        number = min(int(number), 500) if number.isdecimal() and len(number) < 6 else 1
        user = request.user if request.user.is_authenticated else None  # a visitor's page is kept, and has none
        result = search(words, page=max(number, 1), user=user)
        page_obj = Paginator(range(result.total), PER_PAGE).get_page(number)
        page_obj.object_list = result.hits
        context |= {"page_obj": page_obj, "alike": result.alike}
    return render(request, "efc/search.html", context)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def display(request):
    """Let a visitor choose light, dark or automatic; the cookie is set on request only."""
    if request.method == "POST":
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
            back = reverse("home")
        response = HttpResponseRedirect(back)
        if request.POST.get("display") in ("light", "dark"):
            response.set_cookie(
                "display",
                request.POST["display"],
                max_age=365 * 86400,
                secure=settings.HTTPS,
                httponly=True,
                samesite="Lax",
            )
        else:
            response.delete_cookie("display", samesite="Lax")
        return response
    return render(
        request,
        "efc/display.html",
        {
            "chosen": request.COOKIES.get("display", "auto"),
            "crumbs": crumbs(_("Display")),
        },
    )


@never_cache
@login_not_required
@require_safe
def health(request):
    """Answer 200 when the database answers; for the proxy and the container's health check."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


@login_not_required
@require_safe
def robots(request):
    rules = ["User-agent: *"]
    if settings.DEMO:
        rules.append("Disallow: /")
    else:
        rules += [
            "Disallow: /admin/",
            "Disallow: /workspace/",
            "Disallow: /accounts/",
            "Disallow: /n/",
            "Disallow: /a/",
            "Disallow: /i/",
            f"Sitemap: {settings.SITE_URL}/sitemap.xml",
        ]
    return HttpResponse("\n".join(rules) + "\n", "text/plain; charset=utf-8")


def not_found(request, exception=None):
    if request.path_info.startswith(API):
        return JsonResponse({"detail": _("There is nothing at this address.")}, status=404)
    return render(request, "404.html", status=404)
