package io.kintsugi.s3;

import io.kintsugi.objects.ObjectStore;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html">DeleteBucket</a> */
record DeleteBucketHandler(ObjectStore store) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        store.deleteBucket(exchange.request().bucket());
        exchange.respond(S3Response.noContent());
    }
}
