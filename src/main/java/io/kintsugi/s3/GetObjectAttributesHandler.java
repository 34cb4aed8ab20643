package io.kintsugi.s3;

import io.kintsugi.base.Checksum;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.objects.GetObject;
import io.kintsugi.objects.ObjectStore;
import io.kintsugi.objects.RangeSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Parts are listed of objects whose parts have checksums, as AWS has it; their number is told of all that were uploaded
 * in parts.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html">GetObjectAttributes</a>
 */
record GetObjectAttributesHandler(ObjectStore store) implements S3Handler {
    private static final String ATTRIBUTES = "x-amz-object-attributes";
    private static final Set<String> KNOWN = Set.of("ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize");

    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkRead(request.headers());
        Set<String> attributes = attributes(request);
        Optional<VersionId> asked = VersionParam.of(request);
        GetObject head = new GetObject(
                request.bucket(), request.key(), asked, new RangeSpec.Whole(), Conditions.read(request.headers()));
        OptionalLong lacking = answerAtOnce(exchange, store.head(head).version(), attributes);
        if (lacking.isPresent()) {
            exchange.reserve(lacking.getAsLong());
            // read again: whoever waits holds nothing of what he waits for
            ObjectVersion version = store.head(head).version();
            if (bytes(version, request) > lacking.getAsLong()) {
                throw new S3Exception(S3Error.SLOW_DOWN);
            }
            answer(exchange, version, attributes);
        }
    }

    private static long bytes(ObjectVersion version, S3Request request) {
        return DocumentSizes.attributes(version.parts().size(), request);
    }

    /** Answers if there is memory for it now; else says how much it takes. */
    private OptionalLong answerAtOnce(S3Exchange exchange, ObjectVersion version, Set<String> attributes) {
        long bytes = bytes(version, exchange.request());
        if (!exchange.reserveAtOnce(bytes)) {
            return OptionalLong.of(bytes);
        }
        answer(exchange, version, attributes);
        return OptionalLong.empty();
    }

    private void answer(S3Exchange exchange, ObjectVersion version, Set<String> attributes) {
        S3Request request = exchange.request();
        XmlWriter xml = XmlWriter.document("GetObjectAttributesResponse");
        if (attributes.contains("ETag")) {
            xml.element("ETag", version.etag().value());
        }
        if (attributes.contains("Checksum")) {
            version.checksum().ifPresent(checksum -> writeChecksum(checksum, xml));
        }
        if (attributes.contains("ObjectParts") && version.multipart()) {
            writeParts(request, version, xml);
        }
        if (attributes.contains("StorageClass")) {
            xml.element("StorageClass", version.metadata().storageClass());
        }
        if (attributes.contains("ObjectSize")) {
            xml.element("ObjectSize", version.size());
        }
        S3Response response = S3Response.ok().header("Last-Modified", HttpDates.header(version.lastModified()));
        VersionParam.write(version, VersionParam.of(request), store, response);
        exchange.respond(response.xml(xml));
    }

    private static Set<String> attributes(S3Request request) {
        Set<String> attributes = new HashSet<>();
        for (String value : request.headers().all(ATTRIBUTES)) {
            for (String name : value.split(",")) {
                attributes.add(name.strip());
            }
        }
        if (attributes.isEmpty() || !KNOWN.containsAll(attributes)) {
            throw S3Exception.invalidArgument(
                    "Invalid attribute name specified.",
                    ATTRIBUTES,
                    request.header(ATTRIBUTES).orElse(""));
        }
        return attributes;
    }

    private static void writeChecksum(Checksum checksum, XmlWriter xml) {
        xml.open("Checksum");
        Checksums.writeWithType(checksum, xml);
        xml.close();
    }

    private static void writeParts(S3Request request, ObjectVersion version, XmlWriter xml) {
        xml.open("ObjectParts").element("PartsCount", version.parts().size());
        boolean withChecksums =
                version.parts().stream().anyMatch(part -> part.checksum().isPresent());
        if (withChecksums) {
            int limit = Numbers.pageSize("x-amz-max-parts", request.header("x-amz-max-parts"));
            int marker = Numbers.partMarker("x-amz-part-number-marker", request.header("x-amz-part-number-marker"));
            writePage(version.parts(), marker, limit, xml);
        }
        xml.close();
    }

    private static void writePage(List<ObjectPart> parts, int marker, int limit, XmlWriter xml) {
        List<ObjectPart> behind =
                parts.stream().filter(part -> part.number() > marker).toList();
        List<ObjectPart> page = behind.subList(0, Math.min(limit, behind.size()));
        xml.element("PartNumberMarker", marker)
                .element(
                        "NextPartNumberMarker",
                        page.isEmpty() ? 0 : page.getLast().number())
                .element("MaxParts", limit)
                .element("IsTruncated", page.size() < behind.size());
        for (ObjectPart part : page) {
            xml.open("Part").element("PartNumber", part.number()).element("Size", part.size());
            part.checksum().ifPresent(checksum -> Checksums.write(checksum, xml));
            xml.close();
        }
    }
}
