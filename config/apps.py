"""The admin site of the project replaces Django's default one."""

from django.contrib.admin.apps import AdminConfig

from config.celery import app as celery_app  # noqa: F401  tasks need the configured app


class SijafungAdminConfig(AdminConfig):
    default_site = "config.site.SijafungAdminSite"
