from django.urls import URLPattern, path

from assessors.views import plenaries

app_name = "assessors"
urlpatterns: list[URLPattern] = [
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
