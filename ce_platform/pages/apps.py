from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "ce_platform.pages"
    label = "pages"
    verbose_name = "Pages"
