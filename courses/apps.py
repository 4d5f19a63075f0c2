from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"
    label = "courses"
    verbose_name = "Courses"

    def ready(self) -> None:
        from ce_platform.core import verification
        from courses.domain.verification import check_versions
        from courses.refusals import REFUSALS, STUDIO_REFUSALS

        verification.register("versions", check_versions)
        verification.register_triggers(*REFUSALS, *STUDIO_REFUSALS)
