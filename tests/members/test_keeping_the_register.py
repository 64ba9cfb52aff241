"""The Secretariat keeps the register at the desk; every change leaves an audit entry."""

import re
from datetime import date

import pytest
from django.urls import reverse

from efc.models import AuditEntry
from members.models import MembershipTerm, Organisation, Seat
from tests.factories import MemberFactory, OrganisationFactory, PersonFactory, SeatFactory

pytestmark = pytest.mark.django_db
ADD = "/admin/members/organisation/add/"
INLINES = ("memberships", "seats", "representatives")


def change_url(record):
    return reverse(f"admin:members_{record._meta.model_name}_change", args=[record.pk])


def form_data(**values):
    """Return what the form of an organisation posts, without rows below it."""
    data = {"name": "Example Bank", "slug": "example-bank", "sector": "payment", "kind": "company"}
    for inline in INLINES:
        data |= {f"{inline}-TOTAL_FORMS": 0, f"{inline}-INITIAL_FORMS": 0}
    return data | values


def rows(inline, *given, initial=0):
    data = {f"{inline}-TOTAL_FORMS": len(given), f"{inline}-INITIAL_FORMS": initial}
    for number, values in enumerate(given):
        data |= {f"{inline}-{number}-{name}": value for name, value in values.items()}
    return data


def entries():
    return list(
        AuditEntry.objects.filter(target_type__startswith="members.").order_by("id").values_list("verb", "data")
    )


def test_an_organisation_is_added_with_its_membership_and_seat(secretariat_client, secretariat):
    data = form_data(
        **rows("memberships", {"starts_on": "2013-08-05"}), **rows("seats", {"kind": "full", "starts_on": "2014-01-01"})
    )
    assert secretariat_client.post(ADD, data).status_code == 302
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.slug, organisation.is_public) == ("Example Bank", "example-bank", False)
    assert MembershipTerm.objects.get().starts_on == date(2013, 8, 5)
    assert Seat.objects.get().starts_on == date(2014, 1, 1)
    assert entries() == [("members.organisation.add", {})]
    assert AuditEntry.objects.get(verb="members.organisation.add").actor == secretariat.pseudonym


def test_a_change_names_the_fields_and_the_kinds_of_rows_and_no_names(secretariat_client):
    organisation = OrganisationFactory(name="Example Bank", slug="example-bank", is_public=False)
    person = PersonFactory(name="Head of compliance")
    data = form_data(website="https://bank.example", **rows("representatives", {"person": person.pk}))
    assert secretariat_client.post(change_url(organisation), data).status_code == 302
    assert entries() == [("members.organisation.change", {"changed": ["Sector", "Website", "representative: added"]})]


def test_a_deletion_is_recorded(secretariat_client):
    organisation = MemberFactory()
    url = reverse("admin:members_organisation_delete", args=[organisation.pk])
    assert secretariat_client.post(url, {"post": "yes"}).status_code == 302
    assert entries() == [("members.organisation.delete", {})]


def test_a_seat_keeps_its_organisation_from_being_deleted(secretariat_client):
    organisation = SeatFactory().organisation
    secretariat_client.post(reverse("admin:members_organisation_delete", args=[organisation.pk]), {"post": "yes"})
    assert Organisation.objects.filter(pk=organisation.pk).exists()


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ([("full", "2013-01-01", "2013-12-31"), ("full", "2013-12-31", "")], True),
        ([("full", "", ""), ("full", "2013-12-31", "")], True),
        ([("full", "2013-01-01", "2013-12-31"), ("full", "2014-01-01", "")], False),
        ([("full", "2013-01-01", ""), ("secretariat", "2013-01-01", "")], False),
    ],
)
def test_seats_alike_that_overlap_are_refused_in_words(secretariat_client, given, refused):
    seats = [{"kind": kind, "starts_on": starts_on, "ends_on": ends_on} for kind, starts_on, ends_on in given]
    response = secretariat_client.post(ADD, form_data(**rows("seats", *seats)))
    sentence = "These days overlap another row. End one on the day before the other begins."
    assert (sentence in response.content.decode()) == refused
    assert Seat.objects.count() == (0 if refused else 2)


def test_one_seat_is_ended_and_the_next_begun_in_one_go(secretariat_client):
    organisation = OrganisationFactory(slug="example-bank", is_public=False)
    seat = SeatFactory(organisation=organisation, starts_on=date(2013, 1, 1))
    seats = rows(
        "seats",
        {
            "id": seat.pk,
            "organisation": organisation.pk,
            "kind": "full",
            "starts_on": "2013-01-01",
            "ends_on": "2026-03-31",
        },
        {"kind": "full", "starts_on": "2026-04-01"},
        initial=1,
    )
    assert secretariat_client.post(change_url(organisation), form_data(**seats)).status_code == 302
    assert list(organisation.seats.order_by("starts_on").values_list("starts_on", "ends_on")) == [
        (date(2013, 1, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), None),
    ]


@pytest.mark.parametrize("inline", ["memberships", "seats"])
def test_a_term_that_ends_before_it_begins_is_refused_in_words(secretariat_client, inline):
    given = rows(inline, {"kind": "full", "starts_on": "2014-01-01", "ends_on": "2013-01-01"})
    response = secretariat_client.post(ADD, form_data(**given))
    assert "The last day lies before the first day. Give a later last day." in response.content.decode()
    assert not Organisation.objects.exists()


def test_a_seat_has_two_different_people(secretariat_client):
    person = PersonFactory()
    seats = rows("seats", {"kind": "full", "holder": person.pk, "alternate": person.pk})
    response = secretariat_client.post(ADD, form_data(**seats))
    assert "The alternate must be another person than the holder." in response.content.decode()


def test_the_address_of_a_public_organisation_stays(secretariat_client):
    organisation = OrganisationFactory(slug="first", is_public=True)
    secretariat_client.post(change_url(organisation), form_data(slug="second", is_public="on"))
    organisation.refresh_from_db()
    assert (organisation.slug, organisation.name) == ("first", "Example Bank")


def test_the_list_shows_the_seat_of_today_and_is_searched_and_filtered(secretariat_client):
    SeatFactory(organisation=MemberFactory(name="Chairing body"), kind=Seat.Kind.CHAIR)
    SeatFactory(organisation=MemberFactory(name="Former body"), kind=Seat.Kind.ADVISORY, ends_on=date(2013, 12, 31))
    OrganisationFactory(name="Applicant")
    url = reverse("admin:members_organisation_changelist")

    def shown(query=""):
        return [organisation.name for organisation in secretariat_client.get(url + query).context["cl"].result_list]

    assert shown() == ["Applicant", "Chairing body", "Former body"]
    assert shown("?q=chairing") == ["Chairing body"]
    assert shown("?member=no") == ["Applicant"]
    html = secretariat_client.get(url).content.decode()
    assert '<td class="field-current_seat">Chair</td>' in html
    assert '<td class="field-current_seat">–</td>' in html


@pytest.mark.parametrize("model", ["organisation", "person", "seat"])
def test_the_screens_open(secretariat_client, model):
    SeatFactory(holder=PersonFactory())
    assert secretariat_client.get(f"/admin/members/{model}/").status_code == 200
    assert secretariat_client.get(f"/admin/members/{model}/?q=x").status_code == 200
    assert secretariat_client.get(f"/admin/members/{model}/add/").status_code == 200


def test_seats_are_narrowed_to_those_that_hold_today(secretariat_client):
    current, former = SeatFactory(), SeatFactory(ends_on=date(2013, 12, 31))
    url = reverse("admin:members_seat_changelist")
    assert list(secretariat_client.get(f"{url}?term=now").context["cl"].result_list) == [current]
    assert list(secretariat_client.get(f"{url}?term=not").context["cl"].result_list) == [former]


def test_who_is_not_of_the_secretariat_does_not_reach_the_register(client, representative):
    representative.is_staff = True
    representative.save()
    client.force_login(representative, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/admin/members/organisation/").status_code == 403


def test_the_record_leads_to_its_page_and_previews_its_markdown(secretariat_client):
    organisation = OrganisationFactory(slug="example-bank")
    html = secretariat_client.get(change_url(organisation)).content.decode()
    shortcut = re.search(r'href="(/admin/r/\d+/\d+/)"', html).group(1)
    assert secretariat_client.get(shortcut)["Location"].endswith("/en/members/example-bank/")
    preview = secretariat_client.post("/admin/members/organisation/preview/", {"text": "Sees **payments**."})
    assert "<strong>payments</strong>" in preview.content.decode()


def test_a_refused_form_of_a_public_organisation_is_shown_again(secretariat_client):
    bank = MemberFactory(is_public=True)
    answer = secretariat_client.post(f"/admin/members/organisation/{bank.pk}/change/", {})
    assert answer.status_code in (200, 422)
    bank.refresh_from_db()
    assert bank.is_public
