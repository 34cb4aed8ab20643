package io.kintsugi.objects;

import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ChecksumAlgorithm;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/** The bytes of a copy's source, as the body of a write. */
final class CopyBody implements UploadBody {
    private final ByteSource source;
    private final long length;
    private final Optional<ChecksumAlgorithm> checksum;

    CopyBody(ByteSource source, long length, Optional<ChecksumAlgorithm> checksum) {
        this.source = source;
        this.length = length;
        this.checksum = checksum;
    }

    @Override
    public int read(ByteBuffer target) {
        return source.read(target);
    }

    @Override
    public OptionalLong length() {
        return OptionalLong.of(length);
    }

    @Override
    public Optional<byte[]> contentMd5() {
        return Optional.empty();
    }

    @Override
    public Optional<ChecksumAlgorithm> checksumAlgorithm() {
        return checksum;
    }

    @Override
    public Optional<byte[]> claimedChecksum() {
        return Optional.empty();
    }
}
