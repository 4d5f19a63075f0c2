import pytest

from quizzes import presenting


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    presenting.forget()
