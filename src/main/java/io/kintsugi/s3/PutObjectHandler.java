package io.kintsugi.s3;

import io.kintsugi.base.ObjectVersion;
import io.kintsugi.objects.ObjectStore;
import io.kintsugi.objects.PutObject;
import java.util.Optional;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html">PutObject</a> */
record PutObjectHandler(ObjectStore store) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkWrite(request.headers());
        ObjectVersion stored = store.put(new PutObject(
                request.bucket(),
                request.key(),
                MetadataHeaders.parse(request.headers()),
                Conditions.write(request.headers()),
                exchange.uploadBody()));
        S3Response response = S3Response.ok().header("ETag", stored.etag().quoted());
        VersionParam.write(stored, Optional.empty(), store, response);
        stored.checksum().ifPresent(checksum -> Checksums.writeHeaders(checksum, response));
        exchange.respond(response);
    }
}
