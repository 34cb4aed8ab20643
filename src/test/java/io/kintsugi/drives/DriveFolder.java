package io.kintsugi.drives;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Local drives in temporary folders, for tests: formats, opens, "kills" and reopens them. */
final class DriveFolder implements AutoCloseable {
    private static final int DELETIONS = 100;
    private static final long DELETION_PAUSE_MILLIS = 50;

    static final DriveResources RESOURCES = new DriveResources(32 << 20, 32 << 20);

    private final Path top;
    private final List<Drive> opened = new ArrayList<>();
    private DriveSettings settings = settings(RESOURCES);
    private DriveFiles files = new DriveFiles();
    private Path path;
    private DriveIdentity identity;

    private DriveFolder(Path top) {
        this.top = top;
        this.path = top.resolve("drive");
        this.identity = newIdentity();
    }

    private static DriveSettings settings(DriveResources resources) {
        return new DriveSettings(
                resources,
                new DriveSettings.Threads(2, 2, 256),
                1 << 20,
                Duration.ofSeconds(60),
                Duration.ofSeconds(20));
    }

    static DriveFolder create() {
        try {
            return new DriveFolder(Files.createTempDirectory("kintsugi-drive-test"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static DriveFolder in(Path top) {
        return new DriveFolder(top);
    }

    static DriveIdentity newIdentity() {
        DriveId id = DriveId.next(Clock.SYSTEM, Entropy.FAST);
        DriveId other = DriveId.next(Clock.SYSTEM, Entropy.FAST);
        return new DriveIdentity(
                Id128.next(Clock.SYSTEM, Entropy.FAST),
                id,
                Id128.next(Clock.SYSTEM, Entropy.FAST),
                "nvme",
                new ErasureCode(1, 1),
                Roster.founded(List.of(other, id)),
                0);
    }

    DriveFolder with(DriveFiles other) {
        files = other;
        return this;
    }

    /** With memory of its own, which the test closes behind this. */
    DriveFolder with(DriveResources own) {
        return with(settings(own));
    }

    DriveFolder with(DriveSettings other) {
        settings = other;
        return this;
    }

    /** @param code of the drive that is formatted next */
    DriveFolder with(ErasureCode code) {
        identity = new DriveIdentity(
                identity.deployment(),
                identity.drive(),
                identity.incarnation(),
                identity.pool(),
                code,
                Roster.founded(List.of(identity.drive())),
                0);
        return this;
    }

    Path path() {
        return path;
    }

    DriveIdentity identity() {
        return identity;
    }

    DriveSettings settings() {
        return settings;
    }

    LocalDrive format() {
        try {
            DriveDirectory.format(path, identity);
            return open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LocalDrive open() {
        LocalDrive drive = LocalDrive.open(path, identity, settings, Clock.SYSTEM, files);
        opened.add(drive);
        return drive;
    }

    /** What a killed process leaves is what its files hold at that moment: they are copied, and opened elsewhere. */
    LocalDrive reopen(Drive drive, boolean crash) {
        if (crash) {
            Path copy = top.resolve(path.getFileName() + "'");
            copyTree(path, copy);
            path = copy;
        }
        drive.close();
        return open();
    }

    /** A shard with bytes in it, not yet published. */
    static ShardSink written(Drive drive, ShardName name) {
        ShardSink sink = drive.createShard(name, 0).join();
        sink.append(ByteBuffer.wrap(DriveContract.bytes(5000, 1))).join();
        return sink;
    }

    /** A change of one row. */
    static CompletableFuture<Void> commit(Drive drive) {
        return drive.keyValue().commit(new KvBatch().put(KvSpace.META, new byte[1], new byte[1]));
    }

    /** A wrong bit among the rows of the largest table. No drive is open. */
    void rotInLargestTable() throws IOException {
        Path table;
        try (Stream<Path> tree = Files.walk(path.resolve("kv"))) {
            table = tree.filter(file -> file.toString().endsWith(".sst"))
                    .max(Comparator.comparing(file -> file.toFile().length()))
                    .orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(table.toFile(), "rw")) {
            long at = file.length() / 3;
            file.seek(at);
            int old = file.read();
            file.seek(at);
            file.write(old ^ 1);
        }
    }

    /** Where the key-value store goes when it is set aside. */
    Path setAside() {
        return SetAside.placeOf(
                path.resolve("kv").resolve(identity.incarnation().toString()));
    }

    /** How many files are below a directory of the drive. */
    long filesIn(String directory) throws IOException {
        try (Stream<Path> found = Files.walk(path.resolve(directory))) {
            return found.filter(Files::isRegularFile).count();
        }
    }

    static void copyTree(Path from, Path to) {
        try {
            Files.walkFileTree(from, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes a) throws IOException {
                    Files.createDirectories(to.resolve(from.relativize(directory)));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                    Files.copy(file, to.resolve(from.relativize(file)));
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A drive that hung, and was closed meanwhile, still closes its files: it may make and remove some on the way. */
    static void deleteTree(Path tree) {
        boolean gone = false;
        for (int attempt = 1; !gone; attempt++) {
            try {
                deleteAll(tree);
                gone = true;
            } catch (IOException e) {
                if (attempt == DELETIONS) {
                    throw new UncheckedIOException(e);
                }
                pause();
            }
        }
    }

    private static void deleteAll(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void pause() {
        try {
            Thread.sleep(DELETION_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        opened.forEach(Drive::close);
        deleteTree(top);
    }
}
