package io.kintsugi.s3;

import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.StoreException;
import io.kintsugi.codec.Digest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** A body whose SHA-256 was signed; it ends well only if it has that. */
final class HashedSource implements ByteSource {
    private final ByteSource source;
    private final byte[] expected;
    private final Digest digest = Digest.of(ChecksumAlgorithm.SHA256);
    private boolean verified;

    HashedSource(ByteSource source, byte[] expected) {
        this.source = source;
        this.expected = expected;
    }

    @Override
    public int read(ByteBuffer target) {
        int start = target.position();
        int count = verified ? -1 : source.read(target);
        if (count > 0) {
            digest.update(target.slice(start, count));
        } else if (!verified) {
            if (!MessageDigest.isEqual(digest.finish(), expected)) {
                throw new StoreException.Invalid(
                        StoreException.Invalid.Kind.CONTENT_SHA256_MISMATCH,
                        "The provided 'x-amz-content-sha256' header does not match what was computed.");
            }
            verified = true;
        }
        return count;
    }
}
