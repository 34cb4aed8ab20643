package io.kintsugi.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.util.List;

/** Whatever an operator writes for the volumes: folders, or what is wrong with it. */
class VolumesFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void anyLine(byte[] data) {
        try {
            for (List<Path> pool : VolumeExpression.parse(new String(data, UTF_8))) {
                assertTrue(!pool.isEmpty());
            }
        } catch (IllegalArgumentException refused) {
            assertTrue(!refused.getMessage().isBlank());
        }
    }
}
