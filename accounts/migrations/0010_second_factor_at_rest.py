"""What lies in django-otp's tables: secrets of apps encrypted, recovery codes hashed."""

from django.db import migrations

from accounts.encryption import decrypt, encrypt, encrypted
from accounts.second_factor import hashed

CODE = 10  # characters of a recovery code; its hash has more


def protect(apps, schema_editor):
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    for pk, user_id, key in devices.values_list("pk", "user_id", "key"):
        if not encrypted(key):
            devices.filter(pk=pk).update(key=encrypt(bytes.fromhex(key), f"totp:{user_id}"))
    codes = apps.get_model("otp_static", "StaticToken").objects
    for pk, device_id, token in codes.values_list("pk", "device_id", "token"):
        if len(token) == CODE:
            codes.filter(pk=pk).update(token=hashed(device_id, token))


def expose(apps, schema_editor):
    """The secrets as the library keeps them; recovery codes cannot come back, and are dropped."""
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    for pk, user_id, key in devices.values_list("pk", "user_id", "key"):
        if encrypted(key):
            devices.filter(pk=pk).update(key=decrypt(key, f"totp:{user_id}").hex())
    apps.get_model("otp_static", "StaticToken").objects.exclude(token__regex=r"^.{0,10}$").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_notices'),
        ('otp_static', '0003_add_timestamps'),
        ('otp_totp', '0003_add_timestamps'),
    ]

    operations = [
        migrations.CreateModel(
            name='AppDevice',
            fields=[
            ],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('otp_totp.totpdevice',),
        ),
        migrations.RunPython(protect, expose),
    ]
