"""`make bench`: speed and size as ratios of one run, against the targets, into a table.

Map:
    __main__   the order of things, and the table
    world      an office of twelve rooms with so many bookings, in a database of its own
    server     gunicorn as `make run` starts it, on a free port of this machine
    load       clients in processes of their own, and what they measured
    speed      rounds of every page beside the bare page, one after the other
    booking    bookings by API, and many at one time of one room
    size       memory of the workers, bytes of the pages
    table      verdicts

Nothing is left behind but `instance/bench.md`. Absolute numbers say how fast this machine is; what is
judged is how a page compares with `/hello`, which goes through the same server and middleware.
"""
