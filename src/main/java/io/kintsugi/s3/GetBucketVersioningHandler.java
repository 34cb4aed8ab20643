package io.kintsugi.s3;

import io.kintsugi.objects.ObjectStore;

/**
 * Empty when versioning was never switched on.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html">GetBucketVersioning</a>
 */
record GetBucketVersioningHandler(ObjectStore store) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        XmlWriter xml = XmlWriter.document("VersioningConfiguration");
        switch (store.bucket(exchange.request().bucket()).versioning()) {
            case OFF -> {}
            case ENABLED -> xml.element("Status", "Enabled");
            case SUSPENDED -> xml.element("Status", "Suspended");
        }
        exchange.respond(S3Response.ok().xml(xml));
    }
}
