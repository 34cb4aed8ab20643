package io.kintsugi.drives;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The directory of a drive, before it is opened: what is it, and how does it become a drive. All methods block. */
public final class DriveDirectory {
    static final String IDENTITY = "kintsugi.json";
    static final String IDENTITY_TEMPORARY = "kintsugi.json.tmp";
    static final String FOUNDING = "kintsugi.json.founding";
    static final String LOCK = "kintsugi.lock";
    static final String KEY_VALUES = "kv";
    static final String SHARDS = "shards";
    static final String INCOMING = "incoming";

    /** The administrator's credentials when nobody chose any. The store writes them, once a drive is in use. */
    public static final String ROOT_CREDENTIALS = "root-credentials";
    /** The same before they are renamed into place. */
    public static final String ROOT_CREDENTIALS_NEW = "root-credentials.new";

    private static final Set<String> DATA =
            Set.of(KEY_VALUES, SHARDS, INCOMING, ROOT_CREDENTIALS, ROOT_CREDENTIALS_NEW);
    private static final Set<String> HARMLESS = Set.of("lost+found", IDENTITY_TEMPORARY, FOUNDING, LOCK);
    private static final int NAMES_SHOWN = 3;

    private DriveDirectory() {}

    /** Two of the directories that are given are one, or one lies in the other. */
    public record Overlap(Path one, Path other, boolean same) {
        public String message() {
            return same ? one + " and " + other + " are the same directory" : other + " lies inside " + one;
        }
    }

    /** Looks at a place without changing anything there. */
    public static DriveInspection inspect(Path path) {
        try {
            if (!Files.isDirectory(path)) {
                return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                        ? new DriveInspection.Unreadable(path, "it is not a directory")
                        : new DriveInspection.Missing(path);
            }
            DriveInspection found = judge(path);
            boolean wantsWriting = found instanceof DriveInspection.Empty || found instanceof DriveInspection.Ours;
            return wantsWriting && !Files.isWritable(path)
                    ? new DriveInspection.NotWritable(path, "permission denied, or a read-only file system")
                    : found;
        } catch (AccessDeniedException e) {
            return new DriveInspection.Unreadable(path, "permission denied at " + e.getFile());
        } catch (IOException e) {
            return new DriveInspection.Unreadable(path, e.getMessage());
        } catch (DirectoryIteratorException e) {
            return new DriveInspection.Unreadable(path, e.getCause().getMessage());
        }
    }

    private static DriveInspection judge(Path path) throws IOException {
        Path identity = path.resolve(IDENTITY);
        if (Files.exists(identity, LinkOption.NOFOLLOW_LINKS)) {
            return judgeIdentity(path, identity);
        }
        TreeSet<String> names = new TreeSet<>();
        boolean hasData = false;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                hasData |= DATA.contains(name) && !isEmpty(entry);
                if (!HARMLESS.contains(name) && !DATA.contains(name)) {
                    names.add(name);
                }
            }
        }
        if (!names.isEmpty()) {
            return new DriveInspection.Foreign(path, describe(names));
        }
        return hasData
                ? new DriveInspection.Corrupt(path, IDENTITY + " is missing, and there is data of a drive")
                : new DriveInspection.Empty(path, founding(path));
    }

    /** What {@link #prepare} has said here; what can't be understood was said by nobody. */
    private static Optional<DriveIdentity> founding(Path path) throws IOException {
        Path file = path.resolve(FOUNDING);
        boolean readable =
                Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= IdentityFormat.MAX_BYTES;
        return readable
                        && IdentityFormat.parse(Files.readAllBytes(file))
                                instanceof IdentityFormat.Parsed.Identity(var i)
                ? Optional.of(i)
                : Optional.empty();
    }

    /** Whether there is no file, at most directories: what a removal that is interrupted leaves. */
    private static boolean isEmpty(Path entry) throws IOException {
        if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(entry)) {
            for (Path inner : entries) {
                if (!isEmpty(inner)) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Makes one directory, if it is not there. Never those above it: when the drive was taken away, they would be made
     * on whatever file system lies below.
     */
    static Path made(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            try {
                Files.createDirectory(directory);
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(directory)) {
                    throw e;
                }
            }
        }
        return directory;
    }

    private static String describe(Set<String> names) {
        if (names.contains(".minio.sys")) {
            return "a drive of MinIO (.minio.sys)";
        }
        if (names.contains(".rustfs.sys")) {
            return "a drive of RustFS (.rustfs.sys)";
        }
        String shown = String.join(", ", names.stream().limit(NAMES_SHOWN).toList());
        return names.size() > NAMES_SHOWN ? shown + " and " + (names.size() - NAMES_SHOWN) + " more" : shown;
    }

    private static DriveInspection judgeIdentity(Path path, Path file) throws IOException {
        if (Files.size(file) > IdentityFormat.MAX_BYTES) {
            return new DriveInspection.Corrupt(path, IDENTITY + " is too large");
        }
        byte[] bytes = Files.readAllBytes(file);
        return switch (IdentityFormat.parse(bytes)) {
            case IdentityFormat.Parsed.Identity(var identity) -> new DriveInspection.Ours(path, identity);
            case IdentityFormat.Parsed.OtherVersion(var version) ->
                version > IdentityFormat.VERSION
                        ? new DriveInspection.TooNew(path, version)
                        : new DriveInspection.TooOld(path, version);
            case IdentityFormat.Parsed.Broken(var reason) ->
                IdentityRepair.of(bytes)
                        .<DriveInspection>map(identity -> new DriveInspection.Ours(path, identity))
                        .orElseGet(() -> new DriveInspection.Corrupt(path, reason));
        };
    }

    /**
     * Holds a folder that is to become a drive, which is made if it is not there, until that is open.
     *
     * @throws FoundingClaim.Held when another process has it
     */
    public static FoundingClaim claim(Path path) throws IOException {
        return FoundingClaim.of(path);
    }

    /**
     * The first half of founding a pool: says in an empty or missing directory which drive it is to become; durable
     * when done. What an earlier founding has said there is replaced, at once.
     *
     * @throws IOException when the directory is not empty, or cannot be written
     */
    public static void prepare(Path path, DriveIdentity identity) throws IOException {
        prepare(path, identity, new DriveFiles());
    }

    static void prepare(Path path, DriveIdentity identity, DriveFiles files) throws IOException {
        makeEmpty(path);
        writeIdentityTemporary(path, identity, files);
        files.rename(path.resolve(IDENTITY_TEMPORARY), path.resolve(FOUNDING));
        files.syncDirectory(path);
        syncAbove(path, files);
    }

    /**
     * The second half, for which every directory of the pool has to be prepared: this one becomes the drive. Durable
     * when done; an interrupted one leaves the directory prepared, or the drive.
     *
     * @throws IOException when the directory is not prepared to become this drive, or cannot be written
     */
    public static void found(Path path, DriveIdentity identity) throws IOException {
        found(path, identity, new DriveFiles());
    }

    static void found(Path path, DriveIdentity identity, DriveFiles files) throws IOException {
        DriveInspection found = inspect(path);
        if (!(found instanceof DriveInspection.Empty empty) || !empty.founding().equals(Optional.of(identity))) {
            throw new IOException(found.message() + ", and not prepared to become drive " + identity.drive()
                    + " any more: see that no other process starts a store there, and start again");
        }
        files.rename(path.resolve(FOUNDING), path.resolve(IDENTITY));
        files.syncDirectory(path);
    }

    /**
     * Makes an empty or missing directory a drive of a pool that is there; durable when done. An interrupted formatting
     * leaves an empty directory.
     *
     * @throws IOException when the directory is not empty, or cannot be written
     */
    public static void format(Path path, DriveIdentity identity) throws IOException {
        DriveFiles files = new DriveFiles();
        makeEmpty(path);
        writeIdentityTemporary(path, identity, files);
        files.rename(path.resolve(IDENTITY_TEMPORARY), path.resolve(IDENTITY));
        files.syncDirectory(path);
        syncAbove(path, files);
    }

    private static void makeEmpty(Path path) throws IOException {
        Files.createDirectories(path);
        DriveInspection found = inspect(path);
        if (!(found instanceof DriveInspection.Empty)) {
            throw new IOException("not formatted: " + found.message() + "; " + found.cure());
        }
    }

    /**
     * That the directory is there at all: those above it may have been made with it, or by a process that was killed.
     */
    private static void syncAbove(Path path, DriveFiles files) throws IOException {
        Path above = path.toRealPath().getParent();
        if (above == null) {
            return;
        }
        FileStore store = Files.getFileStore(above);
        while (above != null
                && Files.isReadable(above)
                && Files.getFileStore(above).equals(store)) {
            files.syncDirectory(above);
            above = above.getParent();
        }
    }

    static void writeIdentityTemporary(Path path, DriveIdentity identity, DriveFiles files) throws IOException {
        Path temporary = path.resolve(IDENTITY_TEMPORARY);
        Files.deleteIfExists(temporary);
        try (FileChannel channel =
                FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            files.write(channel, ByteBuffer.wrap(IdentityFormat.print(identity)));
            files.sync(channel);
        }
    }

    /**
     * Where a directory really is.
     *
     * @param key what identifies it whatever it is called; empty when it is not there
     */
    public record Place(Path given, Path real, Optional<Object> key) {
        /** Looks it up, through links. */
        public static Place of(Path path) {
            return new Place(path, realPath(path), fileKey(path));
        }

        /** Of one that does not answer: as it is called. */
        public static Place unknown(Path path) {
            return new Place(path, named(path), Optional.empty());
        }
    }

    /**
     * The first two directories among these that are one (also by links and bind mounts), or of which one lies in the
     * other. Looks at none of them.
     */
    public static Optional<Overlap> overlap(List<Place> places) {
        List<Place> seen = new ArrayList<>();
        for (Place place : places) {
            for (Place other : seen) {
                if (place.real().equals(other.real())
                        || place.key().isPresent() && place.key().equals(other.key())) {
                    return Optional.of(new Overlap(other.given(), place.given(), true));
                }
                if (place.real().startsWith(other.real())) {
                    return Optional.of(new Overlap(other.given(), place.given(), false));
                }
                if (other.real().startsWith(place.real())) {
                    return Optional.of(new Overlap(place.given(), other.given(), false));
                }
            }
            seen.add(place);
        }
        return Optional.empty();
    }

    private static Path realPath(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return named(path);
        }
    }

    private static Path named(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /** What identifies the directory on this machine whatever it is called; empty when it is not there. */
    static Optional<Object> fileKey(Path path) {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(path, BasicFileAttributes.class).fileKey());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
