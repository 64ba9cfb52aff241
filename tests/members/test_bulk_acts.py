"""What is done to many at once is looked at first: how many, whom, and what stays as it is and why."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from efc.models import OutgoingMail
from members.models import Invitation, MembershipTerm, Reminder
from tests.factories import (
    ApplicationFactory,
    DecisionFactory,
    InvitationFactory,
    MemberFactory,
    MemorandumVersionFactory,
    PersonFactory,
    RepresentativeFactory,
    SignatureFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def choose(client, model, action, *records, **more):
    data = {"action": action, "_selected_action": [record.pk for record in records], **more}
    return client.post(f"/admin/members/{model}/?q=", data)


def confirm(client, model, action, *records, **answers):
    answer = choose(client, model, action, *records, confirm="yes", **answers)
    if answer.status_code != 302:
        return answer, []
    page = client.get(answer["Location"])
    return answer, [str(message) for message in page.context["messages"]]


def addresses():
    return sorted(OutgoingMail.objects.values_list("address", flat=True))


@pytest.fixture
def members():
    """Three members to be reminded, one that has signed, and one with nobody to write to."""
    version = MemorandumVersionFactory(status="in_force", in_force_on=date(2026, 1, 1))
    found = {}
    for name in ("Bank", "Hotline", "Police", "Signed"):
        found[name] = MemberFactory(name=name)
        person = PersonFactory(email=f"contact@{name.lower()}.example")
        RepresentativeFactory(organisation=found[name], person=person, is_contact=True)
    found["Silent"] = MemberFactory(name="Silent")
    SignatureFactory(version=version, organisation=found["Signed"])
    return found


def test_a_reminder_says_whom_it_mails_and_whom_not_before_anything_happens(secretariat_client, members):
    page = choose(secretariat_client, "organisation", "remind_to_sign", *members.values())
    assert page.status_code == 200
    html = page.content.decode()
    assert "This mails 3 organisations." in html
    assert "Nothing has happened yet." in html
    assert [(str(record), note) for record, note in page.context["lines"]] == [
        ("Bank", "mails contact@bank.example"), ("Hotline", "mails contact@hotline.example"), ("Police", "mails contact@police.example"),
    ]  # fmt: skip
    assert [(str(record), why) for record, why in page.context["refused"]] == [
        ("Signed", "It has signed the version in force, or is no member."),
        ("Silent", "No contact person has an address. Name one first."),
    ]
    assert addresses() == []
    assert not Reminder.objects.exists()


def test_confirming_does_it_to_each_and_names_what_was_refused(secretariat_client, members):
    _answer, said = confirm(secretariat_client, "organisation", "remind_to_sign", *members.values())
    assert addresses() == ["contact@bank.example", "contact@hotline.example", "contact@police.example"]
    assert said == [
        "Signed was left as it is: It has signed the version in force, or is no member.",
        "Silent was left as it is: No contact person has an address. Name one first.",
        "Remind to sign the memorandum: done for Bank, Hotline, Police.",
    ]
    again = choose(secretariat_client, "organisation", "remind_to_sign", members["Bank"])
    assert "Nothing would happen." in again.content.decode()
    assert "Wait a week." in again.content.decode()


def test_yearly_terms_are_renewed_together_for_one_last_day(secretariat_client):
    ending = [
        MemberFactory(name=name, membership__ends_on=date(2026, 12, 31)).memberships.get()
        for name in ("Bank", "Hotline")
    ]
    endless = MemberFactory(name="Police").memberships.get()
    page = choose(secretariat_client, "membershipterm", "renew", *ending, endless)
    assert [str(record.organisation) for record, _note in page.context["lines"]] == ["Bank", "Hotline"]
    assert [why for _record, why in page.context["refused"]] == ["It has no end, so there is nothing to renew."]
    missing, _said = confirm(secretariat_client, "membershipterm", "renew", *ending, endless)
    assert missing.status_code == 422
    assert "Choose the day." in missing.content.decode()
    assert MembershipTerm.objects.count() == 3
    _answer, said = confirm(secretariat_client, "membershipterm", "renew", *ending, endless, ends_on="2027-12-31")
    new = MembershipTerm.objects.exclude(pk__in=[endless.pk, *(term.pk for term in ending)])
    assert sorted(new.values_list("organisation__name", "starts_on", "ends_on")) == [
        ("Bank", date(2027, 1, 1), date(2027, 12, 31)), ("Hotline", date(2027, 1, 1), date(2027, 12, 31)),
    ]  # fmt: skip
    assert len(said) == 2


def test_one_that_moved_meanwhile_stops_none_of_the_others(secretariat_client):
    MemorandumVersionFactory(status="in_force")
    first, second = (ApplicationFactory(organisation_name=name, sent=True) for name in ("First", "Second"))
    assert (
        "This takes up 2 applications."
        in choose(secretariat_client, "application", "take_up", first, second).content.decode()
    )
    first.move("withdraw", by=None)
    _answer, said = confirm(secretariat_client, "application", "take_up", first, second)
    second.refresh_from_db()
    assert second.status == "under_review"
    assert said == ["First was left as it is: It is now: Withdrawn.", "Take up: done for Second."]


def test_people_are_invited_together_and_who_has_an_account_is_left_out(secretariat_client):
    new, known, nameless = (
        PersonFactory(email="new@bank.example"),
        PersonFactory(user=UserFactory()),
        PersonFactory(email=""),
    )
    page = choose(secretariat_client, "person", "invite", new, known, nameless)
    assert "This mails an invitation to 1 person." in page.content.decode()
    assert {record.pk: why for record, why in page.context["refused"]} == {
        known.pk: "Has an account already.",
        nameless.pk: "Has no e-mail address. Add it first.",
    }
    assert not Invitation.objects.exists()
    confirm(secretariat_client, "person", "invite", new, known, nameless)
    assert list(Invitation.objects.values_list("email", flat=True)) == ["new@bank.example"]


def test_invitations_are_withdrawn_or_sent_again(secretariat_client):
    waiting = InvitationFactory(person__email="one@bank.example")
    over = InvitationFactory(person__email="two@bank.example", expires_at=timezone.now() - timedelta(days=1))
    page = choose(secretariat_client, "invitation", "withdraw", waiting, over)
    assert [why for _record, why in page.context["refused"]] == ["The link is expired."]
    confirm(secretariat_client, "invitation", "withdraw", waiting, over)
    waiting.refresh_from_db()
    assert waiting.status == "withdrawn"
    confirm(secretariat_client, "invitation", "again", over)
    assert addresses() == ["two@bank.example"]


def test_decisions_are_marked_as_implemented_together(secretariat_client):
    rows = [DecisionFactory(), DecisionFactory(), DecisionFactory(status="superseded")]
    confirm(secretariat_client, "decision", "implement", *rows)
    for row in rows:
        row.refresh_from_db()
    assert [row.status for row in rows] == ["implemented", "implemented", "superseded"]


def test_who_may_not_do_it_is_not_offered_it(client, secretariat, members, monkeypatch):
    from efc import roles

    without = [name for name in roles.ROLES[roles.SECRETARIAT] if name != "members.change_memorandumversion"]
    monkeypatch.setitem(roles.ROLES, roles.SECRETARIAT, without)
    roles.match_groups(None)
    client.force_login(secretariat, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert 'value="remind_to_sign"' not in client.get("/admin/members/organisation/").content.decode()
    choose(client, "organisation", "remind_to_sign", members["Bank"], confirm="yes")
    assert addresses() == []
