package io.kintsugi.s3;

import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.objects.ObjectStore;
import io.kintsugi.objects.PartsPage;
import io.kintsugi.objects.UploadName;
import java.util.List;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html">ListParts</a> */
record ListPartsHandler(ObjectStore store, Site site) implements S3Handler {
    private static final String MARKER = "part-number-marker";
    private static final String LIMIT = "max-parts";

    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        int limit = Numbers.pageSize(LIMIT, request.query(LIMIT));
        int marker = Numbers.partMarker(MARKER, request.query(MARKER));
        exchange.reserve(DocumentSizes.parts(limit, request));
        PartsPage page = page(Uploads.name(request), marker, limit);
        Upload upload = page.upload();
        XmlWriter xml = XmlWriter.document("ListPartsResult")
                .element("Bucket", upload.bucket().value())
                .element("Key", upload.key().value())
                .element("UploadId", upload.id().toString());
        site.writeOwner("Initiator", xml);
        site.writeOwner("Owner", xml);
        int next = page.parts().isEmpty() ? 0 : page.parts().getLast().part().number();
        xml.element("StorageClass", upload.metadata().storageClass())
                .element("PartNumberMarker", marker)
                .element("NextPartNumberMarker", next)
                .element("MaxParts", limit)
                .element("IsTruncated", page.truncated());
        upload.checksum().ifPresent(plan -> Checksums.writeKind(plan.algorithm(), plan.type(), xml));
        page.parts().forEach(part -> write(part, xml));
        exchange.respond(S3Response.ok().xml(xml));
    }

    /** The upload is looked up also for a page without parts. */
    private PartsPage page(UploadName upload, int marker, int limit) {
        PartsPage page = store.listParts(upload, marker, Math.max(limit, 1));
        return limit > 0 ? page : new PartsPage(page.upload(), List.of(), false);
    }

    private static void write(UploadedPart uploaded, XmlWriter xml) {
        xml.open("Part")
                .element("PartNumber", uploaded.part().number())
                .element("LastModified", HttpDates.xml(uploaded.lastModified()))
                .element("ETag", uploaded.part().etag().quoted())
                .element("Size", uploaded.part().size());
        uploaded.part().checksum().ifPresent(checksum -> Checksums.write(checksum, xml));
        xml.close();
    }
}
