package io.kintsugi.sim;

import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ObjectVersion;
import java.util.Arrays;

/** Whatever is shown is exactly what one client wrote in one go: tag, size, and every byte. */
final class VisibleIsWhole {
    private VisibleIsWhole() {}

    /** @throws Violation when the version is not what the write that it names was to make */
    static Write check(History history, ObjectVersion version) {
        int number = Write.numberOf(version).orElseThrow();
        Write write = history.write(number)
                .orElseThrow(() -> new Violation("VisibleIsWhole", version + " is of no write that was begun"));
        if (!write.etag().equals(version.etag().value()) || write.size() != version.size()) {
            throw new Violation(
                    "VisibleIsWhole", version + " should have tag " + write.etag() + " and " + write.size() + " bytes");
        }
        return write;
    }

    static Write check(History history, ObjectVersion version, ByteRange range, byte[] bytes) {
        Write write = check(history, version);
        int from = (int) range.offset();
        byte[] wanted = Arrays.copyOfRange(write.bytes(), from, from + (int) range.length());
        int wrong = Arrays.mismatch(wanted, bytes);
        if (wrong >= 0) {
            throw new Violation(
                    "VisibleIsWhole",
                    bytes.length + " of " + wanted.length + " bytes of " + range + " of write " + write.number()
                            + " of " + version.key() + " were sent; they differ from byte " + wrong + " on");
        }
        return write;
    }
}
