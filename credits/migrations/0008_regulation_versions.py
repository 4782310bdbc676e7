"""Regulations handed in as files. The database keeps what was handed in, and the steps taken."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

KEEP = """
ALTER TABLE credits_regulationversion ADD CONSTRAINT regulation_hash_of_text
    CHECK (content_hash = encode(sha256(convert_to(source, 'UTF8')), 'hex'));
CREATE FUNCTION credits_keep_regulation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.published_at IS NULL THEN
            RETURN OLD;
        END IF;
    ELSIF OLD.state NOT IN ('discarded', 'withdrawn')
        AND (NEW.public_id, NEW.key, NEW.title, NEW.effective_from, NEW.source, NEW.content_hash,
             NEW.closed_because, NEW.drafted_by_id, NEW.drafted_at)
            IS NOT DISTINCT FROM
            (OLD.public_id, OLD.key, OLD.title, OLD.effective_from, OLD.source, OLD.content_hash,
             OLD.closed_because, OLD.drafted_by_id, OLD.drafted_at)
        AND (OLD.published_at IS NULL
             OR (NEW.published_by_id, NEW.published_at, NEW.published_because, NEW.rules_version,
                 NEW.golden, NEW.golden_at)
                IS NOT DISTINCT FROM
                (OLD.published_by_id, OLD.published_at, OLD.published_because, OLD.rules_version,
                 OLD.golden, OLD.golden_at)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a regulation is never edited: % refused; publish another version instead',
        TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER regulation_keep BEFORE UPDATE OR DELETE ON credits_regulationversion
    FOR EACH ROW EXECUTE FUNCTION credits_keep_regulation();
"""
UNDO = """
DROP TRIGGER regulation_keep ON credits_regulationversion;
DROP FUNCTION credits_keep_regulation();
ALTER TABLE credits_regulationversion DROP CONSTRAINT regulation_hash_of_text;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('credits', '0007_rating_approval'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='runchange',
            name='thresholds',
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name='calculationrun',
            name='state',
            field=models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('partly', 'done with errors'), ('cancelled', 'cancelled'), ('overtaken', 'overtaken by a change of rules')], default='waiting', max_length=10, verbose_name='state'),
        ),
        migrations.CreateModel(
            name='RegulationVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('key', models.CharField(max_length=40, verbose_name='code')),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('effective_from', models.DateField(verbose_name='in force from')),
                ('source', models.TextField(verbose_name='file')),
                ('content_hash', models.CharField(max_length=64)),
                ('file_name', models.CharField(blank=True, max_length=120)),
                ('warnings', models.JSONField(default=list)),
                ('closed_because', models.CharField(blank=True, max_length=500, verbose_name='reason for touching closed periods')),
                ('drafted_at', models.DateTimeField(auto_now_add=True)),
                ('golden', models.JSONField(blank=True, null=True)),
                ('golden_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('discarded', 'discarded'), ('published', 'published'), ('withdrawn', 'withdrawn')], default='draft', max_length=10, verbose_name='state')),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('published_because', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('rules_version', models.CharField(blank=True, max_length=16)),
                ('withdrawal_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawal_because', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawal_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'regulation',
                'verbose_name_plural': 'regulations',
                'ordering': ['-drafted_at'],
            },
        ),
        migrations.AddField(
            model_name='calculationrun',
            name='trial_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='trials', to='credits.regulationversion'),
        ),
        migrations.AddIndex(
            model_name='regulationversion',
            index=models.Index(condition=models.Q(('state', 'published')), fields=['key'], name='regulation_in_force'),
        ),
        migrations.AddConstraint(
            model_name='regulationversion',
            constraint=models.UniqueConstraint(condition=models.Q(('published_at__isnull', False)), fields=('key',), name='regulation_key_once'),
        ),
        migrations.AddConstraint(
            model_name='regulationversion',
            constraint=models.CheckConstraint(condition=models.Q(('published_by__isnull', True), models.Q(('published_by', models.F('drafted_by')), _negated=True), _connector='OR'), name='regulation_second_person'),
        ),
        migrations.AddConstraint(
            model_name='regulationversion',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_by__isnull', True), models.Q(('withdrawn_by', models.F('withdrawal_by')), _negated=True), _connector='OR'), name='regulation_withdrawn_by_second'),
        ),
        migrations.AddConstraint(
            model_name='regulationversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True), ('state__in', ['draft', 'discarded']), ('withdrawn_at__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False), ('state', 'published'), ('withdrawn_at__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False), ('state', 'withdrawn'), ('withdrawal_by__isnull', False), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='regulation_state_and_steps'),
        ),
        migrations.RunSQL(KEEP, UNDO),
    ]
