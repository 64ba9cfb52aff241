"""The embedded PostgreSQL: what it brings, whom it lets in, and that it leaves nothing behind."""

import pytest

from efc.embedded.postgres import EXTENSIONS, Postgres, PostgresFailed
from efc.embedded.processes import Processes


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    with Processes() as processes:
        server = Postgres(tmp_path_factory.mktemp("embedded") / "postgres", durable=False)
        server.start(processes)
        processes.remove_afterwards(server.directory)
        yield server


def test_a_database_made_later_has_the_extensions(postgres):
    postgres.sql("CREATE DATABASE later", database="postgres", role="efc_owner")
    named = postgres.sql("SELECT extname FROM pg_extension ORDER BY 1", database="later", role="efc_app")
    assert named.split() == sorted([*EXTENSIONS, "plpgsql"])


def test_the_application_uses_the_owners_tables_but_changes_no_schema(postgres):
    postgres.sql("CREATE TABLE note (id int GENERATED ALWAYS AS IDENTITY, word text)", role="efc_owner")
    app = {"role": "efc_app"}
    postgres.sql("INSERT INTO note (word) VALUES ('one'), ('two')", **app)
    postgres.sql("UPDATE note SET word = 'three' WHERE id = 2; DELETE FROM note WHERE id = 1", **app)
    assert postgres.sql("SELECT word FROM note", **app) == "three"
    for refused in ("TRUNCATE note", "DROP TABLE note", "CREATE TABLE other (id int)", "CREATE DATABASE other"):
        with pytest.raises(PostgresFailed, match=r"permission denied|must be owner"):
            postgres.sql(refused, **app)
