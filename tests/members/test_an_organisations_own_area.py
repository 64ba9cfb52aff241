from datetime import timedelta

import pytest
from django.utils import timezone

from members.models import Application, Representative
from members.services import memberships, people
from members.services import memorandum as ledger
from tests import factories
from tests.members.joining import acting, memorandum, signed_in, under_review

AREA = "/workspace/organisations/example-payments/"
PAGES = ["", "profile/", "people/", "memorandum/"]


@pytest.fixture
def member(db):
    return factories.MemberFactory(name="Example Payments", slug="example-payments", is_public=False)


def words(answer):
    return " ".join(answer.content.decode().split())


def test_the_overview_says_what_is_expected_and_who_acts(client, member, secretariat):
    ledger.put_in_force(memorandum("2"), by=secretariat)
    html = words(signed_in(client, acting(member, function="General counsel")).get(AREA))
    for fact in (
        "Approve the profile of Example Payments",
        "Sign the memorandum for Example Payments",
        "Name a second person for Example Payments",
        "Member since <b>5 Aug 2013</b>" if "5 Aug 2013" in html else "Member since <b>5 August 2013</b>",
        "Head of legal",
        "General counsel",
    ):
        assert fact in html


def test_when_all_is_done_nothing_is_expected(client, member, secretariat):
    user = acting(member)
    acting(member, "second@payments.example")
    ledger.sign_memorandum(ledger.put_in_force(memorandum("2"), by=secretariat), member, by=user, function="Counsel")
    member.contribution_en = "We know payments."
    member.save()
    memberships.approve_profile(member, by=user)

    html = words(signed_in(client, user).get(AREA))

    assert "Nothing waits for you" in html
    assert "Version 2 signed on" in html


def test_a_membership_that_ends_soon_is_on_the_overview(client, member):
    member.memberships.update(ends_on=timezone.localdate() + timedelta(days=40))
    assert "The membership of Example Payments ends" in words(signed_in(client, acting(member)).get(AREA))


@pytest.mark.parametrize("page", PAGES)
def test_nobody_enters_the_area_of_another_organisation(client, member, page):
    other = factories.MemberFactory(name="Other")
    user = acting(other)
    missing = signed_in(client, user).get("/workspace/organisations/not-there/")
    answer = client.get(AREA + page)
    assert (answer.status_code, client.post(AREA + page, {}).status_code) == (404, 404)
    assert answer.content == missing.content
    person = acting(member, "second@payments.example").person.represents.get()
    assert client.post(f"{AREA}people/{person.pk}/", {"act": "end"}).status_code == 404
    assert client.get(f"/workspace/organisations/{other.slug}/people/{person.pk}/").status_code == 404
    assert Representative.objects.as_of().filter(organisation=member).count() == 1


def test_a_former_representative_finds_nothing(client, member):
    user = acting(member)
    acting(member, "second@payments.example")
    row = user.person.represents.get()
    row.starts_on = timezone.localdate() - timedelta(days=9)
    row.save()
    signed_in(client, user)
    assert client.get(AREA).status_code == 200
    people.end_representative(row, by=user)
    assert client.get(AREA).status_code == 404


def test_naming_a_colleague_invites_them_and_a_second_time_says_so(client, member):
    signed_in(client, acting(member))
    given = {"name": "Analyst", "email": "analyst@payments.example", "function": "Analysis", "is_contact": "on"}

    answer = client.post(f"{AREA}people/", given, follow=True)

    assert "Analyst acts for Example Payments from today" in words(answer)
    row = Representative.objects.get(person__name="Analyst")
    assert (row.organisation, row.is_contact, row.function) == (member, True, "Analysis")
    assert "Invited" in words(answer)
    again = client.post(f"{AREA}people/", given)
    assert again.status_code == 422
    assert "acts for the organisation already" in words(again)
    assert 'value="analyst@payments.example"' in again.content.decode()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"email": "x@y.example"}, "Write the name or the role."),
        ({"name": "A", "email": "nobody"}, "like name@example.org"),
    ],
)
def test_a_colleague_needs_name_and_address(client, member, given, sentence):
    answer = signed_in(client, acting(member)).post(f"{AREA}people/", given)
    assert answer.status_code == 422
    assert sentence in words(answer)


def test_a_person_is_changed_invited_again_and_let_go(client, member):
    signed_in(client, acting(member))
    client.post(f"{AREA}people/", {"name": "Analyst", "email": "analyst@payments.example"})
    row = Representative.objects.get(person__name="Analyst")
    page = f"{AREA}people/{row.pk}/"
    assert "Send a new link" in words(client.get(page))

    client.post(page, {"function": "Head of analysis", "is_contact": "on"})
    row.refresh_from_db()
    assert (row.function, row.is_contact) == ("Head of analysis", True)

    client.post(page, {"act": "invite"})
    first, second = row.person.invitations.order_by("pk")
    assert (first.status, second.status) == ("withdrawn", "open")

    assert "Analyst no longer acts for Example Payments." in words(client.post(page, {"act": "end"}, follow=True))
    assert not Representative.objects.as_of().filter(person__name="Analyst").exists()
    second.refresh_from_db()
    assert second.status == "withdrawn"


def test_the_last_person_names_a_successor_first(client, member):
    user = acting(member)
    page = f"{AREA}people/{user.person.represents.get().pk}/"
    answer = signed_in(client, user).post(page, {"act": "end"}, follow=True)
    assert "Name a successor first" in words(answer)
    assert member.representatives.as_of().count() == 1


def test_the_letter_of_admission_is_in_the_area(client, secretariat):
    application = under_review(organisation_name="Example Payments")
    memberships.approve_application(application, by=secretariat)
    member = Application.objects.get().organisation
    user = acting(member)

    html = words(signed_in(client, user).get(AREA))

    page = f"{AREA}letter/{application.reference}/"
    assert f'href="{page}"' in html
    assert b"".join(client.get(page).streaming_content).startswith(b"%PDF-")
    other = under_review(organisation_name="Other", organisation=factories.MemberFactory())
    assert client.get(f"{AREA}letter/{other.reference}/").status_code == 404


def test_members_see_the_contact_persons_of_all_members_and_no_protected_identity(client, member):
    bank = factories.MemberFactory(name="Example Bank")
    acting(bank, "counsel@bank.example", name="Bank counsel", is_contact=True)
    acting(bank, "analyst@bank.example", name="Bank analyst")
    police = factories.MemberFactory(name="Example Police")
    protected = acting(police, "officer@police.example", name="Officer of the unit", is_contact=True).person
    protected.is_protected = True
    protected.save()
    factories.OrganisationFactory(name="No member")

    html = words(signed_in(client, acting(member)).get("/workspace/members/"))

    assert "Bank counsel" in html
    assert "counsel@bank.example" in html
    assert "Example Police" in html
    for hidden in ("Bank analyst", "Officer of the unit", "officer@police.example", "No member"):
        assert hidden not in html


def test_the_directory_is_for_members_only(client, deactivated):
    assert client.get("/workspace/members/").status_code == 302
    nobody = factories.UserFactory()
    assert signed_in(client, nobody).get("/workspace/members/").status_code == 404


@pytest.mark.parametrize("count", [1, 100])
def test_the_directory_asks_the_same_number_of_questions_for_few_and_many(
    client, member, count, django_assert_num_queries
):
    client = signed_in(client, acting(member))
    client.get("/workspace/members/")
    for row in factories.MemberFactory.create_batch(count):
        factories.SeatFactory(organisation=row)
        factories.RepresentativeFactory(organisation=row, is_contact=True)
    with django_assert_num_queries(DIRECTORY_QUERIES):
        client.get("/workspace/members/")


DIRECTORY_QUERIES = 9
PEOPLE_QUERIES = 10


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_of_people_asks_the_same_number_of_questions_for_few_and_many(
    client, member, count, django_assert_num_queries
):
    client = signed_in(client, acting(member))
    client.get(f"{AREA}people/")
    for number in range(count):
        acting(member, f"colleague-{number}@payments.example")
    with django_assert_num_queries(PEOPLE_QUERIES):
        client.get(f"{AREA}people/")
