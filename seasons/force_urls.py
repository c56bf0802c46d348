"""The addresses of volunteer forces."""

from django.urls import path

from .views import forces

urlpatterns = [
    path("units/<int:unit>/forces/", forces.unit_forces, name="unit_forces"),
    path("units/<int:unit>/forces/new/", forces.force_new, name="force_new"),
    path("forces/<int:force>/", forces.force, name="force"),
    path("forces/<int:force>/edit/", forces.force_edit, name="force_edit"),
    path("forces/activities/<int:activity>/remove/", forces.force_activity_remove, name="force_activity_remove"),
]
