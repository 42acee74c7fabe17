/* Every property of a calendar message on standard input as libical reads it, one a line: name, parameters, value,
   with tabs between; a line of VEVENT alone before each event's. Exit code 2 where libical finds fault with the message or its METHOD. */

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>

static void print_properties(icalcomponent *component)
{
    icalproperty *each = icalcomponent_get_first_property(component, ICAL_ANY_PROPERTY);
    for (; each; each = icalcomponent_get_next_property(component, ICAL_ANY_PROPERTY)) {
        printf("%s\t", icalproperty_get_property_name(each));
        icalparameter *param = icalproperty_get_first_parameter(each, ICAL_ANY_PARAMETER);
        for (; param; param = icalproperty_get_next_parameter(each, ICAL_ANY_PARAMETER))
            printf("%s;", icalparameter_as_ical_string(param));
        printf("\t%s\n", icalproperty_get_value_as_string(each));
    }
}

int main(void)
{
    size_t size = 0, room = 1 << 20;
    char *text = calloc(1, room);
    while (size < room - 1 && !feof(stdin))
        size += fread(text + size, 1, room - size - 1, stdin);
    icalcomponent *calendar = icalparser_parse_string(text);
    if (!calendar || icalcomponent_count_errors(calendar) || !icalrestriction_check(calendar)) {
        fputs(calendar ? icalcomponent_as_ical_string(calendar) : "no calendar", stderr);
        return 2;
    }
    print_properties(calendar);
    icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    for (; event; event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        puts("VEVENT");
        print_properties(event);
    }
    return 0;
}
