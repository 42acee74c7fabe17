"""Mötesplats: room, desk and video-conference booking for shared project offices.

Where to change what::

    factory      puts the application together
    web          pages: one module per noun (board, bookings, resources, reports …)
    api          the JSON API, as thin as web
    jobs         what the scheduler does, as one table
    cli          commands: office load, bookings import, report, user add, token …
    demo         the demo office, made from single bookings
    wording      refusals and errors as sentences in the reader's language
    services     use cases: one verb, one transaction
    models       tables and constraints, no rules
    reports      one report -> JSON, CSV, charts
    mailer       an outbox row -> SMTP or an .eml file
    extensions   Flask's extensions, unbound
    domain       the rules, on the standard library and dateutil only

This file is empty of code on purpose: ``app.domain`` loads without Flask.
"""
