/* Every occurrence of the events of a calendar on standard input, as libical counts them: "start end" in
   seconds since 1970, one a line. Exit code 2 where libical finds fault with the file. */

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct replaced {
    const char *uid;
    time_t start;
};

static struct replaced *replaced;
static int replacements;

static time_t seconds(struct icaltimetype at)
{
    return icaltime_as_timet_with_zone(at, at.zone ? at.zone : icaltimezone_get_utc_timezone());
}

static void print_date(icalcomponent *event, struct icaltime_span *span, void *data)
{
    const char *uid = icalcomponent_get_uid(event);
    (void)data;
    for (int i = 0; i < replacements; i++)
        if (replaced[i].start == span->start && strcmp(replaced[i].uid, uid) == 0)
            return;
    printf("%lld %lld\n", (long long)span->start, (long long)span->end);
}

static char *read_all(void)
{
    size_t size = 0, room = 1 << 16, got;
    char *text = malloc(room);
    while ((got = fread(text + size, 1, room - size - 1, stdin)) > 0) {
        size += got;
        if (room - size < 2)
            text = realloc(text, room *= 2);
    }
    text[size] = 0;
    return text;
}

static icalcomponent *first(icalcomponent *calendar)
{
    return icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
}

static icalcomponent *next(icalcomponent *calendar)
{
    return icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT);
}

int main(void)
{
    icalcomponent *calendar = icalparser_parse_string(read_all());
    if (!calendar || icalcomponent_count_errors(calendar) || !icalrestriction_check(calendar)) {
        fputs(calendar ? icalcomponent_as_ical_string(calendar) : "no calendar", stderr);
        return 2;
    }
    struct icaltimetype from = icaltime_from_string("20250101T000000Z");
    struct icaltimetype to = icaltime_from_string("20300101T000000Z");
    for (icalcomponent *event = first(calendar); event; event = next(calendar)) {
        icalproperty *id = icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY);
        if (!id)
            continue;
        replaced = realloc(replaced, (replacements + 1) * sizeof *replaced);
        replaced[replacements].uid = icalcomponent_get_uid(event);
        replaced[replacements++].start = seconds(icalproperty_get_datetime_with_component(id, event));
    }
    for (icalcomponent *event = first(calendar); event; event = next(calendar)) {
        if (icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY))
            icalcomponent_foreach_recurrence(event, from, to, print_date, NULL);
        else
            printf("%lld %lld\n", (long long)seconds(icalcomponent_get_dtstart(event)),
                   (long long)seconds(icalcomponent_get_dtend(event)));
    }
    return 0;
}
