from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from members.models import Decision, MembershipTerm
from publications.models import NewsItem
from publications.services import approve_content, draft_welcomes
from tests import factories


def decision(procedure=Decision.Procedure.MEETING):
    return Decision.objects.create(
        year=2026, sequence=Decision.objects.count() + 1, decided_on=date(2026, 3, 12), title="Admission", text="Admitted.",
        procedure=procedure,
    )  # fmt: skip


def joined(**fields):
    fields = {"starts_on": timezone.localdate(), "decision": decision(), **fields}
    organisation = fields.pop("organisation", None) or factories.OrganisationFactory(
        name="Example Payments", slug="example-payments", country="BE", is_public=False,
        contribution_en="We know where payments leave traces.", website="https://payments.example",
    )  # fmt: skip
    return factories.MembershipTermFactory(organisation=organisation, **fields)


@pytest.fixture
def term(db):
    return joined()


@time_machine.travel("2026-03-13 08:00+01:00")
@pytest.mark.django_db
def test_a_membership_drafts_its_welcome_once_from_the_facts():
    term = joined(starts_on=date(2026, 3, 12))

    assert draft_welcomes() == 1
    assert draft_welcomes() == 0

    item = NewsItem.objects.get()
    assert (item.membership, item.status, item.kind, item.dated_on) == (term, "draft", "news", date(2026, 3, 12))
    assert item.title_en == "We welcome Example Payments"
    assert item.summary_en == "Example Payments joined the coalition on 12 March 2026."
    for fact in (
        "Internet and technology",
        "Belgium",
        "We know where payments leave traces.",
        "https://payments.example",
    ):
        assert fact in item.body_en
    assert list(item.organisations.all()) == [term.organisation]
    assert all(getattr(item, f"title_{code}") for code in ("fr", "de", "nl"))


@pytest.mark.parametrize(
    "fields", [{"decision": None}, {"starts_on": date(2013, 8, 5)}, {"starts_on": date(2099, 1, 1)}]
)
@pytest.mark.django_db
def test_what_is_no_news_drafts_none(fields):
    joined(**fields)
    assert draft_welcomes() == 0


@pytest.mark.django_db
def test_a_renewal_and_a_decision_from_the_records_are_no_news():
    today = timezone.localdate()
    member = factories.OrganisationFactory()
    factories.MembershipTermFactory(
        organisation=member, starts_on=today - timedelta(days=400), ends_on=today - timedelta(days=1)
    )
    joined(organisation=member)
    joined(organisation=factories.OrganisationFactory(), decision=decision(Decision.Procedure.RECORD))
    assert draft_welcomes() == 0
    assert MembershipTerm.objects.count() == 3


def test_who_comes_back_in_the_same_year_gets_an_address_of_its_own(term):
    factories.NewsItemFactory(slug="welcome-example-payments", dated_on=term.starts_on)
    assert draft_welcomes() == 1
    assert NewsItem.objects.get(membership=term).slug == f"welcome-example-payments-{term.pk}"


def test_the_welcome_waits_for_the_organisation_to_approve_its_profile(term, secretariat, client):
    draft_welcomes()
    item = NewsItem.objects.get()
    with pytest.raises(ValidationError, match="has not approved its profile yet"):
        approve_content(item, by=secretariat)
    assert client.get(item.get_absolute_url()).status_code == 404

    term.organisation.is_public = True
    term.organisation.save()
    approve_content(NewsItem.objects.get(), by=secretariat)
    assert client.get(item.get_absolute_url()).status_code == 200


def test_the_draft_waits_on_the_first_page_of_the_desk(term, secretariat_client):
    draft_welcomes()
    html = secretariat_client.get("/admin/").content.decode()
    assert "We welcome Example Payments" in html
    assert "waits until the member approves its profile" in html
