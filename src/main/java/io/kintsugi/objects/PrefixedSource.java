package io.kintsugi.objects;

import io.kintsugi.base.ByteSource;
import java.nio.ByteBuffer;

/** Bytes that were read already, then the others. */
final class PrefixedSource implements ByteSource {
    private final ByteBuffer read;
    private final ByteSource prefix;
    private final ByteSource rest;

    PrefixedSource(ByteBuffer read, ByteSource rest) {
        this.read = read;
        this.prefix = ByteSource.of(read);
        this.rest = rest;
    }

    @Override
    public int read(ByteBuffer target) {
        return read.hasRemaining() ? prefix.read(target) : rest.read(target);
    }
}
