from django.db import migrations

STANDS = migrations.RunSQL(
    """
    CREATE FUNCTION workpackages_refuse_new_question() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE place bigint := COALESCE(NEW.template_id, OLD.template_id);
    BEGIN
        IF EXISTS (SELECT 1 FROM workpackages_datatemplate WHERE id = place AND status <> 'draft') THEN
            RAISE EXCEPTION 'template % is in force and stands as it is', place USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN COALESCE(NEW, OLD);
    END $$;
    CREATE TRIGGER workpackages_questions_stand BEFORE INSERT OR UPDATE OR DELETE ON workpackages_datafield
        FOR EACH ROW EXECUTE FUNCTION workpackages_refuse_new_question();

    CREATE FUNCTION workpackages_refuse_new_template() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.status <> 'draft' AND (TG_OP = 'DELETE' OR
                to_jsonb(NEW) - '{status,replaced_at,updated_at}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{status,replaced_at,updated_at}'::text[]) THEN
            RAISE EXCEPTION 'template % is in force and stands as it is', OLD.id USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN COALESCE(NEW, OLD);
    END $$;
    CREATE TRIGGER workpackages_template_stands BEFORE UPDATE OR DELETE ON workpackages_datatemplate
        FOR EACH ROW EXECUTE FUNCTION workpackages_refuse_new_template();

    CREATE FUNCTION workpackages_refuse_new_round() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.status <> 'draft' AND (NEW.template_id, NEW.work_package_id, NEW.starts_on, NEW.ends_on, NEW.audience)
                IS DISTINCT FROM (OLD.template_id, OLD.work_package_id, OLD.starts_on, OLD.ends_on, OLD.audience) THEN
            RAISE EXCEPTION 'round % was opened and asks what it asked', OLD.id USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER workpackages_round_stands BEFORE UPDATE ON workpackages_dataround
        FOR EACH ROW EXECUTE FUNCTION workpackages_refuse_new_round();

    CREATE FUNCTION workpackages_refuse_new_answer() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE place bigint := COALESCE(NEW.data_return_id, OLD.data_return_id);
    BEGIN
        IF EXISTS (SELECT 1 FROM workpackages_datareturn r JOIN workpackages_dataround o ON o.id = r.round_id
                WHERE r.id = place AND r.status = 'submitted'
                AND (TG_OP <> 'DELETE' OR o.closed_at IS NULL OR o.closed_at > now() - interval '10 years')) THEN
            RAISE EXCEPTION 'return % was sent and stands as it is', place USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN COALESCE(NEW, OLD);
    END $$;
    CREATE TRIGGER workpackages_answers_stand BEFORE INSERT OR UPDATE OR DELETE ON workpackages_datavalue
        FOR EACH ROW EXECUTE FUNCTION workpackages_refuse_new_answer();
    """,
    """
    DROP TRIGGER workpackages_answers_stand ON workpackages_datavalue;
    DROP FUNCTION workpackages_refuse_new_answer();
    DROP TRIGGER workpackages_round_stands ON workpackages_dataround;
    DROP FUNCTION workpackages_refuse_new_round();
    DROP TRIGGER workpackages_template_stands ON workpackages_datatemplate;
    DROP FUNCTION workpackages_refuse_new_template();
    DROP TRIGGER workpackages_questions_stand ON workpackages_datafield;
    DROP FUNCTION workpackages_refuse_new_question();
    """,
)


class Migration(migrations.Migration):
    """Refuse, whatever code runs, changes of a template in force, of what an open round asks, and of a return that was sent.

    Answers may go once single returns are no longer kept (`models.returns.RETURNS_KEPT_YEARS`, ten years after the round closed).
    """

    dependencies = [("workpackages", "0012_data_collection")]
    operations = [STANDS]
