package io.kintsugi.s3;

import io.kintsugi.objects.RangeSpec;
import java.util.Optional;

/**
 * {@code Range: bytes=…} in its three forms. What is not one range of bytes asks for the whole object: a server may
 * ignore a Range that it does not understand, and S3 does so with malformed ones and with several at once.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-14.2">RFC 9110, Range</a>
 */
final class RangeHeader {
    private static final String UNIT = "bytes=";
    private static final RangeSpec WHOLE = new RangeSpec.Whole();

    private RangeHeader() {}

    static RangeSpec parse(Optional<String> header) {
        return header.flatMap(RangeHeader::strict).orElse(WHOLE);
    }

    /** The one range that a value names; empty when it is malformed or names several. */
    static Optional<RangeSpec> strict(String header) {
        String text = header.strip();
        if (!text.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
            return Optional.empty();
        }
        String range = text.substring(UNIT.length()).strip();
        int dash = range.indexOf('-');
        if (dash < 0) {
            return Optional.empty();
        }
        String first = range.substring(0, dash).strip();
        String last = range.substring(dash + 1).strip();
        if (!isNumber(first) || !isNumber(last)) {
            return Optional.empty();
        }
        return of(first, last);
    }

    private static Optional<RangeSpec> of(String first, String last) {
        if (first.isEmpty()) {
            return last.isEmpty() ? Optional.empty() : Optional.of(new RangeSpec.Suffix(number(last)));
        }
        if (last.isEmpty()) {
            return Optional.of(new RangeSpec.From(number(first)));
        }
        boolean ordered = number(first) <= number(last);
        return ordered ? Optional.of(new RangeSpec.FromTo(number(first), number(last))) : Optional.empty();
    }

    /** Only digits; none at all is allowed. */
    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Numbers beyond what an offset can be are the largest offset: no object reaches it. */
    private static long number(String digits) {
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                return Long.MAX_VALUE;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
