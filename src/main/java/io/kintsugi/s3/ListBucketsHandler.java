package io.kintsugi.s3;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.objects.ObjectStore;
import java.util.List;
import java.util.Optional;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html">ListBuckets</a> */
record ListBucketsHandler(ObjectStore store, Site site) implements S3Handler {
    private static final int MAX_BUCKETS = 10_000;
    private static final List<String> PAGING = List.of("max-buckets", "continuation-token", "prefix", "bucket-region");

    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        Optional<String> asked = request.query("max-buckets");
        int limit = Numbers.upTo("max-buckets", asked, MAX_BUCKETS);
        if (limit < 1) {
            throw S3Exception.invalidArgument(
                    "Argument max-buckets must be an integer between 1 and " + MAX_BUCKETS,
                    "max-buckets",
                    asked.orElse(""));
        }
        exchange.reserve(DocumentSizes.buckets(limit, request));
        Optional<String> prefix = request.query("prefix");
        boolean here = request.query("bucket-region").map(site.region()::equals).orElse(true);
        List<Bucket> found = here ? store.listBuckets(prefix.orElse(""), after(request), limit) : List.<Bucket>of();
        boolean full = found.size() >= limit;
        boolean more = full && hasMore(prefix.orElse(""), found.getLast().name());
        XmlWriter xml = document(found, PAGING.stream().anyMatch(request.query()::contains));
        if (more) {
            xml.element(
                    "ContinuationToken",
                    ContinuationToken.ofKey(found.getLast().name().value()));
        }
        prefix.ifPresent(value -> xml.element("Prefix", value));
        exchange.respond(S3Response.ok().xml(xml));
    }

    private static Optional<BucketName> after(S3Request request) {
        return request.query("continuation-token")
                .filter(token -> !token.isEmpty())
                .map(ContinuationToken::key)
                .map(BucketName::new);
    }

    private boolean hasMore(String prefix, BucketName last) {
        return !store.listBuckets(prefix, Optional.of(last), 1).isEmpty();
    }

    /** AWS names each bucket's region only to those who asked for pages. */
    private XmlWriter document(List<Bucket> buckets, boolean withRegion) {
        XmlWriter xml = XmlWriter.document("ListAllMyBucketsResult");
        site.writeOwner("Owner", xml);
        xml.open("Buckets");
        for (Bucket bucket : buckets) {
            xml.open("Bucket")
                    .element("Name", bucket.name().value())
                    .element("CreationDate", HttpDates.xml(bucket.created()));
            if (withRegion) {
                xml.element("BucketRegion", site.region());
            }
            xml.close();
        }
        return xml.close();
    }
}
