package io.kintsugi.s3;

import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.objects.CopyObject;
import io.kintsugi.objects.CopyResult;
import io.kintsugi.objects.ObjectStore;
import io.kintsugi.objects.RangeSpec;
import java.util.Map;
import java.util.Optional;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">CopyObject</a> */
record CopyObjectHandler(ObjectStore store) implements S3Handler {
    private static final String METADATA_DIRECTIVE = "x-amz-metadata-directive";
    private static final String TAGGING_DIRECTIVE = "x-amz-tagging-directive";
    private static final String REDIRECT = "x-amz-website-redirect-location";
    private static final String STORAGE_CLASS = "x-amz-storage-class";
    private static final String TO_ITSELF =
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
                    + "object's metadata, storage class, website redirect location or encryption attributes.";

    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkWrite(request.headers());
        CopySource source = CopyRequest.source(request);
        CopyObject copy = copy(request, source);
        CopyResult result = CopyRequest.copying(() -> store.copy(copy));
        ObjectVersion target = result.target();
        XmlWriter xml = XmlWriter.document("CopyObjectResult")
                .element("LastModified", HttpDates.xml(target.lastModified()))
                .element("ETag", target.etag().quoted());
        target.checksum().ifPresent(checksum -> Checksums.writeWithType(checksum, xml));
        S3Response response = S3Response.ok();
        VersionParam.writeSource(result.source(), source.version(), store, response);
        VersionParam.write(target, Optional.empty(), store, response);
        exchange.respond(response.xml(xml));
    }

    private static CopyObject copy(S3Request request, CopySource source) {
        Headers headers = request.headers();
        boolean replaceMetadata = replaces(headers, METADATA_DIRECTIVE, "Unknown metadata directive.");
        boolean replaceTags = replaces(headers, TAGGING_DIRECTIVE, "Unknown tagging directive.");
        Optional<ChecksumAlgorithm> checksum = Checksums.algorithm(headers);
        Optional<String> storageClass =
                headers.contains(STORAGE_CLASS) ? Optional.of(MetadataHeaders.storageClass(headers)) : Optional.empty();
        if (!replaceMetadata && headers.contains(REDIRECT)) {
            throw UnsupportedHeaders.notImplemented(REDIRECT + " without " + METADATA_DIRECTIVE + ": REPLACE");
        }
        boolean same = source.bucket().equals(request.bucket()) && source.key().equals(request.key());
        boolean changes = replaceMetadata
                || replaceTags
                || checksum.isPresent()
                || source.version().isPresent()
                || storageClass.isPresent();
        if (same && !changes) {
            throw new S3Exception(S3Error.INVALID_REQUEST, TO_ITSELF);
        }
        Optional<ObjectMetadata> metadata =
                replaceMetadata ? Optional.of(MetadataHeaders.parse(headers)) : Optional.empty();
        Optional<Map<String, String>> tags =
                replaceTags ? Optional.of(MetadataHeaders.tags(headers)) : Optional.empty();
        return new CopyObject(
                CopyRequest.read(source, new RangeSpec.Whole(), headers),
                new CopyObject.Target(request.bucket(), request.key(), Conditions.write(headers)),
                metadata,
                tags,
                storageClass,
                checksum);
    }

    private static boolean replaces(Headers headers, String directive, String unknown) {
        String value = headers.first(directive).orElse("COPY");
        return switch (value) {
            case "COPY" -> false;
            case "REPLACE" -> true;
            default -> throw S3Exception.invalidArgument(unknown, directive, value);
        };
    }
}
