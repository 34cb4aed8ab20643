package io.kintsugi.s3;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Dates in headers: written in the one form that HTTP prefers, read in all three that it knows and in ISO 8601, which
 * some clients of S3 send.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7">RFC 9110, dates</a>
 */
final class HttpDates {
    private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    /** The weekday says nothing that the date does not: it is not checked. */
    private static final List<DateTimeFormatter> READ = List.of(
            DateTimeFormatter.ofPattern("d MMM yyyy HH:mm:ss", Locale.ENGLISH),
            twoDigitYear(),
            DateTimeFormatter.ofPattern("MMM d HH:mm:ss yyyy", Locale.ENGLISH));

    private HttpDates() {}

    /** As in {@code Sun, 06 Nov 1994 08:49:37 GMT}. By hand, since each answer has one, and a formatter is slow. */
    static String header(Instant when) {
        LocalDateTime date = LocalDateTime.ofEpochSecond(when.getEpochSecond(), 0, ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(32);
        text.append(DAYS[date.getDayOfWeek().ordinal()]).append(", ");
        twoDigits(text, date.getDayOfMonth()).append(' ');
        text.append(MONTHS[date.getMonthValue() - 1]).append(' ');
        year(text, date).append(' ');
        return time(text, date).append(" GMT").toString();
    }

    private static StringBuilder year(StringBuilder text, LocalDateTime date) {
        return twoDigits(twoDigits(text, date.getYear() / 100), date.getYear() % 100);
    }

    private static StringBuilder time(StringBuilder text, LocalDateTime date) {
        twoDigits(text, date.getHour()).append(':');
        twoDigits(text, date.getMinute()).append(':');
        return twoDigits(text, date.getSecond());
    }

    private static StringBuilder twoDigits(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }

    /** As XML bodies have it: {@code 1994-11-06T08:49:37.000Z}. By hand, since each entry of a listing has one. */
    static String xml(Instant when) {
        LocalDateTime date = LocalDateTime.ofEpochSecond(when.getEpochSecond(), 0, ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(24);
        year(text, date).append('-');
        twoDigits(text, date.getMonthValue()).append('-');
        twoDigits(text, date.getDayOfMonth()).append('T');
        int millis = when.getNano() / 1_000_000;
        time(text, date).append('.').append((char) ('0' + millis / 100));
        return twoDigits(text, millis % 100).append('Z').toString();
    }

    /** Empty when it is no date: a condition with such a date is no condition. */
    static Optional<Instant> parse(String text) {
        String date = text.strip();
        Optional<Instant> iso = parse(date, DateTimeFormatter.ISO_DATE_TIME);
        if (iso.isPresent()) {
            return iso;
        }
        String bare = withoutZone(withoutWeekday(date)).replace("  ", " ");
        return READ.stream().flatMap(format -> parse(bare, format).stream()).findFirst();
    }

    private static Optional<Instant> parse(String text, DateTimeFormatter format) {
        try {
            var parsed = format.parse(text);
            return Optional.of(
                    parsed.isSupported(ChronoField.INSTANT_SECONDS)
                            ? Instant.from(parsed)
                            : LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException notThisForm) {
            return Optional.empty();
        }
    }

    private static String withoutWeekday(String date) {
        int end = date.indexOf(' ');
        boolean weekday = end > 0 && Character.isLetter(date.charAt(0)) && date.indexOf(':') > 0;
        return weekday ? date.substring(end + 1).strip() : date;
    }

    private static String withoutZone(String date) {
        for (String zone : List.of(" GMT", " UTC", " +0000")) {
            if (date.endsWith(zone)) {
                return date.substring(0, date.length() - zone.length());
            }
        }
        return date;
    }

    /** {@code 06-Nov-94}: the year that is at most 50 years ahead. */
    private static DateTimeFormatter twoDigitYear() {
        return new DateTimeFormatterBuilder()
                .appendPattern("d-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
                .appendPattern(" HH:mm:ss")
                .toFormatter(Locale.ENGLISH);
    }
}
