import hashlib
import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from efc.models import OutgoingMail
from efc.workflow import WrongStatus
from members.models import MemorandumVersion, Reminder, Signature
from members.services import memorandum as verbs
from tests import factories
from tests.members.applying import pdf
from tests.members.joining import TEXT, acting, memorandum, signed_in

SIGN = {"name": "Head of legal", "function": "General counsel", "has_authority": "on"}


@pytest.fixture
def member(db):
    return factories.MemberFactory(name="Example Payments", slug="example-payments")


@pytest.fixture
def version(secretariat):
    return verbs.put_in_force(memorandum(), by=secretariat)


def letters(name):
    return list(OutgoingMail.objects.filter(template=f"members/{name}").order_by("pk"))


def record(version, organisation, by, **fields):
    fields = {
        "signed_on": timezone.localdate(), "signatory_name": "Director", "signatory_function": "", "method": "paper", **fields,
    }  # fmt: skip
    return verbs.record_signature(version, organisation, by=by, **fields)


def test_a_representative_signs_in_the_portal_and_gets_a_receipt(client, member, version):
    user = acting(member, function="Head of legal")
    page = signed_in(client, user).get("/workspace/organisations/example-payments/memorandum/")
    assert "Members support test transactions." in page.content.decode()
    assert "Not yet signed" in page.content.decode()

    answer = client.post("/workspace/organisations/example-payments/memorandum/", SIGN, follow=True)

    signature = Signature.objects.get()
    assert (signature.organisation, signature.version, signature.method) == (member, version, "portal")
    assert (signature.signatory.user, signature.signatory_name) == (user, "Head of legal")
    assert signature.signatory_function == "General counsel"
    assert signature.text_sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert signature.signed_on == timezone.localdate()
    html = answer.content.decode()
    assert "Thank you. The memorandum is signed" in html
    assert "Sign the memorandum</button>" not in html
    (receipt,) = letters("memorandum_signed")
    assert receipt.address == user.email
    assert signature.text_sha256 in receipt.text


@pytest.mark.parametrize("missing", ["name", "function", "has_authority"])
def test_a_signature_needs_name_function_and_authority(client, member, version, missing):
    signed_in(client, acting(member))
    given = {name: value for name, value in SIGN.items() if name != missing}

    answer = client.post("/workspace/organisations/example-payments/memorandum/", given)

    assert answer.status_code == 422
    assert Signature.objects.count() == 0
    assert all(value in answer.content.decode() for name, value in given.items() if name != "has_authority")


def test_signing_twice_says_who_signed_and_when(client, member, version, secretariat):
    signed_in(client, acting(member))
    record(version, member, secretariat)

    answer = client.post("/workspace/organisations/example-payments/memorandum/", SIGN)

    assert answer.status_code == 422
    assert "Example Payments signed this version on" in answer.content.decode()
    assert "through Director" in answer.content.decode()
    assert Signature.objects.get().method == "paper"


def test_nobody_signs_for_an_organisation_they_do_not_act_for(client, member, version, secretariat):
    other = factories.MemberFactory(name="Other")
    user = acting(other)
    assert (
        signed_in(client, user).post("/workspace/organisations/example-payments/memorandum/", SIGN).status_code == 404
    )
    for by in (user, secretariat):
        with pytest.raises(PermissionDenied):
            verbs.sign_memorandum(version, member, by=by, function="Officer")
    page = signed_in(client, secretariat).get("/workspace/organisations/example-payments/memorandum/")
    assert "Sign the memorandum</button>" not in page.content.decode()
    assert Signature.objects.count() == 0


def test_only_the_version_in_force_is_signed(member, secretariat):
    draft = memorandum("3")
    with pytest.raises(WrongStatus):
        verbs.sign_memorandum(draft, member, by=acting(member), function="Officer")
    with pytest.raises(WrongStatus):
        record(draft, member, secretariat)


def test_the_signed_copy_holds_the_text_the_signature_and_the_digest(client, member, version):
    user = acting(member)
    signature = verbs.sign_memorandum(version, member, by=user, function="General counsel")

    answer = signed_in(client, user).get(f"/workspace/organisations/example-payments/memorandum/{signature.pk}/")

    from pypdf import PdfReader

    assert answer["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    for fact in ("Members support test transactions.", "Head of legal, General counsel", signature.text_sha256[:20]):
        assert fact in text


def test_the_secretariat_records_a_paper_with_its_scan(client, member, version, secretariat):
    scan = SimpleUploadedFile("signed.pdf", pdf(), "application/pdf")
    page = f"/workspace/organisations/example-payments/memorandum/{version.pk}/record/"
    given = {"signed_on": "2026-01-05", "signatory_name": "Director", "method": "paper", "scan": scan}

    assert signed_in(client, secretariat).post(page, given).status_code == 302

    signature = Signature.objects.get()
    assert (str(signature.signed_on), signature.signatory_name, signature.method) == ("2026-01-05", "Director", "paper")
    copy = client.get(f"/workspace/organisations/example-payments/memorandum/{signature.pk}/")
    assert b"".join(copy.streaming_content).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"signed_on": "2099-01-01"}, "This day lies ahead."),
        ({"scan": SimpleUploadedFile("signed.pdf", b"no pdf", "application/pdf")}, "cannot be read as a PDF"),
        ({"signatory_name": ""}, "Write who signed."),
        ({"method": "portal"}, "Select a valid choice"),
    ],
)
def test_a_paper_that_cannot_be_right_is_refused(client, member, version, secretariat, changed, sentence):
    page = f"/workspace/organisations/example-payments/memorandum/{version.pk}/record/"
    given = {"signed_on": "2026-01-05", "signatory_name": "Director", "method": "paper", **changed}
    answer = signed_in(client, secretariat).post(page, given)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Signature.objects.count() == 0


def test_members_do_not_record_papers(client, member, version):
    user = acting(member)
    page = f"/workspace/organisations/example-payments/memorandum/{version.pk}/record/"
    assert signed_in(client, user).get(page).status_code == 404
    with pytest.raises(PermissionDenied):
        record(version, member, user)


def test_a_new_version_replaces_the_old_one_and_asks_everybody_to_sign_anew(member, version, secretariat):
    acting(member, is_contact=True)
    record(version, member, secretariat)
    OutgoingMail.objects.all().delete()

    verbs.put_in_force(memorandum("3"), by=secretariat)

    version.refresh_from_db()
    assert version.status == "replaced"
    assert MemorandumVersion.objects.current().number == "3"
    assert list(MemorandumVersion.objects.current().unsigned_by()) == [member]
    (letter,) = letters("memorandum_in_force")
    assert letter.address == "legal@payments.example"
    assert "version 3 of the memorandum of understanding is in force" in letter.text
    assert "/workspace/organisations/example-payments/memorandum/" in letter.text


def test_the_share_of_members_that_signed_is_read_as_of_a_day(version, secretariat):
    signed, unsigned = factories.MemberFactory.create_batch(2)
    factories.OrganisationFactory()
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    MemorandumVersion.objects.filter(pk=version.pk).update(in_force_on=today - timedelta(days=9))
    assert verbs.share_signed() == (0, 2)

    record(version, signed, secretariat, signed_on=yesterday)

    assert verbs.share_signed() == (1, 2)
    assert verbs.share_signed(yesterday) == (1, 2)
    assert verbs.share_signed(yesterday - timedelta(days=1)) == (0, 2)
    assert list(version.unsigned_by()) == [unsigned]
    verbs.put_in_force(memorandum("3"), by=secretariat)
    assert verbs.share_signed() == (0, 2)
    assert verbs.share_signed(yesterday) == (1, 2)


def test_the_chase_list_reminds_contact_persons_once_a_week(member, version, secretariat):
    acting(member, "legal@payments.example", is_contact=True)
    acting(member, "second@payments.example", is_contact=True)
    acting(member, "analyst@payments.example")
    signed = factories.MemberFactory()
    acting(signed, "signed@bank.example", is_contact=True)
    record(version, signed, secretariat)

    assert verbs.remind_unsigned(version, [member, signed], by=secretariat) == [member]
    assert verbs.remind_unsigned(version, [member, signed], by=secretariat) == []

    sent = ["legal@payments.example", "second@payments.example"]
    assert [letter.address for letter in letters("memorandum_reminder")] == sent
    assert sorted(Reminder.objects.values_list("address", flat=True)) == sent
    assert verbs.remind_unsigned(version, [member], by=secretariat, again=True) == [member]
    Reminder.objects.update(sent_at=timezone.now() - timedelta(days=8))
    assert verbs.remind_unsigned(version, [member], by=secretariat) == [member]


def test_members_do_not_run_the_ledger(member, version):
    user = acting(member)
    with pytest.raises(PermissionDenied):
        verbs.remind_unsigned(version, [member], by=user)
    with pytest.raises(PermissionDenied):
        verbs.put_in_force(memorandum("3"), by=user)
