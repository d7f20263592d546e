"""The site's own tests."""

from django.contrib.auth.models import User
from django.test import Client, TestCase

from oauthcore.testing import IssuedToken, forget, service_token, sign_in_token_for, token_for


class NotesTests(TestCase):
    """Tokens of each kind."""

    def setUp(self) -> None:
        forget()

    def test_notes(self) -> None:
        ada = User.objects.create_user("ada")
        tokens: list[IssuedToken] = [
            token_for(ada, ["notes.read"]),
            sign_in_token_for(ada),
            service_token(["notes.read"]),
        ]
        for token in tokens:
            self.assertEqual(Client(headers=token.headers).get("/api/notes/count").status_code, 200)
