package io.kintsugi.s3;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.objects.ObjectStore;
import java.util.List;
import java.util.Optional;

/**
 * What all listings of a bucket ask for.
 *
 * @param limit entries of a page, 0 to 1,000
 * @param urlEncoded {@code encoding-type=url}: keys and prefixes are percent-encoded in the answer
 */
record ListingRequest(BucketName bucket, String prefix, Optional<String> delimiter, int limit, boolean urlEncoded) {
    /** @throws S3Exception {@code InvalidArgument} */
    static ListingRequest of(S3Request request, String limitName) {
        Optional<String> encoding = request.query("encoding-type").filter(value -> !value.isEmpty());
        if (encoding.isPresent() && !encoding.get().equals("url")) {
            throw S3Exception.invalidArgument(
                    "Invalid Encoding Method specified in Request", "encoding-type", encoding.get());
        }
        return new ListingRequest(
                request.bucket(),
                request.query("prefix").orElse(""),
                request.query("delimiter").filter(value -> !value.isEmpty()),
                Numbers.pageSize(limitName, request.query(limitName)),
                encoding.isPresent());
    }

    ListQuery from(ListQuery.Start start) {
        return new ListQuery(bucket, prefix, delimiter, start, limit);
    }

    /** A marker: a common prefix, as the page before may have ended with one, or a key, or nothing. */
    ListQuery.Start afterMarker(String marker) {
        if (marker.isEmpty()) {
            return new ListQuery.Beginning();
        }
        return isCommonPrefix(marker) ? new ListQuery.AfterPrefix(marker) : new ListQuery.AfterKey(marker);
    }

    private boolean isCommonPrefix(String marker) {
        if (delimiter.isEmpty() || !marker.startsWith(prefix)) {
            return false;
        }
        int at = marker.indexOf(delimiter.get(), prefix.length());
        return at >= 0 && at + delimiter.get().length() == marker.length();
    }

    /** A key, prefix or marker as the answer has it. */
    String coded(String text) {
        return urlEncoded ? UrlCoding.encode(text) : text;
    }

    ListPage page(ObjectStore store, ListQuery.Start start) {
        return limit == 0 ? nothing(store) : store.listObjects(from(start));
    }

    /** A page that may hold nothing costs none; that the bucket exists is asked all the same. */
    ListPage nothing(ObjectStore store) {
        store.bucket(bucket);
        return new ListPage(List.of(), false);
    }

    void writeEncoding(XmlWriter xml) {
        if (urlEncoded) {
            xml.element("EncodingType", "url");
        }
    }

    void writeDelimiter(XmlWriter xml) {
        xml.element("Delimiter", delimiter.map(this::coded));
    }

    void writeCommonPrefixes(ListPage page, XmlWriter xml) {
        for (ListPage.Entry entry : page.entries()) {
            if (entry instanceof ListPage.CommonPrefix(String common)) {
                writeCommonPrefix(common, xml);
            }
        }
    }

    void writeCommonPrefix(String common, XmlWriter xml) {
        xml.open("CommonPrefixes").element("Prefix", coded(common)).close();
    }

    /** {@code Contents} of the two listings of objects. */
    void writeContents(ListPage page, Optional<Site> owner, XmlWriter xml) {
        for (ListPage.Entry entry : page.entries()) {
            if (entry instanceof ListPage.Version(ObjectVersion version, boolean latest)) {
                writeContent(version, owner, xml);
            }
        }
    }

    private void writeContent(ObjectVersion version, Optional<Site> owner, XmlWriter xml) {
        xml.open("Contents")
                .element("Key", coded(version.key().value()))
                .element("LastModified", HttpDates.xml(version.lastModified()))
                .element("ETag", version.etag().quoted());
        version.checksum().ifPresent(checksum -> Checksums.writeKind(checksum, xml));
        xml.element("Size", version.size());
        owner.ifPresent(site -> site.writeOwner("Owner", xml));
        xml.element("StorageClass", version.metadata().storageClass()).close();
    }

    /** The key or common prefix that an entry stands for. */
    static String nameOf(ListPage.Entry entry) {
        return switch (entry) {
            case ListPage.Version(ObjectVersion version, boolean latest) ->
                version.key().value();
            case ListPage.CommonPrefix(String common) -> common;
        };
    }
}
