package io.kintsugi.s3;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.objects.ObjectStore;

/**
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html">PutBucketVersioning</a>
 */
record PutBucketVersioningHandler(ObjectStore store) implements S3Handler {
    private static final int MAX_BODY = 64 * 1024;

    @Override
    public void handle(S3Exchange exchange) {
        BucketName name = exchange.request().bucket();
        byte[] body = exchange.readBody(MAX_BODY);
        exchange.reserve(DocumentSizes.parsed(body.length));
        XmlElement configuration = XmlReader.read(body, "VersioningConfiguration");
        if (configuration.childText("MfaDelete").filter("Enabled"::equals).isPresent()) {
            throw new S3Exception(S3Error.NOT_IMPLEMENTED, "MFA delete is not implemented");
        }
        store.setVersioning(name, state(configuration));
        exchange.respond(S3Response.ok());
    }

    private static Versioning state(XmlElement configuration) {
        return switch (configuration.childText("Status").orElse("")) {
            case "Enabled" -> Versioning.ENABLED;
            case "Suspended" -> Versioning.SUSPENDED;
            default -> throw new S3Exception(S3Error.ILLEGAL_VERSIONING_CONFIGURATION);
        };
    }
}
