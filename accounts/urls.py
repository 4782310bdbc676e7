from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("bahasa/", views.language, name="language"),
    path("pemberitahuan/", views.notice_list, name="notices"),
    path("pemberitahuan/baca/", views.notices_read, name="notices_read"),
    path("pemberitahuan/<int:pk>/", views.notice_open, name="notice"),
    path("tur/", views.tour, name="tour"),
]
