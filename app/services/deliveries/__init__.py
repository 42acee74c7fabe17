"""How published reports reach the funders.

Map:
    schedules   what each organisation that pays gets, how often and how
    recipients  to whom a report goes
    holds       reports that a host holds back
    by_hand     what freezing a report by hand comes to, and who gets it when
    ahead       what will be sent, and what is late or held
    sent        what was sent to whom, with checksums; sending again
    published   the reports that were published
    reminders   the mails to hosts: what will be sent, and what is still held
"""
