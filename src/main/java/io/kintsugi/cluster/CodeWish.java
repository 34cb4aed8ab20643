package io.kintsugi.cluster;

import io.kintsugi.base.ErasureCode;
import java.util.OptionalInt;

/**
 * What the operator wants of the code of new blobs: nothing, {@code EC:m} for the parity alone, or {@code EC:k+m} for
 * data shards too. With fewer shards than drives there are drives to spare for each blob, and what a lost drive had can
 * be rebuilt on them at once.
 */
public record CodeWish(OptionalInt data, OptionalInt parity) {
    public static final CodeWish NONE = new CodeWish(OptionalInt.empty(), OptionalInt.empty());

    private static final String PREFIX = "EC:";
    private static final int MAX_DIGITS = 2;

    /** @throws IllegalArgumentException that says how it is written */
    public static CodeWish parse(String text) {
        String numbers = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "";
        int plus = numbers.indexOf('+');
        OptionalInt data = plus < 0 ? OptionalInt.empty() : OptionalInt.of(number(numbers.substring(0, plus), text));
        return new CodeWish(data, OptionalInt.of(number(numbers.substring(plus + 1), text)));
    }

    private static int number(String digits, String text) {
        if (digits.isEmpty() || digits.length() > MAX_DIGITS || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("'" + text + "' is not a storage class: write EC:m, as in EC:2, where m"
                    + " is the number of drives that may be lost, or EC:k+m, as in EC:4+2, where k + m is the number of"
                    + " drives that each object is spread over");
        }
        return Integer.parseInt(digits);
    }

    boolean isNone() {
        return parity.isEmpty();
    }

    /** @throws IllegalArgumentException when it does not fit a pool of so many drives */
    ErasureCode of(int drives) {
        if (parity.isEmpty()) {
            return ErasureCodes.standard(drives);
        }
        return data.isEmpty()
                ? ErasureCodes.withParity(drives, parity.getAsInt())
                : ErasureCodes.withShards(drives, data.getAsInt(), parity.getAsInt());
    }
}
