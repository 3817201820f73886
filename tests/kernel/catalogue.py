"""A catalogue of a few sentences, as the standard library's gettext would give them."""

from collections.abc import Mapping
from gettext import NullTranslations

from attrs import frozen


@frozen(slots=False)
class Few(NullTranslations):
    """Translations by code and English template; two forms where something is counted."""

    messages: Mapping[tuple[str, str], str | tuple[str, str]]

    def pgettext(self, context: str, message: str) -> str:
        found = self.messages.get((context, message), message)
        assert isinstance(found, str)
        return found

    def npgettext(self, context: str, one: str, several: str, n: int) -> str:
        found = self.messages.get((context, one), (one, several))
        return found[0 if n == 1 else 1]
