package io.kintsugi;

import java.util.Locale;
import java.util.Map;

/**
 * Sizes as people write them: {@code 5368709120}, {@code 5GiB}, {@code 5 GB}. A bare K, M, G or T is a power of 1,024.
 */
final class ByteSize {
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("b", 1L),
            Map.entry("k", 1L << 10),
            Map.entry("m", 1L << 20),
            Map.entry("g", 1L << 30),
            Map.entry("t", 1L << 40),
            Map.entry("kib", 1L << 10),
            Map.entry("mib", 1L << 20),
            Map.entry("gib", 1L << 30),
            Map.entry("tib", 1L << 40),
            Map.entry("kb", 1_000L),
            Map.entry("mb", 1_000_000L),
            Map.entry("gb", 1_000_000_000L),
            Map.entry("tb", 1_000_000_000_000L));

    private ByteSize() {}

    /** @throws UsageException that names the setting */
    static long parse(String name, String text) {
        int digits = 0;
        while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        Long unit = UNITS.get(text.substring(digits).strip().toLowerCase(Locale.ROOT));
        if (digits == 0 || unit == null) {
            throw new UsageException(name + " is '" + text + "', but must be a size in bytes, as in 5GiB");
        }
        try {
            return Math.multiplyExact(Long.parseLong(text.substring(0, digits)), unit);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new UsageException(name + " is '" + text + "', which is more than 8 EiB");
        }
    }
}
