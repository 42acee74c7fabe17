"""`make bench`: speed and size as ratios of one run, against the targets, into a table.

Map:
    __main__   the order of things, and the table
    world      offices with so many bookings, in a database of their own
    server     gunicorn as `make run` starts it, on a free port of this machine
    postgres   a PostgreSQL of its own
    load       clients in processes of their own, and what they measured
    speed      rounds of every page beside the bare page, one after the other
    engine     a series beside one booking, what is free beside the day board
    feeds      a feed of 10 000 events beside nginx serving the same bytes
    nginx      an nginx of its own, with one file
    growth     everything with many bookings stored beside the same with few
    booking    bookings by API
    reports    a million bookings counted, beside numpy and from the roll-up
    races      many processes at one time for the same
    kills      kill -9 of workers and of PostgreSQL amid bookings
    size       memory of the workers, bytes of the pages
    table      verdicts

Nothing is left behind but `instance/bench.md`. Absolute numbers say how fast this machine is; what is
judged is how a page compares with `/hello`, which goes through the same server and middleware.
"""
