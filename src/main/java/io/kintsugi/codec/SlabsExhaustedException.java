package io.kintsugi.codec;

/** All buffers of a {@link SlabPool} were in use for as long as the caller could wait; it may try again. */
public final class SlabsExhaustedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SlabsExhaustedException(String message) {
        super(message);
    }
}
