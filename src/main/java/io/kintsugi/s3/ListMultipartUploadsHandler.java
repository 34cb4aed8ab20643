package io.kintsugi.s3;

import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.objects.ObjectStore;
import java.util.List;
import java.util.Optional;

/**
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html">ListMultipartUploads</a>
 */
record ListMultipartUploadsHandler(ObjectStore store, Site site) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        ListingRequest listing = ListingRequest.of(request, "max-uploads");
        String keyMarker = request.query("key-marker").orElse("");
        String uploadMarker = request.query("upload-id-marker").orElse("");
        exchange.reserve(DocumentSizes.page(listing, request));
        UploadsPage page = page(listing, keyMarker, uploadMarker);
        XmlWriter xml = XmlWriter.document("ListMultipartUploadsResult")
                .element("Bucket", listing.bucket().value())
                .element("KeyMarker", listing.coded(keyMarker))
                .element("UploadIdMarker", uploadMarker);
        if (page.truncated()) {
            writeNext(listing, page, xml);
        }
        listing.writeDelimiter(xml);
        xml.element("Prefix", listing.coded(listing.prefix())).element("MaxUploads", listing.limit());
        listing.writeEncoding(xml);
        xml.element("IsTruncated", page.truncated());
        page.uploads().forEach(upload -> write(listing, upload, xml));
        page.commonPrefixes().forEach(prefix -> listing.writeCommonPrefix(prefix, xml));
        exchange.respond(S3Response.ok().xml(xml));
    }

    private UploadsPage page(ListingRequest listing, String keyMarker, String uploadMarker) {
        if (listing.limit() == 0) {
            store.bucket(listing.bucket());
            return new UploadsPage(List.of(), List.of(), false);
        }
        Optional<UploadId> marker =
                keyMarker.isEmpty() || uploadMarker.isEmpty() ? Optional.empty() : Optional.of(uploadId(uploadMarker));
        return store.listUploads(new UploadsQuery(
                listing.bucket(), listing.prefix(), listing.delimiter(), keyMarker, marker, listing.limit()));
    }

    private static UploadId uploadId(String text) {
        try {
            return UploadId.parse(text);
        } catch (IllegalArgumentException notAnId) {
            throw S3Exception.invalidArgument("Invalid uploadId marker", "upload-id-marker", text);
        }
    }

    /** The page ends with its last upload or its last common prefix, whichever is further down. */
    private static void writeNext(ListingRequest listing, UploadsPage page, XmlWriter xml) {
        List<String> prefixes = page.commonPrefixes();
        boolean prefixLast = page.uploads().isEmpty()
                || !prefixes.isEmpty()
                        && ObjectKey.of(prefixes.getLast())
                                        .compareTo(page.uploads().getLast().key())
                                > 0;
        if (prefixLast) {
            xml.element("NextKeyMarker", listing.coded(prefixes.getLast())).element("NextUploadIdMarker", "");
        } else {
            Upload last = page.uploads().getLast();
            xml.element("NextKeyMarker", listing.coded(last.key().value()))
                    .element("NextUploadIdMarker", last.id().toString());
        }
    }

    private void write(ListingRequest listing, Upload upload, XmlWriter xml) {
        xml.open("Upload")
                .element("Key", listing.coded(upload.key().value()))
                .element("UploadId", upload.id().toString());
        site.writeOwner("Initiator", xml);
        site.writeOwner("Owner", xml);
        xml.element("StorageClass", upload.metadata().storageClass())
                .element("Initiated", HttpDates.xml(upload.initiated()));
        upload.checksum().ifPresent(plan -> Checksums.writeKind(plan.algorithm(), plan.type(), xml));
        xml.close();
    }
}
