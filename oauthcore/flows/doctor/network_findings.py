"""What can be wrong with the answers of the site."""

from __future__ import annotations

from oauthcore.flows.doctor.findings import Kind, Level

_PROXY = "docs/deployment.md#behind-a-proxy"

NOT_REACHED = Kind(
    "oauthcore.D030",
    Level.WARNING,
    "The site does not answer at {address} from this machine ({why}).",
    "If others cannot reach it either, nothing works. The server and the proxy were not asked: Django "
    "answered in this process instead.",
    "Start the site, or correct ISSUER. If only this machine cannot reach it, run the command elsewhere.",
    "docs/doctor.md#what-it-asks",
)
CERTIFICATE_IS_WRONG = Kind(
    "oauthcore.D031",
    Level.ERROR,
    "The certificate at {address} is not accepted: {why}.",
    "Applications refuse to connect.",
    "Renew it, have the server send the whole chain, or correct ISSUER.",
    "docs/deployment.md#https",
)
CERTIFICATE_ENDS = Kind(
    "oauthcore.D032",
    Level.WARNING,
    "The certificate of the site ends on {day}.",
    "After that no application connects.",
    "Renew it, and see why that did not happen by itself.",
    "docs/deployment.md#https",
)
NO_DOCUMENT = Kind(
    "oauthcore.D033",
    Level.ERROR,
    "{address} is not answered with a document (status {status}).",
    "Applications find the endpoints there. If a proxy has the root of the host, it must pass this on.",
    "Mount oauthcore.urls.well_known at the root, or add the address to the proxy. With the status 400, see "
    "ALLOWED_HOSTS.",
    "docs/deployment.md#below-a-path",
)
REDIRECTS_TO_ITSELF = Kind(
    "oauthcore.D034",
    Level.ERROR,
    "{address} redirects to itself (status {status}).",
    "Django does not know that the request came over https, and SECURE_SSL_REDIRECT sends it there again.",
    "Have the proxy set X-Forwarded-Proto, and set SECURE_PROXY_SSL_HEADER.",
    _PROXY,
)
OTHER_ISSUER = Kind(
    "oauthcore.D035",
    Level.ERROR,
    "{address} names another issuer than ISSUER, which is {issuer}.",
    "Applications compare it as text and stop. Another site, or an older deployment, may be answering.",
    "Give all processes the same settings, and restart them.",
    "docs/endpoints.md#metadata",
)
NO_REQUEST_ID = Kind(
    "oauthcore.D036",
    Level.WARNING,
    "Answers arrive without their Request-Id.",
    "Developers cannot name the request that failed, and you cannot find it in the log.",
    "Have the proxy pass all headers of answers on.",
    _PROXY,
)
NO_CORS = Kind(
    "oauthcore.D037",
    Level.ERROR,
    "Pages of other origins are not let in: Access-Control-Allow-Origin does not arrive.",
    "Applications in a browser cannot get a token. The proxy may answer OPTIONS, or drop the header.",
    "Have the proxy pass OPTIONS and all headers on. Do not add CORS headers in the proxy as well.",
    "docs/cors.md#which-origins",
)
NO_CHALLENGE = Kind(
    "oauthcore.D038",
    Level.ERROR,
    "A wrong token is not answered with 401 and WWW-Authenticate (status {status}).",
    "Applications read there that a token has expired, and refresh it.",
    "Have the proxy pass WWW-Authenticate on, and not ask for a login of its own.",
    _PROXY,
)
NO_AUTHORIZATION = Kind(
    "oauthcore.D039",
    Level.ERROR,
    "The header Authorization does not reach the site.",
    "No token works, and no application can authenticate with it.",
    "Have the proxy or server pass it on. Apache with mod_wsgi needs WSGIPassAuthorization On.",
    _PROXY,
)
CACHES_MAY_STORE = Kind(
    "oauthcore.D040",
    Level.ERROR,
    "Answers about tokens arrive without Cache-Control: no-store.",
    "A cache on the way can give one person's answer to another.",
    "Have the proxy leave Cache-Control alone.",
    _PROXY,
)
ERRORS_ARE_NOT_JSON = Kind(
    "oauthcore.D041",
    Level.ERROR,
    "Errors below JSON_PATHS do not arrive as JSON.",
    "Programs cannot read why a request failed. The proxy may have error pages of its own.",
    "Switch the proxy's error pages off for these paths (proxy_intercept_errors in nginx).",
    _PROXY,
)
NO_POLICY = Kind(
    "oauthcore.D042",
    Level.ERROR,
    "Pages arrive without their Content-Security-Policy.",
    "Another site can put the consent page into a frame and have people approve without knowing.",
    "Have the proxy leave Content-Security-Policy alone.",
    "docs/pages.md#headers",
)
NO_STATIC_FILES = Kind(
    "oauthcore.D043",
    Level.ERROR,
    "{path} is not served (status {status}).",
    "The pages have no style, and their buttons do not copy.",
    "Run collectstatic, and have the server or proxy serve STATIC_ROOT at STATIC_URL.",
    "docs/deployment.md#servers",
)
NO_LOGIN_PAGE = Kind(
    "oauthcore.D044",
    Level.ERROR,
    "The login page at {path} does not answer (status {status}).",
    "Nobody can log in to approve an application.",
    "Look for the request in the log, and correct LOGIN_URL or the page.",
    "docs/pages.md#your-own-frame",
)
FORMS_ARE_REFUSED = Kind(
    "oauthcore.D045",
    Level.ERROR,
    "The login page refuses its own form (CSRF).",
    "The Host, or https, that Django sees is not what people use, so nobody can log in.",
    "Have the proxy pass the Host {host} and X-Forwarded-Proto on, set SECURE_PROXY_SSL_HEADER, or add the "
    "origin to CSRF_TRUSTED_ORIGINS.",
    _PROXY,
)
LONG_ADDRESSES_ARE_REFUSED = Kind(
    "oauthcore.D046",
    Level.WARNING,
    "Requests with an address of 7,000 characters are refused.",
    "Authorization requests with many scopes or a long state fail.",
    "Start gunicorn with --limit-request-line 8190; in nginx see large_client_header_buffers.",
    "docs/deployment.md#counts-in-memory",
)
