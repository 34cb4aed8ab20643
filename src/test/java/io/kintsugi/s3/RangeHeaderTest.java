package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.objects.RangeSpec;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RangeHeaderTest {
    static Stream<Arguments> ranges() {
        return Stream.of(
                Arguments.of("bytes=0-0", new RangeSpec.FromTo(0, 0)),
                Arguments.of("bytes=5-9", new RangeSpec.FromTo(5, 9)),
                Arguments.of("Bytes=5-9", new RangeSpec.FromTo(5, 9)),
                Arguments.of(" bytes= 5 - 9 ", new RangeSpec.FromTo(5, 9)),
                Arguments.of("bytes=007-0010", new RangeSpec.FromTo(7, 10)),
                Arguments.of("bytes=5-", new RangeSpec.From(5)),
                Arguments.of("bytes=-5", new RangeSpec.Suffix(5)),
                Arguments.of("bytes=-0", new RangeSpec.Suffix(0)),
                Arguments.of("bytes=1-99999999999999999999", new RangeSpec.FromTo(1, Long.MAX_VALUE)),
                Arguments.of("bytes=9223372036854775807-", new RangeSpec.From(Long.MAX_VALUE)),
                Arguments.of("bytes=9223372036854775808-", new RangeSpec.From(Long.MAX_VALUE)));
    }

    @ParameterizedTest
    @MethodSource("ranges")
    void isRead(String header, RangeSpec range) {
        assertEquals(range, RangeHeader.parse(Optional.of(header)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=5",
                "bytes=9-5",
                "bytes=a-b",
                "bytes=1-2,4-5",
                "bytes=--1",
                "bytes=+1-2",
                "items=0-5",
                "0-5",
                "bytes=1-2-3",
                "bytes=0x1-2",
                "bytes=١-٢"
            })
    void asksForAllWhenItIsNotOneRange(String header) {
        assertEquals(new RangeSpec.Whole(), RangeHeader.parse(Optional.of(header)));
    }

    @Test
    void asksForAllWithoutAHeader() {
        assertEquals(new RangeSpec.Whole(), RangeHeader.parse(Optional.empty()));
    }
}
