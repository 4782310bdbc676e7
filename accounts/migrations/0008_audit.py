"""The trails: append-only, each row with its digest, and the function of the audit triggers."""

import django.db.models.functions.datetime
from django.db import migrations, models

COLUMNS = {
    "accounts_auditevent": "kind table row_id person before after",
    "accounts_accessevent": "roles subject people what how detail",
}
COMMON = "actor_id channel request_id address reason"


def digest(table):
    """The trigger that makes a row's digest, as accounts.rules says."""
    fields = ["NEW.id", "(extract(epoch FROM NEW.at) * 1000000)::bigint"]
    fields += [f'NEW."{c}"' for c in f"{COMMON} {COLUMNS[table]}".split()]
    joined = ", E'\\x1f', ".join(fields)
    return f"""
CREATE FUNCTION {table}_digest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.digest := sha256(convert_to(concat({joined}), 'UTF8'));
    RETURN NEW;
END $$;
CREATE TRIGGER a_digest BEFORE INSERT ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_digest();
"""


REFUSE = """
CREATE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
GUARDED = (
    "accounts_auditevent",
    "accounts_accessevent",
    "accounts_auditseal",
    "accounts_auditcheck",
    "accounts_tombstone",
)
GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {0}
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
"""

# The comment that accounts.origin puts in front of a statement that writes.
ORIGIN = r"""
CREATE FUNCTION accounts_origin() RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    said text := substring(left(current_query(), 6000) from '^/\*origin:([A-Za-z0-9+/=]*)\*/');
BEGIN
    IF said IS NULL THEN
        RETURN '{"channel": "database"}';
    END IF;
    RETURN convert_from(decode(said, 'base64'), 'UTF8')::jsonb;
END $$;
"""

# Arguments: primary key, column of the person or '', ignored columns, hidden columns.
AUDIT = """
CREATE FUNCTION accounts_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    origin jsonb := accounts_origin();
    ignored text[] := string_to_array(TG_ARGV[2], ',');
    hidden text[] := string_to_array(TG_ARGV[3], ',');
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO accounts_auditevent (kind, "table", row_id, person, before, after,
            actor_id, channel, request_id, address, reason)
        SELECT 'insert', TG_TABLE_NAME, left(coalesce(j ->> TG_ARGV[0], ''), 64),
            (j ->> TG_ARGV[1])::bigint, NULL, jsonb_strip_nulls(j - ignored - hidden),
            (origin ->> 'actor')::bigint, origin ->> 'channel',
            coalesce(origin ->> 'request', ''), coalesce(origin ->> 'address', ''),
            coalesce(origin ->> 'reason', '')
        FROM (SELECT to_jsonb(n) AS j FROM new_rows n) fresh;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO accounts_auditevent (kind, "table", row_id, person, before, after,
            actor_id, channel, request_id, address, reason)
        SELECT 'delete', TG_TABLE_NAME, left(coalesce(j ->> TG_ARGV[0], ''), 64),
            (j ->> TG_ARGV[1])::bigint, jsonb_strip_nulls(j - ignored - hidden), NULL,
            (origin ->> 'actor')::bigint, origin ->> 'channel',
            coalesce(origin ->> 'request', ''), coalesce(origin ->> 'address', ''),
            coalesce(origin ->> 'reason', '')
        FROM (SELECT to_jsonb(o) AS j FROM old_rows o) gone;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO accounts_auditevent (kind, "table", row_id, person, before, after,
            actor_id, channel, request_id, address, reason)
        SELECT 'update', TG_TABLE_NAME,
            left(coalesce(coalesce(n.j, o.j) ->> TG_ARGV[0], ''), 64),
            (coalesce(n.j, o.j) ->> TG_ARGV[1])::bigint, diff.before, diff.after,
            (origin ->> 'actor')::bigint, origin ->> 'channel',
            coalesce(origin ->> 'request', ''), coalesce(origin ->> 'address', ''),
            coalesce(origin ->> 'reason', '')
        FROM (SELECT x.j, x.j ->> TG_ARGV[0] AS k
              FROM (SELECT to_jsonb(r) - ignored AS j FROM old_rows r) x) o
        FULL JOIN (SELECT x.j, x.j ->> TG_ARGV[0] AS k
              FROM (SELECT to_jsonb(r) - ignored AS j FROM new_rows r) x) n ON n.k = o.k
        CROSS JOIN LATERAL (
            SELECT
                jsonb_object_agg(key, CASE WHEN key = ANY(hidden) THEN '"\u2022"' ELSE b.value END)
                    AS before,
                jsonb_object_agg(key, CASE WHEN key = ANY(hidden) THEN '"\u2022"' ELSE a.value END)
                    AS after
            FROM jsonb_each(coalesce(o.j, '{}')) b
            FULL JOIN jsonb_each(coalesce(n.j, '{}')) a USING (key)
            WHERE b.value IS DISTINCT FROM a.value) diff
        WHERE o.j IS DISTINCT FROM n.j;
    ELSE
        INSERT INTO accounts_auditevent (kind, "table", row_id, person, before, after,
            actor_id, channel, request_id, address, reason)
        VALUES ('truncate', TG_TABLE_NAME, '', NULL, NULL, NULL,
            (origin ->> 'actor')::bigint, origin ->> 'channel',
            coalesce(origin ->> 'request', ''), coalesce(origin ->> 'address', ''),
            coalesce(origin ->> 'reason', ''));
    END IF;
    RETURN NULL;
END $$;
"""
UNDO = """
DROP FUNCTION accounts_audit() CASCADE;
DROP FUNCTION accounts_origin();
DROP FUNCTION accounts_auditevent_digest() CASCADE;
DROP FUNCTION accounts_accessevent_digest() CASCADE;
DROP FUNCTION accounts_refuse_change() CASCADE;
"""


def create():
    guards = "".join(GUARD.format(table) for table in GUARDED)
    return REFUSE + guards + "".join(digest(t) for t in COLUMNS) + ORIGIN + AUDIT


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_api_client'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('events', models.PositiveBigIntegerField()),
                ('accesses', models.PositiveBigIntegerField()),
                ('seals', models.PositiveIntegerField()),
                ('anchors', models.PositiveIntegerField()),
                ('findings', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': 'proof of the trails',
                'verbose_name_plural': 'proofs of the trails',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('row_id', models.CharField(max_length=64)),
                ('hash', models.CharField(blank=True, max_length=64)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('basis', models.CharField(max_length=200)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'record of destruction',
                'verbose_name_plural': 'records of destruction',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='AccessEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='when')),
                ('actor_id', models.BigIntegerField(null=True, verbose_name='account')),
                ('channel', models.CharField(choices=[('page', 'page'), ('api', 'API'), ('command', 'command line'), ('task', 'background task'), ('database', 'database itself')], max_length=10, verbose_name='channel')),
                ('request_id', models.CharField(blank=True, max_length=32, verbose_name='request')),
                ('address', models.CharField(blank=True, max_length=50, verbose_name='network address, shortened')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('digest', models.BinaryField(max_length=32)),
                ('roles', models.CharField(blank=True, max_length=200, verbose_name='roles')),
                ('subject', models.BigIntegerField(null=True, verbose_name='person')),
                ('people', models.PositiveIntegerField(default=1, verbose_name='people')),
                ('what', models.CharField(max_length=40, verbose_name='what')),
                ('how', models.CharField(choices=[('view', 'looked at'), ('list', 'listed'), ('export', 'exported'), ('download', 'downloaded a file'), ('reveal', 'unmasked')], max_length=10, verbose_name='how')),
                ('detail', models.CharField(blank=True, max_length=200, verbose_name='details')),
            ],
            options={
                'verbose_name': 'access event',
                'verbose_name_plural': 'access events',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('subject', None), _negated=True), fields=['subject', 'id'], name='access_subject'), models.Index(fields=['actor_id', 'id'], name='access_actor'), models.Index(fields=['at'], name='access_at')],
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='when')),
                ('actor_id', models.BigIntegerField(null=True, verbose_name='account')),
                ('channel', models.CharField(choices=[('page', 'page'), ('api', 'API'), ('command', 'command line'), ('task', 'background task'), ('database', 'database itself')], max_length=10, verbose_name='channel')),
                ('request_id', models.CharField(blank=True, max_length=32, verbose_name='request')),
                ('address', models.CharField(blank=True, max_length=50, verbose_name='network address, shortened')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('digest', models.BinaryField(max_length=32)),
                ('kind', models.CharField(choices=[('insert', 'added'), ('update', 'changed'), ('delete', 'removed'), ('truncate', 'whole table emptied')], max_length=8, verbose_name='kind')),
                ('table', models.CharField(max_length=63, verbose_name='table')),
                ('row_id', models.CharField(blank=True, max_length=64, verbose_name='row')),
                ('person', models.BigIntegerField(null=True, verbose_name='person')),
                ('before', models.JSONField(null=True, verbose_name='before')),
                ('after', models.JSONField(null=True, verbose_name='after')),
            ],
            options={
                'verbose_name': 'audit event',
                'verbose_name_plural': 'audit events',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('person', None), _negated=True), fields=['person', 'id'], name='audit_person'), models.Index(fields=['actor_id', 'id'], name='audit_actor'), models.Index(fields=['table', 'row_id'], name='audit_row'), models.Index(fields=['at'], name='audit_at')],
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trail', models.CharField(choices=[('audit', 'audit trail'), ('access', 'access log')], max_length=6)),
                ('number', models.PositiveIntegerField()),
                ('first_id', models.BigIntegerField()),
                ('last_id', models.BigIntegerField()),
                ('count', models.PositiveIntegerField()),
                ('previous', models.BinaryField(max_length=32)),
                ('hash', models.BinaryField(max_length=32)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'seal',
                'verbose_name_plural': 'seals',
                'ordering': ['trail', 'number'],
                'constraints': [models.UniqueConstraint(fields=('trail', 'number'), name='seal_once')],
            },
        ),
        migrations.RunSQL(create(), UNDO),
    ]
