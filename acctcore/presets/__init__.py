"""The arithmetic of known billing systems, chosen by name and built from policy values alone.

Each module stands for one system and says which choices that system leaves to its user, which it
does not document (those are arguments without a default) and which are left out. Nothing in the
rooms knows any of them. How each one counts is worked out on paper in
docs/explanation/proration-of-other-systems.md. Beside them, `cash` has the smallest coins of some
currencies.
"""

from acctcore.presets.preset import Preset

__all__ = ["Preset"]
