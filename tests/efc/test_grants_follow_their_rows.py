"""Roles follow from seats, representatives and leads; guardian's rows are the shadow of grants, and count only while a grant holds."""

import random
from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from efc import permissions, roles
from efc.models import Grant, User
from members.models import OrganisationPermission, Person, Representative, Seat, Suspension
from members.services import people
from tests import factories
from workpackages.models import Contributor, LeadPerson, WorkPackagePermission

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
REPRESENTATIVE_MAY = {"view_organisation", "change_organisation"}
LEAD_MAY = {"view_workpackage", "change_workpackage"}


def account(name="Representative"):
    user = factories.UserFactory(full_name=name)
    return factories.PersonFactory(name=name, email=user.email, user=user)


def fresh(user):
    return User.objects.get(pk=user.pk)


@pytest.fixture
def acting(db):
    """Somebody who acts for one organisation and could sign in."""
    row = factories.RepresentativeFactory(person=account())
    permissions.redraw()
    return row


# ── guardian's rows equal the grants ─────────────────────────────────────


def shadows():
    """Return guardian's rows, read from its tables as they are."""
    found = {
        ("organisation", row.user_id, row.permission.codename, row.content_object_id)
        for row in OrganisationPermission.objects.select_related("permission")
    }
    return found | {
        ("workpackage", row.user_id, row.permission.codename, row.content_object_id)
        for row in WorkPackagePermission.objects.select_related("permission")
    }


def called_for(today):
    """Return what the rows call for, in plain SQL."""
    holds = "(t.starts_on IS NULL OR t.starts_on <= %(day)s) AND (t.ends_on IS NULL OR t.ends_on >= %(day)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT p.user_id, t.organisation_id FROM members_representative t JOIN members_person p ON p.id = t.person_id
                WHERE p.user_id IS NOT NULL AND {holds} AND NOT EXISTS (SELECT 1 FROM members_suspension s
                WHERE s.organisation_id = t.organisation_id AND (s.starts_on IS NULL OR s.starts_on <= %(day)s)
                AND (s.ends_on IS NULL OR s.ends_on >= %(day)s))""",  # noqa: S608
            {"day": today},
        )
        own = {("organisation", user, may, pk) for user, pk in cursor.fetchall() for may in REPRESENTATIVE_MAY}
        cursor.execute(
            f"""SELECT p.user_id, l.work_package_id FROM workpackages_leadperson t JOIN members_person p ON p.id = t.person_id
                JOIN workpackages_lead l ON l.id = t.lead_id WHERE p.user_id IS NOT NULL AND {holds}
                AND (l.starts_on IS NULL OR l.starts_on <= %(day)s) AND (l.ends_on IS NULL OR l.ends_on >= %(day)s)""",  # noqa: S608
            {"day": today},
        )
        own |= {("workpackage", user, may, pk) for user, pk in cursor.fetchall() for may in LEAD_MAY}
        for team in ("workpackages_lead", "workpackages_contributor"):
            cursor.execute(
                f"""SELECT p.user_id, l.work_package_id FROM members_representative t JOIN members_person p ON p.id = t.person_id
                    JOIN {team} l ON l.organisation_id = t.organisation_id WHERE p.user_id IS NOT NULL AND {holds}
                    AND (l.starts_on IS NULL OR l.starts_on <= %(day)s) AND (l.ends_on IS NULL OR l.ends_on >= %(day)s)
                    AND NOT EXISTS (SELECT 1 FROM members_suspension s WHERE s.organisation_id = t.organisation_id
                    AND (s.starts_on IS NULL OR s.starts_on <= %(day)s) AND (s.ends_on IS NULL OR s.ends_on >= %(day)s))""",  # noqa: S608
                {"day": today},
            )
            own |= {("workpackage", user, "view_workpackage", pk) for user, pk in cursor.fetchall()}
        return own


@pytest.mark.parametrize("seed", range(5))
def test_after_any_changes_the_shadow_is_what_the_rows_call_for(seed, db, secretariat):
    dice, today = random.Random(seed), timezone.localdate()
    members = factories.MemberFactory.create_batch(3)
    persons = [account(f"Person {number}") for number in range(4)]
    leads = [factories.LeadFactory(organisation=member) for member in members[:2]]

    def term():
        first = today + timedelta(days=dice.randint(-6, 3))
        return {
            "starts_on": dice.choice([None, first]),
            "ends_on": dice.choice([None, first + timedelta(days=dice.randint(0, 6))]),
        }

    def name():
        Representative.objects.create(organisation=dice.choice(members), person=dice.choice(persons), **term())

    def lead():
        LeadPerson.objects.create(lead=dice.choice(leads), person=dice.choice(persons), **term())

    def take_part():
        package = dice.choice(leads).work_package
        Contributor.objects.create(work_package=package, organisation=dice.choice(members), **term())

    def suspend():
        Suspension.objects.create(organisation=dice.choice(members), reason="Dues", **term())

    def remove():
        rows = [
            *Representative.objects.all(),
            *LeadPerson.objects.all(),
            *Suspension.objects.all(),
            *Contributor.objects.all(),
        ]
        dice.choice(rows).delete() if rows else None

    def unlink():
        person = dice.choice(persons)
        user = person.user or User.objects.filter(person=None, email=person.email).first()
        Person.objects.filter(pk=person.pk).update(user=None if person.user else user)
        person.refresh_from_db()

    def hand_over():
        one, other = dice.sample(persons, 2)
        people.hand_over(one, other, by=secretariat)

    seen = set()
    for _step in range(25):
        dice.choice([name, name, lead, take_part, suspend, remove, unlink, hand_over])()
        permissions.redraw()
        assert shadows() == called_for(today)
        seen |= shadows()
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        call_command("draw_grants")
        assert shadows() == called_for(timezone.localdate())
    assert seen, "the dice never gave anybody anything"


def test_a_row_slipped_into_guardians_table_is_not_believed_and_the_command_removes_it(acting, capsys):
    other, user = factories.MemberFactory(), acting.person.user
    permission = Permission.objects.get(codename="change_organisation", content_type__app_label="members")
    OrganisationPermission.objects.create(user=user, permission=permission, content_object=other)

    assert fresh(user).has_perm("members.change_organisation", other) is False
    assert list(permissions.granted(fresh(user), "members.change_organisation", type(other).objects.all())) == [
        acting.organisation
    ]

    call_command("draw_grants")

    assert capsys.readouterr().out == "0 grants changed, the shadow of 1 accounts mended.\n"
    assert OrganisationPermission.objects.filter(content_object=other).count() == 0
    assert fresh(user).has_perm("members.change_organisation", acting.organisation) is True


def test_a_row_that_vanished_from_guardians_table_comes_back(acting):
    OrganisationPermission.objects.all().delete()
    call_command("draw_grants")

    assert fresh(acting.person.user).has_perm("members.change_organisation", acting.organisation) is True


# ── days ─────────────────────────────────────────────────────────────────


def test_a_grant_out_of_its_days_gives_nothing_while_its_shadow_still_stands(acting):
    user, organisation, today = acting.person.user, acting.organisation, timezone.localdate()
    Grant.objects.filter(user=user).update(starts_on=today, ends_on=today)
    for days, holds in [(-1, False), (0, True), (1, False)]:
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            assert OrganisationPermission.objects.filter(user=user).count() == 2
            assert fresh(user).has_perm("members.change_organisation", organisation) is holds
            assert fresh(user).has_perm("members.view_contacts") is holds
            assert (
                permissions.granted(
                    fresh(user), "members.change_organisation", type(organisation).objects.all()
                ).exists()
                is holds
            )


def test_a_seat_that_ends_ends_its_roles(db):
    person = account("Holder")
    factories.SeatFactory(kind=Seat.Kind.CHAIR, holder=person, starts_on=date(2024, 1, 1), ends_on=date(2026, 6, 30))
    permissions.redraw()
    for day, held in [(date(2026, 6, 30), {roles.CHAIR, roles.STEERING_GROUP}), (date(2026, 7, 1), set())]:
        with time_machine.travel(day, tick=False):
            assert permissions.roles_of(person.user) == held


def test_a_suspension_takes_the_roles_and_its_end_gives_them_back(acting):
    user = acting.person.user
    suspension = Suspension.objects.create(
        organisation=acting.organisation, reason="Dues", starts_on=timezone.localdate()
    )
    permissions.redraw()
    assert permissions.roles_of(user) == set()

    suspension.delete()
    permissions.redraw()
    assert permissions.roles_of(user) == {roles.REPRESENTATIVE, "representative"}
    assert Grant.objects.filter(user=user).count() == 4, "the account of what was held before is kept"


def test_drawing_twice_changes_nothing(acting):
    assert permissions.redraw() == 0


# ── the next request ─────────────────────────────────────────────────────


def test_withdrawing_deactivating_and_ending_bite_on_the_next_request(client, secretariat, second_officer):
    for act, page in [
        (lambda: permissions.revoke(secretariat, roles.SECRETARIAT, by=second_officer), 302),
        (lambda: User.objects.filter(pk=secretariat.pk).update(is_active=False), 302),
        (lambda: Grant.objects.filter(user=secretariat).update(ends_on=timezone.localdate() - timedelta(days=1)), 403),
    ]:
        User.objects.filter(pk=secretariat.pk).update(is_active=True, is_staff=True)
        Grant.objects.filter(user=secretariat).update(withdrawn_at=None, ends_on=None)
        client.force_login(fresh(secretariat), backend=BACKEND)
        assert client.get("/admin/members/organisation/").status_code == 200
        act()
        assert client.get("/admin/members/organisation/").status_code == page


def test_a_representative_who_is_ended_is_out_of_the_area_on_the_next_request(client, acting, secretariat):
    client.force_login(acting.person.user, backend=BACKEND)
    area = f"/workspace/organisations/{acting.organisation.slug}/"
    assert client.get(area).status_code == 200

    people.end_representative(acting, by=secretariat)

    assert client.get(area).status_code == 404


def test_a_deactivated_account_is_led_to_sign_in_and_refused_by_the_api(client, acting):
    client.force_login(acting.person.user, backend=BACKEND)
    assert client.get("/api/v1/me/").status_code == 200
    User.objects.filter(pk=acting.person.user_id).update(is_active=False)

    assert client.get("/workspace/access/").status_code == 302
    assert client.get("/api/v1/me/").status_code in (401, 403)


# ── the desk ─────────────────────────────────────────────────────────────


def test_saving_a_seat_at_the_desk_gives_and_takes_its_roles(secretariat_client):
    person, member = account("Holder"), factories.MemberFactory()
    data = {"organisation": member.pk, "kind": "full", "starts_on": "2024-01-01", "holder": person.pk, "_save": "1"}
    answer = secretariat_client.post("/admin/members/seat/add/", data)
    assert answer.status_code == 302, answer.context and answer.context["errors"]
    assert permissions.roles_of(person.user) == {roles.STEERING_GROUP}

    seat = Seat.objects.get()
    secretariat_client.post(f"/admin/members/seat/{seat.pk}/delete/", {"post": "yes"})
    assert permissions.roles_of(person.user) == set()


def test_giving_a_person_an_account_at_the_desk_gives_its_roles(secretariat_client):
    person, user = factories.PersonFactory(), factories.UserFactory()
    factories.RepresentativeFactory(person=person)
    page = secretariat_client.get(f"/admin/members/person/{person.pk}/change/")
    data = {name: value for name, value in page.context["adminform"].form.initial.items() if value}
    data |= {"user": user.pk, "represents-TOTAL_FORMS": 0, "represents-INITIAL_FORMS": 0}

    answer = secretariat_client.post(f"/admin/members/person/{person.pk}/change/", data)

    assert answer.status_code == 302, answer.context and answer.context["errors"]
    assert permissions.roles_of(user) == {roles.REPRESENTATIVE, "representative"}
