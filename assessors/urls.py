from django.urls import URLPattern, path

from assessors.views import desk, judge, plenaries, teams

app_name = "assessors"
_TEAM = "tim-penilai/<uuid:public_id>/"
_SEAT = f"{_TEAM}anggota/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path("tim-penilai/", teams.team_list, name="teams"),
    path("tim-penilai/baru/", teams.team_new, name="team_new"),
    path(_TEAM, teams.team_page, name="team"),
    path(f"{_TEAM}ubah/", teams.team_edit, name="team_edit"),
    path(f"{_TEAM}anggota/", teams.member_add, name="member_add"),
    path(f"{_SEAT}ubah/", teams.member_edit, name="member_edit"),
    path(f"{_SEAT}keluarkan/", teams.member_remove, name="member_remove"),
    path(f"{_SEAT}ganti/", teams.member_replace, name="member_replace"),
    path(f"{_SEAT}wakili/", teams.member_substitute, name="member_substitute"),
    path(f"{_TEAM}sk/", teams.decree_draft, name="decree_draft"),
    path(f"{_TEAM}sk.pdf", teams.decree_pdf, name="decree_pdf"),
    path(f"{_TEAM}berlakukan/", teams.team_activate, name="team_activate"),
    path(f"{_TEAM}perpanjang/", teams.team_extend, name="team_extend"),
    path(f"{_TEAM}lanjutkan/", teams.team_renew, name="team_renew"),
    path(f"{_TEAM}akhiri/", teams.team_end, name="team_end"),
    path(f"{_TEAM}buang/", teams.team_discard, name="team_discard"),
    path("sekretariat/", desk.desk, name="desk"),
    path("sekretariat/pembagian/", desk.distribution, name="distribution"),
    path("sekretariat/<uuid:public_id>/", desk.completeness, name="completeness"),
    path("sekretariat/tugas/<uuid:public_id>/", desk.reassignment, name="reassignment"),
    path("penilaian/", judge.queue, name="queue"),
    path("penilaian/<uuid:public_id>/", judge.judge, name="judge"),
    path("penilaian/<uuid:public_id>/selesai/", judge.finish, name="finish"),
    path("pleno/", plenaries.plenary_list, name="plenaries"),
    path("pleno/baru/", plenaries.plenary_new, name="plenary_new"),
    path("pleno/<uuid:public_id>/", plenaries.plenary_page, name="plenary"),
    path("pleno/<uuid:public_id>/hadir/", plenaries.plenary_attend, name="plenary_attend"),
    path("pleno/<uuid:public_id>/mulai/", plenaries.plenary_begin, name="plenary_begin"),
    path("pleno/<uuid:public_id>/sepakat/", plenaries.plenary_agreed, name="plenary_agreed"),
    path("pleno/<uuid:public_id>/tutup/", plenaries.plenary_close, name="plenary_close"),
    path("pleno/<uuid:public_id>/batal/", plenaries.plenary_cancel, name="plenary_cancel"),
    path("pleno/<uuid:public_id>/acara/<int:pk>/", plenaries.agenda_page, name="agenda"),
    path(
        "pleno/<uuid:public_id>/acara/<int:pk>/putuskan/",
        plenaries.agenda_decide,
        name="agenda_decide",
    ),
    path(
        "pleno/<uuid:public_id>/acara/<int:pk>/tunda/",
        plenaries.agenda_postpone,
        name="agenda_postpone",
    ),
    path("pleno/<uuid:public_id>/berita-acara.pdf", plenaries.minutes_pdf, name="minutes_pdf"),
    path(
        "pleno/<uuid:public_id>/berita-acara/bertanda-tangan/",
        plenaries.minutes_signed,
        name="minutes_signed",
    ),
]
