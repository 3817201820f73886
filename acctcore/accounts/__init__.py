"""Who the account is and what it may do: its lifecycle, and the holds that lie over it."""
