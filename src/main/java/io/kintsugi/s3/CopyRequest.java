package io.kintsugi.s3;

import io.kintsugi.base.StoreException;
import io.kintsugi.objects.GetObject;
import io.kintsugi.objects.RangeSpec;
import java.util.function.Supplier;

/** What the two copying operations have in common: the source. */
final class CopyRequest {
    private static final String SOURCE = "x-amz-copy-source";

    private CopyRequest() {}

    /** @throws S3Exception {@code InvalidArgument} when there is no source */
    static CopySource source(S3Request request) {
        return CopySource.parse(request.header(SOURCE)
                .orElseThrow(() -> S3Exception.invalidArgument("You must specify a copy source", SOURCE, "")));
    }

    static GetObject read(CopySource source, RangeSpec range, Headers headers) {
        return new GetObject(source.bucket(), source.key(), source.version(), range, Conditions.copySource(headers));
    }

    /**
     * Copies. What a read says with 304 or 405 is 412 or 400 of a copy's source.
     *
     * @throws StoreException as the copying does otherwise
     */
    static <T> T copying(Supplier<T> copy) {
        try {
            return copy.get();
        } catch (StoreException.NotModified notModified) {
            throw new StoreException.PreconditionFailed(SOURCE + "-if-none-match or -if-modified-since");
        } catch (StoreException.DeleteMarker marker) {
            if (!marker.named()) {
                throw new S3Exception(S3Error.NO_SUCH_KEY);
            }
            throw new S3Exception(
                    S3Error.INVALID_REQUEST,
                    "The source of a copy request may not specifically refer to a delete marker by version id.");
        }
    }
}
