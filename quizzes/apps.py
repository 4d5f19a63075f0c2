from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "quizzes"
    label = "quizzes"
    verbose_name = "Quizzes"

    def ready(self) -> None:
        # Models are loaded only now.
        from ce_platform.core import sweep
        from courses import parts
        from quizzes.domain.attempts import sweep_overdue
        from quizzes.parts import QuizzesPart

        parts.register(QuizzesPart())
        sweep.register("quizzes.overdue-attempts", sweep_overdue)
