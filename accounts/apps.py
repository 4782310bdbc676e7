from typing import Any

from celery.signals import task_postrun, task_prerun
from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import audit, keeping, origin, sign_ins

        keeping.register()
        connection_created.connect(origin.stamp_connection)
        post_migrate.connect(create_roles, sender=self)
        post_migrate.connect(audit.install, sender=self, dispatch_uid="audit")
        task_prerun.connect(origin.task_begins)
        task_postrun.connect(origin.task_ends)
        user_logged_in.connect(sign_ins.begin)
        user_logged_out.connect(sign_ins.finish)


def create_roles(**kwargs: Any) -> None:
    """The roles exist as groups in every database, also in one that was just emptied."""
    from django.contrib.auth.models import Group

    from accounts.policy import Role

    known = set(Group.objects.values_list("name", flat=True))
    Group.objects.bulk_create(
        [Group(name=role.value) for role in Role if role.value not in known],
        ignore_conflicts=True,
    )
