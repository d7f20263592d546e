"""What the library keeps: images, keywords, sets."""

from reference_site.photos.models.images import Image
from reference_site.photos.models.keywords import Keyword
from reference_site.photos.models.sets import ImageSet, SetMember

__all__ = ["Image", "ImageSet", "Keyword", "SetMember"]
