"""The API's routes, one place for all apps: /api/v1/."""

from django.urls import URLPattern, path

from accounts.api import unknown
from reports import api as reports

app_name = "api"
urlpatterns: list[URLPattern] = [
    path("v1/balances/", reports.balances, name="balances"),
    path("v1/balances/<uuid:public_id>/", reports.balance, name="balance"),
    path("<path:rest>", unknown, name="unknown"),
]
