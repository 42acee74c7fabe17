"""Money: what use is worth, what of it is aid, and what each company has received beside its cap.

Map:
    terms       by what an office counts: currency, cap, exchange rates, what the register asks
    values      what an hour of a resource is worth
    decisions   whether use is aid: of a category, of one booking
    effect      what a value, decision or rate would change of what is counted already; told before it is kept
    caps        what was said of caps, an office's and companies' own, and why
    cap_effect  which companies another cap would bring to another level; told before it is kept
    entering    a value, rate or cap entered with the reason that this needs
    uses        what each date was worth, on `rows`
    companies   organisations as companies that receive aid; what they had elsewhere
    received    what each has received in three rolling years, beside its cap
    register    the entries for the register
    passing     hosts are told when a company comes near its cap
    ahead       what a booking to come would bring a company to
"""
