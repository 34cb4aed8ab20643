package io.kintsugi.s3;

import io.kintsugi.objects.ObjectStore;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html">HeadBucket</a> */
record HeadBucketHandler(ObjectStore store, Site site) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        store.bucket(exchange.request().bucket());
        exchange.respond(S3Response.ok()
                .header("x-amz-bucket-region", site.region())
                .header("x-amz-access-point-alias", "false"));
    }
}
