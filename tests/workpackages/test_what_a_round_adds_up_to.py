"""The consolidated table: sums by group with small cells hidden, over the rounds, as files; the same for page, file and API."""

import io
from datetime import date

import openpyxl
import pytest

from efc import roles
from efc.models import AuditEntry
from members.models import Organisation
from tests.conftest import make_user
from tests.factories import DataRoundFactory, MemberFactory
from tests.workpackages.collecting import answer, asked, home, of  # noqa: F401
from tests.workpackages.conftest import client_of
from workpackages.models import DataReturn, DataRound
from workpackages.services import collection, consolidated, returns

pytestmark = pytest.mark.django_db
# cases and those paid, by sector: law 12+30+6, industry 1+1+1 and civil 9+9+9
GIVEN = {
    "law_enforcement": [(12, 6), (30, 6), (6, 0)], "payment": [(1, 0), (1, 1), (1, 0)], "ngo": [(9, 9), (9, 5), (9, 7)],
}  # fmt: skip


@pytest.fixture
def nine(figures):
    """A closed round of nine organisations, three a group."""
    Organisation.objects.filter(slug__in=["bank", "police", "hotline"]).update(is_public=False)
    figures.nine = _round(figures, "Nine", date(2025, 12, 31), GIVEN)
    return figures


def _round(figures, title, ends_on, given, **more):
    round_ = DataRoundFactory(
        work_package=figures.package, template=figures.template, title=title, starts_on=ends_on.replace(day=1), ends_on=ends_on, **more
    )  # fmt: skip
    DataRound.objects.filter(pk=round_.pk).update(status="open", opened_at=round_.opened_at or figures.round.opened_at)
    round_.refresh_from_db()
    for sector, rows in given.items():
        for place, (cases, paid) in enumerate(rows):
            one = MemberFactory(name=f"{title} {sector} {place}", sector=sector)
            row = DataReturn.objects.create(round=round_, organisation=one, organisation_name=one.name, sector=sector)
            values = {
                "cases": cases,
                "cases_paid": paid,
                "accounts": 2,
                "share": 10 * place,
                "has_process": place > 0,
                "source": "Police",
            }
            row = returns.save_return(row, values, by=figures_officer(figures), seen=0)
            returns.submit_return(row, by=figures_officer(figures), seen=1)
    return collection.close_round(round_, by=None)


def figures_officer(figures):
    if not hasattr(figures, "officer"):
        figures.officer = make_user("officer@efc.example", "Secretariat officer", roles.SECRETARIAT, is_staff=True)
    return figures.officer


def cells(round_):
    return {line.field.key: [cell.text for cell in line.cells] for line in consolidated.consolidated(round_).lines}


def test_sums_by_group_hide_what_is_small(nine):
    assert cells(nine.nine) == {
        # 3 of industry would follow from 78 − 48 − 27, so the next smallest is withheld too
        "cases": ["48", "< 5", "withheld", "78"],
        "cases_paid": ["withheld", "< 5", "21", "34"],
        "accounts": ["6", "6", "6", "18"],
        "share": ["10 %", "10 %", "10 %", "10 %"],
        "has_process": ["2 of 3", "2 of 3", "2 of 3", "6 of 9"],
        "source": ["Police: 3", "Police: 3", "Police: 3", "Police: 9"],
        "since": ["–", "–", "–", "–"],
    }


def test_two_returns_are_withheld_and_nothing_to_report_counts_as_none(figures):
    answer(figures, "bank", cases="100", cases_paid="50")
    client_of(figures.police).post(home(figures.round, "police") + "nothing/", {"seen": 0})
    assert cells(figures.round)["cases"] == ["withheld", "withheld", "–", "withheld"]
    answer(figures, "hotline", cases="40", cases_paid="20")
    assert cells(figures.round)["cases"] == ["withheld", "withheld", "withheld", "140"]
    assert cells(figures.round)["has_process"] == ["–", "–", "–", "–"]
    counts = consolidated.consolidated(figures.round).counts
    assert (counts["asked"], counts["sent"], counts["nothing"], counts["missing"]) == (3, 3, 1, 0)


def test_the_steering_group_reads_sums_and_no_return(nine, sg_member):
    page = f"/workspace/data/rounds/{nine.nine.pk}/"
    client = client_of(sg_member)
    assert client.get(page)["Location"] == page + "figures/"
    shown = client.get(page + "figures/").content.decode()
    assert "9 of 9 organisations have sent." in shown
    assert "&lt; 5" in shown
    assert "Counts of people or cases from 1 to 4 are shown as" in shown
    assert "law_enforcement 1" not in shown
    assert client.get(f"/workspace/data/rounds/{nine.nine.pk}/returns/bank/").status_code == 404
    observer = client_of(make_user("observer@commission.example", "Observer", roles.OBSERVER))
    assert observer.get(page + "figures/").status_code == 200
    assert client_of(nine.bank).get(page + "figures/").status_code == 404


def test_the_table_rests_while_a_return_is_corrected(nine, sg_member):
    page = f"/workspace/data/rounds/{nine.nine.pk}/figures/"
    row = nine.nine.returns.first()
    returns.reopen_return(row, by=nine.keeper, reason="figure", open_until=date(2026, 3, 20))
    client = client_of(sg_member)
    assert "A return is being corrected." in client.get(page).content.decode()
    assert client.get(page + "csv/").status_code == 404
    assert client_of(nine.keeper).get(page + "csv/").status_code == 200


def test_one_question_over_the_rounds(nine, sg_member):
    earlier = {"law_enforcement": [(4, 0), (3, 0), (8, 0)], "ngo": [(20, 1), (20, 1), (5, 0)]}
    _round(nine, "Earlier", date(2025, 6, 30), earlier)
    page = client_of(sg_member).get(f"/workspace/data/rounds/{nine.nine.pk}/figures/?question=cases").content.decode()
    assert (
        '<th scope="row">Earlier</th><td>1 Jun 2025 – 30 Jun 2025</td><td class="r">60</td><td class="r">6</td>' in page
    )
    assert "Cases opened: 78 in the period until 31 December 2025." in page
    small = (
        client_of(sg_member).get(f"/workspace/data/rounds/{nine.nine.pk}/figures/?question=cases_paid").content.decode()
    )
    assert '<td class="r">&lt; 5</td>' in small
    assert client_of(sg_member).get(f"/workspace/data/rounds/{nine.nine.pk}/figures/?question=x").status_code == 422


def test_files_hold_the_same_and_run_nothing(nine, sg_member):
    nine.nine.template.fields.all()
    page = f"/workspace/data/rounds/{nine.nine.pk}/figures/"
    text = client_of(sg_member).get(page + "csv/").content.decode("utf-8-sig").splitlines()
    assert text[1] == "Cases,cases,Cases opened,cases,sum,48,< 5,withheld,78,9"
    book = openpyxl.load_workbook(io.BytesIO(client_of(sg_member).get(page + "xlsx/").content))
    assert book.sheetnames == ["Consolidated", "Completeness", "Template"]
    rows = [[cell.value for cell in row] for row in book["Consolidated"].rows]
    assert ["Cases", "cases", "Cases opened", "cases", "sum", 48, "< 5", "withheld", 78, 9] in rows
    names = {row[0].value for row in book["Completeness"].rows}
    assert "Nine payment 1" not in names
    kept = openpyxl.load_workbook(io.BytesIO(client_of(nine.keeper).get(page + "xlsx/").content))
    assert "Nine payment 1" in {row[0].value for row in kept["Completeness"].rows}
    assert AuditEntry.objects.filter(verb="workpackages.dataround.export").count() == 3


def test_any_number_of_returns_costs_the_same(nine, django_assert_num_queries):
    with django_assert_num_queries(3):
        consolidated.consolidated(nine.nine)
    with django_assert_num_queries(3):
        consolidated.consolidated(figures_round := nine.round)
    assert figures_round.returns.count() == 3
