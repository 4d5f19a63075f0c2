from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "ce_platform.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from ce_platform.core import cache, checks, jobs, mail, sweep  # noqa: F401 – checks register

        sweep.register("cache", cache.sweep_cache)
        sweep.register("mail", mail.sweep_mail)
        sweep.register("jobs", jobs.sweep_jobs)
