"""The demonstration retells the record as it is, stands around the day it is given, and a second run changes nothing."""

import hashlib
from datetime import date, datetime
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models

from efc import wording
from efc.demo.accounts import ACCOUNTS
from efc.models import AuditEntry, OutgoingMail, User
from efc.permissions import roles_of
from events.models import Event
from members.models import (
    Organisation,
    Seat,
)
from newsletter.models import Consent, Issue, Subscriber
from publications.models import NewsItem, Page, Publication
from tests.demo.conftest import BRUSSELS, FOUNDERS, TODAY
from workpackages.models import Contributor, Lead, Programme, WorkPackage

pytestmark = pytest.mark.django_db

# Who reads with the team of a work package of this year's plan, since the own organisation leads it or takes part.
IN_TEAMS = {
    "secretariat": ["team"],
    "second-officer": ["team"],
    "chair": ["contributor", "team"],
    "steering-group": ["team"],
    "lead": ["team"],
    "member": ["contributor"],
    "google": ["contributor"],
    "test-coordinator": ["contributor", "team"],
    "test-evaluator": ["team"],
    "cepol": ["team"],
    "eurojust": ["team"],
    "mastercard": ["team"],
    "microsoft": ["team"],
    "missing-children-europe": ["team"],
    "paypal": ["team"],
    "visa-europe": ["team"],
}
SEATS_WITH_A_SIGN_IN = [
    "cepol",
    "eurojust",
    "google",
    "mastercard",
    "microsoft",
    "missing-children-europe",
    "paypal",
    "visa-europe",
]


def everything():
    """Return every row of every table, the tables between many and many included."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def test_a_second_run_changes_no_row_and_draws_no_file(demo):
    before, files = everything(), sorted(demo.media.rglob("*"))
    assert len(before["members.Organisation"]) == 39  # the comparison has something to compare
    call_command("load_demo", today=TODAY, stdout=StringIO())
    assert everything() == before
    assert sorted(demo.media.rglob("*")) == files


def test_what_a_person_has_changed_stays(demo):
    Organisation.objects.filter(slug="google").update(contribution="Ours now.")
    Seat.objects.filter(organisation__slug="paypal").update(starts_on=date(2013, 2, 1))
    Subscriber.objects.filter(email="fraud@bank-south.example").delete()
    call_command("load_demo", today=TODAY, stdout=StringIO())
    assert Organisation.objects.get(slug="google").contribution == "Ours now."
    assert [seat.starts_on for seat in Seat.objects.filter(organisation__slug="paypal")] == [date(2013, 2, 1)]
    assert not Subscriber.objects.filter(email="fraud@bank-south.example").exists()


def test_it_refuses_where_the_demonstration_is_off(demo, settings):
    settings.DEMO = False
    before = everything()
    with pytest.raises(CommandError, match="EFC_DEMO=1"):
        call_command("load_demo")
    assert everything() == before


@pytest.mark.parametrize("text", ["2026-13-01", "tomorrow", "2016-12-31"])
def test_a_day_it_cannot_play_on_is_named(demo, text):
    with pytest.raises(CommandError, match="day"):
        call_command("load_demo", f"--today={text}")


# ── the record ───────────────────────────────────────────────────────────


def seats(day):
    return {kind: set() for kind in Seat.Kind.values} | {
        kind: set(Seat.objects.as_of(day).filter(kind=kind).values_list("organisation__slug", flat=True))
        for kind in Seat.Kind.values
    }


@pytest.mark.parametrize(
    ("day", "full"),
    [
        (date(2012, 11, 26), FOUNDERS | {"dutch-national-police"}),
        (date(2013, 6, 12), FOUNDERS | {"dutch-national-police"}),
        (date(2014, 3, 26), FOUNDERS | {"cepol"}),
        (date(2015, 6, 24), FOUNDERS | {"cepol"}),
        (TODAY, FOUNDERS | {"cepol"}),
    ],
)
def test_the_steering_group_is_the_one_of_that_day(demo, day, full):
    assert seats(day) == {
        "chair": {"ec3"},
        "full": full,
        "advisory": {"icmec"},
        "secretariat": {"missing-children-europe"},
        "observer": {"dg-home", "dg-connect", "dg-justice"},
    }


def test_every_seat_says_where_it_is_on_record(demo):
    assert Seat.objects.filter(source="").count() == 0
    assert "26 March 2014" in Seat.objects.get(organisation__slug="mastercard").source


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(2012, 11, 25), 0), (date(2013, 8, 4), 11), (date(2013, 8, 5), 14), (date(2015, 2, 24), 18)],
)
def test_the_members_of_a_day_are_counted(demo, day, number):
    assert Organisation.objects.members(day).count() == number


def test_applicants_without_an_outcome_on_record_are_not_public(demo):
    hidden = Organisation.objects.filter(is_public=False).exclude(kind="network").values_list("slug", flat=True)
    assert set(hidden) == {
        "american-express", "terre-des-hommes", "videntifier", "netclean", "italian-police", "swiss-police", "swedish-police",
    }  # fmt: skip
    assert not Organisation.objects.members().filter(is_public=False).exists()


def test_the_project_has_six_objectives_and_five_work_packages_with_their_leads(demo):
    project = Programme.objects.get(slug="2012-2015")
    assert (project.starts_on, project.ends_on, project.is_demo) == (date(2012, 11, 26), date(2015, 11, 25), False)
    assert list(project.objectives.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert list(project.objectives.filter(work_packages=None).values_list("number", flat=True)) == [6]
    day = date(2013, 6, 12)
    led = {
        package.number: set(
            Lead.objects.as_of(day).filter(work_package=package).values_list("organisation__slug", flat=True)
        )
        for package in project.work_packages.all()
    }
    assert led == {
        1: {"ec3", "eurojust"},
        2: {"ec3", "inhope"},
        3: {"microsoft", "paypal"},
        4: {"dutch-national-police", "mastercard", "microsoft"},
        5: {"visa-europe", "missing-children-europe"},
    }


@pytest.mark.parametrize(
    ("day", "slugs"), [(date(2013, 6, 12), []), (date(2014, 3, 24), ["cepol"]), (date(2016, 1, 1), [])]
)
def test_cepol_takes_part_in_training_from_2014(demo, day, slugs):
    rows = Contributor.objects.as_of(day).filter(work_package__programme__slug="2012-2015", work_package__number=4)
    assert list(rows.values_list("organisation__slug", flat=True)) == slugs


def test_the_past_events_stand_on_their_days(demo):
    rows = Event.objects.published().filter(is_demo=False).order_by("starts_on")
    assert [(row.kind, str(row.starts_on), str(row.ends_on), row.city) for row in rows] == [
        ("press_conference", "2012-11-26", "2012-11-26", "Brussels"),
        ("meeting", "2013-06-12", "2013-06-12", ""),
        ("meeting", "2013-10-15", "2013-10-15", "Brussels"),
        ("meeting", "2013-11-13", "2013-11-13", "The Hague"),
        ("training", "2014-03-24", "2014-03-26", "Issy-les-Moulineaux"),
        ("training", "2015-04-07", "2015-04-10", "Budapest"),
        ("awareness", "2015-06-24", "2015-06-24", "Brussels"),
    ]


def test_the_news_of_the_record_are_public_under_their_days(demo):
    rows = NewsItem.objects.published().filter(is_demo=False).order_by("dated_on")
    assert [str(row.dated_on) for row in rows] == [
        "2012-11-26", "2013-06-13", "2013-08-05", "2013-10-15", "2013-11-15", "2014-03-26", "2015-02-24", "2015-03-16", "2015-04-07",
        "2015-06-24", "2016-02-09",
    ]  # fmt: skip
    assert all(row.is_archive for row in rows)


def test_each_publication_has_one_file_that_says_it_is_no_copy(demo):
    from pypdf import PdfReader

    found = {str(row.slug): row for row in Publication.objects.published()}
    assert {slug: str(row.dated_on) for slug, row in found.items()} == {
        "strategic-assessment-2013": "2013-10-15",
        "strategic-assessment-2015": "2015-02-24",
        "the-coalition-in-brief": "2015-06-24",
        "policy-analysis": "2016-02-09",
        "best-practice-guidance": "2016-02-09",
    }
    assert found["strategic-assessment-2015"].contributors.count() == 16
    for slug, publication in found.items():
        rendition = publication.renditions.get()
        assert rendition.name == f"{slug}-en.pdf"
        with rendition.file.open("rb") as file:
            data = file.read()
            text = " ".join(page.extract_text() for page in PdfReader(file).pages)
        assert (rendition.size_bytes, rendition.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert "Demonstration copy: the text of the original is not reproduced." in " ".join(text.split())


def test_the_archive_ends_with_issue_seven_and_says_which_numbers_are_reconstructed(demo):
    issues = Issue.objects.order_by("number")
    assert all("original text is not reproduced" in issue.number_note for issue in issues)
    assert [(i.number, str(i.dated_on), i.status, "reconstructed" in i.number_note) for i in issues] == [
        (2, "2013-08-14", "sent", False),
        (3, "2013-12-19", "sent", True),
        (4, "2014-11-13", "sent", True),
        (6, "2015-04-29", "sent", True),
        (7, "2015-10-30", "sent", False),
    ]
    for issue in issues:
        items = list(issue.items.all())
        assert items
        assert [item for item in items if item.subject.dated_on > issue.dated_on] == []
        assert str(items[0].subject.title) in issue.web_html


# ── around today ─────────────────────────────────────────────────────────


def test_what_lies_ahead_is_counted_from_today(demo):
    coming = {row.slug: row for row in Event.objects.filter(is_demo=True)}
    assert {slug: (str(row.starts_on), str(row.ends_on), row.status) for slug, row in coming.items()} == {
        "steering-group-meeting": ("2026-12-01", "2026-12-01", "approved"),
        "training-course": ("2027-01-25", "2027-01-28", "approved"),  # a Monday to a Thursday
        "press-briefing": ("2027-03-02", "2027-03-02", "draft"),
        "conference": ("2027-03-03", "2027-03-03", "approved"),
    }
    assert coming["training-course"].apply_until == datetime(2026, 12, 13, 18, tzinfo=BRUSSELS)


def test_the_plan_of_the_year_runs_today_and_is_marked(demo):
    plan = Programme.objects.current(TODAY)
    assert (plan.slug, plan.is_demo) == ("2026", True)
    assert plan.work_packages.count() == 5
    assert not WorkPackage.objects.filter(programme=plan, leads=None).exists()


def test_news_of_these_weeks_wait_for_their_hour_or_for_approval(demo):
    rows = {row.slug: row for row in NewsItem.objects.filter(is_demo=True)}
    assert {slug: (str(row.dated_on), row.status) for slug, row in rows.items()} == {
        "applications-are-open": ("2026-11-20", "approved"),
        "how-far-the-plan-has-come": ("2026-11-06", "approved"),
        "save-the-date": ("2026-10-09", "approved"),
        "working-session-with-payment-services": ("2026-09-08", "approved"),
        "programme-of-the-conference": ("2026-11-23", "approved"),
        "what-the-course-will-teach": ("2026-11-22", "in_review"),
        "after-the-steering-group-meeting": ("2026-12-02", "draft"),
    }
    assert rows["programme-of-the-conference"].publish_at == datetime(2026, 11, 23, 11, tzinfo=BRUSSELS)
    assert rows["applications-are-open"].title_nl == "Aanmelden voor de volgende opleiding kan nu"


# ── people and words ─────────────────────────────────────────────────────


def test_subscribers_read_four_languages_and_have_their_receipts(demo):
    counts = dict(Subscriber.objects.order_by().values_list("status").annotate(models.Count("pk")))
    assert counts == {"confirmed": 36, "pending": 3, "unsubscribed": 2}
    assert Subscriber.objects.eligible().count() == 34
    assert set(Subscriber.objects.eligible().values_list("language", flat=True)) == {"en", "fr", "de", "nl"}
    acts = {
        "confirmed": ["requested", "confirmed"],
        "pending": ["requested"],
        "unsubscribed": ["requested", "confirmed", "withdrawn"],
    }
    for subscriber in Subscriber.objects.prefetch_related("consents"):
        receipts = sorted(subscriber.consents.all(), key=lambda receipt: receipt.at)
        assert [receipt.act for receipt in receipts] == acts[subscriber.status]
        assert receipts[0].at == subscriber.requested_at
        assert {receipt.language for receipt in receipts} == {subscriber.language}
    assert Consent.objects.filter(wording="").count() == 0


def test_no_letter_waits_and_every_address_is_an_example(demo):
    assert OutgoingMail.objects.count() == 0
    addresses = [
        address
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.EmailField)
        for address in model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
    ]
    assert len(addresses) > 50
    assert [address for address in addresses if not address.endswith((".example", ".test"))] == []


def test_each_sign_in_works_and_has_the_rights_of_its_role(demo):
    groups = {
        "secretariat": ["Member representative", "Secretariat", "representative"],
        "second-officer": ["Member representative", "Safeguarding officer", "Secretariat", "representative"],
        "chair": ["Chair", "Member representative", "Steering Group", "representative"],
        "steering-group": ["Member representative", "Steering Group", "representative"],
        "advisory": ["Advisory member", "Member representative", "representative"],
        "lead": ["Member representative", "Work-package lead", "lead", "representative"],
        "member": ["Member representative", "representative"],
        "observer": ["Member representative", "Observer", "representative"],
        **{slug: ["Member representative", "Steering Group", "representative"] for slug in SEATS_WITH_A_SIGN_IN},
        "test-coordinator": ["Member representative", "Test-transaction coordinator", "representative"],
        "test-evaluator": ["Member representative", "Test-transaction evaluator", "representative"],
    }
    for name, own in IN_TEAMS.items():
        groups[name] = sorted({*groups[name], *own})
    assert [email.partition("@")[0] for _role, email, _password in ACCOUNTS] == list(groups)
    for role, email, password in ACCOUNTS:
        user = User.objects.get(email=email)
        name = email.partition("@")[0]
        assert (user.full_name, user.check_password(password), len(password) >= 12) == (role, True, True)
        assert sorted(roles_of(user)) == groups[name]
        assert user.is_staff == (name in ("secretariat", "second-officer"))
        assert not user.is_superuser
        assert email in demo.said
        assert password in demo.said


def test_the_lead_leads_training_this_year_and_nothing_else(demo):
    lead = User.objects.get(email="lead@coalition.example")
    packages = WorkPackage.objects.select_related("programme")
    assert [
        str(p.programme.slug) + p.code for p in packages if lead.has_perm("workpackages.change_workpackage", p)
    ] == ["2026WP4"]


def test_seats_are_held_by_roles_with_an_alternate(demo):
    for seat in Seat.objects.as_of(TODAY).select_related("holder", "alternate"):
        assert seat.holder is not None
        assert (seat.alternate is None) == (seat.kind == Seat.Kind.OBSERVER)
    assert Seat.objects.get(kind=Seat.Kind.CHAIR).holder.user.email == "chair@coalition.example"


def test_every_text_keeps_to_our_words(demo):
    names = (
        "contribution",
        "description",
        "summary",
        "aim",
        "text",
        "title",
        "teaser",
        "body",
        "editorial",
        "subject",
        "lead",
    )
    rows = [
        (row, getattr(row, name))
        for model in (Organisation, Programme, WorkPackage, Event, NewsItem, Publication, Issue, Page)
        for row in model.objects.all()
        for name in names
        if isinstance(getattr(row, name, None), str)
    ]
    assert len(rows) > 200
    assert [(row, hit.term) for row, text in rows for hit in wording.find(text)] == []


def test_what_was_approved_is_in_the_audit_log(demo):
    approved = NewsItem.objects.filter(status="approved").count()
    assert approved == 16
    assert AuditEntry.objects.filter(verb="publications.newsitem.approve").count() == approved
