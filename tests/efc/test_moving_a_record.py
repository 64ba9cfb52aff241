import pytest
from django.core.exceptions import PermissionDenied

from efc import services
from efc.models import AuditEntry, ContactMessage
from efc.workflow import WrongStatus, move, moves_for


@pytest.fixture
def message(db):
    message = ContactMessage(
        topic="press", name="A journalist", email="desk@paper.example", body="May we speak to the Chair?"
    )
    return services.receive_message(message)


def test_a_move_changes_the_status_and_leaves_one_line(message, secretariat):
    move(message, "assign", by=secretariat, assigned_to=secretariat)

    assert (message.status, message.assigned_to) == ("assigned", secretariat)
    line = AuditEntry.objects.get(verb="efc.contactmessage.assign")
    assert (line.actor, line.target_id, line.data) == (
        secretariat.pseudonym,
        str(message.pk),
        {"from": "new", "to": "assigned"},
    )


def test_who_may_not_is_told_so_and_nothing_changes(message, sg_member):
    with pytest.raises(PermissionDenied):
        move(message, "assign", by=sg_member)

    message.refresh_from_db()
    assert message.status == "new"
    assert not AuditEntry.objects.filter(verb="efc.contactmessage.assign").exists()


def test_the_second_of_two_officers_is_told_that_somebody_was_faster(message, secretariat, second_officer):
    same = ContactMessage.objects.get(pk=message.pk)
    services.close_message(message, by=secretariat)

    with pytest.raises(WrongStatus) as refusal:
        services.assign_message(same, by=second_officer)
    assert "Closed" in str(refusal.value)
    assert ContactMessage.objects.get().status == "closed"


def test_buttons_are_what_the_table_allows_now(message, secretariat, sg_member):
    assert list(moves_for(message, secretariat)) == ["assign", "answer", "close", "seal"]
    assert list(moves_for(message, sg_member)) == []
    services.close_message(message, by=secretariat)
    assert list(moves_for(message, secretariat)) == ["reopen", "seal"]
