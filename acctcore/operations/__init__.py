"""How the office works: who has to agree before something is done, and the chain of what was done."""
