from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ce_platform.accounts"
    label = "accounts"
    verbose_name = "People"
