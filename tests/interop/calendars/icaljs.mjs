// Every occurrence of the events of a calendar on standard input, as ical.js counts them: "start end" in
// seconds since 1970, one a line. The library's file is the first argument.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
// Without a list of exceptions it takes those of all others for each event's own.
const events = calendar.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event, { exceptions: [] }));
const print = (start, end) => console.log(start.toUnixTime(), end.toUnixTime());

for (const event of events) {
  if (event.isRecurrenceException()) continue;
  if (!event.isRecurring()) {
    print(event.startDate, event.endDate);
    continue;
  }
  for (const other of events) {
    if (other.isRecurrenceException() && other.uid === event.uid) event.relateException(other);
  }
  const dates = event.iterator();
  for (let date = dates.next(); date; date = dates.next()) {
    const found = event.getOccurrenceDetails(date);
    print(found.startDate, found.endDate);
  }
}
