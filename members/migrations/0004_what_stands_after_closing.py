from django.db import migrations

from efc.database import append_only, count_changes

# What a closed ballot holds never changes: neither the ballot, nor its electorate, nor its votes. A person who is erased may be
# unlinked from a seat; the names as they were then stay.
STANDS_AFTER_CLOSING = migrations.RunSQL(
    """
    CREATE FUNCTION members_refuse_after_closing() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE ended boolean;
    BEGIN
        IF TG_TABLE_NAME = 'members_ballot' THEN
            IF OLD.status = 'closed' AND (TG_OP = 'DELETE' OR
                    to_jsonb(NEW) - 'created_by_id' IS DISTINCT FROM to_jsonb(OLD) - 'created_by_id') THEN
                RAISE EXCEPTION 'ballot % is closed and stands as it is', OLD.id USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN COALESCE(NEW, OLD);
        END IF;
        IF TG_TABLE_NAME = 'members_vote' THEN
            SELECT status IN ('closed', 'cancelled') INTO ended FROM members_ballot
                WHERE id = (SELECT ballot_id FROM members_elector WHERE id = NEW.elector_id);
        ELSE
            SELECT status IN ('closed', 'cancelled') INTO ended FROM members_ballot
                WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.ballot_id ELSE OLD.ballot_id END;
        END IF;
        IF ended AND (TG_OP <> 'UPDATE' OR
                to_jsonb(NEW) - '{holder_id,alternate_id}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{holder_id,alternate_id}'::text[]) THEN
            RAISE EXCEPTION 'the ballot is over and its electorate stands as it is' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN COALESCE(NEW, OLD);
    END $$;
    CREATE TRIGGER members_stands BEFORE UPDATE OR DELETE ON members_ballot
        FOR EACH ROW EXECUTE FUNCTION members_refuse_after_closing();
    CREATE TRIGGER members_stands BEFORE INSERT OR UPDATE OR DELETE ON members_elector
        FOR EACH ROW EXECUTE FUNCTION members_refuse_after_closing();
    CREATE TRIGGER members_stands BEFORE INSERT ON members_vote
        FOR EACH ROW EXECUTE FUNCTION members_refuse_after_closing();
    """,
    """
    DROP TRIGGER members_stands ON members_vote;
    DROP TRIGGER members_stands ON members_elector;
    DROP TRIGGER members_stands ON members_ballot;
    DROP FUNCTION members_refuse_after_closing();
    """,
)

# The English text is the one there was.
COPY_TEXTS = migrations.RunSQL(
    "UPDATE members_organisation SET contribution_en = contribution, description_en = description",
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):
    """Let votes be added only and closed ballots stand; count published decisions as content; keep the English profiles."""

    dependencies = [("members", "0003_decisions_applications_memorandum"), ("efc", "0003_grants")]
    operations = [append_only("members_vote"), STANDS_AFTER_CLOSING, count_changes("members_decision"), COPY_TEXTS]
