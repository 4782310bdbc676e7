from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [path("bahasa/", views.language, name="language")]
