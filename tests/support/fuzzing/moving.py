"""What came from another package: its tokens, and the slow hashes that the first use replaces."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from oauthcore.models import ClientSecret, ImportedHash, Token
from oauthcore.models import Grant as GrantRow
from oauthcore.rules.imports.api_key import stored_key
from oauthcore.rules.imports.sources import API_KEY, BASE_DIGESTS, DJANGO_OAUTH_TOOLKIT
from oauthcore.rules.imports.values import ImportedToken
from tests.support.fuzzing.model import Access, Grant
from tests.support.fuzzing.signing_in import SigningIn
from tests.support.fuzzing.site import HOUR, LIBRARY, has, which
from tests.support.imported import import_token


class Moving(SigningIn):
    """Tokens of other packages live on, and what is hashed slowly is hashed anew."""

    @precondition(has("apps"))
    @rule(number=which, account=which)
    def import_tokens(self, number: int, account: int) -> None:
        """An application brings the access token and the refresh token of a person along."""
        app, person = self.pick(self.world.apps, number), self.world.people[0]
        if app.is_deleted or not app.gets_refresh_tokens or not person.roles:
            return
        chosen = self.pick([*person.roles], account)
        ends_at = self.now + timedelta(days=30)
        access, refresh = (f"foreign{kind}token{len(self.given)}" for kind in ("access", "refresh"))
        import_token(
            access,
            client_id=app.client_id,
            user_id=person.user.pk,
            account_uuid=chosen.uuid,
            expires_at=ends_at,
            tokens=[
                self._imported(access, self.now + HOUR),
                self._imported(refresh, ends_at, is_refresh=True),
            ],
        )
        grant = Grant("application", app, person, chosen, ends_at)
        self.world.grants.append(grant)
        self.add_token(access, grant, lifetime=HOUR, scopes={"read"}, account=chosen)
        self.add_chain(refresh, grant, "refresh", scopes={"read"})

    def _imported(self, text: str, ends_at: Any, **values: Any) -> ImportedToken:
        (base,) = BASE_DIGESTS[DJANGO_OAUTH_TOOLKIT](text)
        return ImportedToken(base, self.now, ends_at, frozenset({"read"}), **values)

    @precondition(lambda machine: len(machine.given) < 60)
    @rule(number=which, is_slow=st.booleans())
    def import_key(self, number: int, is_slow: bool) -> None:
        """A key for an account comes along, maybe with a slow hash; what begins like it is no key."""
        account = self.pick(self.world.accounts, number)
        prefix, ends_at = f"prefix{len(self.given)}", self.now + timedelta(days=2)
        text = f"{prefix}.secret"
        values = {"account_uuid": account.uuid, "scopes": frozenset({LIBRARY}), "expires_at": ends_at}
        imported = import_token(text, source=API_KEY, kind=GrantRow.Kind.SERVICE, **values)
        if is_slow:
            stored = stored_key(prefix, make_password(text))
            token = Token.objects.get(grant__uuid=imported.uuid)
            Token.objects.filter(pk=token.pk).update(digest=stored.digest)
            ImportedHash.objects.create(token=token, encoded=stored.encoded)
        assert self.wire.me(f"{prefix}.guess").status_code == 401
        grant = Grant("service", ends_at=ends_at)
        self.world.grants.append(grant)
        self.world.tokens.append(Access(self.note_given(text, "service"), grant, {LIBRARY}, account, ends_at))

    @precondition(has("apps"))
    @rule(number=which)
    def hash_secret(self, number: int) -> None:
        """The secret of an application is there as a slow hash, as after an import."""
        app = self.pick(self.world.apps, number)
        if app.secret is None or app.is_deleted:
            return
        rows = ClientSecret.objects.filter(application=app.row)
        rows.update(digest=None, encoded=make_password(app.secret))
        guess = {"client_id": app.client_id, "client_secret": "a guess"}
        answer = self.wire.form("/oauth/token", {"grant_type": "client_credentials", **guess})
        assert answer.status_code == 401, answer.content

    @rule(who=which)
    def change_hashers(self, who: int) -> None:
        """The site wants another hasher: a password is hashed anew when it is shown next."""
        self.override(PASSWORD_HASHERS=[*reversed(settings.PASSWORD_HASHERS)])
        self.sign_in(who=who, is_right=True)
