package io.kintsugi.codec;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One direct buffer, aligned to 4096 bytes, lent by a {@link SlabPool}. Its owner closes it exactly once; the memory
 * then belongs to whoever takes it next, so no view of it may be used after {@code close}. Contents are whatever the
 * last owner left.
 *
 * <p>Not for use by several threads at once, except that disjoint ranges may be.
 */
public final class Slab implements AutoCloseable {
    private final SlabPool pool;
    private final Memory memory;
    private final AtomicBoolean closed = new AtomicBoolean();

    Slab(SlabPool pool, Memory memory) {
        this.pool = pool;
        this.memory = memory;
    }

    /** A fresh view of all of it: position 0, limit {@link #capacity()}, big-endian. */
    public ByteBuffer buffer() {
        return memory().buffer().duplicate();
    }

    /** A fresh view of {@code length} bytes from {@code offset}: position 0, limit and capacity {@code length}. */
    public ByteBuffer slice(int offset, int length) {
        return memory().buffer().slice(offset, length);
    }

    /** Usable bytes: what was asked for or more. */
    public int capacity() {
        return memory.capacity();
    }

    /**
     * Where the memory begins, for native code; only this room calls any.
     *
     * @throws IllegalStateException without kernels, when nobody needs it
     */
    long address() {
        long address = memory().address();
        if (address == 0) {
            throw new IllegalStateException(
                    "the address of a slab was asked for, but there are no native kernels: use buffer()");
        }
        return address;
    }

    /**
     * Gives the memory back.
     *
     * @throws IllegalStateException when it was given back before
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            throw new IllegalStateException("slab of " + capacity() + " bytes closed twice: its memory may already "
                    + "belong to another owner; find the second close");
        }
        pool.giveBack(memory);
    }

    private Memory memory() {
        if (closed.get()) {
            throw new IllegalStateException("slab of " + capacity() + " bytes used after close");
        }
        return memory;
    }

    /** The buffer itself, which outlives its owners. Address 0: unknown, as there are no kernels. */
    record Memory(ByteBuffer buffer, long address) {
        static final int ALIGNMENT = 4096;

        static Memory allocate(int capacity) {
            int pages = Math.ceilDiv(capacity, ALIGNMENT) + 1; // alignedSlice cuts a part of a page at both ends
            ByteBuffer whole = ByteBuffer.allocateDirect(Math.multiplyExact(pages, ALIGNMENT));
            ByteBuffer b = whole.alignedSlice(ALIGNMENT).slice(0, capacity);
            return new Memory(b, Kernels.AVAILABLE ? Kernels.address(b) : 0);
        }

        int capacity() {
            return buffer.capacity();
        }
    }
}
