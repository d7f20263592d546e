"""A person at a browser without scripts, who fills in the forms that pages have and presses buttons."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

PATIENCE_SECONDS = 20
Fields = list[tuple[str, str]]
SHOWN_CODE = re.compile(r'<output id="code"[^>]*>([^<]+)</output>')


class FormReader(HTMLParser):
    """Reads the forms of a page: where they go, and what they send as they stand."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._forms: list[tuple[str, Fields]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self._forms.append((found.get("action") or "", []))
        elif tag == "input" and self._forms and found.get("name") and self._is_sent(found):
            self._forms[-1][1].append((found["name"] or "", found.get("value") or ""))

    def _is_sent(self, found: dict[str, str | None]) -> bool:
        return found.get("type") not in ("checkbox", "radio") or "checked" in found

    def form_with(self, name: str) -> tuple[str, Fields] | None:
        """Return action and fields of the form that has a field of this name, or None."""
        return next((one for one in self._forms if name in dict(one[1])), None)


class Person:
    """Somebody with a login, who logs in where that is asked for and allows whatever is asked."""

    def __init__(self, username: str, password: str) -> None:
        self._login = [("username", username), ("password", password)]
        self._browser = requests.Session()

    def allow(self, authorization_url: str) -> str:
        """Open an authorization URL and do what the pages want.

        Returns where the browser is sent at last, or the code that is shown instead.
        """
        answer = self._browser.get(authorization_url, allow_redirects=False, timeout=PATIENCE_SECONDS)
        while True:
            if shown := SHOWN_CODE.search(answer.text):
                return shown[1]
            if not answer.is_redirect:
                answer = self._fill_in(answer)
                continue
            onward = urljoin(answer.url, answer.headers["Location"])
            if urlsplit(onward).netloc != urlsplit(authorization_url).netloc:
                return onward
            answer = self._browser.get(onward, allow_redirects=False, timeout=PATIENCE_SECONDS)

    def connect(self, verification_uri: str) -> str:
        """Open the address that a device shows, log in, send the code, allow; return the page at the end."""
        answer = self._browser.get(verification_uri, timeout=PATIENCE_SECONDS)
        while (forms := FormReader(answer.text)) and answer.status_code == 200:
            login, question = forms.form_with("username"), forms.form_with("transaction")
            form = login or question or forms.form_with("user_code")
            if form is None:
                break
            typed = self._login if login else [("decision", "approve")] if question else []
            answer = self._browser.post(
                urljoin(answer.url, form[0]), data=_filled(form[1], typed), timeout=PATIENCE_SECONDS
            )
        return answer.text

    def log_out(self, logout_url: str) -> str:
        """Open the address for a logout, agree, and return where the browser is sent."""
        page = self._browser.get(logout_url, timeout=PATIENCE_SECONDS)
        form = FormReader(page.text).form_with("asked")
        assert form is not None, page.text
        answer = self._browser.post(
            urljoin(page.url, form[0]),
            data=_filled(form[1], [("decision", "log_out")]),
            allow_redirects=False,
            timeout=PATIENCE_SECONDS,
        )
        assert answer.is_redirect, answer.text
        return urljoin(answer.url, answer.headers["Location"])

    def leave(self) -> None:
        """Close the browser."""
        self._browser.close()

    def _fill_in(self, page: requests.Response) -> requests.Response:
        """Log in, or allow; every form must be done with at once."""
        forms = FormReader(page.text)
        login, consent = forms.form_with("username"), forms.form_with("transaction")
        assert page.status_code == 200, page.text
        assert login or consent, page.text
        action, fields = login or consent or ("", [])
        typed = self._login if login else [("decision", "approve")]
        answer = self._browser.post(
            urljoin(page.url, action),
            data=_filled(fields, typed),
            allow_redirects=False,
            timeout=PATIENCE_SECONDS,
        )
        assert answer.is_redirect or SHOWN_CODE.search(answer.text), answer.text
        return answer


def _filled(fields: Fields, typed: Fields) -> Fields:
    return [*(field for field in fields if field[0] not in dict(typed)), *typed]
