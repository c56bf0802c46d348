"""The app of API tokens; what they open is composed in the portal (`aisc_portal.api`)."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Programs and how they identify themselves."""

    name = "core.api"
    label = "api"
    verbose_name = "数据接口"
