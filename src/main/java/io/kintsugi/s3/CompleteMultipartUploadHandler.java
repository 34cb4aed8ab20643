package io.kintsugi.s3;

import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.objects.CompleteUpload;
import io.kintsugi.objects.ObjectStore;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Answers when the object is complete, and with an error otherwise: never with a 200 that turns out to be an error, as
 * AWS may.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html">CompleteMultipartUpload</a>
 */
record CompleteMultipartUploadHandler(ObjectStore store) implements S3Handler {
    /** 10,000 parts with number, tag and checksum. */
    private static final int MAX_BODY = 8 * 1024 * 1024;

    private static final String SIZE = "x-amz-mp-object-size";

    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        Headers headers = request.headers();
        UnsupportedHeaders.checkWrite(headers);
        List<CompleteUpload.Part> parts = parts(exchange);
        Optional<ChecksumType> type = Checksums.type(headers);
        Optional<String> size = headers.first(SIZE);
        ObjectVersion made = store.completeUpload(new CompleteUpload(
                Uploads.name(request),
                parts,
                type,
                Checksums.ofWhole(headers, type, parts.size()),
                size.isPresent() ? OptionalLong.of(Numbers.atLeastZero(SIZE, size.get())) : OptionalLong.empty(),
                Conditions.write(headers)));
        XmlWriter xml = XmlWriter.document("CompleteMultipartUploadResult")
                .element("Location", location(request))
                .element("Bucket", made.bucket().value())
                .element("Key", made.key().value())
                .element("ETag", made.etag().quoted());
        made.checksum().ifPresent(checksum -> Checksums.writeWithType(checksum, xml));
        S3Response response = S3Response.ok();
        VersionParam.write(made, Optional.empty(), store, response);
        exchange.respond(response.xml(xml));
    }

    private static List<CompleteUpload.Part> parts(S3Exchange exchange) {
        byte[] body = exchange.readBody(MAX_BODY);
        exchange.reserve(DocumentSizes.completion(body.length, exchange.request()));
        List<XmlElement> parts = XmlReader.read(body, "CompleteMultipartUpload").children("Part");
        if (parts.isEmpty() || parts.size() > Numbers.MAX_PART_NUMBER) {
            throw new S3Exception(S3Error.MALFORMED_XML)
                    .with("Detail", "an upload is completed of 1 to " + Numbers.MAX_PART_NUMBER + " parts");
        }
        return parts.stream().map(CompleteMultipartUploadHandler::part).toList();
    }

    private static CompleteUpload.Part part(XmlElement part) {
        return new CompleteUpload.Part(
                Numbers.partNumber(part.requiredText("PartNumber").strip()),
                part.requiredText("ETag").strip(),
                Checksums.ofPart(part));
    }

    /** Where the object is, by the name that the client has for this server. */
    private static String location(S3Request request) {
        String host = request.header("host").orElse("");
        String bucket = request.bucket().value();
        String base = host.startsWith(bucket + ".") ? host : host + "/" + bucket;
        return "http://" + base + "/" + UrlCoding.encode(request.key().value());
    }
}
