"""What happened to a claim is written once: the database refuses to change or remove it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION credits_claimevent_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events of claims are written once' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER claimevent_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON credits_claimevent
    FOR EACH STATEMENT EXECUTE FUNCTION credits_claimevent_kept();
"""
BACKWARD = """
DROP TRIGGER claimevent_kept ON credits_claimevent;
DROP FUNCTION credits_claimevent_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("credits", "0010_claims")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
