"""What staff and developers do: applications, service tokens, people, accounts."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from oauthcore.flows.applications.applications import delete_application, set_enabled
from oauthcore.flows.applications.upgrade import dry_run, upgrade
from oauthcore.flows.keys.rotation import NotRotated
from oauthcore.flows.service_tokens import service_tokens
from oauthcore.models import AccessTokenFormat, Application, LegacySwitch, Profile
from reference_site.accounts.models import Account as AccountRow
from reference_site.accounts.models import Membership
from tests.support.factories import UserFactory, register, register_public
from tests.support.fuzzing.model import Access, Grant
from tests.support.fuzzing.site import HOUR, HTTPS, LIBRARY, LOOPBACK, REDIRECT, SCOPES, Site, has, which
from tests.support.service_tokens.making import make
from tests.support.signing import make_keys

BOTH = ["authorization_code", "refresh_token"]
KINDS_OF_APPS = st.sampled_from(
    ["confidential", "public", "native", "legacy", "implicit", "jwt", "graced", "brief", "forever", "bound"]
)
FAR = ["192.0.2.0/24"]


class Staffing(Site):
    """Rows change under the feet of tokens."""

    @precondition(lambda machine: len(machine.world.apps) < 7)
    @rule(kind=KINDS_OF_APPS)
    def register_application(self, kind: str) -> None:
        """An application is registered."""
        uris = {"native": [LOOPBACK], "implicit": [HTTPS]}.get(kind, [REDIRECT])
        values: dict[str, Any] = {"redirect_uris": uris, "scopes": SCOPES}
        known: dict[str, Any] = {"redirect_uris": uris}
        if kind in ("legacy", "implicit"):
            grant_types = ["authorization_code", "implicit"] if kind == "implicit" else BOTH
            switches = [LegacySwitch.OPTIONAL_PKCE.value]
            values |= {
                "profile": Profile.OAUTH_2_0,
                "grant_types": grant_types,
                "legacy_switches": switches,
            }
            known |= {"is_legacy": True, "gets_refresh_tokens": kind == "legacy"}
        elif kind == "jwt":
            with suppress(NotRotated):  # the next key is published for a day before it signs
                make_keys()
            values |= {"access_token_format": AccessTokenFormat.JWT}
        elif kind == "graced":
            values |= {"refresh_token_grace": 60}
            known |= {"grace": timedelta(seconds=60)}
        elif kind == "brief":
            values |= {"access_token_lifetime": 30, "grant_types": BOTH[:1]}
            known |= {"lifetime": timedelta(seconds=30), "gets_refresh_tokens": False}
        elif kind == "forever":
            values |= {"access_tokens_expire": False}
            known |= {"lifetime": None}
        elif kind == "bound":
            values |= {"dpop_bound_access_tokens": True}
            known |= {"needs_key": True}
        make_app = register_public if kind in ("public", "native") else register
        self.add_app(make_app(**values), **known)

    @precondition(has("apps"))
    @rule(number=which, how=st.sampled_from(["on", "on", "off", "off", "suspended", "back", "deleted"]))
    def switch_application(self, number: int, how: str) -> None:
        """A developer or staff switch an application off or on, or delete it."""
        app = self.pick(self.world.apps, number)
        rows, staff = Application.objects.filter(pk=app.row.pk), self.world.people[0].user
        if how in ("on", "off"):
            set_enabled(app.row, how == "on", user=staff)
            app.is_enabled = app.is_enabled if app.is_deleted else how == "on"
        elif how in ("suspended", "back"):
            rows.update(is_suspended=how == "suspended")
            app.is_suspended = how == "suspended"
        else:
            delete_application(app.row, user=staff)
            app.is_deleted = True

    @precondition(lambda machine: any(one.is_legacy and not one.is_deleted for one in machine.world.apps))
    @rule(number=which)
    def upgrade_application(self, number: int) -> None:
        """A developer upgrades a legacy application to OAuth 2.1."""
        app = self.pick([one for one in self.world.apps if one.is_legacy and not one.is_deleted], number)
        app.row.refresh_from_db()
        report = dry_run(app.row, now=self.now)
        if not report.blockers:
            assert upgrade(app.row, None, confirmed=report.mark, now=self.now)
            app.is_legacy = False

    @precondition(has("people"))
    @rule(who=which, again=st.booleans())
    def change_password(self, who: int, again: bool) -> None:
        """A person's password is changed, or set to the same again."""
        person = self.pick(self.world.people, who)
        person.passwords += 1
        person.password = person.password if again else f"a long walk number {person.passwords}"
        person.user.refresh_from_db()
        person.user.set_password(person.password)
        person.user.save()

    @precondition(has("people"))
    @rule(who=which, is_active=st.booleans(), in_bulk=st.booleans())
    def switch_person(self, who: int, is_active: bool, in_bulk: bool) -> None:
        """Staff deactivate a person, or let them back."""
        person = self.pick(self.world.people, who)
        person.user.refresh_from_db()
        person.user.is_active = person.is_active = is_active
        if in_bulk:
            type(person.user).objects.filter(pk=person.user.pk).update(is_active=is_active)
        else:
            person.user.save()

    @precondition(has("accounts"))
    @rule(who=which, number=which, role=st.sampled_from(["none", "none", "viewer", "owner"]))
    def change_membership(self, who: int, number: int, role: str) -> None:
        """A person loses an account, gets one, or has another role there."""
        person, account = self.pick(self.world.people, who), self.pick(self.world.accounts, number)
        if role == "none":
            Membership.objects.filter(user=person.user, account_id=account.uuid).delete()
            person.roles.pop(account, None)
        else:
            Membership.objects.update_or_create(
                user=person.user, account_id=account.uuid, defaults={"role": role}
            )
            person.roles[account] = role

    @precondition(has("accounts"))
    @rule(number=which, is_suspended=st.booleans())
    def suspend_account(self, number: int, is_suspended: bool) -> None:
        """Staff suspend an account, or let it go on."""
        account = self.pick(self.world.accounts, number)
        AccountRow.objects.filter(pk=account.uuid).update(suspended_at=self.now if is_suspended else None)
        account.is_suspended = is_suspended

    @precondition(lambda machine: len(machine.services) < 4)
    @rule(number=which, ends=st.sampled_from([None, HOUR]), networks=st.sampled_from([None, None, FAR]))
    def make_service_token(self, number: int, ends: timedelta | None, networks: list[str] | None) -> None:
        """Staff make a service token for an account."""
        account = self.pick(self.world.accounts, number)
        if account.is_suspended:
            return
        ends_at = None if ends is None else self.now + ends
        limits = {"expires_at": ends_at, "allowed_networks": networks and tuple(networks)}
        made = make(AccountRow.objects.get(pk=account.uuid), scopes=[LIBRARY], **limits)
        grant = Grant("service", ends_at=ends_at, row=made, networks=networks)
        self.world.grants.append(grant)
        self._add_secret(made.text, grant, account)

    def _add_secret(self, text: str, grant: Grant, account: Any) -> None:
        token = Access(self.note_given(text, "service"), grant, {LIBRARY}, account)
        self.world.tokens.append(token)

    @property
    def services(self) -> list[Grant]:
        """The service tokens that were made here."""
        return [one for one in self.world.grants if one.kind == "service" and one.row is not None]

    @precondition(lambda machine: machine.services)
    @rule(number=which, overlap=st.sampled_from([timedelta(0), HOUR]))
    def rotate_service_token(self, number: int, overlap: timedelta) -> None:
        """Staff give a service token a new secret."""
        grant = self.pick(self.services, number)
        secret = service_tokens.rotate(grant.row.row, overlap=overlap, staff=UserFactory(is_staff=True))
        assert (secret is not None) is grant.is_live(self.now)
        if secret is None:
            return
        secrets = [one for one in self.world.tokens if one.grant is grant]
        live = [one for one in secrets if one.ends_at is None or self.now < one.ends_at]
        for one in live:
            is_newest = one is live[-1]
            end = self.now + overlap if is_newest else self.now
            one.ends_at = end if one.ends_at is None else min(end, one.ends_at)
        self._add_secret(secret.reveal(), grant, secrets[0].account)

    @precondition(lambda machine: machine.services)
    @rule(number=which, what=st.sampled_from(["revoked", "ends soon", "goes on"]))
    def change_service_token(self, number: int, what: str) -> None:
        """Staff revoke a service token, or change when it ends."""
        grant = self.pick(self.services, number)
        if what == "revoked":
            staff = UserFactory(is_staff=True)
            service_tokens.revoke(grant.row.row, reason="not needed", staff=staff)
            grant.is_ended = True
            return
        ends_at = timezone.now() + HOUR if what == "ends soon" else None
        grant.row.row.user = UserFactory(is_staff=True)
        grant.row.change(expires_at=ends_at, allowed_networks=grant.networks and tuple(grant.networks))
        if not grant.is_ended:
            grant.ends_at = ends_at
