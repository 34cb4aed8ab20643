package io.kintsugi.drives;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shard files of a drive that are kept open since they are read again and again: the last of them, up to a number.
 * Shards never change, but they are removed, and mended ones take their places: then {@link #forget} closes the old
 * file, once those who are reading it have ended. Any thread.
 */
final class OpenShards {
    private static final float LOAD = 0.75f;
    private static final boolean BY_ACCESS = true;

    private final int most;
    private final Map<ShardName, SharedFile> files;
    private long changes;
    private boolean closed;

    /** @param most that are kept; 0 for none */
    OpenShards(int most) {
        this.most = most;
        this.files = new LinkedHashMap<>(2 * most, LOAD, BY_ACCESS);
    }

    /** The open file, with one more owner: whoever asked. */
    synchronized Optional<SharedFile> find(ShardName name) {
        return Optional.ofNullable(files.get(name)).filter(SharedFile::retain);
    }

    /** How often anything was forgotten so far; asked before a file is opened. */
    synchronized long changes() {
        return changes;
    }

    /**
     * Keeps a file, unless something was forgotten since {@code changesBefore}: it might be this one, and its place be
     * another's by now.
     */
    void keep(ShardName name, SharedFile file, long changesBefore) {
        List<SharedFile> leaving = new ArrayList<>();
        synchronized (this) {
            if (closed || changes != changesBefore || !file.retain()) {
                return;
            }
            add(leaving, files.put(name, file));
            Iterator<SharedFile> oldest = files.values().iterator();
            while (files.size() > most) {
                leaving.add(oldest.next());
                oldest.remove();
            }
        }
        leaving.forEach(SharedFile::release);
    }

    private static void add(List<SharedFile> leaving, SharedFile file) {
        if (file != null) {
            leaving.add(file);
        }
    }

    /** After the shard was removed, or another file took its place. */
    void forget(ShardName name) {
        List<SharedFile> leaving = new ArrayList<>();
        synchronized (this) {
            changes++;
            add(leaving, files.remove(name));
        }
        leaving.forEach(SharedFile::release);
    }

    /** How many are kept. */
    synchronized int size() {
        return files.size();
    }

    /** Keeps nothing any more. */
    void close() {
        List<SharedFile> leaving;
        synchronized (this) {
            closed = true;
            leaving = List.copyOf(files.values());
            files.clear();
        }
        leaving.forEach(SharedFile::release);
    }
}
