package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VolumeExpressionTest {
    private static List<Path> paths(String... paths) {
        return Stream.of(paths).map(Path::of).toList();
    }

    @Test
    void aRangeIsAPool() {
        assertEquals(List.of(paths("/d/1", "/d/2", "/d/3", "/d/4")), VolumeExpression.parse("/d/{1...4}"));
        assertEquals(
                List.of(paths("/a/08", "/a/09", "/a/10"), paths("/b/1/x/3", "/b/1/x/4", "/b/2/x/3", "/b/2/x/4")),
                VolumeExpression.parse("  /a/{08...10}   /b/{1...2}/x/{3...4} "));
    }

    @Test
    void wordsWithoutRangesAreOnePool() {
        assertEquals(List.of(paths("/a", "/b", "/c")), VolumeExpression.parse("/a /b /c"));
        assertEquals(List.of(paths("/with blank")), VolumeExpression.parse(List.of("/with blank")));
        assertTrue(VolumeExpression.parse("./data").getFirst().getFirst().isAbsolute());
    }

    @ParameterizedTest
    @CsvSource({
        "'', no drives",
        "/a/{1...2} /b, some have none",
        "https://node{1...4}/d, another machine",
        "http://node/d, another machine",
        "/a/{1...4, without its partner",
        "/a/1...4}, without its partner",
        "/a/}1...4{, without its partner",
        "/a/{1..4}, is not a range",
        "/a/{a...d}, is not a range",
        "/a/{}, is not a range",
        "/a/{4...1}, count up",
        "/a/{1...9999}, at most 1024",
        "/a/{1...100}/{1...100}, more than 1024",
        "/a /a, named twice",
        "/a /b/../a, named twice",
        "/a /a/b, lies inside"
    })
    void whatMakesNoSenseIsRefusedWithTheReason(String text, String reason) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> VolumeExpression.parse(text));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }
}
