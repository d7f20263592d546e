import pytest

from tests.support.document_server import DocumentServer, Resolver, documents_on_loopback


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.sqlite_only("no row is read or written to fetch a document"))


@pytest.fixture
def hosted(monkeypatch, tmp_path):
    with documents_on_loopback(monkeypatch, tmp_path) as both:
        yield both


@pytest.fixture
def server(hosted) -> DocumentServer:
    return hosted[0]


@pytest.fixture
def resolver(hosted) -> Resolver:
    return hosted[1]


@pytest.fixture
def loopback(settings):
    """Let documents come from this machine, as in development."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_LOOPBACK": True}
