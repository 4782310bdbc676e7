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
    path("bandingkan/peraturan/", views.compare_start, name="compare_start"),
    path("bandingkan/selisih.xlsx", views.compare_export, name="compare_export"),
    path("pegawai/temuan/", views.findings_page, name="findings"),
    path("pegawai/<uuid:public_id>/", views.person_page, name="person"),
    path("pegawai/<uuid:public_id>/cetak/", views.person_print, name="person_print"),
    *regulation_routes,
    path("pegawai/<uuid:public_id>/ungkap/", views.reveal, name="reveal"),
    path("data-saya/", views.my_data, name="my_data"),
    path("data-saya/akses/", views.my_access, name="my_access"),
    path("data-saya/unduh/", views.my_copy, name="my_copy"),
    path("permintaan-koreksi/", views.request_list, name="requests"),
    path("permintaan-koreksi/baru/", views.request_new, name="request_new"),
    path("permintaan-koreksi/<uuid:public_id>/", views.request_page, name="request"),
    path(
        "permintaan-koreksi/<uuid:public_id>/bukti/",
        views.request_evidence,
        name="request_evidence",
    ),
    *(
        path(
            f"permintaan-koreksi/<uuid:public_id>/{act}/",
            views.request_act,
            {"act": act},
            name=f"request_{name}",
        )
        for act, name in (("ambil", "take"), ("kabulkan", "grant"), ("tolak", "refuse"))
    ),
    path("audit/", views.audit_list, name="audit"),
    path("audit/akses/", views.access_list, name="access"),
    path("audit/cari/", views.audit_search, name="audit_search"),
    path("audit/unduh/", views.audit_export, name="audit_export"),
    path("audit/pembuktian/", views.audit_check, name="audit_check"),
    path("ringkasan/", views.overview, name="overview"),
    path("bantuan/", views.help_index, name="help"),
    path("bantuan/<slug:key>/", views.help_screen, name="help_screen"),
]
