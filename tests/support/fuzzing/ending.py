"""What ends access: applications, people and staff, at every address."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.support.fuzzing.model import Access, App, Chain
from tests.support.fuzzing.site import Site, has, which


class Ending(Site):
    """Tokens, grants and consents end."""

    @precondition(lambda machine: machine.given)
    @rule(
        number=which, by=which, is_own=st.booleans(), at=st.sampled_from(["/oauth/revoke", "/oauth2/revoke"])
    )
    def revoke(self, number: int, by: int, is_own: bool, at: str) -> None:
        """An application revokes what it was given, or somebody else was."""
        text, found = self._shown(number)
        holder = self._holder_of(found)
        app = holder if is_own and holder else self.pick(self.world.apps, by)
        answer = self.wire.form(at, {"token": text, **app.credentials})
        if not app.is_live:
            assert answer.status_code == 401, answer.content
            return
        if found is None:
            assert answer.status_code == 200, answer.content
        elif holder is not app and (holder or at == "/oauth/revoke"):
            stays = found.is_live(self.now)  # what is over may have been removed
            assert answer.status_code in (
                {200, 403} - {200 if stays and app.secret else 403 if not app.secret else 0}
            ), answer.content
        else:
            assert answer.status_code == 200, answer.content
            if holder is app:
                self._end(found, everything=at == "/oauth2/revoke")

    @precondition(lambda machine: machine.given)
    @rule(number=which, refresh_only=st.booleans())
    def revoke_by_token_alone(self, number: int, refresh_only: bool) -> None:
        """Who holds a token ends all that its application may do for its person."""
        text, found = self._shown(number)
        only = {"revoke_refresh_only": "true"} if refresh_only else {}
        answer = self.wire.form("/oauth2/revoke", {"token": text, **only})
        if found is None or found.grant.app is None:
            assert answer.status_code == 200, answer.content
        elif refresh_only and isinstance(found, Access):
            assert answer.status_code == 400, answer.content
        else:
            assert answer.status_code == 200, answer.content
            self._end(found, everything=not refresh_only)

    def _shown(self, number: int) -> tuple[str, Access | Chain | None]:
        text = self.pick([*self.given], number)
        return text, self.world.found_by(text)

    def _holder_of(self, found: Access | Chain | None) -> App | None:
        if found is None:
            return None
        return getattr(found, "actor", None) or found.grant.app

    def _end(self, found: Access | Chain, *, everything: bool) -> None:
        """End what revoking ends: a token that stands alone, its grant, or all grants like it."""
        grant = found.grant
        if isinstance(found, Access) and (grant.kind == "client" or found.actor is not None):
            found.ended_at = found.ended_at or self.now
        elif not everything:
            grant.is_ended = True
        elif grant.app is not None and grant.person is not None and not grant.is_over(self.now):
            self.world.end_all_of(grant.app, grant.person)

    @precondition(has("people", "apps"))
    @rule(number=which, by=which, everything=st.booleans())
    def disconnect(self, number: int, by: int, everything: bool) -> None:
        """A person ends the access of one application, or of all, on the page of connections."""
        person, app = self.pick(self.world.people[:1], by), self.pick(self.world.apps, number)
        if not person.is_active:
            return
        browser = self.browser_of(person)
        assert self.wire.checked(browser.get("/oauth/connections/")).status_code == 200
        form = {"all": "applications"} if everything else {"application": str(app.row.pk)}
        answer = self.wire.checked(browser.post("/oauth/connections/", form))
        assert answer.status_code in (303, 404)
        if answer.status_code == 303:
            for one in self.world.apps if everything else [app]:
                if not one.is_deleted:
                    self.world.end_all_of(one, person)
