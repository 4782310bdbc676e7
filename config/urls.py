"""The routes: our own pages first, the admin's below the same root."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/", include("config.api")),
    path("", include("reports.urls")),
    path("", include("assessors.urls")),
    path("", include("credits.urls")),
    path("", include("employees.urls")),
    path("", include("accounts.urls")),
    path("", admin.site.urls),
]
