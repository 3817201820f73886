"""The rulebook of an account office: what may be done, what it costs, what is owed, and why."""
