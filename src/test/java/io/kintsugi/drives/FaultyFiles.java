package io.kintsugi.drives;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** The file system of a drive, watched, and with one call at a time that can be made to fail. */
final class FaultyFiles extends DriveFiles {
    enum Call {
        CREATE,
        WRITE,
        SYNC,
        SYNC_DIRECTORY,
        RENAME,
        OPEN,
        READ
    }

    private record Fault(Call call, String message) {}

    /** As the text of a failure: the JDK has an exception of its own for it. */
    static final String DENIED = "Permission denied";

    private static final Fault NONE = new Fault(Call.CREATE, "");

    private volatile boolean refusesDirect;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Map<Call, CountDownLatch> hanging = new ConcurrentHashMap<>();
    private final AtomicReference<Fault> fault = new AtomicReference<>(NONE);
    private final AtomicReference<Fault> once = new AtomicReference<>(NONE);

    /** From now on this call fails, with the text of the operating system; an empty text ends it. */
    void fail(Call call, String message) {
        fault.set(new Fault(call, message));
    }

    /** This call fails one time, as the operating system tells of a lost write. */
    void failOnce(Call call, String message) {
        once.set(new Fault(call, message));
    }

    /** From now on this call hangs, until the latch is opened. */
    void hang(Call call, CountDownLatch latch) {
        hanging.put(call, latch);
    }

    /** As on a file system that has no way past the page cache. */
    void refuseDirect() {
        refusesDirect = true;
    }

    private void requireDirect() {
        if (refusesDirect) {
            throw new UnsupportedOperationException("this file system reads and writes through the page cache");
        }
    }

    List<Call> calls() {
        return calls;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("a thread of a drive was interrupted", e);
        }
    }

    private void note(Call call) throws IOException {
        calls.add(call);
        CountDownLatch latch = hanging.get(call);
        if (latch != null) {
            awaitUninterruptibly(latch);
        }
        Fault single = once.get();
        if (single.call() == call && !single.message().isEmpty() && once.compareAndSet(single, NONE)) {
            throw new IOException(single.message());
        }
        Fault now = fault.get();
        if (now.call() == call && !now.message().isEmpty()) {
            throw now.message().equals(DENIED) ? new AccessDeniedException(DENIED) : new IOException(now.message());
        }
    }

    @Override
    FileChannel create(Path file) throws IOException {
        note(Call.CREATE);
        return super.create(file);
    }

    @Override
    FileChannel createDirect(Path file) throws IOException {
        requireDirect();
        note(Call.CREATE);
        return super.createDirect(file);
    }

    @Override
    FileChannel openDirect(Path file) throws IOException {
        requireDirect();
        return super.openDirect(file);
    }

    @Override
    FileChannel open(Path file) throws IOException {
        note(Call.OPEN);
        if (fault.get().call() == Call.READ) {
            // it can't be read, whatever is asked of it
            return FileChannel.open(file, StandardOpenOption.WRITE);
        }
        return super.open(file);
    }

    @Override
    void write(FileChannel channel, ByteBuffer... bytes) throws IOException {
        note(Call.WRITE);
        super.write(channel, bytes);
    }

    @Override
    void sync(FileChannel channel) throws IOException {
        note(Call.SYNC);
        super.sync(channel);
    }

    @Override
    void syncDirectory(Path directory) throws IOException {
        note(Call.SYNC_DIRECTORY);
        super.syncDirectory(directory);
    }

    @Override
    void rename(Path from, Path to) throws IOException {
        note(Call.RENAME);
        super.rename(from, to);
    }
}
