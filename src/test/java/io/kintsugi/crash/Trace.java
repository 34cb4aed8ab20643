package io.kintsugi.crash;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What {@code src/test/c/recorder.c} has recorded, in order. */
public record Trace(List<Entry> entries) {
    private static final int CREATED = 1;
    private static final int EMPTIED = 2;
    private static final int DIRECTORY = 4;

    /** In the order of the recorder's numbers. */
    public enum Kind {
        OPEN,
        WRITE,
        TRUNCATE,
        SYNC_BEGIN,
        SYNC_END,
        CLOSE,
        RENAME,
        UNLINK,
        MKDIR,
        RMDIR,
        LINK,
        MARK,
        FORBIDDEN
    }

    /**
     * One record.
     *
     * @param path absolute; of entries that have only a handle the one that it was opened by
     * @param other the new name of a rename or a link
     * @param handle of an open file; the serial number of a sync that ends
     * @param number an offset, a size, how it was opened, or the serial number of a sync that begins
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Entry(Kind kind, String path, String other, long handle, long number, byte[] data) {
        boolean created() {
            return (number & CREATED) != 0;
        }

        boolean emptied() {
            return (number & EMPTIED) != 0;
        }

        boolean directory() {
            return (number & DIRECTORY) != 0;
        }

        /** Whether it changes what is on the drives now or after a crash. */
        boolean matters() {
            return switch (kind) {
                case OPEN -> created() || emptied();
                case SYNC_BEGIN, CLOSE -> false;
                case WRITE, TRUNCATE, SYNC_END, RENAME, UNLINK, MKDIR, RMDIR, LINK, MARK, FORBIDDEN -> true;
            };
        }

        String text() {
            return new String(data, StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return kind + " " + path + (other.isEmpty() ? "" : " to " + other) + " " + number + " (" + data.length
                    + ")";
        }
    }

    static Trace read(Path log) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(log)).order(ByteOrder.LITTLE_ENDIAN);
        List<Entry> entries = new ArrayList<>();
        Map<Long, String> paths = new HashMap<>();
        while (bytes.hasRemaining()) {
            Entry entry = next(bytes, paths);
            if (entry.kind() == Kind.OPEN) {
                paths.put(entry.handle(), entry.path());
            }
            if (entry.kind() == Kind.FORBIDDEN) {
                throw new IOException("files were changed in a way that is not recorded: " + entry);
            }
            entries.add(entry);
        }
        return new Trace(List.copyOf(entries));
    }

    private static Entry next(ByteBuffer bytes, Map<Long, String> paths) throws IOException {
        try {
            Kind kind = Kind.values()[bytes.getInt()];
            int pathBytes = bytes.getInt();
            int otherBytes = bytes.getInt();
            int dataBytes = bytes.getInt();
            long handle = bytes.getLong();
            long number = bytes.getLong();
            String path = text(bytes, pathBytes);
            String other = text(bytes, otherBytes);
            byte[] data = new byte[dataBytes];
            bytes.get(data);
            String known = path.isEmpty() ? paths.getOrDefault(handle, "") : path;
            return new Entry(kind, known, other, handle, number, data);
        } catch (BufferUnderflowException e) {
            throw new IOException("the record at the end is cut off", e);
        }
    }

    private static String text(ByteBuffer bytes, int count) {
        byte[] text = new byte[count];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** What comes before and with the rename that is the last of so many to a path that matches. */
    public Trace untilRenamed(Predicate<String> path, int times) {
        int seen = 0;
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.kind() == Kind.RENAME && path.test(entry.other()) && ++seen == times) {
                return new Trace(entries.subList(0, i + 1));
            }
        }
        throw new IllegalArgumentException("only " + seen + " such renames were recorded");
    }

    /** The same, as if no file whose path matches had ever been synced: for tests that must fail then. */
    public Trace withoutSyncs(Predicate<String> path) {
        Set<Long> dropped = new HashSet<>();
        List<Entry> left = new ArrayList<>();
        for (Entry entry : entries) {
            boolean drop = switch (entry.kind()) {
                case SYNC_BEGIN -> path.test(entry.path()) && dropped.add(entry.number());
                case SYNC_END -> dropped.contains(entry.number());
                default -> false;
            };
            if (!drop) {
                left.add(entry);
            }
        }
        if (dropped.isEmpty()) {
            throw new IllegalStateException("no such sync in the trace");
        }
        return new Trace(List.copyOf(left));
    }
}
