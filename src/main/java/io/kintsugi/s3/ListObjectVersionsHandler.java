package io.kintsugi.s3;

import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.objects.ObjectStore;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html">ListObjectVersions</a> */
record ListObjectVersionsHandler(ObjectStore store, Site site) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkRead(request.headers());
        ListingRequest listing = ListingRequest.of(request, "max-keys");
        String keyMarker = request.query("key-marker").orElse("");
        String versionMarker = request.query("version-id-marker").orElse("");
        exchange.reserve(DocumentSizes.page(listing, request));
        ListPage page = listing.limit() == 0
                ? listing.nothing(store)
                : store.listVersions(listing.from(start(listing, keyMarker, versionMarker)));
        XmlWriter xml = XmlWriter.document("ListVersionsResult")
                .element("Name", listing.bucket().value())
                .element("Prefix", listing.coded(listing.prefix()))
                .element("KeyMarker", listing.coded(keyMarker))
                .element("VersionIdMarker", versionMarker);
        if (page.truncated()) {
            writeNext(listing, page, xml);
        }
        xml.element("MaxKeys", listing.limit());
        listing.writeDelimiter(xml);
        listing.writeEncoding(xml);
        xml.element("IsTruncated", page.truncated());
        writeVersions(listing, page, xml);
        listing.writeCommonPrefixes(page, xml);
        exchange.respond(S3Response.ok().xml(xml));
    }

    private static ListQuery.Start start(ListingRequest listing, String keyMarker, String versionMarker) {
        if (versionMarker.isEmpty()) {
            return listing.afterMarker(keyMarker);
        }
        if (keyMarker.isEmpty()) {
            throw S3Exception.invalidArgument(
                    "A version-id marker cannot be specified without a key marker.",
                    "version-id-marker",
                    versionMarker);
        }
        return VersionMarker.parse(keyMarker, versionMarker);
    }

    private static void writeNext(ListingRequest listing, ListPage page, XmlWriter xml) {
        ListPage.Entry last = page.entries().getLast();
        xml.element("NextKeyMarker", listing.coded(ListingRequest.nameOf(last)));
        if (last instanceof ListPage.Version(ObjectVersion version, boolean latest)) {
            xml.element("NextVersionIdMarker", VersionMarker.text(version.id(), page.place()));
        }
    }

    private void writeVersions(ListingRequest listing, ListPage page, XmlWriter xml) {
        for (ListPage.Entry entry : page.entries()) {
            if (entry instanceof ListPage.Version(ObjectVersion version, boolean latest)) {
                writeVersion(listing, version, latest, xml);
            }
        }
    }

    private void writeVersion(ListingRequest listing, ObjectVersion version, boolean latest, XmlWriter xml) {
        xml.open(version.deleteMarker() ? "DeleteMarker" : "Version")
                .element("Key", listing.coded(version.key().value()))
                .element("VersionId", version.id().toString())
                .element("IsLatest", latest)
                .element("LastModified", HttpDates.xml(version.lastModified()));
        if (!version.deleteMarker()) {
            xml.element("ETag", version.etag().quoted());
            version.checksum().ifPresent(checksum -> Checksums.writeKind(checksum, xml));
            xml.element("Size", version.size());
        }
        site.writeOwner("Owner", xml);
        if (!version.deleteMarker()) {
            xml.element("StorageClass", version.metadata().storageClass());
        }
        xml.close();
    }
}
