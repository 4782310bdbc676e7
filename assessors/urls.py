from django.urls import URLPattern, path

from assessors.views import desk, judge

app_name = "assessors"
urlpatterns: list[URLPattern] = [
    path("sekretariat/", desk.desk, name="desk"),
    path("sekretariat/pembagian/", desk.distribution, name="distribution"),
    path("sekretariat/<uuid:public_id>/", desk.completeness, name="completeness"),
    path("sekretariat/tugas/<uuid:public_id>/", desk.reassignment, name="reassignment"),
    path("penilaian/", judge.queue, name="queue"),
    path("penilaian/<uuid:public_id>/", judge.judge, name="judge"),
    path("penilaian/<uuid:public_id>/selesai/", judge.finish, name="finish"),
]
