"""Events of documents are written once; numbering begins with the pattern of the decree of 2021."""

from datetime import date

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER document_event_append_only BEFORE UPDATE OR DELETE ON credits_documentevent
    FOR EACH ROW EXECUTE FUNCTION credits_refuse_change();
"""
UNDO = "DROP TRIGGER document_event_append_only ON credits_documentevent;"


def first_scheme(apps, schema_editor):
    """So that a new installation can issue; an administrator enters the ministry's own."""
    scheme = apps.get_model("credits", "NumberScheme")
    scheme.objects.create(pattern="1/{number4}/KP.08.04/{month}/{year}", start=date(2021, 1, 1))


class Migration(migrations.Migration):
    dependencies = [("credits", "0005_documents_life")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, UNDO),
        migrations.RunPython(first_scheme, migrations.RunPython.noop),
    ]
