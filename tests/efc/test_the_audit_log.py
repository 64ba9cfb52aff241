import pytest
from django.db import DatabaseError, connection, transaction

from efc import audit
from efc.models import AuditEntry, AuditSeal


@pytest.fixture
def three_acts(secretariat):
    return [audit.record("efc.user.change", secretariat, secretariat, number=number) for number in range(3)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE efc_auditentry SET verb = 'x'",
        "DELETE FROM efc_auditentry",
        "TRUNCATE efc_auditentry CASCADE",
        "UPDATE efc_auditseal SET hash = 'x'",
        "DELETE FROM efc_auditseal",
    ],
)
def test_the_database_refuses_to_change_it(three_acts, statement):
    audit.seal()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 3


def test_entries_are_sealed_in_order_and_the_chain_holds(three_acts):
    assert audit.verify()[:3] == (0, None, 3)
    assert audit.seal() == 3
    assert audit.seal() == 0

    assert [seal.entry for seal in AuditSeal.objects.order_by("number")] == three_acts
    assert audit.verify() == (3, None, 0, None)


@pytest.mark.django_db(transaction=True)
def test_a_changed_entry_breaks_the_chain_at_its_place(three_acts):
    audit.seal()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE efc_auditentry DISABLE TRIGGER efc_append_only")
        cursor.execute("UPDATE efc_auditentry SET verb = 'efc.user.other' WHERE id = %s", [three_acts[1].pk])
        cursor.execute("ALTER TABLE efc_auditentry ENABLE TRIGGER efc_append_only")

    assert audit.verify()[:2] == (1, 2)


def test_people_are_pseudonyms_that_resolve_through_the_accounts(three_acts, secretariat):
    entry = AuditEntry.objects.first()

    assert secretariat.email not in str(AuditEntry.objects.values())
    assert audit.actor_names([entry]) == {entry.actor: "Secretariat officer"}


def test_a_rolled_back_act_leaves_no_line(secretariat):
    @transaction.atomic
    def act():
        audit.record("efc.user.change", secretariat, secretariat)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        act()
    assert AuditEntry.objects.count() == 0
