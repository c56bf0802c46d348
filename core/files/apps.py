"""The files app."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Label `files`."""

    name = "core.files"
    label = "files"
    verbose_name = "文件"
