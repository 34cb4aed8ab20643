package io.kintsugi.catalog;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which keys a listing rolls up into a common prefix: those that have the delimiter behind the prefix. All in UTF-8
 * bytes.
 */
final class Rollup {
    private final byte[] prefix;
    private final Optional<byte[]> delimiter;

    Rollup(String prefix, Optional<String> delimiter) {
        this.prefix = Keys.utf8(prefix);
        this.delimiter = delimiter.map(Keys::utf8);
    }

    byte[] prefix() {
        return prefix;
    }

    /** The common prefix of a key that begins with the prefix; empty when it is listed by itself. */
    Optional<byte[]> of(byte[] key) {
        if (delimiter.isEmpty()) {
            return Optional.empty();
        }
        byte[] mark = delimiter.get();
        for (int at = prefix.length; at + mark.length <= key.length; at++) {
            if (key[at] == mark[0] && Arrays.equals(key, at, at + mark.length, mark, 0, mark.length)) {
                return Optional.of(Arrays.copyOf(key, at + mark.length));
            }
        }
        return Optional.empty();
    }

    static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
