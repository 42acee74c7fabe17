"""The demo: Västerbotten's office in Stockholm and its sister in Umeå, made from single bookings.

Map:
    *.toml      the two offices, in the format of `office load`
    load        all of it into the database, in one transaction
    people      who signs in, and who books
    world       what the schedule is made for: places, parties, the days they are open
    published   what is known of the real office; the schedule is steered towards it
    rhythm      how busy a day is: weekdays, summer, Christmas
    layout      one place on one day: which times are used
    standing    what recurs: breakfast meetings, seminars, the link to Umeå
    balance     who uses a time, and who comes, so that the shares are met
    phrases     titles
    outcome     what became of a booking, and when it was made
    making      one time -> one booking
    schedule    the whole: days in, rows out
"""
