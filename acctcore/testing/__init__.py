"""Strategies, laws and models for whoever tests their own policies, or their own billing, against ours.

strategies   random money, prices, dates, cycles, catalogues and policies
laws         what must be true of every policy, decision and file, as named checks
invoice_checker  what in anybody's invoice does not add up
lost_cents   the cent that a function of yours loses
histories    random histories of an account file, command by command
lives        random lives of random customers, told as scenarios
beside       a service of yours beside acctcore, in the same lives
machines     stateful tests: a whole account file, or one room from its table

Behind the extra `testing`, since it needs Hypothesis. With acctcore installed, `from_type(Money)`
and the like draw from here.
"""
