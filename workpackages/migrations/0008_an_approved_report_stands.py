from django.db import migrations

REPORT_STANDS = migrations.RunSQL(
    """
    CREATE FUNCTION workpackages_refuse_after_approval() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.status = 'approved' AND (TG_OP = 'DELETE' OR
                to_jsonb(NEW) - '{approved_by_id,updated_at}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{approved_by_id,updated_at}'::text[]) THEN
            RAISE EXCEPTION 'report % is approved and stands as it is', OLD.id USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN COALESCE(NEW, OLD);
    END $$;
    CREATE TRIGGER workpackages_report_stands BEFORE UPDATE OR DELETE ON workpackages_reportperiod
        FOR EACH ROW EXECUTE FUNCTION workpackages_refuse_after_approval();
    """,
    """
    DROP TRIGGER workpackages_report_stands ON workpackages_reportperiod;
    DROP FUNCTION workpackages_refuse_after_approval();
    """,
)


class Migration(migrations.Migration):
    """Refuse changes of an approved report, whatever code runs."""

    dependencies = [("workpackages", "0007_progress_reports")]
    operations = [REPORT_STANDS]
