"""A visitor without a browser: keeps cookies, reads forms, follows redirects. For crash tests."""

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar


@dataclass
class Answer:
    status: int
    url: str
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.url).path


class Visitor:
    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._token = ""

    def get(self, path: str) -> Answer:
        url = urllib.parse.urljoin(self.base_url, path)
        answer = self._ask(urllib.request.Request(url))  # noqa: S310
        found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', answer.body)
        if found:
            self._token = found[1].decode()
        return answer

    def post(self, path: str, fields: dict[str, str] | None = None) -> Answer:
        """Post a form with the token of the last page read."""
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": self._token, **(fields or {})})
        request = urllib.request.Request(  # noqa: S310
            urllib.parse.urljoin(self.base_url, path), data=data.encode(), method="POST"
        )
        return self._ask(request)

    def put(self, path: str, content: bytes, headers: dict[str, str]) -> Answer:
        """Send bytes with the token of the last page read."""
        request = urllib.request.Request(  # noqa: S310
            urllib.parse.urljoin(self.base_url, path),
            data=content,
            headers={
                "Content-Type": "application/octet-stream",
                "X-CSRFToken": self._token,
                **headers,
            },
            method="PUT",
        )
        return self._ask(request)

    def look_around_as(self, key: str) -> None:
        self.get("/")
        assert self.post("/demo/look-around/", {"key": key}).status == 200
        self.get("/account/profile/")  # Signing in gave a new token.

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=60) as answer:
                return Answer(answer.status, answer.url, answer.read())
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.code, refusal.url or "", refusal.read())


def action_of(page: str, pattern: str) -> str:
    """The first form action or link of a page that matches."""
    for found in re.findall(r'(?:action|href)="([^"]+)"', page):
        if re.search(pattern, unescape(found)):
            return unescape(found)
    raise AssertionError(f"No {pattern} on the page.")
