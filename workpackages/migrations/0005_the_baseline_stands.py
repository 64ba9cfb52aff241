from django.db import migrations

from efc.database import count_changes

BASELINE_STANDS = migrations.RunSQL(
    """
    CREATE FUNCTION workpackages_refuse_new_baseline() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.baseline_month <> OLD.baseline_month THEN
            RAISE EXCEPTION 'the baseline of deliverable % was promised and stands', OLD.id USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER workpackages_baseline_stands BEFORE UPDATE ON workpackages_deliverable
        FOR EACH ROW EXECUTE FUNCTION workpackages_refuse_new_baseline();
    """,
    """
    DROP TRIGGER workpackages_baseline_stands ON workpackages_deliverable;
    DROP FUNCTION workpackages_refuse_new_baseline();
    """,
)


class Migration(migrations.Migration):
    """Refuse a new baseline, whatever code runs; count results that are shown as content."""

    dependencies = [("workpackages", "0004_deliverables"), ("efc", "0002_protections")]
    operations = [BASELINE_STANDS, count_changes("workpackages_deliverable")]
