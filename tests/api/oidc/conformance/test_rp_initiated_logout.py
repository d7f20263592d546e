"""Modules of RP-initiated logout: who is asked, who is logged out, and where the browser goes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.support.factories import register
from tests.support.relying_party import (
    LOGOUT,
    SCOPES,
    RelyingParty,
    SignedIn,
    relying_party,
    somebody,
    tampered,
    unsigned,
)

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")

AFTERWARDS = "https://client.example/loggedout"


@pytest.fixture
def party() -> RelyingParty:
    """An application that has registered an address after a logout, and a browser with somebody logged in."""
    return relying_party(post_logout_redirect_uris=[AFTERWARDS])


@pytest.fixture
def signed_in(party: RelyingParty) -> SignedIn:
    """The person, signed in at the application."""
    return party.sign_in()


def ask(party: RelyingParty, **changes: Any) -> Any:
    """Send the browser to the logout page; a change to None leaves a parameter out."""
    parameters = {"post_logout_redirect_uri": AFTERWARDS, "state": "a state", **changes}
    return party.browser.get(LOGOUT, {name: one for name, one in parameters.items() if one is not None})


def confirm(party: RelyingParty, page: Any) -> Any:
    """Confirm the question of the page."""
    assert page.status_code == 200, page.content
    fields = {"asked": page.context["asked"], "decision": "log_out"}
    return party.browser.post(page.context["form_action"], fields)


def is_logged_in(party: RelyingParty) -> bool:
    """Return whether the browser is logged in, as the suite checks it: with ``prompt=none``."""
    return party.silently().get("error") != "login_required"


def assert_nobody_is_sent_anywhere(party: RelyingParty, answered: Any) -> None:
    """An error or a question is shown. The person stays logged in until they confirm."""
    assert answered.status_code in (200, 400)
    assert "Location" not in answered
    assert is_logged_in(party)


@pytest.mark.openid("rp_logout", "2")
@pytest.mark.openid("rp_logout", "3")
def test_oidcc_rp_initiated_logout(party: RelyingParty, signed_in: SignedIn) -> None:
    page = ask(party, id_token_hint=signed_in.id_token)
    assert is_logged_in(party)
    gone = confirm(party, page)

    onward = urlsplit(gone["Location"])
    assert f"{onward.scheme}://{onward.netloc}{onward.path}" == AFTERWARDS
    assert parse_qs(onward.query) == {"state": ["a state"]}
    assert not is_logged_in(party)


@pytest.mark.openid("rp_logout", "2")
def test_oidcc_rp_initiated_logout_by_post(party: RelyingParty, signed_in: SignedIn) -> None:
    party.browser.handler.enforce_csrf_checks = True
    sent = {"id_token_hint": signed_in.id_token, "post_logout_redirect_uri": AFTERWARDS, "state": "a state"}
    led = party.browser.post(LOGOUT, sent)

    assert led.status_code in (200, 302, 303)
    assert is_logged_in(party)
    assert signed_in.id_token not in led.headers.get("Location", "")


@pytest.mark.openid("rp_logout", "3")
@pytest.mark.parametrize("has_hint", [True, False])
def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(
    party: RelyingParty, signed_in: SignedIn, has_hint: bool
) -> None:
    hint = signed_in.id_token if has_hint else None
    client_id = party.registered.client_id
    for uri in ("https://client.example/other", "https://evil.example/", AFTERWARDS + "/", "javascript:1"):
        answered = ask(party, id_token_hint=hint, client_id=client_id, post_logout_redirect_uri=uri)
        assert_nobody_is_sent_anywhere(party, answered)


@pytest.mark.openid("rp_logout", "3")
def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(
    party: RelyingParty, signed_in: SignedIn
) -> None:
    added = f"{AFTERWARDS}?foo=bar"
    answered = ask(party, id_token_hint=signed_in.id_token, post_logout_redirect_uri=added)

    assert_nobody_is_sent_anywhere(party, answered)


@pytest.mark.openid("rp_logout", "2")
def test_oidcc_rp_initiated_logout_bad_id_token_hint(party: RelyingParty, signed_in: SignedIn) -> None:
    """Somebody else signed it: the header and the claims are right, the signature is not."""
    foreign = signed_in.id_token.rpartition(".")[0] + "." + "A" * 342
    assert_nobody_is_sent_anywhere(party, ask(party, id_token_hint=foreign))


@pytest.mark.openid("rp_logout", "2")
@pytest.mark.parametrize(
    "modify",
    [
        unsigned,
        lambda text: unsigned(text, sub="somebody else"),
        lambda text: tampered(text, aud="another"),
        lambda text: tampered(text, sid="another"),
        lambda text: text[:-3],
        lambda text: "nonsense",
    ],
)
def test_oidcc_rp_initiated_logout_modified_id_token_hint(
    party: RelyingParty, signed_in: SignedIn, modify: Any
) -> None:
    assert_nobody_is_sent_anywhere(party, ask(party, id_token_hint=modify(signed_in.id_token)))


@pytest.mark.openid("rp_logout", "3")
def test_oidcc_rp_initiated_logout_no_id_token_hint(party: RelyingParty, signed_in: SignedIn) -> None:
    """Without a hint and a client_id, the site cannot know to which application the address belongs."""
    assert_nobody_is_sent_anywhere(party, ask(party))


@pytest.mark.openid("rp_logout", "2")
def test_oidcc_rp_initiated_logout_with_a_client_id_asks(party: RelyingParty, signed_in: SignedIn) -> None:
    """Nextcloud sends only these parameters."""
    page = ask(party, client_id=party.registered.client_id, state=None)
    assert is_logged_in(party)

    assert confirm(party, page)["Location"] == AFTERWARDS
    assert not is_logged_in(party)


@pytest.mark.openid("rp_logout", "2")
@pytest.mark.parametrize("state", [None, "only a state"], ids=["no-params", "only-state"])
def test_oidcc_rp_initiated_logout_no_params(
    party: RelyingParty, signed_in: SignedIn, state: str | None
) -> None:
    """Modules rp-initiated-logout-no-params and rp-initiated-logout-only-state."""
    page = ask(party, post_logout_redirect_uri=None, state=state)
    done = confirm(party, page)

    assert urlsplit(done.headers.get("Location", LOGOUT)).netloc == ""
    assert not is_logged_in(party)


@pytest.mark.openid("rp_logout", "2")
def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(
    party: RelyingParty, signed_in: SignedIn
) -> None:
    done = confirm(party, ask(party, id_token_hint=signed_in.id_token, post_logout_redirect_uri=None))

    assert urlsplit(done.headers.get("Location", LOGOUT)).netloc == ""
    assert not is_logged_in(party)


@pytest.mark.openid("rp_logout", "2")
def test_oidcc_rp_initiated_logout_no_state(party: RelyingParty, signed_in: SignedIn) -> None:
    done = confirm(party, ask(party, id_token_hint=signed_in.id_token, state=None))

    assert done["Location"] == AFTERWARDS
    assert not is_logged_in(party)


@pytest.mark.openid("rp_logout", "2")
def test_oidcc_rp_initiated_logout_id_token_hint_of_another_client(
    party: RelyingParty, signed_in: SignedIn
) -> None:
    """A token of another application does not allow this application's address, and vice versa."""
    theirs = "https://other.example/loggedout"
    other = RelyingParty(
        register(scopes=SCOPES, name="Another", post_logout_redirect_uris=[theirs]), party.browser
    )
    hint = other.sign_in().id_token

    assert_nobody_is_sent_anywhere(party, ask(party, id_token_hint=hint))
    contradiction = ask(party, id_token_hint=hint, client_id=party.registered.client_id)
    assert_nobody_is_sent_anywhere(party, contradiction)
    mine = ask(party, id_token_hint=signed_in.id_token, post_logout_redirect_uri=theirs)
    assert_nobody_is_sent_anywhere(party, mine)


@pytest.mark.openid("rp_logout", "2")
def test_oidcc_rp_initiated_logout_id_token_hint_of_another_person(
    party: RelyingParty, signed_in: SignedIn
) -> None:
    """The page asks the person at the browser, and never logs them out at once."""
    hint = relying_party(party.registered, somebody(username="grace")).sign_in().id_token

    assert_nobody_is_sent_anywhere(party, ask(party, id_token_hint=hint))


@pytest.mark.openid("rp_logout", "4")
def test_oidcc_rp_initiated_logout_id_token_hint_that_has_expired(
    party: RelyingParty, signed_in: SignedIn, clock: Any
) -> None:
    clock.shift(3600)
    done = confirm(party, ask(party, id_token_hint=signed_in.id_token))

    assert done["Location"].startswith(AFTERWARDS)


@pytest.mark.openid("rp_logout", "6")
def test_oidcc_rp_initiated_logout_is_not_done_by_a_form_of_another_site(
    party: RelyingParty, signed_in: SignedIn
) -> None:
    page = ask(party, id_token_hint=signed_in.id_token)
    party.browser.handler.enforce_csrf_checks = True
    refused = confirm(party, page)

    assert refused.status_code == 403
    assert is_logged_in(party)


@pytest.mark.openid("rp_logout", "2")
def test_oidcc_rp_initiated_logout_of_somebody_who_is_logged_out_goes_back(signed_in: SignedIn) -> None:
    sent = {"id_token_hint": signed_in.id_token, "post_logout_redirect_uri": AFTERWARDS, "state": "s"}
    answered = Client().get(LOGOUT, sent)

    assert answered["Location"] == f"{AFTERWARDS}?state=s"


@pytest.mark.openid("rp_logout", "2")
@pytest.mark.parametrize(
    "changes",
    [{"ui_locales": "de"}, {"logout_hint": "ada"}, {"extra": "foobar"}],
    ids=str,
)
def test_oidcc_rp_initiated_logout_with_what_a_provider_may_overlook(
    party: RelyingParty, signed_in: SignedIn, changes: dict[str, str]
) -> None:
    assert confirm(party, ask(party, id_token_hint=signed_in.id_token, **changes))["Location"]
