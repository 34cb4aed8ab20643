package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * I7 on real folders with all rooms: whichever way one or two of four drives are lost under load, no request fails, not
 * even once; what is put in their place is filled; and then the other two may go.
 */
class LostDriveWaysIT {
    private static final Duration RESUMED = Duration.ofSeconds(180);

    @TempDir
    Path dir;

    /** How a drive is lost, and what comes to lie in its place afterwards. */
    private enum Way {
        REMOVED {
            @Override
            void lose(Path drive, Path aside, Path foreign) throws IOException {
                delete(drive);
            }

            @Override
            void bringBack(Path drive, Path aside) throws IOException {
                Files.createDirectories(drive);
            }
        },
        MOVED_AWAY {
            @Override
            void lose(Path drive, Path aside, Path foreign) throws IOException {
                Files.move(drive, aside);
            }

            @Override
            void bringBack(Path drive, Path aside) throws IOException {
                Files.move(aside, drive);
            }
        },
        /** As an unmounted or broken file system looks; permissions would not stop a test that runs as root. */
        NO_DIRECTORY {
            @Override
            void lose(Path drive, Path aside, Path foreign) throws IOException {
                Files.move(drive, aside);
                Files.write(drive, new byte[100]);
            }

            @Override
            void bringBack(Path drive, Path aside) throws IOException {
                Files.delete(drive);
                Files.move(aside, drive);
            }
        },
        EMPTY {
            @Override
            void lose(Path drive, Path aside, Path foreign) throws IOException {
                Files.move(drive, aside);
                Files.createDirectory(drive);
            }

            @Override
            void bringBack(Path drive, Path aside) {
                // the empty folder is taken in as it is
            }
        },
        FOREIGN {
            @Override
            void lose(Path drive, Path aside, Path foreign) throws IOException {
                Files.move(drive, aside);
                Files.move(foreign, drive);
            }

            @Override
            void bringBack(Path drive, Path aside) throws IOException {
                delete(drive);
                Files.createDirectory(drive);
            }
        };

        abstract void lose(Path drive, Path aside, Path foreign) throws IOException;

        abstract void bringBack(Path drive, Path aside) throws IOException;
    }

    static Stream<Object[]> losses() {
        return Arrays.stream(Way.values())
                .flatMap(way -> Stream.of(List.of(1), List.of(2, 4)).map(drives -> new Object[] {way, drives}));
    }

    static void delete(Path directory) throws IOException {
        for (int attempt = 0; Files.exists(directory); attempt++) {
            try (Stream<Path> tree = Files.walk(directory)) {
                tree.sorted(Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            } catch (IOException | UncheckedIOException e) {
                if (attempt > 10) {
                    throw e;
                }
            }
        }
    }

    private Path root() {
        return dir.resolve("store");
    }

    private Path aside(int number) {
        return dir.resolve("aside" + number);
    }

    private Path foreign(int number) {
        return LocalStore.folder(dir.resolve("other"), number);
    }

    private void lose(Way way, List<Integer> numbers) throws IOException {
        for (int number : numbers) {
            way.lose(LocalStore.folder(root(), number), aside(number), foreign(number));
        }
    }

    private void bringBack(Way way, List<Integer> numbers) throws IOException {
        for (int number : numbers) {
            way.bringBack(LocalStore.folder(root(), number), aside(number));
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void noClientNoticesAndNothingIsLost(Way way, List<Integer> lost) throws Exception {
        if (way == Way.FOREIGN) {
            new LocalStore(dir.resolve("other")).close();
        }
        LocalLoad load;
        try (LocalStore store = new LocalStore(root())) {
            store.objects.createBucket(LocalStore.BUCKET);
            load = new LocalLoad(store);
            load.start(1000);
            load.await(10);
            lose(way, lost);
            load.await(30);
            load.stop();
            load.verify();
            bringBack(way, lost);
            store.awaitHealed(Set.copyOf(lost));
        }
        List<Integer> others = Stream.of(1, 2, 3, 4)
                .filter(number -> !lost.contains(number))
                .limit(2)
                .toList();
        lose(Way.MOVED_AWAY, List.of(others.getFirst()));
        try (LocalStore store = new LocalStore(root())) {
            LocalLoad again = load.on(store);
            again.verify();
            lose(Way.REMOVED, List.of(others.getLast()));
            again.write(2000, 5);
            again.verify();
        }
    }

    @Test
    void withOneMoreGoneTheStoreSaysSoAndResumesByItself() throws Exception {
        try (LocalStore store = new LocalStore(root())) {
            store.objects.createBucket(LocalStore.BUCKET);
            LocalLoad load = new LocalLoad(store);
            load.write(1000, 12);
            lose(Way.MOVED_AWAY, List.of(1, 2, 3));
            for (int size : new int[] {100, 20_000, 4_500_000}) {
                Unavailable refusal =
                        assertThrows(Unavailable.class, () -> store.put("half/" + size, LocalLoad.content("", size)));
                assertFalse(refusal.getMessage().isEmpty());
            }
            bringBack(Way.MOVED_AWAY, List.of(1, 2, 3));
            awaitService(store);
            for (int size : new int[] {20_000, 4_500_000}) {
                StoreException.NotFound absent =
                        assertThrows(StoreException.NotFound.class, () -> store.get("half/" + size));
                assertEquals(StoreException.NotFound.Kind.KEY, absent.kind());
            }
            load.verify();
            load.write(2000, 12);
            load.verify();
        }
    }

    private static void awaitService(LocalStore store) throws InterruptedException {
        long end = System.nanoTime() + RESUMED.toNanos();
        while (true) {
            try {
                store.put("again", new byte[20_000]);
                return;
            } catch (Unavailable e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }
}
