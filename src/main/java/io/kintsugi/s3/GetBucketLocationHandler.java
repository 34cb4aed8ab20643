package io.kintsugi.s3;

import io.kintsugi.objects.ObjectStore;

/**
 * The region; empty for {@code us-east-1}, as AWS has it.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html">GetBucketLocation</a>
 */
record GetBucketLocationHandler(ObjectStore store, Site site) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        store.bucket(exchange.request().bucket());
        XmlWriter xml = XmlWriter.document("LocationConstraint");
        exchange.respond(S3Response.ok().xml(site.isDefaultRegion() ? xml : xml.text(site.region())));
    }
}
