"""The words that every room shares; imports nothing else of acctcore."""
