"""The endpoints of the library, each with the one scope that it asks for (wire §5)."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.reference_site.factories import ImageFactory, ImageSetFactory


@dataclass(frozen=True)
class Call:
    scope: str
    method: str
    path: str
    body: dict[str, object] | None = None


CALLS = [
    Call("api.images.read", "get", "/v1/images"),
    Call("api.images.read", "get", "/v1/images?set={set}"),
    Call("api.images.read", "get", "/v1/images/{image}"),
    Call("api.images.read", "get", "/v1/sets"),
    Call("api.images.read", "get", "/v1/sets/{set}"),
    Call("api.images.read", "get", "/v1/keywords"),
    Call("api.images.read", "get", "/v1/facets"),
    Call("api.images.read", "get", "/v1/facets?set={set}"),
    Call("api.images.write", "patch", "/v1/images/{image}", {"title": "New"}),
    Call("api.keywords.write", "put", "/v1/images/{image}/keywords", {"keywords": ["sea"]}),
    Call("api.keywords.write", "post", "/v1/images/{image}/keywords", {"keyword": "sea"}),
    Call("api.keywords.write", "delete", "/v1/images/{image}/keywords/{keyword}"),
    Call("api.keywords.write", "patch", "/v1/keywords/{keyword}", {"name": "shore"}),
    Call("api.ratings.write", "put", "/v1/images/{image}/rating", {"rating": 3}),
    Call("api.metadata.write", "patch", "/v1/images/{image}/metadata", {"alt_text": "A beach"}),
    Call("api.sets.write", "post", "/v1/sets", {"name": "Set", "images": ["{image}"]}),
    Call("api.sets.write", "patch", "/v1/sets/{set}", {"images": ["{image}"]}),
    Call("api.sets.write", "delete", "/v1/sets/{set}"),
    Call("api.upload", "post", "/v1/uploads"),
    Call("api.download", "get", "/v1/images/{image}/download"),
    Call("api.download", "post", "/v1/archives", {"images": ["{image}"]}),
    Call("api.images.delete", "delete", "/v1/images/{image}"),
]
#: Those that name an object of an account.
ON_OBJECTS = [call for call in CALLS if "{" in call.path or "{" in str((call.body or {}).get("images"))]
BY_NAME = {"ids": lambda call: f"{call.method} {call.path}"}


def objects_of(account):
    """Make one of each in the account, and return what names them in a path."""
    image = ImageFactory(account=account, keywords=["beach"])
    image_set = ImageSetFactory(account=account, members=[image])
    return {"image": image.uuid, "set": image_set.uuid, "keyword": image.keywords.get().pk}


def send(client, call, objects):
    """Make the call on these objects."""
    body = call.body and {name: _filled(value, objects) for name, value in call.body.items()}
    return getattr(client, call.method)(call.path.format(**objects), body, format="json")


def _filled(value, objects):
    return [item.format(**objects) for item in value] if isinstance(value, list) else value
