"""What a programme has promised beside what the records say; nothing is typed."""

from datetime import date

import pytest

from efc.reporting import promise_matrix
from members.models import MemorandumVersion, Signature
from tests import factories
from workpackages.models import Promise

pytestmark = pytest.mark.django_db
C = Promise.Counter


@pytest.fixture
def programme():
    return factories.ProgrammeFactory(
        name="Project", slug="2012-2015", starts_on=date(2012, 11, 26), ends_on=date(2015, 11, 25), kind="project"
    )


def promise(programme, counter, planned=1, **fields):
    return Promise.objects.create(
        programme=programme, text=f"Promise of {counter}", planned=planned, counter=counter, **fields
    )


def counted(programme, day):
    return {
        line.promise.counter: (line.count.number, line.planned, line.is_kept)
        for _objective, lines in promise_matrix(programme, day)
        for line in lines
    }


def test_events_are_counted_once_they_are_over_and_public(programme):
    promise(programme, C.TRAININGS, 2)
    factories.EventFactory(published=True, title="Paris", starts_on=date(2014, 3, 24), ends_on=date(2014, 3, 26))
    factories.EventFactory(published=True, title="Budapest", starts_on=date(2015, 4, 7), ends_on=date(2015, 4, 10))
    factories.EventFactory(title="A draft", starts_on=date(2014, 5, 5))
    factories.EventFactory(published=True, title="Before", starts_on=date(2012, 11, 1))
    factories.EventFactory(published=True, title="Other kind", kind="awareness", starts_on=date(2014, 6, 1))

    assert counted(programme, date(2014, 3, 25)) == {"trainings": (0, 2, False)}
    assert counted(programme, date(2014, 3, 26)) == {"trainings": (1, 2, False)}
    assert counted(programme, date(2015, 4, 10)) == {"trainings": (2, 2, True)}
    [(_objective, [line])] = promise_matrix(programme, date(2015, 12, 1))
    assert [one.text for one in line.count.evidence] == ["Paris", "Budapest"]


def test_a_yearly_promise_counts_every_year(programme):
    yearly = promise(programme, C.NEWSLETTERS, 3, is_yearly=True)
    assert yearly.planned_in_all == 9
    factories.IssueFactory(number=2, archived=True, dated_on=date(2013, 8, 14))
    factories.IssueFactory(number=7, archived=True, dated_on=date(2015, 10, 30))
    factories.IssueFactory(number=8, archived=True, dated_on=date(2016, 3, 1))
    factories.IssueFactory(number=9, dated_on=date(2014, 1, 1))

    assert counted(programme, date(2020, 1, 1)) == {"newsletters": (2, 9, False)}


def test_the_memorandum_counts_once_every_member_has_signed(programme):
    promise(programme, C.MEMORANDUM)
    one, other = (factories.MemberFactory(membership__starts_on=date(2013, 1, 1)) for _ in range(2))
    version = MemorandumVersion.objects.create(
        number="1", title="MoU", text="Text.", status="in_force", in_force_on=date(2013, 3, 1)
    )
    for organisation, day in ((one, date(2013, 3, 1)), (other, date(2013, 6, 12))):
        Signature.objects.create(
            version=version, organisation=organisation, signed_on=day, signatory_name="Director", method="record"
        )

    assert counted(programme, date(2013, 6, 11)) == {"memorandum": (0, 1, False)}
    assert counted(programme, date(2013, 6, 12)) == {"memorandum": (1, 1, True)}
    [(_objective, [line])] = promise_matrix(programme, date(2013, 6, 11))
    assert [one.text for one in line.count.evidence] == ["MoU, 1: 1 of 2 members have signed"]
    factories.MemberFactory(membership__starts_on=date(2013, 8, 5))
    assert counted(programme, date(2013, 8, 5)) == {"memorandum": (0, 1, False)}


def test_a_deliverable_keeps_its_promise_when_it_is_handed_in(programme):
    package = factories.WorkPackageFactory(programme=programme, number=4)
    book = factories.DeliverableFactory(work_package=package, number=2, baseline_month=30)
    promise(programme, C.DELIVERABLE, deliverable=book)
    assert counted(programme, date(2015, 6, 1)) == {"deliverable": (0, 1, False)}
    book.move("submit", by=None, delivered_on=date(2015, 5, 22))
    assert counted(programme, date(2015, 5, 21)) == {"deliverable": (0, 1, False)}
    assert counted(programme, date(2015, 5, 22)) == {"deliverable": (1, 1, True)}
    book.move("reject", by=None, rejected_because="The annex is missing.")
    assert counted(programme, date(2015, 6, 1)) == {"deliverable": (0, 1, False)}


def test_meetings_with_other_networks_are_those_that_a_network_from_outside_organises(programme, client, sg_member):
    promise(programme, C.MEETINGS)
    outside = factories.OrganisationFactory(kind="network", name="Financial coalition of another continent")
    member = factories.MemberFactory(kind="network", name="Network of hotlines")
    held = {"published": True, "kind": "meeting", "starts_on": date(2014, 11, 13), "ends_on": date(2014, 11, 13)}
    for title, organisers in {"With others": [member, outside], "Among ourselves": [member]}.items():
        factories.EventFactory(title=title, **held).organisers.set(organisers)

    assert counted(programme, date(2014, 11, 12)) == {"meetings": (0, 1, False)}
    assert counted(programme, date(2014, 11, 13)) == {"meetings": (1, 1, True)}
    client.force_login(sg_member, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/workspace/programmes/2012-2015/promises/").content.decode()
    assert "With others" in page
    assert "Among ourselves" not in page


def test_the_matrix_is_for_those_who_decide(programme, client, representative):
    client.force_login(representative, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/workspace/promises/").status_code == 404


@pytest.mark.parametrize("records", [1, 30])
def test_counting_costs_the_same_for_few_and_many_records(programme, records, django_assert_num_queries):
    for counter in (C.TRAININGS, C.AWARENESS, C.NEWSLETTERS, C.ANALYSES, C.PRESS_RELEASES):
        promise(programme, counter)
    for number in range(records):
        factories.EventFactory(published=True, starts_on=date(2014, 3, 24))
        factories.NewsItemFactory(published=True, kind="press_release", dated_on=date(2014, 3, 24))
        factories.IssueFactory(number=number + 1, archived=True, dated_on=date(2014, 3, 24))
    with django_assert_num_queries(6):
        promise_matrix(programme, date(2015, 1, 1))
