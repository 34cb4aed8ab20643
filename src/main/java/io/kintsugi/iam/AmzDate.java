package io.kintsugi.iam;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * The time of a signature.
 *
 * @param text as it is signed: {@code 20130524T000000Z}
 */
record AmzDate(String text, Instant instant) {
    private static final int LENGTH = 16;
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Reads the ISO 8601 basic format. */
    static Optional<AmzDate> parse(String text) {
        if (text.length() != LENGTH || text.charAt(8) != 'T' || text.charAt(15) != 'Z') {
            return Optional.empty();
        }
        int date = number(text, 0, 8);
        int time = number(text, 9, 15);
        if (date < 0 || time < 0) {
            return Optional.empty();
        }
        try {
            LocalDateTime local = LocalDateTime.of(
                    date / 10_000, date / 100 % 100, date % 100, time / 10_000, time / 100 % 100, time % 100);
            return Optional.of(new AmzDate(text, local.toInstant(ZoneOffset.UTC)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Reads HTTP's own format too, as in a {@code Date} header. */
    static Optional<AmzDate> parseHttp(String text) {
        Optional<AmzDate> basic = parse(text);
        if (basic.isPresent()) {
            return basic;
        }
        try {
            return Optional.of(of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from)));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    static AmzDate of(Instant instant) {
        return new AmzDate(FORMAT.format(instant), instant);
    }

    /** As in {@code 20130524}. */
    String day() {
        return text.substring(0, 8);
    }

    private static int number(String text, int start, int end) {
        int number = 0;
        for (int i = start; i < end; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }
}
