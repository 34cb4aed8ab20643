package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.VersionId;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Rows sort as the S3 keys that they stand for, whatever bytes those have. */
class KeysPropertyTest {
    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.of("\0", "\u0001", "a", "b", "/", "\u007F", "\u0080", "\u07FF", "\uFFFF", "😀", "\0\0")
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(parts -> String.join("", parts));
    }

    private static int sign(byte[] a, byte[] b) {
        return Integer.signum(Arrays.compareUnsigned(a, b));
    }

    @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
    void rowsOfDifferentKeysSortAsTheKeys(
            @ForAll("keys") String one, @ForAll("keys") String two, @ForAll long order, @ForAll long other) {
        ObjectKey a = ObjectKey.of(one);
        ObjectKey b = ObjectKey.of(two);
        int expected = Integer.signum(a.compareTo(b));
        assertEquals(expected, sign(Keys.object(5, a), Keys.object(5, b)));
        if (expected != 0) {
            assertEquals(expected, sign(Keys.history(5, a, order), Keys.history(5, b, other)));
            Id128 first = new Id128(order, other);
            Id128 second = new Id128(other, order);
            assertEquals(
                    expected, sign(Keys.upload(5, a, new UploadId(first)), Keys.upload(5, b, new UploadId(second))));
            assertEquals(expected, sign(Keys.behindKey(5, a.utf8()), Keys.history(5, b, other)));
            assertEquals(expected, sign(Keys.ofKey(5, a.utf8()), Keys.ofKey(5, b.utf8())));
        }
        assertTrue(sign(Keys.object(5, a), Keys.object(6, b)) < 0);
        assertTrue(sign(Keys.history(5, a, order), Keys.history(6, b, other)) < 0);
    }

    @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
    void theHistoryOfAKeyIsNewestFirst(@ForAll("keys") String text, @ForAll int older, @ForAll int newer) {
        ObjectKey key = ObjectKey.of(text);
        long a = Integer.toUnsignedLong(older);
        long b = Integer.toUnsignedLong(newer);
        assertEquals(Long.signum(b - a), sign(Keys.history(1, key, a), Keys.history(1, key, b)));
        byte[] row = Keys.history(1, key, a);
        assertTrue(sign(Keys.ofKey(1, key.utf8()), row) < 0 && sign(row, Keys.behindKey(1, key.utf8())) < 0);
    }

    @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
    void keysAreReadBackFromTheirRows(@ForAll("keys") String text, @ForAll long order) {
        ObjectKey key = ObjectKey.of(text);
        assertArrayEquals(key.utf8(), Keys.keyOfObject(Keys.object(3, key)));
        assertArrayEquals(key.utf8(), Keys.keyOfEscaped(Keys.history(3, key, order), Long.BYTES));
        VersionId version = new VersionId(new Id128(order, ~order));
        assertArrayEquals(key.utf8(), Keys.keyOfEscaped(Keys.version(3, key, version), Id128.BYTES));
        assertEquals(3, Keys.bucketOf(Keys.object(3, key)));
    }

    @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
    void aPrefixBoundsExactlyItsKeys(@ForAll("keys") String prefix, @ForAll("keys") String text) {
        ObjectKey key = ObjectKey.of(text);
        byte[] utf8 = ObjectKey.of(prefix).utf8();
        boolean inside = Bytes.startsWith(key.utf8(), utf8);
        byte[] plain = Keys.objectPrefix(8, utf8);
        assertEquals(inside, isWithin(Keys.object(8, key), plain));
        assertEquals(inside, isWithin(Keys.history(8, key, 4), Keys.escapedPrefix(8, utf8)));
    }

    private static boolean isWithin(byte[] row, byte[] prefix) {
        return sign(row, prefix) >= 0 && sign(row, Bytes.behindPrefix(prefix)) < 0;
    }
}
