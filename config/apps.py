"""The admin site of the project replaces Django's default one."""

from django.contrib.admin.apps import AdminConfig


class SijafungAdminConfig(AdminConfig):
    default_site = "config.site.SijafungAdminSite"
