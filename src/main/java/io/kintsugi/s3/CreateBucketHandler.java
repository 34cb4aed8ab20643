package io.kintsugi.s3;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.StoreException;
import io.kintsugi.objects.ObjectStore;
import java.util.List;

/**
 * A bucket that exists already and is ours: in {@code us-east-1} the answer is 200, as AWS keeps it for older clients,
 * and nothing is changed; in other regions 409.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html">CreateBucket</a>
 */
record CreateBucketHandler(ObjectStore store, Site site) implements S3Handler {
    private static final int MAX_BODY = 64 * 1024;
    private static final List<String> NOT_DONE = List.of("Location", "Bucket", "Tags");

    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        BucketName name = request.bucket();
        UnsupportedHeaders.checkCreateBucket(request.headers());
        byte[] body = exchange.readBody(MAX_BODY);
        if (body.length > 0) {
            exchange.reserve(DocumentSizes.parsed(body.length));
            checkConfiguration(XmlReader.read(body, "CreateBucketConfiguration"));
        }
        create(name);
        exchange.respond(S3Response.ok().header("Location", "/" + name));
    }

    private void create(BucketName name) {
        try {
            store.createBucket(name);
        } catch (StoreException.Conflict conflict) {
            if (conflict.kind() != StoreException.Conflict.Kind.BUCKET_EXISTS || !site.isDefaultRegion()) {
                throw conflict;
            }
        }
    }

    private void checkConfiguration(XmlElement configuration) {
        String constraint =
                configuration.childText("LocationConstraint").orElse("").strip();
        if (!constraint.isEmpty() && !constraint.equals(site.region())) {
            S3Error error =
                    site.isDefaultRegion() ? S3Error.INVALID_LOCATION_CONSTRAINT : S3Error.ILLEGAL_LOCATION_CONSTRAINT;
            throw new S3Exception(error, error.message() + " This server's region is " + site.region() + ".")
                    .with("LocationConstraint", constraint);
        }
        for (String element : NOT_DONE) {
            if (configuration.child(element).isPresent()) {
                throw new S3Exception(
                        S3Error.NOT_IMPLEMENTED,
                        "CreateBucketConfiguration asks for what is not" + " implemented: " + element);
            }
        }
    }
}
