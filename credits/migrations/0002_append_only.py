"""The ledger is append-only in the database itself, and its people exist."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION credits_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused; post a reversing entry instead',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON credits_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION credits_refuse_change();
CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON credits_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION credits_refuse_change();
CREATE TRIGGER anchor_append_only BEFORE UPDATE OR DELETE ON credits_ledgeranchor
    FOR EACH ROW EXECUTE FUNCTION credits_refuse_change();
CREATE TRIGGER anchor_no_truncate BEFORE TRUNCATE ON credits_ledgeranchor
    FOR EACH STATEMENT EXECUTE FUNCTION credits_refuse_change();
"""

# A foreign key would cost one look-up per row; one join per statement proves the same.
PEOPLE_EXIST = """
CREATE FUNCTION credits_people_exist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT employee_id FROM new_entries) n
        WHERE NOT EXISTS (SELECT FROM employees_employee e WHERE e.id = n.employee_id)
    ) THEN
        RAISE EXCEPTION 'ledger entry for a person who does not exist'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_people_exist AFTER INSERT ON credits_ledgerentry
    REFERENCING NEW TABLE AS new_entries
    FOR EACH STATEMENT EXECUTE FUNCTION credits_people_exist();

CREATE FUNCTION credits_keep_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM credits_ledgerentry l WHERE l.employee_id = OLD.id) THEN
        RAISE EXCEPTION 'a person with ledger entries cannot be deleted'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER ledger_keep_people BEFORE DELETE ON employees_employee
    FOR EACH ROW EXECUTE FUNCTION credits_keep_people();
"""

UNDO = """
DROP TRIGGER ledger_keep_people ON employees_employee;
DROP TRIGGER ledger_people_exist ON credits_ledgerentry;
DROP TRIGGER anchor_no_truncate ON credits_ledgeranchor;
DROP TRIGGER anchor_append_only ON credits_ledgeranchor;
DROP TRIGGER ledger_no_truncate ON credits_ledgerentry;
DROP TRIGGER ledger_append_only ON credits_ledgerentry;
DROP FUNCTION credits_keep_people();
DROP FUNCTION credits_people_exist();
DROP FUNCTION credits_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("credits", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE + PEOPLE_EXIST, UNDO)]
