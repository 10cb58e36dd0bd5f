"""Addresses of the places: ``/dia-danh/…``, the same in every language."""

from django.urls import path

from . import views

app_name = "places"
urlpatterns = [path("xa/", views.communes, name="communes")]
