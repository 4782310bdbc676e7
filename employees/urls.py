from django.urls import URLPattern, path

from employees.views import entries, imports

app_name = "employees"
urlpatterns: list[URLPattern] = [
    path("impor/", imports.import_list, name="imports"),
    path("impor/baru/", imports.import_new, name="import_new"),
    path("impor/templat/<slug:kind>.xlsx", imports.import_template, name="import_template"),
    path("impor/<uuid:public_id>/", imports.import_page, name="import"),
    path("impor/<uuid:public_id>/progres/", imports.import_progress, name="import_progress"),
    path("impor/<uuid:public_id>/kolom/", imports.import_columns, name="import_columns"),
    path("impor/<uuid:public_id>/terapkan/", imports.import_apply, name="import_apply"),
    path("impor/<uuid:public_id>/urungkan/", imports.import_undo, name="import_undo"),
    path("impor/<uuid:public_id>/buang/", imports.import_discard, name="import_discard"),
    path("impor/<uuid:public_id>/ditolak.xlsx", imports.import_refused, name="import_refused"),
    path("pegawai/tambah/", entries.person_add, name="person_add"),
    path("pegawai/<uuid:public_id>/data-pokok/", entries.person_edit, name="person_edit"),
    *(route for entry in entries.ENTRIES for route in entries.routes(entry)),
]
