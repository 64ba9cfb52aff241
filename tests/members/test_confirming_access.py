"""Organisations confirm who acts for them; what nobody confirms lapses after two warnings, and the Secretariat brings it back."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from efc.models import OutgoingMail
from efc.workflow import TooLate, WrongStatus
from members.models import AccessAnswer, AccessReview, Organisation
from members.services import access
from members.services.awaiting import awaiting
from tests import factories

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def days_from_now(days):
    return timezone.now() + timedelta(days=days)


@pytest.fixture
def world(db, secretariat):
    """Two organisations, the first with two people, and an open review of 20 days."""
    first, second = (
        factories.MemberFactory(name="First Bank", slug="first"),
        factories.MemberFactory(name="Second Bank"),
    )
    rows = {}
    for key, organisation in {"one": first, "colleague": first, "other": second}.items():
        user = factories.UserFactory(email=f"{key}@bank.example")
        person = factories.PersonFactory(name=f"Person {key}", email=user.email, user=user)
        rows[key] = factories.RepresentativeFactory(organisation=organisation, person=person)
    access.draw_grants()
    OutgoingMail.objects.all().delete()
    review = access.open_review(title="Spring", due_on=days_from_now(20).date(), by=secretariat)
    return review, rows


def subjects_to(address):
    return list(OutgoingMail.objects.filter(address=address).order_by("id").values_list("subject", flat=True))


def user_of(row):
    return type(row.person.user).objects.get(pk=row.person.user_id)


def sign_in(client, row):
    client.force_login(user_of(row), backend=BACKEND)
    return client


def choices(rows, **kept):
    return {f"row-{rows[key].pk}": value for key, value in kept.items()}


def test_everybody_who_acts_for_an_organisation_is_asked(world):
    assert OutgoingMail.objects.count() == 3
    assert "First Bank" in subjects_to("one@bank.example")[0]


def test_a_review_gives_two_weeks_and_there_is_one_at_a_time(world, secretariat):
    with pytest.raises(ValidationError):
        access.open_review(title="Again", due_on=days_from_now(20).date(), by=secretariat)
    AccessReview.objects.all().delete()
    with pytest.raises(ValidationError):
        access.open_review(title="Too soon", due_on=days_from_now(13).date(), by=secretariat)


def test_one_of_them_ends_a_colleague_and_confirms_the_rest(world, client):
    review, rows = world
    page = sign_in(client, rows["one"]).get(f"/workspace/access/review/{review.pk}/")
    assert page.status_code == 200
    assert "Person colleague" in page.content.decode()
    assert "Second Bank" not in page.content.decode()

    organisation = rows["one"].organisation
    data = {"organisation": organisation.pk, **choices(rows, one="keep", colleague="end")}
    assert client.post(f"/workspace/access/review/{review.pk}/", data).status_code == 302

    assert AccessAnswer.objects.get().answered_by == user_of(rows["one"])
    assert user_of(rows["colleague"]).has_perm("members.change_organisation", organisation) is False
    assert user_of(rows["one"]).has_perm("members.change_organisation", organisation) is True
    assert user_of(rows["one"]).grants.filter(confirmed_at=None, withdrawn_at=None).count() == 0


def test_everybody_must_be_chosen_and_somebody_must_stay(world, client):
    review, rows = world
    organisation = rows["one"].organisation
    address = f"/workspace/access/review/{review.pk}/"
    sign_in(client, rows["one"])

    half = client.post(address, {"organisation": organisation.pk, **choices(rows, one="keep")})
    nobody = client.post(address, {"organisation": organisation.pk, **choices(rows, one="end", colleague="end")})

    assert (half.status_code, nobody.status_code) == (422, 422)
    assert "Choose for each person" in half.content.decode()
    assert "Name a successor first" in nobody.content.decode()
    assert AccessAnswer.objects.count() == 0


def test_nobody_answers_for_another_organisation(world, client):
    review, rows = world
    other = rows["other"].organisation
    sign_in(client, rows["one"])

    answer = client.post(
        f"/workspace/access/review/{review.pk}/", {"organisation": other.pk, **choices(rows, other="end")}
    )

    assert answer.status_code == 404
    assert user_of(rows["other"]).has_perm("members.change_organisation", other) is True


def test_the_second_answer_is_told_who_was_first(world):
    review, rows = world
    organisation = rows["one"].organisation
    access.confirm_people(review, organisation, by=user_of(rows["one"]))

    with pytest.raises(TooLate, match="already"):
        access.confirm_people(review, organisation, by=user_of(rows["colleague"]), ended=[rows["one"]])
    assert Organisation.objects.get(pk=organisation.pk).representatives.as_of().count() == 2


def test_what_nobody_confirms_lapses_after_two_warnings_and_the_secretariat_brings_it_back(world, secretariat):
    review, rows = world
    first, second = rows["one"].organisation, rows["other"].organisation
    access.confirm_people(review, first, by=user_of(rows["one"]))
    OutgoingMail.objects.all().delete()

    calendar = {}
    for day in range(23):
        with time_machine.travel(days_from_now(1) if day else timezone.now(), tick=False) as clock:
            clock.shift(timedelta(days=max(day - 1, 0)))
            calendar[day] = (access.warn_unconfirmed(), access.lapse_unconfirmed())
    assert {day: what for day, what in calendar.items() if what != (0, 0)} == {13: (1, 0), 18: (1, 0), 21: (0, 2)}

    review.refresh_from_db()
    assert review.status == "closed"
    assert user_of(rows["other"]).has_perm("members.change_organisation", second) is False
    assert user_of(rows["one"]).has_perm("members.change_organisation", first) is True
    assert len(subjects_to("other@bank.example")) == 3
    assert subjects_to("one@bank.example") == []
    secretariat_letter = OutgoingMail.objects.get(template="members/access_closed")
    assert "Second Bank" in secretariat_letter.text
    assert "First Bank" not in secretariat_letter.text

    access.draw_grants()
    assert user_of(rows["other"]).has_perm("members.change_organisation", second) is False, "drawing gave it back"
    with pytest.raises(WrongStatus):
        access.confirm_people(review, first, by=user_of(rows["one"]))

    access.confirm_people(review, second, by=secretariat)
    assert user_of(rows["other"]).has_perm("members.change_organisation", second) is True


def test_without_its_warnings_nothing_lapses(world):
    _review, _rows = world
    with time_machine.travel(days_from_now(30), tick=False):
        assert access.lapse_unconfirmed() == 0
        assert access.warn_unconfirmed() == 2 + 1
        assert access.lapse_unconfirmed() == 0
    with time_machine.travel(days_from_now(31), tick=False):
        access.warn_unconfirmed()
        assert access.lapse_unconfirmed() == 0
    with time_machine.travel(days_from_now(32), tick=False):
        assert access.lapse_unconfirmed() == 6


def test_who_was_named_during_the_review_keeps_access(world, secretariat):
    review, rows = world
    with time_machine.travel(days_from_now(3), tick=False):
        user = factories.UserFactory()
        person = factories.PersonFactory(user=user)
        row = factories.RepresentativeFactory(organisation=rows["other"].organisation, person=person)
        access.draw_grants()
    with time_machine.travel(days_from_now(21), tick=False):
        access.close_review(review, by=None)

    assert user_of(row).has_perm("members.change_organisation", row.organisation) is True
    assert user_of(rows["other"]).has_perm("members.change_organisation", row.organisation) is False


def test_an_officer_who_ends_a_review_early_lets_everything_stand(world, secretariat):
    review, rows = world
    access.close_review(review, by=secretariat)

    assert user_of(rows["other"]).has_perm("members.change_organisation", rows["other"].organisation) is True


# ── at the desk, and what waits ──────────────────────────────────────────


def test_the_secretariat_opens_a_review_follows_it_and_confirms_for_who_telephones(
    world, secretariat_client, secretariat
):
    earlier, rows = world
    access.close_review(earlier, by=secretariat)
    add = "/admin/members/accessreview/add/"
    short = secretariat_client.post(add, {"title": "Autumn", "due_on": days_from_now(3).date().isoformat()})
    assert short.status_code == 422
    assert "at least two weeks" in short.content.decode()

    given = {"title": "Autumn", "due_on": days_from_now(20).date().isoformat()}
    assert secretariat_client.post(add, given).status_code == 302
    review = AccessReview.objects.get(title="Autumn")
    page = secretariat_client.get(f"/admin/members/accessreview/{review.pk}/change/").content.decode()
    assert "First Bank" in page

    confirm = f"/admin/members/accessreview/{review.pk}/act/confirm/"
    assert secretariat_client.post(confirm, {"organisation": rows["other"].organisation_id}).status_code == 302
    assert AccessAnswer.objects.get(review=review).organisation == rows["other"].organisation


def test_it_waits_in_the_workspace_until_one_of_them_has_answered(world):
    review, rows = world
    waiting = awaiting(user_of(rows["one"]))
    assert [(one.what, one.url) for one in waiting if "Confirm" in one.what] == [
        ("Confirm who acts for First Bank", f"/workspace/access/review/{review.pk}/")
    ]
    access.confirm_people(review, rows["one"].organisation, by=user_of(rows["colleague"]))
    assert [one for one in awaiting(user_of(rows["one"])) if "Confirm" in one.what] == []


def test_the_desk_brings_back_what_lapsed(world, secretariat_client):
    review, rows = world
    access.close_review(review, by=None)
    second = rows["other"].organisation
    assert user_of(rows["other"]).has_perm("members.change_organisation", second) is False

    confirm = f"/admin/members/accessreview/{review.pk}/act/confirm/"
    assert secretariat_client.post(confirm, {"organisation": second.pk}).status_code == 302
    assert user_of(rows["other"]).has_perm("members.change_organisation", second) is True
