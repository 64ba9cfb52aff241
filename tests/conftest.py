"""The people of the tests, by role. Records in a status are made by the verbs themselves (tests/factories.py)."""

import pytest

from efc import roles
from efc.models import Grant, User


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Find static files without collecting them first."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Hash passwords quickly; that production hashes them slowly is a setting."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _english():
    """Begin in English, whatever the page before was: translated fields are written in the active language."""
    from django.utils import translation

    translation.activate("en")


@pytest.fixture(autouse=True)
def _no_kept_pages():
    from efc import cache

    cache._pages.clear()
    cache._asked.clear()


@pytest.fixture(autouse=True, scope="session")
def _emptying_after_a_test_passes_the_guards():
    """Let the owner of the test database empty the append-only tables, and keep the one row of the content version."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    plain = DatabaseOperations.execute_sql_flush
    guarded = ("efc_auditentry", "efc_auditseal", "members_vote", "members_elector", "members_ballot")

    def execute_sql_flush(self, statements):
        plain(
            self,
            [
                *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded),
                *statements,
                *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded),
                "INSERT INTO efc_contentversion VALUES (1, 1, 0) ON CONFLICT DO NOTHING",
            ],
        )

    DatabaseOperations.execute_sql_flush = execute_sql_flush
    yield
    DatabaseOperations.execute_sql_flush = plain


def make_user(email, full_name, *held, **fields):
    user = User.objects.create_user(email, "a-long-password-for-tests", full_name=full_name, **fields)
    Grant.objects.bulk_create(Grant(user=user, role=role) for role in held)
    return user


@pytest.fixture
def secretariat(db):
    return make_user("officer@efc.example", "Secretariat officer", roles.SECRETARIAT, is_staff=True)


@pytest.fixture
def second_officer(db):
    return make_user("second-officer@efc.example", "Second Secretariat officer", roles.SECRETARIAT, is_staff=True)


@pytest.fixture
def chair(db):
    return make_user("chair@efc.example", "Chair of the Steering Group", roles.CHAIR, roles.STEERING_GROUP)


@pytest.fixture
def sg_member(db):
    return make_user("sg@member.example", "Steering Group member", roles.STEERING_GROUP)


@pytest.fixture
def advisory_member(db):
    return make_user("advisory@member.example", "Advisory member", roles.ADVISORY_MEMBER)


@pytest.fixture
def representative(db):
    return make_user("representative@member.example", "Member representative", roles.REPRESENTATIVE)


@pytest.fixture
def deactivated(db):
    return make_user("left@member.example", "Person who left", roles.STEERING_GROUP, is_active=False)


@pytest.fixture
def secretariat_client(client, secretariat):
    client.force_login(secretariat, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
