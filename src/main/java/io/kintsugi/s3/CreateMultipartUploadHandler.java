package io.kintsugi.s3;

import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.Upload;
import io.kintsugi.objects.CreateUpload;
import io.kintsugi.objects.ObjectStore;
import java.util.Locale;
import java.util.Optional;

/**
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html">CreateMultipartUpload</a>
 */
record CreateMultipartUploadHandler(ObjectStore store) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkWrite(request.headers());
        Upload upload = store.createUpload(new CreateUpload(
                request.bucket(), request.key(), MetadataHeaders.parse(request.headers()), plan(request.headers())));
        S3Response response = S3Response.ok();
        upload.checksum()
                .ifPresent(plan -> response.header(
                                Checksums.ALGORITHM_HEADER, plan.algorithm().wireName())
                        .header(Checksums.TYPE_HEADER, plan.type().name()));
        exchange.respond(response.xml(XmlWriter.document("InitiateMultipartUploadResult")
                .element("Bucket", upload.bucket().value())
                .element("Key", upload.key().value())
                .element("UploadId", upload.id().toString())));
    }

    private static Optional<Upload.ChecksumPlan> plan(Headers headers) {
        Optional<ChecksumAlgorithm> algorithm = Checksums.algorithm(headers);
        Optional<ChecksumType> type = Checksums.type(headers);
        if (algorithm.isEmpty() && type.isPresent()) {
            throw new S3Exception(
                    S3Error.INVALID_REQUEST,
                    "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
        }
        return algorithm
                .map(named -> new Upload.ChecksumPlan(named, type.orElseGet(named::defaultMultipartType)))
                .map(CreateMultipartUploadHandler::checked);
    }

    private static Upload.ChecksumPlan checked(Upload.ChecksumPlan plan) {
        if (!plan.algorithm().allows(plan.type())) {
            throw new S3Exception(
                    S3Error.INVALID_REQUEST,
                    "The " + plan.type() + " checksum type cannot be used with the "
                            + plan.algorithm().name().toLowerCase(Locale.ROOT) + " checksum algorithm.");
        }
        return plan;
    }
}
