"""What the attacked site has in it, and the credentials with which each operation is attacked."""

from __future__ import annotations

from io import StringIO
from typing import Any
from uuid import uuid4

from django.core.management import call_command

from reference_site.photos.models import Image, ImageSet, Keyword
from tests.support.factories import bearer, register, sign_in_token
from tests.support.oauth import basic
from tests.support.reference_site.factories import ImageFactory, MembershipFactory, token_for


class Site:
    """A person with an account, an application, and one of each thing that an address can name."""

    def __init__(self) -> None:
        call_command("rotate_signing_keys", stdout=StringIO())
        self.membership = MembershipFactory()
        self.account = self.membership.account
        self.person = self.membership.user
        self.person.set_password("correct horse battery staple")
        self.person.save()
        self.registered = register(scopes=frozenset(["read", "openid", "profile", "email"]))
        self.tokens = {
            "OAuth2": f"Bearer {bearer(scopes=['read', 'openid', 'profile'], user=self.person)}",
            "ServiceToken": f"Bearer {token_for(self.account)}",
            "DeviceSession": self.session(),
            "ClientSecret": basic(self.registered.client_id, self.registered.client_secret),
        }

    def session(self) -> str:
        """Return the token of a new device session."""
        return f"Bearer {sign_in_token(self.person, self.account.uuid)}"

    def credentials_for(self, case: Any) -> str | None:
        """Return the header with which an operation is attacked."""
        taken = [name for one in case.operation.definition.raw.get("security", []) for name in one]
        if case.operation.path == "/v1/auth/sign_out":
            return self.session()  # which ends there
        if case.operation.path.startswith("/v1/") and "ServiceToken" in taken:
            return self.tokens["ServiceToken"]
        return next((self.tokens[name] for name in taken if name in self.tokens), None)

    def parameters_for(self, path: str) -> dict[str, str]:
        """Return parameters of an address that name what there is, as the text that an address has.

        Schemathesis compares what is put into a request with the description, where they are text. A request
        with a number among them counts as one that the server must refuse.
        """
        if path.startswith("/v1/images/"):
            image = Image.objects.filter(account=self.account).first() or self._image()
            return {"uuid": str(image.uuid), "keyword_id": str(self._keyword(image).pk)}
        if path.startswith("/v1/keywords/"):
            return {"keyword_id": str(self._keyword(None).pk)}
        if path.startswith("/v1/sets/"):
            found = ImageSet.objects.filter(account=self.account).first()
            return {"uuid": str((found or ImageSet.objects.create(account=self.account, name="A set")).uuid)}
        return {}

    def _image(self) -> Image:
        made: Image = ImageFactory(account=self.account)
        return made

    def _keyword(self, image: Image | None) -> Keyword:
        name = f"a keyword {uuid4().hex}" if image is None else "dawn"
        [keyword] = Keyword.objects.named(self.account.uuid, [name])
        if image is not None:
            image.keywords.add(keyword)
        return keyword
