from django.urls import URLPattern, path

from reports import views

app_name = "reports"
urlpatterns: list[URLPattern] = [
    path("pegawai/", views.people_list, name="people"),
    path("pegawai/cari/", views.people_search, name="people_search"),
    path("pegawai/daftar.xlsx", views.people_export, name="people_export"),
    path("pegawai/temuan/", views.findings_page, name="findings"),
    path("pegawai/<uuid:public_id>/", views.person_page, name="person"),
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
]
