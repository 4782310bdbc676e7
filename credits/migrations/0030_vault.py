"""Versions of activity tables, their import, and evidence that nobody exchanges once submitted."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION credits_evidencefile_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.sha256, NEW.file, NEW.size, NEW.content_type, NEW.employee_id)
        IS DISTINCT FROM (OLD.sha256, OLD.file, OLD.size, OLD.content_type, OLD.employee_id) THEN
        RAISE EXCEPTION 'the bytes of evidence are never exchanged'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.frozen_at IS NOT NULL
        AND (NEW.removed_at IS NOT NULL OR NEW.frozen_at IS DISTINCT FROM OLD.frozen_at) THEN
        RAISE EXCEPTION 'evidence of a submitted claim stays'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evidencefile_kept BEFORE UPDATE ON credits_evidencefile
    FOR EACH ROW EXECUTE FUNCTION credits_evidencefile_kept();
CREATE FUNCTION credits_activityitem_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM credits_claimitem WHERE activity_id = OLD.id) THEN
        RAISE EXCEPTION 'a claim uses this activity: a new version of the table replaces it'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER activityitem_kept BEFORE UPDATE ON credits_activityitem
    FOR EACH ROW EXECUTE FUNCTION credits_activityitem_kept();
"""
BACKWARD = """
DROP TRIGGER activityitem_kept ON credits_activityitem;
DROP FUNCTION credits_activityitem_kept();
DROP TRIGGER evidencefile_kept ON credits_evidencefile;
DROP FUNCTION credits_evidencefile_kept();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('credits', '0012_compared_runs'),
        ('positions', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ActivityImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('state', models.CharField(choices=[('preview', 'to be looked at'), ('applied', 'applied'), ('discarded', 'discarded')], default='preview', max_length=10, verbose_name='state')),
                ('regulation', models.CharField(max_length=200, verbose_name='regulation')),
                ('provenance', models.CharField(choices=[('official', 'official'), ('stand_in', 'stand-in from public sources, to be confirmed'), ('invented', 'invented for demonstration')], max_length=10, verbose_name='provenance')),
                ('source', models.TextField(blank=True, max_length=1000, verbose_name='source')),
                ('start', models.DateField(verbose_name='from')),
                ('end', models.DateField(blank=True, null=True, verbose_name='until')),
                ('file_name', models.CharField(max_length=300)),
                ('file_hash', models.CharField(max_length=64)),
                ('rows', models.JSONField(default=list)),
                ('findings', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'import of activity items',
                'verbose_name_plural': 'imports of activity items',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='activitytable',
            name='activity_table_one_a_day',
        ),
        migrations.AddField(
            model_name='activitytable',
            name='digest',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='activitytable',
            name='replaced_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='credits.activitytable'),
        ),
        migrations.AddField(
            model_name='activitytable',
            name='version',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='version'),
        ),
        migrations.AddField(
            model_name='evidencefile',
            name='frozen_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='activitytable',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('replaced_by__isnull', True)), deferrable=models.Deferrable['DEFERRED'], expressions=[(models.Func(models.F('start'), models.F('end'), models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&'), ('position', '=')], name='activity_table_one_a_day'),
        ),
        migrations.AddField(
            model_name='activityimport',
            name='applied_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='activityimport',
            name='created_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='activityimport',
            name='position',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='positions.position', verbose_name='position'),
        ),
        migrations.AddField(
            model_name='activityimport',
            name='table',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='credits.activitytable'),
        ),
        migrations.AddConstraint(
            model_name='activityimport',
            constraint=models.CheckConstraint(condition=models.Q(('end__isnull', True), ('end__gte', models.F('start')), _connector='OR'), name='activity_import_dates'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
