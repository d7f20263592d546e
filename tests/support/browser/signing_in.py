"""A person who signs in at other sites with the site under test, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from playwright.sync_api import Page, expect

from tests.support.factories import PASSWORD

BUTTON = "Sign in with Lumen"


@dataclass(frozen=True)
class Visitor:
    """Somebody with a login at the provider, and a browser."""

    page: Page
    provider: str
    username: str
    email: str

    def press_button(self, site: str) -> None:
        """Open a page of another site, and press its button, which leads to the provider."""
        self.page.goto(site)
        self.page.get_by_role("button", name=BUTTON).click()

    def log_in(self) -> None:
        """Fill in the provider's login page."""
        self.page.get_by_label("Username").fill(self.username)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").click()

    def allow(self) -> None:
        """Allow what the provider's consent page names."""
        self.page.get_by_role("button", name="Allow").click()

    def sign_in(self, site: str, *, is_first: bool = True) -> None:
        """Sign in at another site. Only the first time, the consent page asks."""
        self.press_button(site)
        self.log_in()
        if is_first:
            self.allow()
        self.page.wait_for_url(lambda url: url.rstrip("/") == site.rstrip("/"))

    def log_out_at_the_provider(self) -> None:
        """Log out on a page of the provider, and wait until it is done."""
        self.page.goto(f"{self.provider}/")
        self.page.get_by_role("button", name="Log out").click()
        expect(self.page.get_by_role("link", name="Log in")).to_be_visible()

    @contextmanager
    def at_another_browser(self) -> Iterator[Visitor]:
        """Return the same person at a browser without cookies."""
        browser = self.page.context.browser
        assert browser is not None
        with browser.new_page() as page:
            yield replace(self, page=page)

    def is_greeted(self) -> None:
        """Wait until the page shows the name and the address from the provider."""
        expect(self.page.get_by_text(f"Hello Ada Lindqvist, {self.email}")).to_be_visible()

    def confirm_logout(self) -> None:
        """Confirm on the provider's page that the person logs out there too."""
        self.page.get_by_role("button", name="Log out").click()

    def is_logged_in_at_the_provider(self) -> bool:
        """Return whether a page of the provider that needs a login is shown."""
        self.page.goto(f"{self.provider}/oauth/connections/")
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        return self.page.url == f"{self.provider}/oauth/connections/"
