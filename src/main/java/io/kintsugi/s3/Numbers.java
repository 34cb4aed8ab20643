package io.kintsugi.s3;

import java.util.Optional;

/** Numbers in headers, query parameters and documents. */
final class Numbers {
    /** More than this many entries no page has. */
    static final int MAX_PAGE = 1000;

    static final int MAX_PART_NUMBER = 10_000;

    private Numbers() {}

    /** @throws S3Exception {@code InvalidArgument} when it is no number or negative */
    static long atLeastZero(String name, String text) {
        return digits(text)
                .orElseThrow(() -> S3Exception.invalidArgument(
                        "Argument " + name + " must be an integer that is not negative", name, text));
    }

    /**
     * How many entries a page may have: the default is 1,000, and so is the most.
     *
     * @throws S3Exception {@code InvalidArgument}
     */
    static int pageSize(String name, Optional<String> text) {
        return upTo(name, text.filter(value -> !value.isEmpty()), MAX_PAGE);
    }

    /** The number, at most {@code most}, which is also the default. */
    static int upTo(String name, Optional<String> text, int most) {
        if (text.isEmpty()) {
            return most;
        }
        Optional<Long> number = digits(text.get()).filter(value -> value <= Integer.MAX_VALUE);
        return Math.toIntExact(Math.min(
                most,
                number.orElseThrow(() -> S3Exception.invalidArgument(
                        "Argument " + name + " must be an integer between 0 and 2147483647", name, text.get()))));
    }

    /** The number of the part behind which a page begins; 0 when nothing is said. */
    static int partMarker(String name, Optional<String> text) {
        return text.filter(value -> !value.isEmpty())
                .map(value -> upTo(name, Optional.of(value), Integer.MAX_VALUE))
                .orElse(0);
    }

    /** @throws S3Exception {@code InvalidArgument} when it is not between 1 and 10,000 */
    static int partNumber(String text) {
        long number = digits(text).orElse(0L);
        if (number < 1 || number > MAX_PART_NUMBER) {
            throw S3Exception.invalidArgument(
                    "Part number must be an integer between 1 and " + MAX_PART_NUMBER + ", inclusive",
                    "partNumber",
                    text);
        }
        return (int) number;
    }

    private static Optional<Long> digits(String text) {
        boolean plain = !text.isEmpty() && text.length() < 19;
        for (int i = 0; plain && i < text.length(); i++) {
            plain = text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return plain ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }
}
