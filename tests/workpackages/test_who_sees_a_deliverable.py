"""A lead sees and moves the deliverables of their own work package; the Steering Group reads all; others see nothing."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from tests.workpackages.conftest import client_of
from workpackages.models import Deliverable
from workpackages.services import deliverables

BOOK = "/workspace/programmes/2026/wp/4/deliverables/1/"
MECHANISM = "/workspace/programmes/2026/wp/1/deliverables/1/"
QUERIES = 11


def test_a_lead_sees_their_own_only(plan):
    client = client_of(plan.trainer)
    assert [client.get(page).status_code for page in (BOOK, BOOK + "update/", MECHANISM, MECHANISM + "update/", "/workspace/wp/1/")] == [
        200, 200, 404, 404, 404,
    ]  # fmt: skip
    listed = client.get("/workspace/deliverables/").content.decode()
    assert "Training book" in listed
    assert "Support mechanism" not in listed
    assert client.post(MECHANISM + "update/", {"state": "on_track"}).status_code == 404
    assert client.post(MECHANISM + "no-change/").status_code == 404
    assert client.post(MECHANISM + "comments/", {"text": "x"}).status_code == 404
    with pytest.raises(PermissionDenied):
        deliverables.report_deliverable(plan.mechanism, by=plan.trainer, outlook="on_track", sentence="Mine")


@pytest.mark.parametrize("persona", ["sg_member", "chair", "advisory_member", "secretariat"])
def test_who_decides_and_advises_reads_all(plan, persona, request):
    client = client_of(request.getfixturevalue(persona))
    assert [client.get(page).status_code for page in (BOOK, MECHANISM, "/workspace/wp/1/")] == [200, 200, 200]


def test_the_steering_group_reads_and_does_not_report(plan, sg_member):
    client = client_of(sg_member)
    assert client.get(BOOK + "update/").status_code == 404
    assert client.post(BOOK + "no-change/").status_code == 403
    assert not plan.book.updates.exists()


def test_a_representative_sees_none(plan, representative):
    client = client_of(representative)
    assert [client.get(page).status_code for page in (BOOK, MECHANISM, "/workspace/wp/4/")] == [404, 404, 404]
    assert "Training book" not in client.get("/workspace/deliverables/").content.decode()


def test_the_baseline_cannot_be_overwritten(plan):
    with pytest.raises(DatabaseError, match="was promised and stands"), transaction.atomic():
        Deliverable.objects.filter(pk=plan.book.pk).update(baseline_month=5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT baseline_month FROM workpackages_deliverable WHERE id = %s", [plan.book.pk])
        assert cursor.fetchone() == (4,)


@pytest.mark.parametrize("count", [1, 100])
def test_the_list_costs_the_same_for_one_and_a_hundred(plan, sg_member, count, django_assert_num_queries):
    from tests.factories import DeliverableFactory

    DeliverableFactory.create_batch(count, work_package=plan.training)
    client = client_of(sg_member)
    client.get("/workspace/deliverables/")
    with django_assert_num_queries(QUERIES):
        client.get("/workspace/deliverables/")
