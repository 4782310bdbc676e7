"""What happened to a team is written once: the database refuses to change or remove it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION assessors_teamevent_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events of teams are written once' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER teamevent_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON assessors_teamevent
    FOR EACH STATEMENT EXECUTE FUNCTION assessors_teamevent_kept();
"""
BACKWARD = """
DROP TRIGGER teamevent_kept ON assessors_teamevent;
DROP FUNCTION assessors_teamevent_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("assessors", "0010_composition")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
