package io.kintsugi.drives;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.Id128;
import io.kintsugi.codec.CachedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Where shard files are. The directory of a file, its leaf, is the last two digits of its blob's name, which are chance
 * (its first digits are time, and would put everything of a month into one directory). Files are not preallocated: the
 * JDK has no {@code fallocate}, and file systems that allocate late place a file that is written in large appends just
 * as well.
 *
 * <p>A new leaf is made durable together with its first file, which costs one more sync. That is done for each leaf
 * again after each start, for nobody knows what an earlier process had synced. There are few leaves, so that almost no
 * file pays it: with two levels of them, nearly each new file did, twice.
 */
final class ShardFiles {
    private static final int DIGITS = 2 * Id128.BYTES;
    private static final int LEAF = DIGITS - 2;
    private static final int MAX_INDEX_DIGITS = 3;

    /** The order in which shards are listed. */
    static final Comparator<ShardName> ORDER =
            Comparator.comparingInt(ShardFiles::leafNumber).thenComparing(Comparator.naturalOrder());

    private final Path shards;
    private final Path incoming;
    private final DriveFiles files;
    private final ConcurrentHashMap<Integer, Path> durableLeaves = new ConcurrentHashMap<>();
    private final AtomicLong unpublished = new AtomicLong();
    private final OpenShards kept;
    private volatile boolean direct;

    /** @param keptOpen how many of those that are read again and again stay open */
    ShardFiles(Path directory, DriveFiles files, int keptOpen) {
        this.kept = new OpenShards(keptOpen);
        this.shards = directory.resolve(DriveDirectory.SHARDS);
        this.incoming = directory.resolve(DriveDirectory.INCOMING);
        this.files = files;
    }

    private static int leafNumber(ShardName name) {
        return (int) name.blob().value().low() & 0xFF;
    }

    /** Whether any was published. */
    boolean any() throws IOException {
        return !list(Optional.empty(), 1).names().isEmpty();
    }

    /** Makes the directories, and drops what was not published when the drive was last closed or killed. */
    void prepare() throws IOException {
        DriveDirectory.made(shards);
        DriveDirectory.made(incoming);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(incoming)) {
            for (Path file : left) {
                files.delete(file);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        direct = takesDirect();
    }

    /** Whether the file system writes past the page cache, in blocks of our size. Only a try tells. */
    private boolean takesDirect() throws IOException {
        Path probe = incoming.resolve("probe");
        ByteBuffer block = ByteBuffer.allocateDirect(2 * ShardSink.BLOCK_BYTES)
                .alignedSlice(ShardSink.BLOCK_BYTES)
                .limit(ShardSink.BLOCK_BYTES);
        try (FileChannel channel = files.createDirect(probe)) {
            files.write(channel, block);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            // as on a file system in memory; what else may be wrong shows when a shard is written
            return false;
        } finally {
            files.delete(probe);
        }
    }

    Path incoming() {
        return incoming;
    }

    NewFile create(ShardName name) throws IOException {
        Path file = incoming.resolve(name + "." + unpublished.getAndIncrement());
        boolean past = direct;
        return new NewFile(file, past ? files.createDirect(file) : files.create(file), past, files);
    }

    Path published(ShardName name) {
        return leaf(name).resolve(name.toString());
    }

    private Path leaf(ShardName name) {
        return shards.resolve(name.blob().toString().substring(LEAF));
    }

    /**
     * Renames a synced file into place, durably. If that fails, the file is in neither place; but where it has taken
     * the place of another it stays, as that is gone, and may have had what no other shard has.
     */
    void publish(Path file, ShardName name) throws IOException {
        int number = leafNumber(name);
        Path known = durableLeaves.get(number);
        Path leaf = known == null ? DriveDirectory.made(leaf(name)) : known;
        Path target = leaf.resolve(name.toString());
        boolean replaces = Files.exists(target);
        files.rename(file, target);
        try {
            files.syncDirectory(leaf);
            if (known == null) {
                files.syncDirectory(shards);
                durableLeaves.put(number, leaf);
            }
        } catch (IOException e) {
            if (!replaces) {
                files.delete(target);
            }
            throw e;
        } finally {
            kept.forget(name);
        }
    }

    /** Those that are kept open. */
    OpenShards kept() {
        return kept;
    }

    SharedFile open(ShardName name) throws IOException {
        return open(name, Optional.empty());
    }

    /** A file that will be read again and again. */
    SharedFile openToKeep(ShardName name) throws IOException {
        return open(name, files.openCached(published(name)));
    }

    private SharedFile open(ShardName name, Optional<CachedFile> cached) throws IOException {
        try {
            FileChannel channel = files.open(published(name));
            try {
                return new SharedFile(channel, new SharedFile.Ways(() -> openDirect(name), cached));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            cached.ifPresent(CachedFile::close);
            throw e;
        }
    }

    /** The same shard, to be read past the page cache; empty where that can't be. */
    private Optional<FileChannel> openDirect(ShardName name) {
        if (!direct) {
            return Optional.empty();
        }
        try {
            return Optional.of(files.openDirect(published(name)));
        } catch (IOException | UnsupportedOperationException e) {
            // whoever asks has it open already, and reads it that way
            return Optional.empty();
        }
    }

    void delete(ShardName name) throws IOException {
        try {
            files.delete(published(name));
        } finally {
            kept.forget(name);
        }
    }

    Optional<Long> size(ShardName name) throws IOException {
        try {
            return Optional.of(Files.readAttributes(published(name), BasicFileAttributes.class)
                    .size());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    ShardPage list(Optional<ShardName> after, int limit) throws IOException {
        List<ShardName> found = new ArrayList<>();
        String from = after.map(name -> name.blob().toString().substring(LEAF)).orElse("00");
        for (String leaf : leavesFrom(from)) {
            found.addAll(namesIn(shards.resolve(leaf), after));
            if (found.size() > limit) {
                return new ShardPage(found.subList(0, limit), true);
            }
        }
        return new ShardPage(found, false);
    }

    private List<String> leavesFrom(String from) throws IOException {
        return children(shards)
                .filter(n -> n.length() == 2 && n.compareTo(from) >= 0)
                .sorted()
                .toList();
    }

    private static Stream<String> children(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NotDirectoryException e) {
            return Stream.empty();
        }
        return names.stream();
    }

    private static List<ShardName> namesIn(Path leaf, Optional<ShardName> after) throws IOException {
        return children(leaf)
                .flatMap(name -> parse(name).stream())
                .filter(name -> after.isEmpty() || ORDER.compare(name, after.get()) > 0)
                .sorted()
                .toList();
    }

    /** A file's name as a shard's; empty when it is none, and was put there by somebody else. */
    static Optional<ShardName> parse(String file) {
        if (file.length() < DIGITS + 2 || file.charAt(DIGITS) != '.' || !Id128.isValid(file.substring(0, DIGITS))) {
            return Optional.empty();
        }
        String index = file.substring(DIGITS + 1);
        boolean digits = index.length() <= MAX_INDEX_DIGITS && index.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || Integer.parseInt(index) > 255 || index.length() > 1 && index.charAt(0) == '0') {
            return Optional.empty();
        }
        return Optional.of(new ShardName(BlobId.parse(file.substring(0, DIGITS)), Integer.parseInt(index)));
    }
}
