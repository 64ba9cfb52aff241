"""Operations of migrations that PostgreSQL needs beside the tables."""

from django.db import migrations

TEXT_SEARCH = migrations.RunSQL(
    """
    CREATE TEXT SEARCH CONFIGURATION efc_english (COPY = english);
    ALTER TEXT SEARCH CONFIGURATION efc_english
        ALTER MAPPING FOR hword, hword_part, word, asciihword, hword_asciipart, asciiword WITH unaccent, english_stem;
    """,
    "DROP TEXT SEARCH CONFIGURATION efc_english",
)

# Raised at commit, once a transaction: a reader that sees the old number sees the old content, never the other way round.
CONTENT_VERSION = migrations.RunSQL(
    """
    INSERT INTO efc_contentversion (id, number, last_transaction) VALUES (1, 1, 0);
    CREATE FUNCTION efc_raise_content_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
    BEGIN
        UPDATE efc_contentversion SET number = number + 1, last_transaction = txid_current()
            WHERE id = 1 AND last_transaction <> txid_current();
        RETURN NULL;
    END $$;
    """,
    "DROP FUNCTION efc_raise_content_version(); DELETE FROM efc_contentversion",
)

APPEND_ONLY = migrations.RunSQL(
    """
    CREATE FUNCTION efc_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'rows of % are added and never changed or removed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$;
    """,
    "DROP FUNCTION efc_refuse_change()",
)


def count_changes(*tables):
    """Return the operation that makes changes of these tables raise the content version (`efc.cache`)."""
    return migrations.RunSQL(
        [
            f"CREATE CONSTRAINT TRIGGER efc_content_version AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION efc_raise_content_version()"
            for table in tables
        ],
        [f"DROP TRIGGER efc_content_version ON {table}" for table in tables],
    )


def append_only(*tables):
    """Return the operation that lets rows of these tables be added but never changed, removed or truncated.

    The application's role loses the right; a trigger refuses whoever has it.
    """
    return migrations.RunSQL(
        [
            statement
            for table in tables
            for statement in (
                f"CREATE TRIGGER efc_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION efc_refuse_change()",
                f"CREATE TRIGGER efc_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION efc_refuse_change()",
                "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'efc_app') THEN "
                f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM efc_app; END IF; END $$",
            )
        ],
        [
            statement
            for table in tables
            for statement in (
                f"DROP TRIGGER efc_append_only ON {table}",
                f"DROP TRIGGER efc_no_truncate ON {table}",
            )
        ],
    )
