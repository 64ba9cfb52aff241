import io
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from efc.models import OutgoingMail
from efc.workflow import WrongStatus
from members.models import Application, Invitation, MembershipTerm, Organisation, Representative
from members.services import memberships
from tests import factories
from tests.members.joining import decision, under_review


def words_of(file):
    from pypdf import PdfReader

    with file.open("rb") as data:
        return " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(data.read())).pages).split())


def letter(name):
    return OutgoingMail.objects.get(template=f"members/{name}")


def test_approval_registers_the_organisation_and_invites_its_contact(secretariat):
    application = under_review(organisation_name="Example Bank", email="compliance@bank.example", country="BE")

    memberships.approve_application(application, by=secretariat, decision=decision())

    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.slug, organisation.country.code) == ("Example Bank", "example-bank", "BE")
    assert organisation.description_en == "Two analysts, and what we know of payment patterns."
    assert organisation.is_public is False
    term = MembershipTerm.objects.get()
    assert (term.starts_on, term.ends_on, term.decision.number) == (date(2026, 3, 12), None, "2026-3")
    row = Representative.objects.get()
    assert (row.person.name, row.function, row.is_contact) == ("Head of compliance", "Head of compliance", True)
    assert Invitation.objects.get().email == "compliance@bank.example"
    application.refresh_from_db()
    assert application.status == "approved"
    assert (application.organisation, application.decided_by) == (organisation, secretariat)


def test_the_letter_of_admission_names_reference_decision_and_next_steps(secretariat):
    application = under_review(organisation_name="Example Bank")

    memberships.approve_application(application, by=secretariat, decision=decision())

    application.refresh_from_db()
    text = words_of(application.letter)
    for fact in (
        application.reference,
        "2026-3 of 12 March 2026",
        "Welcome to the coalition, Example Bank",
        "memorandum of understanding",
    ):
        assert fact in text
    welcome = letter("application_approved")
    assert welcome.address == application.email
    assert "This is decision 2026-3 of 12 March 2026." in welcome.text
    assert application.get_applicant_url() in welcome.text
    stored = application.letter.name
    assert memberships.store_letter(application).name == stored


def test_the_letter_is_made_later_where_pdfs_cannot_be_made_now(secretariat, monkeypatch):
    from efc.pdf import PDFError

    def broken(application):
        raise PDFError("no fonts")

    application = under_review()
    with monkeypatch.context() as patch:
        patch.setattr(memberships.pdf, "letter_of_approval", broken)
        memberships.approve_application(application, by=secretariat)
    application.refresh_from_db()
    assert (application.status, bool(application.letter)) == ("approved", False)

    assert application.reference in words_of(memberships.store_letter(application))


def test_a_yearly_membership_says_until_when(secretariat):
    application = under_review()
    memberships.approve_application(application, by=secretariat, starts_on=date(2026, 2, 1), ends_on=date(2027, 1, 31))
    assert "begins on 1 February 2026 and ends on 31 January 2027" in letter("application_approved").text


def test_an_organisation_in_the_register_is_linked_and_addresses_are_never_shared(secretariat):
    known = factories.OrganisationFactory(name="Example Bank", slug="known", is_public=False)
    factories.OrganisationFactory(name="Other", slug="example-bank-2")
    factories.OrganisationFactory(name="Another", slug="example-bank")

    memberships.approve_application(under_review(organisation_name="EXAMPLE BANK"), by=secretariat)
    memberships.approve_application(under_review(organisation_name="Example-Bank"), by=secretariat)
    memberships.approve_application(under_review(organisation_name="Join"), by=secretariat)

    assert known.memberships.count() == 1
    assert Organisation.objects.get(name="Example-Bank").slug == "example-bank-3"
    assert Organisation.objects.get(name="Join").slug == "join-2"


def test_a_contact_who_has_an_account_acts_for_one_more_organisation(secretariat):
    account = factories.UserFactory(email="compliance@bank.example")
    factories.PersonFactory(email="compliance@bank.example", user=account)

    memberships.approve_application(under_review(email="compliance@bank.example"), by=secretariat)

    assert Invitation.objects.count() == 0
    assert account.has_perm("members.change_organisation", Organisation.objects.get())


def test_of_two_who_decide_one_wins_and_the_other_reads_who_and_when(secretariat, chair):
    application = under_review(organisation_name="Example Bank")
    stale = Application.objects.get(pk=application.pk)
    memberships.approve_application(application, by=secretariat)

    with pytest.raises(WrongStatus, match=r"now: Approved, by Secretariat officer on \d+ "):
        memberships.decline_application(stale, by=chair, reason="No capacity")
    assert MembershipTerm.objects.count() == 1


def test_a_member_is_not_admitted_twice(secretariat):
    member = factories.MemberFactory(name="Example Bank")
    application = under_review(organisation_name="Example Bank")

    with pytest.raises(ValidationError, match="overlap another membership"):
        memberships.approve_application(application, by=secretariat)
    application.refresh_from_db()
    assert (application.status, member.memberships.count()) == ("under_review", 1)


def test_only_who_may_decide_does(sg_member):
    application = under_review()
    for verb in (memberships.approve_application, memberships.decline_application, memberships.put_off_application):
        with pytest.raises(PermissionDenied):
            verb(application, by=sg_member, **({} if verb is memberships.approve_application else {"reason": "No"}))
    assert OutgoingMail.objects.filter(template__startswith="members/application_a").count() == 0


def test_declining_writes_a_personal_letter_with_the_reason_and_the_next_day(chair):
    application = under_review(contact_name="Director", organisation_name="Example Bank")

    memberships.decline_application(
        application, by=chair, reason="The work on payments is fully staffed.", may_apply_again_on=date(2027, 1, 4)
    )

    application.refresh_from_db()
    assert (application.status, application.may_apply_again_on) == ("declined", date(2027, 1, 4))
    text = letter("application_declined").text
    assert "Dear Director," in text
    assert "The work on payments is fully staffed." in text
    assert "from 4 January 2027" in text
    paper = words_of(application.letter)
    assert "The work on payments is fully staffed." in paper
    assert "A new application is welcome from 4 January 2027." in paper
    assert Organisation.objects.count() == 0


@pytest.mark.parametrize("verb", [memberships.decline_application, memberships.put_off_application])
def test_a_no_and_a_not_yet_need_a_reason(verb, chair):
    with pytest.raises(ValidationError, match="Give the reason"):
        verb(under_review(), by=chair, reason="  ")


def test_put_off_stays_open_and_can_be_approved_later(chair, secretariat):
    application = under_review()
    memberships.put_off_application(application, by=chair, reason="We meet the applicant first.")
    assert "We meet the applicant first." in letter("application_put_off").text

    application.refresh_from_db()
    assert application.is_open
    memberships.approve_application(application, by=secretariat)
    assert MembershipTerm.objects.get().starts_on == timezone.localdate()


def test_letters_are_written_in_the_language_of_the_application(secretariat):
    application = under_review(language="fr")
    memberships.approve_application(application, by=secretariat)
    assert letter("application_approved").language == "fr"
