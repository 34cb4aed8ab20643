package io.kintsugi.s3;

import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.objects.ObjectStore;
import java.util.Optional;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html">ListObjectsV2</a> */
record ListObjectsV2Handler(ObjectStore store, Site site) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkRead(request.headers());
        ListingRequest listing = ListingRequest.of(request, "max-keys");
        Optional<String> token = request.query("continuation-token");
        Optional<String> startAfter = request.query("start-after").filter(key -> !key.isEmpty());
        exchange.reserve(DocumentSizes.page(listing, request));
        ListPage page = listing.page(store, start(token, startAfter));
        XmlWriter xml = XmlWriter.document("ListBucketResult")
                .element("Name", listing.bucket().value())
                .element("Prefix", listing.coded(listing.prefix()))
                .element("ContinuationToken", token);
        if (page.truncated()) {
            xml.element(
                    "NextContinuationToken", ContinuationToken.of(page.entries().getLast()));
        }
        xml.element("StartAfter", startAfter.map(listing::coded))
                .element("KeyCount", page.entries().size())
                .element("MaxKeys", listing.limit());
        listing.writeDelimiter(xml);
        listing.writeEncoding(xml);
        xml.element("IsTruncated", page.truncated());
        boolean fetchOwner = request.query("fetch-owner").filter("true"::equals).isPresent();
        listing.writeContents(page, fetchOwner ? Optional.of(site) : Optional.empty(), xml);
        listing.writeCommonPrefixes(page, xml);
        exchange.respond(S3Response.ok().xml(xml));
    }

    private static ListQuery.Start start(Optional<String> token, Optional<String> startAfter) {
        if (token.isPresent() && !token.get().isEmpty()) {
            return ContinuationToken.start(token.get());
        }
        return startAfter.isPresent() ? new ListQuery.AfterKey(startAfter.get()) : new ListQuery.Beginning();
    }
}
