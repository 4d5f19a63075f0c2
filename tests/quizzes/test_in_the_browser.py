"""Answers survive what happens to browsers: real Chromium on the real pages."""

import json
import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories.quizzes import multiple, single, true_false
from tests.quizzes.browser_learner import CHROMIUM, PASSWORD, Learner, learner_of

KEPT = "Not sent yet – kept on this device"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed."),
]


@pytest.fixture
def learner(live_server: LiveServer) -> Callable[..., Learner]:
    def make(**quiz: object) -> Learner:
        kinds = [
            ("single-choice", single()),
            ("multiple-choice", multiple()),
            ("true-false", true_false()),
        ]
        return learner_of(kinds, server=live_server.url, **quiz)

    return make


def choose(page: Page, words: str) -> None:
    page.locator(".choices label", has_text=words).click()


def expect_lines(page: Page, wanted: list[str]) -> None:
    page.wait_for_function(
        """wanted => JSON.stringify([...document.querySelectorAll("[data-saved-line]")]
            .map(line => line.textContent).filter(Boolean).sort()) === wanted""",
        arg=json.dumps(wanted, separators=(",", ":"), ensure_ascii=False),
    )


def test_answers_given_offline_survive_reload_and_a_closed_window(
    learner: Callable[..., Learner],
) -> None:
    lena = learner()
    with lena.browser() as context:
        page = lena.open(context)
        choose(page, "Under the pupil")
        expect_lines(page, ["Saved"])

        context.set_offline(True)
        choose(page, "ST2")
        choose(page, "SI18")
        choose(page, "True")
        expect_lines(page, [KEPT, KEPT, "Saved"])
        expect(page.get_by_text("No connection right now")).to_be_visible()
        page.get_by_role("button", name="Check and submit").click()
        expect(page.get_by_text("No connection right now")).to_be_visible()
        assert page.url.endswith(lena.url)
        page.close()

        context.set_offline(False)
        page = lena.open(context)
        expect_lines(page, ["Saved", "Saved", "Saved"])
        expect(page.get_by_label("ST2")).to_be_checked()
        expect(page.get_by_label("True", exact=True)).to_be_checked()

    assert lena.stored() == {
        "Where does ST3 lie?": '{"choice":"b"}',
        "Which points lie on the cheek?": '{"choices":["a","c"]}',
        "The B-cun is measured with your own hand.": '{"answer":true}',
    }


def test_a_stale_window_shows_the_newer_answer(learner: Callable[..., Learner]) -> None:
    lena = learner()
    with lena.browser() as context:
        old, new = lena.open(context), lena.open(context)
        choose(new, "On the chin")
        expect_lines(new, ["Saved"])

        choose(old, "On the forehead")

        expect(old.get_by_text("changed in another window")).to_be_visible()
        expect(old.get_by_label("On the chin")).to_be_checked()
        choose(old, "Under the pupil")
        expect_lines(old, ["Saved"])

    assert lena.stored()["Where does ST3 lie?"] == '{"choice":"b"}'


def test_a_lost_confirmation_is_no_conflict_with_oneself(learner: Callable[..., Learner]) -> None:
    lena = learner()
    with lena.browser() as context:
        page = lena.open(context)
        dropped: list[int] = []

        def store_but_lose_the_answer(route: Route) -> None:
            if dropped:
                route.continue_()
            else:
                dropped.append(route.fetch().status)
                route.abort()

        page.route("**/items/**", store_but_lose_the_answer)
        choose(page, "On the chin")
        expect_lines(page, [KEPT])
        choose(page, "Under the pupil")
        expect_lines(page, ["Saved"])
        expect(page.get_by_label("Under the pupil")).to_be_checked()

    assert dropped == [200]
    assert lena.stored()["Where does ST3 lie?"] == '{"choice":"b"}'


def test_answer_that_another_window_sent_is_no_longer_kept_here(
    learner: Callable[..., Learner],
) -> None:
    lena = learner()
    with lena.browser() as context:
        page = lena.open(context)
        page.route("**/items/**", lambda route: route.abort())
        choose(page, "Under the pupil")
        expect_lines(page, [KEPT])

        other = lena.open(context)
        expect_lines(other, ["Saved"])

        expect_lines(page, ["Saved"])
        page.unroute("**/items/**")
        # It knows the number too: the next answer is not taken for a stale one.
        choose(page, "On the chin")
        expect_lines(page, ["Saved"])

    assert lena.stored()["Where does ST3 lie?"] == '{"choice":"c"}'


def test_answers_wait_until_the_learner_has_signed_in_again(
    learner: Callable[..., Learner],
) -> None:
    lena = learner()
    with lena.browser() as context:
        page = lena.open(context)
        context.clear_cookies()
        choose(page, "Under the pupil")
        expect_lines(page, [KEPT])
        expect(page.get_by_text("You have been signed out")).to_be_visible()

        with context.expect_page() as opened:
            page.get_by_role("link", name="Sign in (opens a new tab)").click()
        tab = opened.value
        tab.locator("[name=login]").fill("lena@example.com")
        tab.locator("[name=password]").fill(PASSWORD)
        tab.locator("main button[type=submit]").first.click()
        tab.wait_for_url(f"**{lena.url}")
        tab.close()

        page.evaluate("dispatchEvent(new Event('focus'))")
        expect_lines(page, ["Saved"])
        expect(page.get_by_text("You have been signed out")).to_be_hidden()
        # The page has the new token too, so the next answer is taken at once.
        choose(page, "On the chin")
        expect_lines(page, ["Saved"])
        page.get_by_role("button", name="Check and submit").click()
        page.wait_for_url(f"**{reverse('quizzes:attempt-submit', args=[lena.attempt.uid])}")
        page.get_by_role("button", name="Submit").dblclick()
        page.wait_for_url(f"**{reverse('quizzes:attempt-review', args=[lena.attempt.uid])}")
        assert page.evaluate("localStorage.length") == 0

    assert lena.stored()["Where does ST3 lie?"] == '{"choice":"c"}'
    assert lena.attempt.grades.count() == 1


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_wrong_clock_changes_nothing(learner: Callable[..., Learner], hours: int) -> None:
    lena = learner(time_limit_seconds=600)

    def a_minute_and_two_seconds_left(route: Route) -> None:
        answer = route.fetch()
        body = answer.text()
        deadline = int(re.findall(r'data-deadline="(\d+)"', body)[0])
        now = f'data-server-now="{deadline - 62_000}"'
        route.fulfill(response=answer, body=re.sub(r'data-server-now="\d+"', now, body))

    with lena.browser() as context:
        context.add_init_script(
            f"const real = Date.now; Date.now = () => real() + {hours} * 3600 * 1000;"
        )
        context.route(f"**{lena.url}", a_minute_and_two_seconds_left)
        page = lena.open(context)

        expect(page.locator("[data-timer-left]")).to_have_text(re.compile(r"^(1:0[0-2]|0:5\d)$"))
        expect(page.locator("[data-timer-voice]")).to_have_text("1 minute left.")
