from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"
    label = "courses"
    verbose_name = "Courses"

    def ready(self) -> None:
        from ce_platform.core import jobs, verification
        from courses.domain import word_import
        from courses.domain.verification import check_versions
        from courses.refusals import REFUSALS, STUDIO_REFUSALS

        jobs.register(word_import.KIND, word_import.read_in_background)
        verification.register("versions", check_versions)
        verification.register_triggers(*REFUSALS, *STUDIO_REFUSALS)
