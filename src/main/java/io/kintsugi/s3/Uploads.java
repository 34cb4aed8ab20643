package io.kintsugi.s3;

import io.kintsugi.base.StoreException;
import io.kintsugi.base.UploadId;
import io.kintsugi.objects.UploadName;

/** What requests about an upload have in common. */
final class Uploads {
    private Uploads() {}

    /** @throws StoreException.NotFound when no upload can have such an id */
    static UploadName name(S3Request request) {
        return new UploadName(
                request.bucket(), request.key(), id(request.query("uploadId").orElse("")));
    }

    static int partNumber(S3Request request) {
        return Numbers.partNumber(request.query("partNumber").orElse(""));
    }

    private static UploadId id(String text) {
        try {
            return UploadId.parse(text);
        } catch (IllegalArgumentException notAnId) {
            throw new StoreException.NotFound(StoreException.NotFound.Kind.UPLOAD, text);
        }
    }
}
