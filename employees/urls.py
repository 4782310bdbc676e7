from django.urls import URLPattern, path

from employees import oidc
from employees.views import accounts, entries, imports, kinships

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
    path("akun/daftar/", accounts.register_accounts, name="accounts"),
    path("akun/daftar/buat/", accounts.accounts_create, name="accounts_create"),
    path("akun/daftar/selaraskan/", accounts.accounts_synchronise, name="accounts_synchronise"),
    path("akun/daftar/undangan.xlsx", accounts.accounts_sheet, name="accounts_sheet"),
    path("akun/daftar/surel/", accounts.accounts_mail, name="accounts_mail"),
    path("kerabat/", kinships.kinship_list, name="kinships"),
    path("kerabat/baru/", kinships.kinship_add, name="kinship_add"),
    path("kerabat/<int:pk>/akhiri/", kinships.kinship_end, name="kinship_end"),
    path("masuk/sso/", oidc.start, name="oidc_start"),
    path("masuk/sso/kembali/", oidc.callback, name="oidc_callback"),
    *(route for entry in entries.ENTRIES for route in entries.routes(entry)),
]
