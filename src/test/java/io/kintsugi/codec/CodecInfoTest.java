package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this process says of its kernels, and what others do that have none. */
class CodecInfoTest {
    @Test
    void everyKernelIsNamed() {
        CodecInfo info = CodecInfo.current();
        assertEquals(Kernel.values().length, info.paths().size());
        assertTrue(
                info.summary()
                        .contains("reed-solomon=" + Kernel.REED_SOLOMON.best().title()),
                info::summary);
    }

    @Test
    void withoutKernelsTheReasonIsGivenAndAllWorks() throws Exception {
        String out = run("none");
        assertTrue(out.contains("reed-solomon=java"), out);
        assertTrue(out.contains("switched off by -Dkintsugi.codec.library=none"), out);
        assertTrue(out.contains("parity and digests agree"), out);
    }

    @Test
    void aLibraryThatIsNoneIsReported(@TempDir Path dir) throws Exception {
        Path broken = Files.writeString(dir.resolve("broken.so"), "not a library");
        String out = run(broken.toString());
        assertTrue(out.contains("crc32c=java"), out);
        assertTrue(out.contains("the kernel library could not be loaded"), out);
        assertTrue(out.contains("parity and digests agree"), out);
    }

    private static String run(String library) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process p = new ProcessBuilder(List.of(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-D" + Kernels.LIBRARY_PROPERTY + "=" + library,
                        "-cp",
                        System.getProperty("java.class.path"),
                        CodecProbe.class.getName()))
                .redirectErrorStream(true)
                .start();
        try {
            String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(p.waitFor(300, TimeUnit.SECONDS), "the probe did not end");
            return out;
        } finally {
            p.destroyForcibly();
        }
    }
}
