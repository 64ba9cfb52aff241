"""What the Secretariat does with members and their people at the desk, each act behind a page that says what it means."""

import io
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from efc import roles
from efc.models import Grant, OutgoingMail
from members.models import AccessReview, Decision, Invitation, MemorandumVersion, Representative, Signature
from members.services.access import draw_grants
from tests.factories import (
    AccessReviewFactory,
    DecisionFactory,
    MemberFactory,
    MembershipTermFactory,
    MemorandumVersionFactory,
    OrganisationFactory,
    PersonFactory,
    RepresentativeFactory,
    SeatFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank():
    """A member until the end of 2030 with a seat and a contact person who has an account."""
    member = MemberFactory(name="Bank", slug="bank", membership__ends_on=date(2030, 12, 31), is_public=False)
    person = PersonFactory(name="Head", email="head@bank.example", user=UserFactory(email="head@bank.example"))
    RepresentativeFactory(organisation=member, person=person, is_contact=True)
    SeatFactory(organisation=member, holder=person)
    draw_grants()
    return member


def look(client, record, name):
    return client.get(reverse(f"admin:members_{record._meta.model_name}_act", args=[record.pk, name]))


def do(client, record, act, /, **answers):
    return client.post(
        reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_act", args=[record.pk, act]), answers
    )


def offered(client, record):
    return [
        str(label)
        for _url, label in client.get(
            reverse(f"admin:members_{record._meta.model_name}_change", args=[record.pk])
        ).context["acts"]
    ]


def letters():
    return list(OutgoingMail.objects.order_by("pk").values_list("template", "address"))


# ── memberships ──


def test_a_membership_is_renewed_for_a_proposed_year(secretariat_client, bank):
    page = look(secretariat_client, bank, "renew")
    assert page.context["form"]["ends_on"].value() == date(2031, 12, 31)
    assert "The membership runs until 31 December 2030 now. This mails head@bank.example." in page.content.decode()
    assert do(secretariat_client, bank, "renew", ends_on="2031-12-31").status_code == 302
    assert bank.memberships.order_by("starts_on").last().starts_on == date(2031, 1, 1)
    assert letters() == [("members/membership_renewed", "head@bank.example")]


def test_ending_a_membership_names_its_seats_and_people_first(secretariat_client, bank):
    page = look(secretariat_client, bank, "end")
    assert page.context["facts"] == [("Seats", ["Bank: Full member"]), ("People", ["Head"])]
    refused = do(secretariat_client, bank, "end", ends_on="2026-01-31", because="")
    assert refused.status_code == 422
    do(secretariat_client, bank, "end", ends_on="2026-01-31", because="Left by its own wish.")
    assert bank.memberships.get().left_because == "Left by its own wish."
    assert bank.seats.get().ends_on == date(2026, 1, 31)


def test_a_member_is_suspended_and_the_suspension_lifted(secretariat_client, bank):
    assert "Suspend" in offered(secretariat_client, bank)
    do(secretariat_client, bank, "suspend", reason="At its own request.", starts_on=str(timezone.localdate()))
    assert not Grant.objects.holding().filter(user__email="head@bank.example").exists()
    names = offered(secretariat_client, bank)
    assert "Lift the suspension" in names
    assert "Suspend" not in names
    do(secretariat_client, bank, "lift")
    assert Grant.objects.holding().filter(user__email="head@bank.example").exists()


# ── the memorandum ──


def test_who_may_write_a_version_and_not_change_one_gets_the_form(client):
    writer = UserFactory(is_staff=True)
    writer.user_permissions.add(Permission.objects.get(codename="add_memorandumversion"))
    client.force_login(writer, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get("/admin/members/memorandumversion/add/").status_code == 200


def test_a_version_is_written_put_in_force_and_chased(secretariat_client, bank):
    data = {"number": "3.0", "title": "Memorandum", "text": "The members work together."}
    assert secretariat_client.post("/admin/members/memorandumversion/add/", data).status_code == 302
    version = MemorandumVersion.objects.get()
    page = look(secretariat_client, version, "put-in-force")
    assert "This mails 1 contact person and asks every member to sign." in page.content.decode()
    assert page.context["facts"] == [("Members asked to sign", ["Bank"])]
    do(secretariat_client, version, "put-in-force")
    version.refresh_from_db()
    assert version.status == "in_force"
    record = secretariat_client.get(f"/admin/members/memorandumversion/{version.pk}/change/")
    assert [(str(organisation), addresses) for organisation, addresses, _asked in record.context["chase"]] == [
        ("Bank", ["head@bank.example"])
    ]
    listed = secretariat_client.get("/admin/members/organisation/?memorandum=unsigned").context["cl"].result_list
    assert [str(organisation) for organisation in listed] == ["Bank"]


def test_a_signature_on_paper_comes_with_its_scan(secretariat_client, bank):
    version = MemorandumVersionFactory(status="in_force", in_force_on=date(2026, 1, 1))
    answers = {"organisation": bank.pk, "signed_on": "2026-01-05", "signatory_name": "Director", "method": "paper"}
    wrong = do(secretariat_client, version, "signature", **answers, scan=SimpleUploadedFile("a.pdf", b"no pdf"))
    assert wrong.status_code == 422
    assert "This file cannot be read as a PDF." in wrong.content.decode()
    assert 'value="Director"' in wrong.content.decode()
    ahead = do(secretariat_client, version, "signature", **{**answers, "signed_on": "2100-01-01"})
    assert "This day lies ahead." in ahead.content.decode()
    scan = SimpleUploadedFile("a.png", _png())
    assert do(secretariat_client, version, "signature", **answers, scan=scan).status_code == 302
    signature = Signature.objects.get()
    assert (signature.organisation, signature.signatory_name, signature.method) == (bank, "Director", "paper")
    answer = secretariat_client.get(f"/admin/members/signature/{signature.pk}/scan/")
    assert answer["Content-Type"] == "image/png"
    assert (
        "Every member has signed."
        in secretariat_client.get(f"/admin/members/memorandumversion/{version.pk}/change/").content.decode()
    )


def test_a_signature_is_recorded_of_members_only_as_of_its_day(secretariat_client, bank):
    version = MemorandumVersionFactory(status="in_force", in_force_on=date(2026, 1, 1))
    OrganisationFactory(name="A guest police")
    former = OrganisationFactory(name="A former member")
    MembershipTermFactory(organisation=former, starts_on=date(2013, 1, 1), ends_on=date(2014, 3, 31))
    admitted = OrganisationFactory(name="Just admitted")
    MembershipTermFactory(organisation=admitted, starts_on=timezone.localdate() + timedelta(days=9))
    page = secretariat_client.get(f"/admin/members/memorandumversion/{version.pk}/act/signature/")
    offered = [label for value, label in page.context["form"].fields["organisation"].choices if value]
    assert offered == ["Bank", "Just admitted", "A former member (member until 31 March 2014)"]

    answers = {"organisation": former.pk, "signatory_name": "Director", "method": "paper"}
    late = do(secretariat_client, version, "signature", **answers, signed_on="2014-04-01")
    assert late.status_code == 422
    assert "A former member was not a member on this day" in late.content.decode()
    assert do(secretariat_client, version, "signature", **answers, signed_on="2014-03-31").status_code == 302


def _png():
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(out, "PNG")
    return out.getvalue()


def test_a_version_in_force_is_not_written_any_more(secretariat_client):
    version = MemorandumVersionFactory(status="in_force", text="As it was **signed**.")
    address = f"/admin/members/memorandumversion/{version.pk}/change/"
    assert "<strong>signed</strong>" in secretariat_client.get(address).content.decode()
    assert secretariat_client.post(address, {"number": "9", "title": "x", "text": "Changed."}).status_code == 403
    assert secretariat_client.get(f"/admin/members/memorandumversion/{version.pk}/delete/").status_code == 403


# ── people and access ──


def test_a_leaver_hands_over_after_a_look_at_what_moves(secretariat_client, bank):
    leaver = bank.seats.get().holder
    successor = PersonFactory(name="Deputy", email="deputy@bank.example")
    page = look(secretariat_client, leaver, "hand-over")
    assert "This moves 2 things." in page.content.decode()
    assert bank.seats.get().holder == leaver
    do(secretariat_client, leaver, "hand-over", to=successor.pk)
    assert bank.seats.get().holder == successor
    assert list(bank.representatives.as_of().values_list("person__name", flat=True)) == ["Deputy"]


def test_a_person_is_named_invited_and_ended_from_the_organisation(secretariat_client, bank):
    do(secretariat_client, bank, "name-person", name="Counsel", email="counsel@bank.example", function="Counsel")
    row = Representative.objects.get(person__name="Counsel")
    assert Invitation.objects.get().email == "counsel@bank.example"
    again = do(secretariat_client, bank, "name-person", name="Counsel", email="counsel@bank.example")
    assert again.status_code == 422
    assert "This person acts for the organisation already." in again.content.decode()
    stranger = RepresentativeFactory()
    assert do(secretariat_client, bank, "end-person", row=stranger.pk).status_code == 422
    do(secretariat_client, bank, "end-person", row=row.pk)
    assert list(bank.representatives.as_of().values_list("person__name", flat=True)) == ["Head"]


def test_an_organisation_is_confirmed_for_at_the_desk(secretariat_client, bank, secretariat):
    due_on = timezone.localdate() + timedelta(days=30)
    page = secretariat_client.get("/admin/members/accessreview/add/")
    assert page.context["facts"] == [("Organisations", ["Bank"])]
    assert (
        secretariat_client.post(
            "/admin/members/accessreview/add/", {"title": "Spring", "due_on": str(due_on)}
        ).status_code
        == 302
    )
    review = AccessReview.objects.get()
    record = secretariat_client.get(f"/admin/members/accessreview/{review.pk}/change/")
    assert [str(one) for one in record.context["waiting"]] == ["Bank"]
    assert do(secretariat_client, review, "confirm", organisation=bank.pk).status_code == 302
    answer = review.answers.get()
    assert (answer.organisation, answer.answered_by) == (bank, secretariat)
    assert "Confirm for an organisation" not in offered(secretariat_client, review)


def test_a_review_that_is_open_keeps_another_from_opening(secretariat_client):
    AccessReviewFactory()
    due_on = timezone.localdate() + timedelta(days=30)
    answer = secretariat_client.post("/admin/members/accessreview/add/", {"title": "Second", "due_on": str(due_on)})
    assert answer.status_code == 422
    assert AccessReview.objects.count() == 1


def test_a_role_is_given_and_withdrawn_with_a_reason_and_never_to_oneself(secretariat_client, secretariat):
    user = UserFactory()
    missing = secretariat_client.post(
        "/admin/efc/grant/add/", {"user": user.pk, "role": roles.SAFEGUARDING, "reason": ""}
    )
    assert missing.status_code == 422
    secretariat_client.post(
        "/admin/efc/grant/add/", {"user": user.pk, "role": roles.SAFEGUARDING, "reason": "Decision 2026-1"}
    )
    held = Grant.objects.get(user=user)
    assert (held.role, held.reason, held.given_by) == (roles.SAFEGUARDING, "Decision 2026-1", secretariat)
    do(secretariat_client, held, "withdraw", because="The mandate ended.")
    held.refresh_from_db()
    assert held.withdrawn_because == "The mandate ended."
    own = secretariat_client.post(
        "/admin/efc/grant/add/", {"user": secretariat.pk, "role": roles.SAFEGUARDING, "reason": "I want to."}
    )
    assert own.status_code == 422
    assert "Nobody changes their own roles. Ask another officer." in own.content.decode()
    assert not Grant.objects.filter(user=secretariat, role=roles.SAFEGUARDING).exists()
    chair = secretariat_client.post(
        "/admin/efc/grant/add/", {"user": user.pk, "role": roles.CHAIR, "reason": "Because."}
    )
    assert chair.status_code == 422, "the seat gives this role"


# ── decisions ──


def test_a_decision_is_entered_published_and_superseded(secretariat_client):
    data = {"title": "Fees", "text": "There are **none**.", "decided_on": "2026-01-12", "procedure": "meeting"}
    ahead = secretariat_client.post("/admin/members/decision/add/", {**data, "decided_on": "2100-01-01"})
    assert ahead.status_code == 422
    assert "This day lies ahead." in ahead.content.decode()
    answer = secretariat_client.post("/admin/members/decision/add/", data)
    decision = Decision.objects.get()
    assert decision.number == "2026-1"
    assert "<strong>none</strong>" in secretariat_client.get(answer["Location"]).content.decode()
    do(secretariat_client, decision, "publish")
    later = DecisionFactory(year=2026, sequence=2, decided_on=date(2026, 1, 20))
    earlier = DecisionFactory(year=2013, sequence=9, decided_on=date(2013, 1, 20))
    assert do(secretariat_client, decision, "supersede", new=earlier.pk).status_code == 422
    do(secretariat_client, decision, "supersede", new=later.pk)
    decision.refresh_from_db()
    assert (decision.is_public, decision.status, decision.superseded_by) == (True, "superseded", later)
