package io.kintsugi.s3;

import io.kintsugi.objects.ObjectStore;

/**
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html">AbortMultipartUpload</a>
 */
record AbortMultipartUploadHandler(ObjectStore store) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        Conditions.abort(exchange.request().headers());
        store.abortUpload(Uploads.name(exchange.request()));
        exchange.respond(S3Response.noContent());
    }
}
