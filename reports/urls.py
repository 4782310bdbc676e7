from django.urls import URLPattern, path

from reports import views

app_name = "reports"
urlpatterns: list[URLPattern] = [
    path("pegawai/", views.people_list, name="people"),
    path("pegawai/cari/", views.people_search, name="people_search"),
    path("pegawai/daftar.xlsx", views.people_export, name="people_export"),
    path("pegawai/temuan/", views.findings_page, name="findings"),
    path("pegawai/<uuid:public_id>/", views.person_page, name="person"),
    path("ringkasan/", views.overview, name="overview"),
    path("bantuan/", views.help_index, name="help"),
    path("bantuan/<slug:key>/", views.help_screen, name="help_screen"),
]
