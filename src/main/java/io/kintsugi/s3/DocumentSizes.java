package io.kintsugi.s3;

import io.kintsugi.base.ObjectKey;
import io.kintsugi.objects.ObjectRead;

/**
 * How much memory the documents of a request may hold at a time, at most: rows of the catalog, the tree of a body, and
 * the answer. Of bounds that hold for each of them (keys, checksums, shards of a blob, elements of a document), not of
 * what is common; {@code DocumentSizesTest} builds the worst and weighs it. What is garbage at once, as the text of one
 * encoded key, is not counted: no more threads make such at a time than there are cores.
 */
final class DocumentSizes {
    /** A character of a text may become as many bytes of XML: {@code &quot;}, {@code &#x1F;}. */
    private static final int XML_GROWTH = 6;
    /** A byte of a text may become as many characters of a percent-encoded one, which XML leaves alone. */
    private static final int URL_GROWTH = 3;
    /** A character of the query may become as many in the answer, percent-encoded, if it is a wide one. */
    private static final int SAID_GROWTH = 9;
    /** Of a piece of the answer so much may be left empty, when what comes next does not fit. */
    private static final double SLACK = 1.125;
    /** As text, one wide character makes two bytes of each, and as UTF-8. */
    private static final int KEY_BYTES = 3 * ObjectKey.MAX_BYTES;
    /** A version or an upload in memory, with tag, date and checksum, without its key. */
    private static final int ROW_BYTES = 640;
    /** The elements of an entry, without its key. */
    private static final int ENTRY_BYTES = 800;
    /** A part in memory, with tag, checksum, and its place on 32 drives; nobody has been seen to use wider codes. */
    private static final int PART_BYTES = 2560;
    /** The same of a row that has many: drives that it names again and again are there once. */
    private static final int PART_OF_ROW_BYTES = 768;
    /** Of 1,000 requests they come to less than what 1,000 connections take. */
    private static final int FEW_PIECES = 32;
    /** A part as it is named when an upload is completed. */
    private static final int NAMED_PART_BYTES = 512;
    /** The shortest part that can be named, with its closing tags. */
    private static final int NAMED_PART_TEXT = 50;

    private static final int BUCKET_BYTES = 640;
    /** What an answer has beside its entries and what the request said; the last piece, which is hardly ever full. */
    private static final int AROUND_BYTES = 40 << 10;
    /** A body as bytes, as text while that is made, and what the parser keeps. */
    private static final int BODY_GROWTH = 8;
    /** An element, or an attribute, in memory, without its text. */
    private static final int ELEMENT_BYTES = 160;
    /** No element is shorter. */
    private static final int ELEMENT_TEXT = 4;
    /** The keys of a body once more, as text and UTF-8. */
    private static final int ITEM_GROWTH = 3;
    /** What to delete, what came of it, and that in XML, without the key. */
    private static final int DELETED_BYTES = 1280;
    /** The shortest object that can be named. */
    private static final int DELETED_TEXT = 29;

    private DocumentSizes() {}

    /** A page of versions, uploads or common prefixes. */
    static long page(ListingRequest listing, S3Request request) {
        int growth = listing.urlEncoded() ? URL_GROWTH : XML_GROWTH;
        long entry = KEY_BYTES + ROW_BYTES + (long) (SLACK * (growth * ObjectKey.MAX_BYTES + ENTRY_BYTES));
        return around(request) + listing.limit() * entry;
    }

    /** A page of an upload's parts. */
    static long parts(int limit, S3Request request) {
        return around(request) + (long) limit * (PART_BYTES + ENTRY_BYTES);
    }

    /** What is told of an object of so many parts: all of them are in memory meanwhile. */
    static long attributes(int parts, S3Request request) {
        return around(request) + (long) parts * PART_OF_ROW_BYTES + Math.min(parts, Numbers.MAX_PAGE) * ENTRY_BYTES;
    }

    /** What is kept in mind while so many parts are sent; nothing where they are few, as they mostly are. */
    static long pieces(int count) {
        return count <= FEW_PIECES ? 0 : (long) count * ObjectRead.PIECE_BYTES;
    }

    static long buckets(int limit, S3Request request) {
        return around(request) + (long) limit * BUCKET_BYTES;
    }

    /** A batch of deletions. */
    static long deletion(long bodyBytes, S3Request request) {
        long items = Math.min(DeleteObjectsHandler.MAX_ITEMS, bodyBytes / DELETED_TEXT);
        return around(request)
                + parsed(bodyBytes)
                + (long) ((ITEM_GROWTH + SLACK * XML_GROWTH) * bodyBytes)
                + items * DELETED_BYTES;
    }

    /** The completion of an upload: the parts that are named, and those that the catalog has. */
    static long completion(long bodyBytes, S3Request request) {
        long parts = Math.min(Numbers.MAX_PART_NUMBER, bodyBytes / NAMED_PART_TEXT);
        return around(request) + parsed(bodyBytes) + parts * (NAMED_PART_BYTES + PART_BYTES);
    }

    /** A body and its tree. */
    static long parsed(long bodyBytes) {
        return BODY_GROWTH * bodyBytes + ELEMENT_BYTES * Math.min(XmlReader.MAX_ELEMENTS, bodyBytes / ELEMENT_TEXT);
    }

    /** The answer repeats what the query said. */
    private static long around(S3Request request) {
        long said = 0;
        for (int i = 0; i < request.query().count(); i++) {
            said += request.query().value(i).length();
        }
        return AROUND_BYTES + SAID_GROWTH * said;
    }
}
