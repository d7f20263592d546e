"""The .po and .mo files of oauthcore and of the reference site, and the texts that have to be in them.

``make messages`` writes both kinds of file again after a text was added or changed. It needs Babel, and no
gettext tools. A new text gets an empty translation; a text that is gone, or has changed, loses its own.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
DJANGO = Path(django.__file__).parent

#: The languages, and how each chooses among the forms of a plural: as Django's own translations do.
PLURAL_FORMS = {
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 "
    ": n%100>=11 && n%100<=99 ? 4 : 5;",
    "de": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "ja": "nplurals=1; plural=0;",
}

HEADER = """
msgid ""
msgstr ""
"Project-Id-Version: oauthcore\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"
"""

#: The functions that mark a text, each with its arguments: context, text, text for several.
MARKS = {
    "_": ("text",),
    "gettext": ("text",),
    "gettext_lazy": ("text",),
    "gettext_noop": ("text",),
    "ngettext": ("text", "several"),
    "ngettext_lazy": ("text", "several"),
    "pgettext": ("context", "text"),
    "pgettext_lazy": ("context", "text"),
    "npgettext": ("context", "text", "several"),
    "npgettext_lazy": ("context", "text", "several"),
    # Of oauthcore.rules: in English for programs, translated by oauthcore.languages for people.
    "Sentence": ("text",),
}
#: A call of one of them in what Django makes of a template; all other text is blotted out there.
CALL = re.compile(r"""(?<!\w)(_|n?p?gettext)\(((?:u?'(?:\\.|[^'\\])*'|u?"(?:\\.|[^"\\])*"|[^()'"])*)\)""")


class Text(NamedTuple):
    """A text as a .po file names it; ``several`` is None where there is no plural."""

    text: str
    several: str | None = None
    context: str | None = None

    @property
    def id(self) -> str | tuple[str, str]:
        return self.text if self.several is None else (self.text, self.several)


class Catalogue(NamedTuple):
    """The folder of the translations of one place, and where its texts stand."""

    folder: Path
    sources: tuple[Path, ...]
    #: Whether Django's own translations serve for the texts that Django has too.
    leaves_django: bool = True

    def path(self, language: str, suffix: str = ".po") -> Path:
        return self.folder / language / "LC_MESSAGES" / f"django{suffix}"

    @cache  # noqa: B019 - there are two of them, for as long as the program runs
    def read(self, language: str) -> Catalog:
        """Return what the .po file holds."""
        with self.path(language).open("rb") as file:
            return read_po(file, locale=language)

    @cache  # noqa: B019
    def texts(self) -> dict[Text, list[str]]:
        """Return every text that is marked for translation, and the files it stands in."""
        found = defaultdict(set)
        for path in self._files():
            marked = marked_in_code if path.suffix == ".py" else marked_in_template
            known = texts_of_django(in_admin="admin" in path.parts) if self.leaves_django else frozenset()
            for text in marked(path.read_text(), str(path)):
                if text.context is not None or text.text not in known:
                    found[text].add(path.relative_to(self.folder.parent).as_posix())
        return {text: sorted(found[text]) for text in sorted(found, key=lambda one: (min(found[one]), one))}

    def _files(self) -> Iterator[Path]:
        for path in sorted(file for folder in self.sources for file in folder.rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and "migrations" not in path.parts:
                yield path


OURS = Catalogue(ROOT / "oauthcore" / "locale", (ROOT / "oauthcore",))
REFERENCE_SITE = Catalogue(
    ROOT / "locale", (ROOT / "reference_site", ROOT / "templates"), leaves_django=False
)
CATALOGUES = {"oauthcore": OURS, "reference site": REFERENCE_SITE}


@cache
def texts_of_django(*, in_admin: bool) -> frozenset[str]:
    """Return the texts without a context that Django translates itself.

    A translation of ours would stand in their place, in the whole site. The catalogue of Django's admin is
    there in the admin only.
    """
    apps = ("conf", "contrib/auth", *(["contrib/admin"] if in_admin else []))
    return frozenset(text for app in apps for text in _texts_in(DJANGO / app))


def _texts_in(folder: Path) -> Iterator[str]:
    with (folder / "locale/en/LC_MESSAGES/django.po").open("rb") as file:
        for message in read_po(file):
            if message.id and not message.context:
                yield message.id if isinstance(message.id, str) else message.id[0]


def marked_in_code(code: str, name: str = "") -> Iterator[Text]:
    """Return the texts that calls of gettext name in Python code."""
    for call in calls_of_marks(code, name):
        if text := _text_of(called(call), call.args):
            yield text


def calls_of_marks(code: str, name: str = "") -> Iterator[ast.Call]:
    """Return the calls that mark a text in Python code."""
    for node in ast.walk(ast.parse(code, name)):
        if isinstance(node, ast.Call) and called(node) in MARKS:
            yield node


def called(call: ast.Call) -> str:
    """Return the name of the function that is called, without what stands before its dot."""
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def marked_in_template(template: str, name: str = "") -> Iterator[Text]:
    """Return the texts of a template: ``translate``, ``blocktranslate``, and ``_()`` in other tags."""
    for call in CALL.finditer(templatize(template, origin=name)):
        (node,) = ast.parse(call[0], name).body
        if text := _text_of(call[1], node.value.args):
            yield text


def _text_of(called: str, arguments: list[ast.expr]) -> Text | None:
    words = [one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    named = dict(zip(MARKS[called], words, strict=False))
    return Text(**named) if named.keys() == set(MARKS[called]) else None


def updated(catalogue: Catalogue, language: str) -> Catalog:
    """Return the translations of the texts that there are now: those that are known, and empty ones."""
    known = catalogue.read(language) if catalogue.path(language).exists() else Catalog()
    written = HEADER.format(language=language, plural_forms=PLURAL_FORMS[language])
    new = read_po(BytesIO(written.encode()), locale=language)
    new.header_comment = (
        f"# {language}: written by `make messages`; only the translations are edited by hand."
    )
    for text, files in catalogue.texts().items():
        message = known.get(text.id, text.context)
        is_kept = (
            message is not None and not message.fuzzy and isinstance(message.id, str) == (not text.several)
        )
        new.add(
            text.id,
            message.string if is_kept else "" if text.several is None else ("",) * new.num_plurals,
            locations=[(file, None) for file in files],
            user_comments=message.user_comments if is_kept else (),
            context=text.context,
        )
    return new


def po_of(catalog: Catalog) -> bytes:
    """Return the text of a .po file. It holds no date and no version, so that only changed texts show."""
    file = BytesIO()
    write_po(file, catalog, width=100, include_lineno=False, include_previous=False)
    passing = re.compile(
        rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|'
        rb"Report-Msgid-Bugs-To).*\n",
        re.MULTILINE,
    )
    return passing.sub(b"", file.getvalue(), count=6)


def mo_of(catalog: Catalog) -> bytes:
    """Return the compiled translations, the same bytes for the same texts at any time."""
    file = BytesIO()
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    write_mo(file, catalog)
    return file.getvalue()


def compiled(content: bytes) -> dict[object, str]:
    """Return the translations of a .mo file, without its header, which names the program that wrote it."""
    translations = GNUTranslations(BytesIO(content))
    return {key: string for key, string in translations._catalog.items() if key}


def is_complete(message: Message, plurals: int) -> bool:
    """Return whether a message has a translation in every form, and none that waits for a look."""
    strings = message.string if isinstance(message.id, tuple) else (message.string,)
    return all(strings) and not message.fuzzy and len(strings) == (plurals if message.pluralizable else 1)


def main() -> None:
    """Write every .po and .mo file, and say how many texts have no translation yet."""
    for name, catalogue in CATALOGUES.items():
        for language in PLURAL_FORMS:
            catalog = updated(catalogue, language)
            path = catalogue.path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(po_of(catalog))
            catalogue.path(language, ".mo").write_bytes(mo_of(catalog))
            missing = sum(not is_complete(one, catalog.num_plurals) for one in catalog if one.id)
            print(f"{name}, {language}: {len(catalog)} texts, {missing} without a translation")  # noqa: T201


if __name__ == "__main__":
    from django.conf import settings

    settings.configure(USE_I18N=False)
    django.setup()
    main()
