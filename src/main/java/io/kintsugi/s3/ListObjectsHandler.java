package io.kintsugi.s3;

import io.kintsugi.base.ListPage;
import io.kintsugi.objects.ObjectStore;
import java.util.Optional;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html">ListObjects</a> */
record ListObjectsHandler(ObjectStore store, Site site) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkRead(request.headers());
        ListingRequest listing = ListingRequest.of(request, "max-keys");
        String marker = request.query("marker").orElse("");
        exchange.reserve(DocumentSizes.page(listing, request));
        ListPage page = listing.page(store, listing.afterMarker(marker));
        XmlWriter xml = XmlWriter.document("ListBucketResult")
                .element("Name", listing.bucket().value())
                .element("Prefix", listing.coded(listing.prefix()))
                .element("Marker", listing.coded(marker));
        if (page.truncated() && listing.delimiter().isPresent()) {
            String last = ListingRequest.nameOf(page.entries().getLast());
            xml.element("NextMarker", listing.coded(last));
        }
        xml.element("MaxKeys", listing.limit());
        listing.writeDelimiter(xml);
        listing.writeEncoding(xml);
        xml.element("IsTruncated", page.truncated());
        listing.writeContents(page, Optional.of(site), xml);
        listing.writeCommonPrefixes(page, xml);
        exchange.respond(S3Response.ok().xml(xml));
    }
}
