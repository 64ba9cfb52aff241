"""The Secretariat keeps programmes and work packages at the desk; every change leaves an audit entry."""

import pytest
from django.urls import reverse

from efc.models import AuditEntry
from tests.factories import LeadFactory, MemberFactory, ObjectiveFactory, ProgrammeFactory, WorkPackageFactory
from workpackages.models import Contributor, Lead, Programme, WorkPackage

pytestmark = pytest.mark.django_db


def rows(inline, *given):
    data = {f"{inline}-TOTAL_FORMS": len(given), f"{inline}-INITIAL_FORMS": 0}
    for number, values in enumerate(given):
        data |= {f"{inline}-{number}-{name}": value for name, value in values.items()}
    return data


def verbs():
    return list(
        AuditEntry.objects.filter(target_type__startswith="workpackages.").order_by("id").values_list("verb", flat=True)
    )


def test_a_programme_is_added_with_objectives_and_work_packages(secretariat_client):
    data = {
        "name": "Plan 2027", "slug": "2027", "kind": "plan", "starts_on": "2027-01-01", "ends_on": "2027-12-31",
        **rows("objectives", {"number": 1, "title": "Fewer payments"}),
        **rows("promises"),
        **rows("work_packages", {"number": 4, "name": "Training", "slug": "training", "aim": "Train together."}),
    }  # fmt: skip
    assert secretariat_client.post("/admin/workpackages/programme/add/", data).status_code == 302
    programme = Programme.objects.get()
    assert programme.objectives.get().title == "Fewer payments"
    assert programme.work_packages.get().get_absolute_url() == "/en/work/2027/training/"
    assert verbs() == ["workpackages.programme.add"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"slug": "results"}, "This address belongs to another page. Choose another one."),
        ({"ends_on": "2026-12-31"}, "The last day lies before the first day. Give a later last day."),
    ],
)
def test_what_a_programme_cannot_be_is_said(secretariat_client, values, sentence):
    data = {
        "name": "Plan 2027", "slug": "2027", "kind": "plan", "starts_on": "2027-01-01",
        **rows("objectives"), **rows("promises"), **rows("work_packages"), **values,
    }  # fmt: skip
    response = secretariat_client.post("/admin/workpackages/programme/add/", data)
    assert sentence in response.content.decode()
    assert not Programme.objects.exists()


def package_data(programme, **values):
    return {
        "programme": programme.pk, "number": 4, "name": "Training", "slug": "training", "aim": "Train together.",
        **rows("leads"), **rows("contributors"), **values,
    }  # fmt: skip


def test_a_work_package_is_given_leads_and_contributors(secretariat_client):
    programme, lead, helper = ProgrammeFactory(), MemberFactory(), MemberFactory()
    objective = ObjectiveFactory(programme=programme)
    data = package_data(
        programme,
        objectives=[objective.pk],
        **rows("leads", {"organisation": lead.pk, "starts_on": "2020-01-01"}),
        **rows("contributors", {"organisation": helper.pk, "note": "Hosts."}),
    )
    assert secretariat_client.post("/admin/workpackages/workpackage/add/", data).status_code == 302
    package = WorkPackage.objects.get()
    assert list(package.objectives.all()) == [objective]
    assert Lead.objects.get().organisation == lead
    assert Contributor.objects.get().organisation == helper
    assert verbs() == ["workpackages.workpackage.add"]


def test_objectives_of_another_programme_are_refused(secretariat_client):
    data = package_data(ProgrammeFactory(), objectives=[ObjectiveFactory().pk])
    response = secretariat_client.post("/admin/workpackages/workpackage/add/", data)
    assert "Choose objectives of the same programme." in response.content.decode()
    assert not WorkPackage.objects.exists()


def test_only_objectives_of_its_own_programme_are_offered(secretariat_client):
    package = WorkPackageFactory()
    own, _other = ObjectiveFactory(programme=package.programme), ObjectiveFactory()
    response = secretariat_client.get(reverse("admin:workpackages_workpackage_change", args=[package.pk]))
    assert list(response.context["adminform"].form.fields["objectives"].queryset) == [own]


def test_the_list_shows_the_leads_of_today(secretariat_client):
    package = LeadFactory(organisation=MemberFactory(name="Card scheme")).work_package
    LeadFactory(work_package=package, organisation=MemberFactory(name="Police college"))
    html = secretariat_client.get("/admin/workpackages/workpackage/").content.decode()
    assert '<td class="field-current_leads">Card scheme, Police college</td>' in html


@pytest.mark.parametrize("model", ["programme", "workpackage"])
def test_the_screens_open(secretariat_client, model):
    WorkPackageFactory()
    assert secretariat_client.get(f"/admin/workpackages/{model}/?q=x").status_code == 200
    assert secretariat_client.get(f"/admin/workpackages/{model}/add/").status_code == 200
