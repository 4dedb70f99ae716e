/* SPDX-License-Identifier: MIT */
/*
 * strftime.c - dates as text, in English and UTC.
 *
 * Conversions: a A b B c C d D e F h H I j k l m M n p R s S t T u w x X y Y z
 * Z %. Those that stand for a whole format (c D F R T x X) are expanded by a
 * recursive call.
 * Not done: week numbers (U V W g G), the E and O modifiers.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const days[] = {
    "Sunday",   "Monday", "Tuesday",  "Wednesday",
    "Thursday", "Friday", "Saturday",
};

static const char *const months[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December",
};

/* A format for conversions that are short for one, or NULL. */
static const char *
expansion(char letter)
{
    switch (letter) {
    case 'c':
        return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x':
        return "%m/%d/%y";
    case 'F':
        return "%Y-%m-%d";
    case 'R':
        return "%H:%M";
    case 'T':
    case 'X':
        return "%H:%M:%S";
    default:
        return NULL;
    }
}

struct field {
    const char *format;
    long value;
};

/* The number that a conversion stands for, and how it is printed. */
static struct field
number_field(char letter, const struct tm *tm)
{
    struct tm copy = *tm;
    int hour12 = tm->tm_hour % 12 == 0 ? 12 : tm->tm_hour % 12;

    switch (letter) {
    case 'C':
        return (struct field){"%02ld", (tm->tm_year + 1900) / 100};
    case 'd':
        return (struct field){"%02ld", tm->tm_mday};
    case 'e':
        return (struct field){"%2ld", tm->tm_mday};
    case 'H':
        return (struct field){"%02ld", tm->tm_hour};
    case 'I':
        return (struct field){"%02ld", hour12};
    case 'j':
        return (struct field){"%03ld", tm->tm_yday + 1};
    case 'k':
        return (struct field){"%2ld", tm->tm_hour};
    case 'l':
        return (struct field){"%2ld", hour12};
    case 'm':
        return (struct field){"%02ld", tm->tm_mon + 1};
    case 'M':
        return (struct field){"%02ld", tm->tm_min};
    case 's':
        return (struct field){"%ld", timegm(&copy)};
    case 'S':
        return (struct field){"%02ld", tm->tm_sec};
    case 'u':
        return (struct field){"%ld", tm->tm_wday == 0 ? 7 : tm->tm_wday};
    case 'w':
        return (struct field){"%ld", tm->tm_wday};
    case 'y':
        return (struct field){"%02ld", (tm->tm_year + 1900) % 100};
    case 'Y':
        return (struct field){"%ld", tm->tm_year + 1900L};
    default:
        return (struct field){NULL, 0};
    }
}

/* The word that a conversion stands for. => precision: how much of it */
static const char *
word_field(char letter, const struct tm *tm, int *precision)
{
    *precision = letter == 'a' || letter == 'b' || letter == 'h' ? 3 : -1;
    switch (letter) {
    case 'a':
    case 'A':
        return days[(unsigned int)tm->tm_wday % 7];
    case 'b':
    case 'B':
    case 'h':
        return months[(unsigned int)tm->tm_mon % 12];
    case 'n':
        return "\n";
    case 'p':
        return tm->tm_hour < 12 ? "AM" : "PM";
    case 't':
        return "\t";
    case 'z':
        return "+0000";
    case 'Z':
        return "UTC";
    case '%':
        return "%";
    default:
        return "?";
    }
}

/* => the length without the ending zero, or 0 if the text does not fit */
size_t
strftime(char *restrict buf, size_t size, const char *restrict format,
         const struct tm *restrict tm)
{
    size_t used = 0;

    for (; *format != '\0'; format++) {
        char *at = buf + used;
        size_t room = size - used;
        struct field field;
        int precision;
        size_t n;

        if (*format != '%' || format[1] == '\0') {
            n = (size_t)snprintf(at, room, "%c", *format);
        } else if (expansion(*++format) != NULL) {
            n = strftime(at, room, expansion(*format), tm);
            if (n == 0)
                return 0;
        } else if ((field = number_field(*format, tm)).format != NULL) {
            n = (size_t)snprintf(at, room, field.format, field.value);
        } else {
            const char *word = word_field(*format, tm, &precision);

            n = (size_t)snprintf(at, room, "%.*s", precision, word);
        }
        if (n >= room)
            return 0;
        used += n;
    }
    if (size > 0)
        buf[used] = '\0';
    return used;
}
