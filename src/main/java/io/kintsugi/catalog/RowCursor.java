package io.kintsugi.catalog;

import io.kintsugi.base.StoreException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The text of a place among rows: some numbers, then the bytes of a row's key, in hexadecimal. It is given out as a
 * cursor, and comes back from whoever kept it.
 */
@SuppressWarnings("ArrayRecordComponent")
record RowCursor(List<Long> numbers, byte[] row) {
    private static final HexFormat HEX = HexFormat.of();
    private static final String BETWEEN = "-";

    /**
     * @param numbers how many there have to be, none of them negative
     * @param what it is a cursor of, for the message
     * @throws StoreException.Invalid when the text is none
     */
    static RowCursor parse(String text, int numbers, String what) {
        String[] fields = text.split(BETWEEN, numbers + 1);
        try {
            List<Long> found =
                    Arrays.stream(fields).limit(numbers).map(Long::parseLong).toList();
            if (fields.length == numbers + 1 && found.stream().allMatch(number -> number >= 0)) {
                return new RowCursor(found, HEX.parseHex(fields[numbers]));
            }
        } catch (IllegalArgumentException e) {
            throw invalid(text, what);
        }
        throw invalid(text, what);
    }

    static StoreException invalid(String text, String what) {
        return new StoreException.Invalid(
                StoreException.Invalid.Kind.ARGUMENT, "Not a cursor of " + what + ": '" + text + "'");
    }

    String text() {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(BETWEEN))
                + BETWEEN
                + HEX.formatHex(row);
    }
}
