package io.kintsugi;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Times as people write them: {@code 30m}, {@code 12h}, {@code 30d}; {@code off} for never. */
final class TimeSpan {
    private static final int MAX_DIGITS = 9;
    private static final Map<String, Duration> UNITS = Map.of(
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    private TimeSpan() {}

    /** @throws UsageException that names the setting */
    static Optional<Duration> parse(String name, String text) {
        String plain = text.strip().toLowerCase(Locale.ROOT);
        if (plain.equals("off")) {
            return Optional.empty();
        }
        int digits = 0;
        while (digits < plain.length() && plain.charAt(digits) >= '0' && plain.charAt(digits) <= '9') {
            digits++;
        }
        Duration unit = UNITS.get(plain.substring(digits).strip());
        if (digits == 0 || digits > MAX_DIGITS || unit == null) {
            throw new UsageException(name + " is '" + text + "', but must be a time, as in 30m, 12h or 7d, or off");
        }
        return Optional.of(unit.multipliedBy(Long.parseLong(plain.substring(0, digits))));
    }
}
