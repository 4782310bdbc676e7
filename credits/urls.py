from django.urls import URLPattern, path

from credits.views import documents, entries, runs
from employees.views.entries import routes

app_name = "credits"
urlpatterns: list[URLPattern] = [
    path("perhitungan/", runs.run_list, name="runs"),
    path("perhitungan/baru/", runs.run_start, name="run_start"),
    path("perhitungan/<uuid:public_id>/", runs.run_page, name="run"),
    path("perhitungan/<uuid:public_id>/progres/", runs.run_status, name="run_status"),
    path("perhitungan/<uuid:public_id>/terapkan/", runs.run_apply, name="run_apply"),
    path("perhitungan/<uuid:public_id>/batalkan/", runs.run_cancel, name="run_cancel"),
    path("dokumen/", documents.document_list, name="documents"),
    path("dokumen/baru/", documents.document_new, name="document_new"),
    path("dokumen/<uuid:public_id>.pdf", documents.document_pdf, name="document_pdf"),
    path("dokumen/kumpulan/<uuid:public_id>/", documents.document_batch, name="document_batch"),
    path(
        "dokumen/kumpulan/<uuid:public_id>/progres/",
        documents.document_batch_status,
        name="document_batch_status",
    ),
    path(
        "dokumen/kumpulan/<uuid:public_id>/batalkan/",
        documents.document_batch_cancel,
        name="document_batch_cancel",
    ),
    path(
        "dokumen/kumpulan/<uuid:public_id>/<int:pk>.zip",
        documents.document_part_zip,
        name="document_part_zip",
    ),
    *(route for entry in entries.ENTRIES for route in routes(entry)),
    path(
        "pegawai/<uuid:public_id>/saldo-awal/<int:pk>/pindaian/",
        entries.opening_scan,
        name="opening_scan",
    ),
]
