from django.urls import URLPattern, path

from credits.views import runs

app_name = "credits"
urlpatterns: list[URLPattern] = [
    path("perhitungan/", runs.run_list, name="runs"),
    path("perhitungan/baru/", runs.run_start, name="run_start"),
    path("perhitungan/<uuid:public_id>/", runs.run_page, name="run"),
    path("perhitungan/<uuid:public_id>/progres/", runs.run_status, name="run_status"),
    path("perhitungan/<uuid:public_id>/terapkan/", runs.run_apply, name="run_apply"),
    path("perhitungan/<uuid:public_id>/batalkan/", runs.run_cancel, name="run_cancel"),
]
