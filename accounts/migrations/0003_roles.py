"""The roles exist from the start as groups."""

from django.db import migrations

ROLES = (
    "biro_sdm",
    "koordinator_unit",
    "koordinator_jf",
    "pejabat_penilai",
    "tim_penilai",
    "pemangku",
    "auditor",
    "administrator",
)


def create(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    group.objects.bulk_create([group(name=name) for name in ROLES], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
