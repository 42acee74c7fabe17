"""The daily roll-up: what long periods are read from, never staler than the bookings.

Map:
    standing    which days of a period stand in it as the bookings are now
    read        the figures of a period from it; days that it lacks are counted
    store       one day's figures as rows
    update      the job that brings it up to date
    compare     the job that holds it against the bookings
    columns     all bookings as columns of numbers, counted in one go: for that job alone
"""
