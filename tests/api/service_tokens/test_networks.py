"""Wire §5: a request from outside of a service token's networks is 403 ``ip_not_allowed``.

How networks are read is in ``tests/rules/wire/test_networks.py``.
"""

from __future__ import annotations

import pytest

from oauthcore.models import SecurityEvent, Usage
from oauthcore.recording.writing import BATCHES
from reference_site.photos.models import ImageSet
from tests.support.service_tokens.making import assert_answer, make

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("addresses are compared in Python after the row was read"),
]

INSIDE = [
    ("10.1.2.3", "10.1.2.3"),
    ("10.0.0.0/8", "10.255.255.255"),
    ("10.0.0.0/8", "::ffff:10.1.2.3"),
    ("::ffff:10.0.0.0/104", "10.1.2.3"),
    ("::ffff:10.1.2.3", "::ffff:10.1.2.3"),
    ("2001:db8::/32", "2001:db8:ffff::1"),
    ("2001:db8::1", "2001:0DB8:0:0::1"),
    ("fe80::/10", "fe80::1"),
    ("128.0.0.0/1", "203.0.113.9"),
    ("::/1", "2001:db8::1"),
    ("10.1.2.3/32", " 10.1.2.3 "),
]
OUTSIDE = [
    ("10.1.2.3", "10.1.2.4"),
    ("10.0.0.0/8", "11.0.0.0"),
    ("10.0.0.0/8", "::ffff:11.1.2.3"),
    ("10.0.0.0/8", "64:ff9b::a01:203"),  # NAT64 and 6to4 are not unwrapped
    ("10.0.0.0/8", "2002:a01:203::1"),
    ("10.0.0.0/8", "::10.1.2.3"),
    ("2001:db8::/32", "2001:db9::1"),
    ("128.0.0.0/1", "2001:db8::1"),
    ("::/1", "203.0.113.9"),
    ("::/1", "::ffff:203.0.113.9"),
    ("fe80::/10", "fe80::1%eth0"),  # means something on one machine only
]


@pytest.mark.parametrize(("network", "address"), INSIDE)
def test_from_inside_it_works(network, address):
    assert make(allowed_networks=(network,)).ask(address=address).status_code == 200


@pytest.mark.parametrize(("network", "address"), OUTSIDE)
def test_from_outside_it_does_not(network, address):
    made = make(allowed_networks=("192.0.2.0/24", network))

    assert_answer(made.ask(address=address), 403, "ip_not_allowed")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "2001:db8::1", "", "nonsense"])
def test_where_no_network_is_set_it_works_from_anywhere(address):
    assert make(allowed_networks=None).ask(address=address).status_code == 200


@pytest.mark.parametrize(
    "address", ["", "unix:", "nonsense", "10.0.0", "10.0.0.1:80", "::1::", "127.0.0.1\x00"]
)
def test_an_address_that_cannot_be_told_is_in_no_network(address):
    made = make(allowed_networks=("128.0.0.0/1", "::/1"))

    assert_answer(made.ask(address=address), 403, "ip_not_allowed")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", ""])
def test_an_emptied_list_allows_nothing(address):
    made = make(allowed_networks=("127.0.0.1", "::1"))
    made.change(allowed_networks=())

    assert_answer(made.ask(address=address), 403, "ip_not_allowed")


HEADERS = {
    "X-Forwarded-For": "10.0.0.1",
    "X-Real-IP": "10.0.0.1",
    "Forwarded": "for=10.0.0.1",
    "True-Client-IP": "10.0.0.1",
    "CF-Connecting-IP": "10.0.0.1",
    "X-Client-IP": "10.0.0.1",
    "X-Cluster-Client-IP": "10.0.0.1",
    "Client-IP": "10.0.0.1",
    "Remote-Addr": "10.0.0.1",
    "X-Remote-Addr": "10.0.0.1",
    "X-Forwarded-Host": "10.0.0.1",
    "Via": "1.1 10.0.0.1",
}


@pytest.mark.rfc("9700", "4.13")
@pytest.mark.parametrize("header", HEADERS)
def test_no_header_moves_a_request_into_a_network(header):
    made = make(allowed_networks=("10.0.0.0/8",))
    sent = {header: HEADERS[header]}

    assert_answer(made.ask(address="192.0.2.1", headers=sent), 403, "ip_not_allowed")


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_moves_a_request_out_of_its_network(header):
    made = make(allowed_networks=("192.0.2.1",))

    assert made.ask(address="192.0.2.1", headers={header: HEADERS[header]}).status_code == 200


@pytest.fixture
def behind_proxies(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "TRUSTED_PROXIES": ["172.16.0.0/12", "fd00::/8"]}


HOPS = {
    "one proxy": ("172.16.0.1", "10.0.0.1", True),
    "a chain of proxies": ("172.16.0.1", "10.0.0.1, 172.16.0.3, 172.16.0.2", True),
    "over IPv6": ("fd00::1", "10.0.0.1", True),
    "a mapped proxy": ("::ffff:172.16.0.1", "::ffff:10.0.0.1", True),
    "made up on the left": ("172.16.0.1", "10.0.0.1, 203.0.113.9", False),
    "made up beyond a proxy": ("172.16.0.1", "10.0.0.1, 203.0.113.9, 172.16.0.2", False),
    "a stranger beside the proxies": ("203.0.113.9", "10.0.0.1", False),
    "a stranger inside the network": ("10.9.9.9", "203.0.113.9", True),
    "nothing readable": ("172.16.0.1", "10.0.0.1, nonsense", False),
    "a name": ("172.16.0.1", "localhost", False),
    "nothing": ("172.16.0.1", "", False),
    "a peer unknown": ("", "10.0.0.1", False),
}


@pytest.mark.parametrize(("peer", "forwarded", "is_inside"), HOPS.values(), ids=HOPS)
@pytest.mark.usefixtures("behind_proxies")
def test_behind_named_proxies_the_right_most_stranger_counts(peer, forwarded, is_inside):
    made = make(allowed_networks=("10.0.0.0/8",))

    answer = made.ask(address=peer, headers={"X-Forwarded-For": forwarded})

    assert answer.status_code == (200 if is_inside else 403)


@pytest.mark.usefixtures("behind_proxies")
@pytest.mark.parametrize("header", sorted(HEADERS.keys() - {"X-Forwarded-For"}))
def test_behind_named_proxies_no_other_header_is_looked_at(header):
    made = make(allowed_networks=("10.0.0.0/8",))
    sent = {header: HEADERS[header], "X-Forwarded-For": "203.0.113.9"}

    assert_answer(made.ask(address="172.16.0.1", headers=sent), 403, "ip_not_allowed")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/me"), ("GET", "/v1/public/images"), ("GET", "/v1/images"), ("POST", "/v1/sets")],
)
def test_no_view_can_forget_it_and_nothing_is_done(method, path):
    made = make(scopes=["api.sets.write"], allowed_networks=("10.0.0.0/8",))

    assert_answer(made.ask(method, path, b'{"name": "x"}'), 403, "ip_not_allowed")
    assert not ImageSet.objects.exists()


def test_a_refused_network_is_an_event_with_address_and_grant_and_no_use():
    made = make(allowed_networks=("10.0.0.0/8",))
    for _ in range(5):
        made.ask(address="203.0.113.9")
    for batch in BATCHES:
        batch.flush()

    event = SecurityEvent.objects.get(kind=SecurityEvent.Kind.REQUEST_REFUSED)
    assert (event.count, event.address, event.grant_uuid) == (5, "203.0.113.9", made.row.uuid)
    assert event.reason.startswith("ip_not_allowed")
    assert not Usage.objects.exists()
