from django.urls import path

from accounts import views, views_account, views_retention, views_sign_in

app_name = "accounts"
urlpatterns = [
    path("bahasa/", views.language, name="language"),
    path("masuk/kode/", views_sign_in.second_factor_page, name="second_factor"),
    path("masuk/batal/", views_sign_in.cancel, name="cancel"),
    path("akun/faktor-kedua/", views_sign_in.enrol, name="enrol"),
    path("akun/faktor-kedua/kode-cadangan/", views_account.new_codes, name="new_codes"),
    path("akun/faktor-kedua/hapus/", views_account.give_up, name="give_up"),
    path("akun/<int:pk>/faktor-kedua/", views_account.factor_reset, name="factor_reset"),
    path("akun/", views_account.own, name="own"),
    path("akun/perangkat/<int:pk>/keluar/", views_account.end_device, name="end_device"),
    path("akun/perangkat/keluar/", views_account.end_others, name="end_others"),
    path("undangan/terima/", views_sign_in.invited, name="invited"),
    path("undangan/<str:token>/", views_sign_in.invitation, name="invitation"),
    path("sandi/lupa/", views_sign_in.forgotten, name="forgotten"),
    path("sandi/lupa/terkirim/", views_sign_in.forgotten_sent, name="forgotten_sent"),
    path("sandi/baru/<uidb64>/<token>/", views_sign_in.reset_confirm, name="reset_confirm"),
    path("pemberitahuan/", views.notice_list, name="notices"),
    path("pemberitahuan/baca/", views.notices_read, name="notices_read"),
    path("pemberitahuan/<int:pk>/", views.notice_open, name="notice"),
    path("pemusnahan/", views_retention.destructions, name="destructions"),
    path("pemusnahan/usul/", views_retention.destruction_propose, name="destruction_propose"),
    path(
        "pemusnahan/<int:pk>/setujui/",
        views_retention.destruction_approve,
        name="destruction_approve",
    ),
    path(
        "pemusnahan/<int:pk>/tolak/", views_retention.destruction_refuse, name="destruction_refuse"
    ),
    path("tur/", views.tour, name="tour"),
]
