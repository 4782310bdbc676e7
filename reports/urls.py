from django.urls import URLPattern, path

from reports import views
from reports.views.regulations import routes as regulation_routes

app_name = "reports"
urlpatterns: list[URLPattern] = [
    path("pegawai/", views.people_list, name="people"),
    path("pegawai/cari/", views.people_search, name="people_search"),
    path("pegawai/daftar.xlsx", views.people_export, name="people_export"),
    path("pegawai/saran/", views.people_suggest, name="people_suggest"),
    path("pegawai/kolom/", views.people_columns, name="people_columns"),
    path("pegawai/tindakan/", views.people_bulk, name="people_bulk"),
    path("pegawai/daftar/simpan/", views.list_save, name="list_save"),
    path("pegawai/daftar/<uuid:public_id>/", views.list_open, name="list"),
    path("pegawai/daftar/<uuid:public_id>/hapus/", views.list_remove, name="list_remove"),
    path("bandingkan/", views.compare_page, name="compare"),
    path("bandingkan/selisih.xlsx", views.compare_export, name="compare_export"),
    path("pegawai/temuan/", views.findings_page, name="findings"),
    path("pegawai/<uuid:public_id>/", views.person_page, name="person"),
    path("pegawai/<uuid:public_id>/cetak/", views.person_print, name="person_print"),
    *regulation_routes,
]
