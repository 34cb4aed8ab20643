package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.ByteSource;
import io.kintsugi.base.StoreException.Invalid;
import io.kintsugi.base.StoreException.Invalid.Kind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The length of a body is watched in whatever way it is read. */
class MeasuredSourceTest {
    private static final long NO_LIMIT = 1000;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 10})
    void theLengthThatWasSaidIsRead(int length) {
        MeasuredSource source = source(length, OptionalLong.of(length), NO_LIMIT);
        List<ByteBuffer> targets = targets();
        assertEquals(length, source.readFully(targets));
        assertEquals(Math.min(length, 4), targets.get(0).position());
        assertEquals(0, source.readFully(targets()));
        assertEquals(-1, source.read(ByteBuffer.allocate(1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 11, 20})
    void anotherLengthThanWasSaidIsRefused(int length) {
        MeasuredSource source = source(length, OptionalLong.of(10), NO_LIMIT);
        assertEquals(
                Kind.INCOMPLETE_BODY,
                assertThrows(Invalid.class, () -> {
                            source.readFully(targets());
                            source.readFully(targets());
                        })
                        .kind());
    }

    @Test
    void whatIsLongerThanTheLimitIsRefused() {
        assertEquals(10, source(10, OptionalLong.empty(), 10).readFully(targets()));
        MeasuredSource source = source(10, OptionalLong.empty(), 9);
        assertEquals(
                Kind.ENTITY_TOO_LARGE,
                assertThrows(Invalid.class, () -> source.readFully(targets())).kind());
    }

    /** The source's end is not read a second time: what fails there fails once. */
    @Test
    void nothingIsReadBehindTheEnd() {
        int[] ends = {0};
        ByteSource once = target -> {
            ends[0]++;
            return -1;
        };
        MeasuredSource source = new MeasuredSource(once, OptionalLong.empty(), NO_LIMIT);
        assertEquals(0, source.readFully(targets()));
        assertEquals(0, source.readFully(targets()));
        assertEquals(-1, source.read(ByteBuffer.allocate(1)));
        assertEquals(1, ends[0]);
    }

    private static MeasuredSource source(int length, OptionalLong declared, long limit) {
        return new MeasuredSource(ByteSource.of(ByteBuffer.wrap(new byte[length])), declared, limit);
    }

    /** Room for ten bytes in two places. */
    private static List<ByteBuffer> targets() {
        return List.of(ByteBuffer.allocate(4), ByteBuffer.allocate(6));
    }
}
