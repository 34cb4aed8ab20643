package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The cache of starts that packaging makes (decision 0026): the JVM takes it, whatever the heap; and one that is
 * damaged, whichever way, is left alone.
 */
class AotCacheIT {
    @TempDir
    Path root;

    @BeforeEach
    void onTheJvm() {
        assumeTrue(StoreProcess.binary().isEmpty(), "a native image has no such cache");
        assertTrue(
                Files.exists(StoreProcess.aotCache()), "packaging made none, and said why: " + StoreProcess.aotCache());
    }

    /** The JVM would end at once rather than start without it. */
    @ParameterizedTest
    @ValueSource(strings = {"512m", "1g", "4g"})
    void isTakenWithAnyHeap(String heap) {
        try (var store =
                StoreProcess.under(root).java("-Xmx" + heap, "-XX:AOTMode=on").start()) {
            assertTrue(store.isAlive());
        }
    }

    @ParameterizedTest
    @EnumSource
    void isLeftAloneWhenItIsDamaged(Damage damage) throws Exception {
        Path damaged = Files.copy(StoreProcess.aotCache(), root.resolve("damaged.aot"));
        try (FileChannel file = FileChannel.open(damaged, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            damage.inflict(file);
        }
        try (var store = StoreProcess.under(root)
                .java("-Xmx512m", "-XX:AOTCache=" + damaged)
                .start()) {
            assertEquals(200, store.manage("/q/health/ready").statusCode());
            assertTrue(store.log().contains("[aot]"), "the JVM says that it does without: " + store.log());
        }
    }

    @Test
    void isNotMissedWhenItIsNotThere() throws Exception {
        try (var store = StoreProcess.under(root)
                .java("-Xmx512m", "-XX:AOTCache=" + root.resolve("none"))
                .start()) {
            assertEquals(200, store.manage("/q/health/ready").statusCode());
        }
    }

    enum Damage {
        EMPTY {
            @Override
            void inflict(FileChannel file) throws IOException {
                file.truncate(0);
            }
        },
        CUT_OFF {
            @Override
            void inflict(FileChannel file) throws IOException {
                file.truncate(file.size() / 2);
            }
        },
        OTHER_BEGINNING {
            @Override
            void inflict(FileChannel file) throws IOException {
                overwrite(file, 0, 512);
            }
        },
        OTHER_BYTES {
            @Override
            void inflict(FileChannel file) throws IOException {
                for (int part = 1; part < 8; part++) {
                    overwrite(file, file.size() / 8 * part, 4096);
                }
            }
        };

        abstract void inflict(FileChannel file) throws IOException;

        private static void overwrite(FileChannel file, long at, int length) throws IOException {
            byte[] noise = new byte[length];
            new Random(length).nextBytes(noise);
            file.write(ByteBuffer.wrap(noise), at);
        }
    }
}
