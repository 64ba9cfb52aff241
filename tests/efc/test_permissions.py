import pytest
from django.core.exceptions import PermissionDenied
from guardian.models import UserObjectPermission

from efc import permissions, roles
from tests import factories
from workpackages.models import WorkPackage


def test_every_permission_that_a_role_names_is_declared(db):
    assert roles.missing_permissions() == []


def test_a_role_held_site_wide_holds_for_each_object(secretariat, sg_member):
    package = factories.WorkPackageFactory()

    assert secretariat.has_perm("workpackages.change_workpackage", package) is True
    assert sg_member.has_perm("workpackages.change_workpackage", package) is False


def test_a_lead_may_change_their_own_work_package_and_what_hangs_on_it(sg_member):
    own, other = factories.WorkPackageFactory(), factories.WorkPackageFactory()
    lead_of_own, lead_of_other = factories.LeadFactory(work_package=own), factories.LeadFactory(work_package=other)
    permissions.grant(sg_member, "lead", own)

    assert sg_member.has_perm("workpackages.change_workpackage", own) is True
    assert sg_member.has_perm("workpackages.change_lead", lead_of_own) is True
    assert sg_member.has_perm("workpackages.change_workpackage", other) is False
    assert sg_member.has_perm("workpackages.change_lead", lead_of_other) is False
    rows = WorkPackage.objects.all()
    assert list(permissions.granted(sg_member, "workpackages.change_workpackage", rows)) == [own]


def test_a_revoked_role_is_gone_and_leaves_no_row(sg_member):
    package = factories.WorkPackageFactory()
    permissions.grant(sg_member, "lead", package)
    permissions.revoke(sg_member, "lead", package)

    assert type(sg_member).objects.get(pk=sg_member.pk).has_perm("workpackages.change_workpackage", package) is False
    assert UserObjectPermission.objects.count() == 0


def test_a_deactivated_person_may_nothing(secretariat):
    secretariat.is_active = False
    secretariat.save()

    assert secretariat.has_perm("workpackages.change_workpackage", factories.WorkPackageFactory()) is False


def test_require_refuses_people_and_lets_the_system_pass(sg_member):
    with pytest.raises(PermissionDenied):
        permissions.require(sg_member, "newsletter.send_mailing")
    permissions.require(None, "newsletter.send_mailing")
