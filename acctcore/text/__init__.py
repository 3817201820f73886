"""Answers for people: money, dates, percentages and reasons as one reader's language writes them.

Behind the extra `text`, since it needs Babel. The locale and the time zone are arguments, never the
machine's; sentences are translated by a catalogue of the standard library's gettext, which the host
hands over.
"""

from acctcore.text.catalogue import Message, gaps, messages, pot, translations
from acctcore.text.language import Language

__all__ = ["Language", "Message", "gaps", "messages", "pot", "translations"]
