"""A file comes into the register after a look at what it would do: all of it, or nothing."""

import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from efc.models import AuditEntry, Grant, OutgoingMail
from members.models import MembershipTerm, Organisation, Person, Representative, Seat
from tests.factories import (
    DecisionFactory,
    MemberFactory,
    MembershipTermFactory,
    OrganisationFactory,
    PersonFactory,
    RepresentativeFactory,
    SeatFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
COLUMNS = "address,name,short name,sector,kind,country,website,contribution,description"
TERMS = "organisation,from,to,decision,source,reason for leaving"
PEOPLE = "organisation,e-mail,name,function,contact person,protected,from,to"
SEATS = "organisation,kind,from,to,holder,alternate,decision,source"


def url(model):
    return f"/admin/members/{model}/import/"


def csv_file(*lines):
    return SimpleUploadedFile("register.csv", "\r\n".join(lines).encode())


def xlsx_file(*rows):
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return SimpleUploadedFile("register.xlsx", out.getvalue())


def look(client, model, file):
    return client.post(url(model), {"file": file})


def confirm(client, model, preview):
    return client.post(url(model), {"preview": re.search(r'name="preview" value="([^"]+)"', preview)[1]}, follow=True)


def bring(client, model, *lines):
    return confirm(client, model, look(client, model, csv_file(*lines)).content.decode())


def problems(response):
    assert response.status_code == 422
    return [(problem.line, problem.column) for problem in response.context["plan"].problems]


def test_a_file_shows_what_is_new_changed_and_unchanged_and_then_does_it(secretariat_client, secretariat):
    kept = OrganisationFactory(slug="kept", name="Kept as it is", sector="payment", kind="company", country="BE")
    OrganisationFactory(slug="old", name="Old name", sector="payment", kind="company")
    lines = [
        COLUMNS,
        "kept,Kept as it is,,payment,company,BE,,,",
        "old,New name,,payment,company,,https://bank.example,,",
        "fresh,Fresh bank,FB,Payment and financial services,company,fr,,Sees payments.,",
    ]
    preview = look(secretariat_client, "organisation", csv_file(*lines))
    plan = preview.context["plan"]
    assert preview.status_code == 200
    assert [(line.number, line.name) for line in plan.new] == [(4, "fresh")]
    assert [(line.number, line.changes) for line in plan.changed] == [
        (3, [("name", "Old name", "New name"), ("website", "", "https://bank.example")])
    ]
    assert plan.unchanged == 1
    assert Organisation.objects.count() == 2
    assert Organisation.objects.get(slug="old").name == "Old name"

    page = confirm(secretariat_client, "organisation", preview.content.decode()).content.decode()
    assert "Imported: 1 new, 1 changed, 1 as they were." in page
    fresh = Organisation.objects.get(slug="fresh")
    assert (fresh.name, fresh.sector, fresh.country.code, fresh.contribution_en) == (
        "Fresh bank",
        "payment",
        "FR",
        "Sees payments.",
    )
    assert fresh.is_public is False
    assert Organisation.objects.get(slug="old").website == "https://bank.example"
    assert kept.history.count() == 1
    entries = list(
        AuditEntry.objects.filter(verb__startswith="members.organisation").order_by("id").values_list("verb", "data")
    )
    assert entries[:2] == [
        ("members.organisation.change", {"changed": ["name", "website"], "imported": "line 3"}),
        ("members.organisation.add", {"imported": "line 4"}),
    ]
    verb, data = entries[2]
    assert verb == "members.organisation.import"
    assert (data["new"], data["changed"], data["unchanged"], len(data["sha256"])) == (1, 1, 1, 64)


@pytest.mark.parametrize("model", ["organisation", "membershipterm", "seat", "representative"])
def test_what_was_exported_comes_back_without_a_change(secretariat_client, model):
    decision = DecisionFactory()
    member = MemberFactory(
        name='=HYPERLINK("x")',
        country="BE",
        description_en="First line\r\n- second line",
        membership__decision=decision,
    )
    SeatFactory(organisation=member, holder=PersonFactory(), alternate=PersonFactory(email="", user=UserFactory()))
    RepresentativeFactory(organisation=member, starts_on=date(2013, 8, 5), function="+ Head", is_contact=True)
    for file_format in ("csv", "xlsx"):
        answer = secretariat_client.post(f"/admin/members/{model}/export/", {"file_format": file_format})
        plan = look(secretariat_client, model, SimpleUploadedFile(f"a.{file_format}", answer.content)).context["plan"]
        assert (plan.problems, plan.new, plan.changed, plan.unchanged) == ([], [], [], 1)


def test_wrong_and_missing_columns_are_named(secretariat_client):
    answer = look(
        secretariat_client,
        "membershipterm",
        csv_file("organisation,from,too,source,source,reason for leaving", "a,,,,,"),
    )
    assert problems(answer) == [(1, "to"), (1, "decision"), (1, "too"), (1, "source")]
    assert 'name="preview"' not in answer.content.decode()


def test_each_thing_to_correct_is_named_by_line_and_column(secretariat_client):
    MemberFactory(slug="bank", membership__starts_on=date(2013, 1, 1), membership__ends_on=date(2013, 12, 31))
    answer = look(
        secretariat_client, "membershipterm",
        csv_file(TERMS, "nobody,2014-01-01,,,,", "bank,1.1.2014,,2099-1,,", ",2014-01-01,,,,", "bank,2013-06-01,,,,", "bank,2015-02-01,2015-01-01,,,", "bank,2016-01-01,,=1+1,,"),
    )  # fmt: skip
    assert problems(answer) == [
        (2, "organisation"), (3, "from"), (3, "decision"), (4, "organisation"), (5, "from"), (6, "to"), (7, "decision"),
    ]  # fmt: skip
    assert MembershipTerm.objects.count() == 1


def test_a_formula_is_refused_in_a_spreadsheet_too(secretariat_client):
    header = COLUMNS.split(",")
    answer = look(
        secretariat_client,
        "organisation",
        xlsx_file(header, ["bank", "=1+1", "", "payment", "company", "", "", "", ""]),
    )
    assert problems(answer) == [(2, "name")]
    assert "This cell holds a formula. Put its value there as text." in answer.content.decode()


def test_one_wrong_line_keeps_all_others_out(secretariat_client):
    answer = look(
        secretariat_client,
        "organisation",
        csv_file(COLUMNS, "good,Good,,payment,company,,,,", "bad,Bad,,banking,company,,,,"),
    )
    assert problems(answer) == [(3, "sector")]
    assert 'name="preview"' not in answer.content.decode()
    assert not Organisation.objects.exists()


def test_ten_thousand_rows_are_refused_in_one_sentence(secretariat_client):
    lines = [f"bank-{n},Bank {n},,payment,company,,,," for n in range(10_000)]
    answer = look(secretariat_client, "organisation", csv_file(COLUMNS, *lines))
    assert answer.status_code == 422
    assert "The file has more than 2000 rows. Split it and import one part after the other." in answer.content.decode()
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.ods", b"x", "Choose an XLSX or a CSV file."),
        ("a.csv", b"", "The file is empty. Choose another one."),
        ("a.csv", b"\n\n", "The file is empty. The first line names the columns"),
        ("a.csv", "Café".encode("latin-1"), "The file is not in UTF-8."),
        ("a.csv", b"a\0b", "This file cannot be read as CSV."),
        ("a.xlsx", b"PK\x03\x04 no archive", "This file cannot be read as XLSX."),
        ("a.csv", b"x" * (1024 * 1024 + 1), "The file is larger than 1 MB."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_to_do(secretariat_client, name, content, sentence):
    answer = look(secretariat_client, "organisation", SimpleUploadedFile(name, content))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_the_register_that_changed_after_the_preview_is_shown_again(secretariat_client):
    organisation = OrganisationFactory(slug="old", name="Old name", sector="payment", kind="company")
    preview = look(
        secretariat_client, "organisation", csv_file(COLUMNS, "old,New name,,payment,company,,,,")
    ).content.decode()
    Organisation.objects.filter(pk=organisation.pk).update(short_name="Meanwhile")
    answer = confirm(secretariat_client, "organisation", preview)
    assert answer.status_code == 422
    assert "Nothing was imported: what stands has changed since this preview." in answer.content.decode()
    organisation.refresh_from_db()
    assert organisation.name == "Old name"
    assert confirm(secretariat_client, "organisation", answer.content.decode()).status_code == 200
    organisation.refresh_from_db()
    assert (organisation.name, organisation.short_name) == ("New name", "")


def test_a_preview_that_somebody_wrote_is_not_believed(secretariat_client, second_officer, client):
    preview = look(
        secretariat_client, "organisation", csv_file(COLUMNS, "new,New,,payment,company,,,,")
    ).content.decode()
    signed = re.search(r'name="preview" value="([^"]+)"', preview)[1]
    for wrong in (signed[:-1] + ("a" if signed[-1] != "a" else "b"), "nonsense"):
        answer = secretariat_client.post(url("organisation"), {"preview": wrong})
        assert answer.status_code == 422
        assert "Choose the file again" in answer.content.decode()
    client.force_login(second_officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(url("organisation"), {"preview": signed}).status_code == 422
    assert not Organisation.objects.exists()


def test_one_term_ends_and_the_next_begins_in_one_file_in_any_order(secretariat_client):
    MembershipTermFactory(organisation__slug="bank", starts_on=date(2013, 1, 1))
    bring(secretariat_client, "membershipterm", TERMS, "bank,2014-01-01,,,,", "bank,2013-01-01,2013-12-31,,,")
    assert list(MembershipTerm.objects.order_by("starts_on").values_list("starts_on", "ends_on")) == [
        (date(2013, 1, 1), date(2013, 12, 31)), (date(2014, 1, 1), None),
    ]  # fmt: skip


def test_a_seat_comes_with_its_people_and_gives_them_access(secretariat_client):
    MemberFactory(slug="bank")
    holder = PersonFactory(email="head@bank.example", user=UserFactory())
    DecisionFactory(year=2013, sequence=4)
    bring(secretariat_client, "seat", SEATS, "bank,full,2013-01-01,,Head@Bank.example,,2013-4,Minutes")
    seat = Seat.objects.get()
    assert (seat.kind, seat.holder, seat.alternate, seat.decision.number, seat.source) == (
        "full",
        holder,
        None,
        "2013-4",
        "Minutes",
    )
    assert list(Grant.objects.holding().filter(user=holder.user).values_list("role", flat=True)) == ["Steering Group"]


def test_a_person_of_two_organisations_is_one_and_nobody_is_written_to(secretariat_client):
    MemberFactory(slug="one")
    MemberFactory(slug="two")
    bring(
        secretariat_client,
        "representative",
        PEOPLE,
        "one,head@bank.example,Head,Counsel,yes,yes,,",
        "two,head@bank.example,Head,,,yes,2014-01-01,",
    )
    person = Person.objects.get()
    assert (person.name, person.email, person.is_protected) == ("Head", "head@bank.example", True)
    assert sorted(Representative.objects.values_list("organisation__slug", "function", "is_contact")) == [
        ("one", "Counsel", True),
        ("two", "", False),
    ]
    assert not OutgoingMail.objects.exists()


def test_a_file_does_not_rename_a_known_person_by_the_way(secretariat_client):
    MemberFactory(slug="one")
    PersonFactory(email="head@bank.example", name="Head")
    answer = look(secretariat_client, "representative", csv_file(PEOPLE, "one,head@bank.example,Somebody else,,,,,"))
    assert problems(answer) == [(2, "name")]


def test_a_file_makes_no_profile_public(secretariat_client):
    OrganisationFactory(slug="bank", name="Bank", sector="payment", kind="company", is_public=False)
    answer = look(
        secretariat_client, "organisation", csv_file(f"{COLUMNS},profile public", "bank,Bank,,payment,company,,,,,yes")
    )
    assert problems(answer) == [(2, "profile public")]


def test_two_lines_of_one_row_and_two_names_alike_are_refused(secretariat_client):
    answer = look(
        secretariat_client,
        "organisation",
        csv_file(
            COLUMNS,
            "a,One,,payment,company,,,,",
            "a,Two,,payment,company,,,,",
            "b,One,,payment,company,,,,",
            "join,Join,,payment,company,,,,",
        ),
    )
    assert problems(answer) == [(3, "address"), (4, "name"), (5, "address")]


def test_who_may_not_change_the_register_does_not_import(client, representative):
    representative.is_staff = True
    representative.save()
    client.force_login(representative, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(url("organisation")).status_code == 403
    assert look(client, "organisation", csv_file(COLUMNS, "new,New,,payment,company,,,,")).status_code == 403
    assert not Organisation.objects.exists()
