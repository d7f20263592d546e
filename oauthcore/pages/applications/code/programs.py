"""The texts of the programs. Names in double angle brackets are replaced by quoted values."""

from __future__ import annotations

CURL_LOGIN = """\
# Run it with bash.<<needs>>
set -eu
VERIFIER=$(openssl rand -hex 32)
CHALLENGE=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | openssl base64 -A |
  tr '+/' '-_' | tr -d '=')
STATE=$(openssl rand -hex 16)

echo 'Open this address, and approve:'
echo <<asked>>"&state=$STATE&code_challenge=$CHALLENGE"
echo 'Paste the address that you came back to:'
read -r RETURNED
case "$RETURNED" in
  *"state=$STATE"*) ;;
  *) echo 'This is the answer to another request.' >&2; exit 1 ;;
esac
CODE=$(printf %s "$RETURNED" | sed -n 's/.*[?&]code=\\([^&#]*\\).*/\\1/p')

curl -sS --fail-with-body <<token>> \\
  <<proof>> \\
  --data grant_type=authorization_code \\
  --data-urlencode "code=$CODE" \\
  --data-urlencode "code_verifier=$VERIFIER" \\
  --data-urlencode <<redirect>>
"""

CURL_ITSELF = """\
# Run it with bash.<<needs>>
curl -sS --fail-with-body <<token>> \\
  <<proof>> \\
  --data grant_type=client_credentials
"""

HTTPX_LOGIN = """\
# pip install httpx<<needs>>
import base64
import hashlib
import os
import secrets
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

CLIENT_ID = <<client_id>>
REDIRECT_URI = <<redirect_uri>>

verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
digest = hashlib.sha256(verifier.encode()).digest()
asked = {
    "response_type": "code",
    "client_id": CLIENT_ID,
    "redirect_uri": REDIRECT_URI,
    "scope": <<scope>>,
    "state": state,
    "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
    "code_challenge_method": "S256",
}
print("Open this address, and approve:")
print(<<authorize_url>> + "?" + urlencode(asked))
answer = parse_qs(urlsplit(input("Paste the address that you came back to: ")).query)
if answer.get("state") != [state] or answer.get("iss") != [<<issuer>>]:
    raise SystemExit("This is the answer to another request.")
if "code" not in answer:
    raise SystemExit(f"No access: {answer['error'][0]}")

response = httpx.post(
    <<token_url>>,
    data={
        "grant_type": "authorization_code",
        "code": answer["code"][0],
        "code_verifier": verifier,
        "redirect_uri": REDIRECT_URI,<<more>>
    },<<auth>>
)
response.raise_for_status()
access_token = response.json()["access_token"]
print(httpx.get(<<me_url>>, headers={"Authorization": f"Bearer {access_token}"}).json())
"""

HTTPX_ITSELF = """\
# pip install httpx<<needs>>
import os

import httpx

response = httpx.post(
    <<token_url>>,
    data={"grant_type": "client_credentials"},
    auth=(<<client_id>>, os.environ["CLIENT_SECRET"]),
)
response.raise_for_status()
access_token = response.json()["access_token"]
print(httpx.get(<<me_url>>, headers={"Authorization": f"Bearer {access_token}"}).json())
"""

AUTHLIB_LOGIN = """\
# pip install authlib httpx<<needs>>
import os

from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client

verifier = generate_token(64)
with OAuth2Client(
    <<client_id>>,<<secret>>
    redirect_uri=<<redirect_uri>>,
    scope=<<scope>>,
    code_challenge_method="S256",
    token_endpoint_auth_method=<<method>>,
) as client:
    address, state = client.create_authorization_url(<<authorize_url>>, code_verifier=verifier)
    print("Open this address, and approve:")
    print(address)
    client.fetch_token(
        <<token_url>>,
        authorization_response=input("Paste the address that you came back to: "),
        state=state,
        code_verifier=verifier,
    )
    print(client.get(<<me_url>>).json())
"""

AUTHLIB_ITSELF = """\
# pip install authlib httpx<<needs>>
import os

from authlib.integrations.httpx_client import OAuth2Client

with OAuth2Client(<<client_id>>, os.environ["CLIENT_SECRET"]) as client:
    client.fetch_token(<<token_url>>, grant_type="client_credentials")
    print(client.get(<<me_url>>).json())
"""

BROWSER_LOGIN = """\
// A module for a page. It keeps no secret, because everybody can read it.
const CLIENT_ID = <<client_id>>;
const REDIRECT_URI = <<redirect_uri>>;

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** Call this when the person wants to log in. */
export async function logIn() {
  const [verifier, state] = [randomText(), randomText()];
  sessionStorage.setItem("login", JSON.stringify({ verifier, state }));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const asked = new URLSearchParams({
    response_type: "code",
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    scope: <<scope>>,
    state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
  });
  location.assign(<<authorize_url>> + "?" + asked);
}

/** Call this on the page of the redirect URI. It returns the tokens. */
export async function finishLogIn() {
  const answer = new URLSearchParams(location.search);
  const { verifier, state } = JSON.parse(sessionStorage.getItem("login") ?? "{}");
  sessionStorage.removeItem("login");
  if (!state || answer.get("state") !== state || answer.get("iss") !== <<issuer>>) {
    throw new Error("This is the answer to another request.");
  }
  if (!answer.has("code")) throw new Error(answer.get("error"));
  const response = await fetch(<<token_url>>, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: CLIENT_ID,
      code: answer.get("code"),
      code_verifier: verifier,
      redirect_uri: REDIRECT_URI,
    }),
  });
  if (!response.ok) throw new Error((await response.json()).error);
  return response.json();
}
"""

NODE_LOGIN = """\
// For a server with Node 18 or newer.<<needs>>
import { createHash, randomBytes } from "node:crypto";

const CLIENT_ID = <<client_id>>;
const REDIRECT_URI = <<redirect_uri>>;

/** Keep what this returns in the person's session, and redirect to its address. */
export function begin() {
  const [verifier, state] = [randomBytes(32).toString("base64url"), randomBytes(16).toString("base64url")];
  const asked = new URLSearchParams({
    response_type: "code",
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    scope: <<scope>>,
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  return { verifier, state, address: <<authorize_url>> + "?" + asked };
}

/** Call this at the redirect URI, with the query of the address and with what begin() returned. */
export async function finish(query, { verifier, state }) {
  const answer = new URLSearchParams(query);
  if (answer.get("state") !== state || answer.get("iss") !== <<issuer>>) {
    throw new Error("This is the answer to another request.");
  }
  if (!answer.has("code")) throw new Error(answer.get("error"));
  return getTokens({
    grant_type: "authorization_code",
    code: answer.get("code"),
    code_verifier: verifier,
    redirect_uri: REDIRECT_URI,
  });
}

async function getTokens(sent) {
  const proof = Buffer.from(`${CLIENT_ID}:${process.env.CLIENT_SECRET}`).toString("base64");
  const headers = { Authorization: `Basic ${proof}` };
  const body = new URLSearchParams(sent);
  const response = await fetch(<<token_url>>, { method: "POST", headers, body });
  if (!response.ok) throw new Error((await response.json()).error);
  return response.json();
}
"""

NODE_ITSELF = """\
// For a server with Node 18 or newer.<<needs>>
const proof = Buffer.from(<<client_id>> + ":" + process.env.CLIENT_SECRET).toString("base64");
const response = await fetch(<<token_url>>, {
  method: "POST",
  headers: { Authorization: `Basic ${proof}` },
  body: new URLSearchParams({ grant_type: "client_credentials" }),
});
if (!response.ok) throw new Error((await response.json()).error);
const { access_token } = await response.json();
"""
