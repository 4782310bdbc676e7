from django.urls import URLPattern, path

from employees import views

app_name = "employees"
urlpatterns: list[URLPattern] = [
    path("impor/", views.import_list, name="imports"),
    path("impor/baru/", views.import_new, name="import-new"),
    path("impor/templat/<slug:kind>.xlsx", views.import_template, name="import-template"),
    path("impor/<uuid:public_id>/", views.import_page, name="import"),
    path("impor/<uuid:public_id>/progres/", views.import_progress, name="import-progress"),
    path("impor/<uuid:public_id>/kolom/", views.import_columns, name="import-columns"),
    path("impor/<uuid:public_id>/terapkan/", views.import_apply, name="import-apply"),
    path("impor/<uuid:public_id>/urungkan/", views.import_undo, name="import-undo"),
    path("impor/<uuid:public_id>/buang/", views.import_discard, name="import-discard"),
    path("impor/<uuid:public_id>/ditolak.xlsx", views.import_refused, name="import-refused"),
]
