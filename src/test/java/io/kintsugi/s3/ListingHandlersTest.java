package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.base.VersionId;
import io.kintsugi.objects.PartsPage;
import io.kintsugi.s3.FakeExchange.Given;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingHandlersTest {
    private static final Site SITE = Site.of("us-east-1");
    private static final BucketName BUCKET = new BucketName("bucket");
    private static final String NAMESPACE = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
    private static final String WHO = "<ID>" + SITE.owner() + "</ID><DisplayName>kintsugi</DisplayName>";
    private static final String OWNER = "<Owner>" + WHO + "</Owner>";
    private static final String DATE = "2026-03-04T05:06:07.089Z";
    private static final ListPage PAGE = new ListPage(
            List.of(new ListPage.Version(FakeStore.version("a b", "hello"), true), new ListPage.CommonPrefix("a&b/")),
            true);
    private static final Upload UPLOAD = new Upload(
            BUCKET,
            ObjectKey.of("k"),
            new UploadId(new Id128(0, 15)),
            FakeStore.WHEN,
            ObjectMetadata.NONE,
            Optional.of(new Upload.ChecksumPlan(ChecksumAlgorithm.CRC32C, ChecksumType.COMPOSITE)));
    private static final String UPLOAD_ID = "0000000000000000000000000000000f";

    private static String content(String key, String owner) {
        return "<Contents><Key>" + key + "</Key><LastModified>" + DATE + "</LastModified>"
                + "<ETag>&quot;0123&quot;</ETag><Size>5</Size>" + owner
                + "<StorageClass>STANDARD</StorageClass></Contents>";
    }

    @Test
    void listsObjects() {
        FakeStore store = FakeStore.answering(PAGE);
        FakeExchange answer = Given.of("/bucket")
                .query("prefix", "a")
                .query("delimiter", "/")
                .query("marker", "a#")
                .query("max-keys", "2")
                .to(new ListObjectsHandler(store, SITE));
        assertEquals(
                "<ListBucketResult" + NAMESPACE + "><Name>bucket</Name><Prefix>a</Prefix><Marker>a#</Marker>"
                        + "<NextMarker>a&amp;b/</NextMarker><MaxKeys>2</MaxKeys><Delimiter>/</Delimiter>"
                        + "<IsTruncated>true</IsTruncated>" + content("a b", OWNER)
                        + "<CommonPrefixes><Prefix>a&amp;b/</Prefix></CommonPrefixes></ListBucketResult>",
                answer.xml());
        assertEquals(
                new ListQuery(BUCKET, "a", Optional.of("/"), new ListQuery.AfterKey("a#"), 2),
                store.asked(ListQuery.class));
    }

    @Test
    void listsObjectsEncoded() {
        FakeStore store = FakeStore.answering(PAGE);
        FakeExchange answer = Given.of("/bucket")
                .query("list-type", "2")
                .query("encoding-type", "url")
                .query("delimiter", "/")
                .query("start-after", "a a")
                .query("fetch-owner", "true")
                .to(new ListObjectsV2Handler(store, SITE));
        assertEquals(
                "<ListBucketResult" + NAMESPACE + "><Name>bucket</Name><Prefix></Prefix><NextContinuationToken>"
                        + ContinuationToken.of(new ListPage.CommonPrefix("a&b/"))
                        + "</NextContinuationToken><StartAfter>a+a</StartAfter><KeyCount>2</KeyCount>"
                        + "<MaxKeys>1000</MaxKeys><Delimiter>/</Delimiter><EncodingType>url</EncodingType>"
                        + "<IsTruncated>true</IsTruncated>" + content("a+b", OWNER)
                        + "<CommonPrefixes><Prefix>a%26b/</Prefix></CommonPrefixes></ListBucketResult>",
                answer.xml());
    }

    @Test
    void continuesBehindWhatThePageBeforeEndedWith() {
        FakeStore store = FakeStore.answering(new ListPage(List.of(), false));
        String token = ContinuationToken.of(new ListPage.CommonPrefix("a&b/"));
        String xml = Given.of("/bucket")
                .query("continuation-token", token)
                .query("start-after", "ignored")
                .to(new ListObjectsV2Handler(store, SITE))
                .xml();
        assertEquals(
                "<ListBucketResult" + NAMESPACE + "><Name>bucket</Name><Prefix></Prefix><ContinuationToken>" + token
                        + "</ContinuationToken><StartAfter>ignored</StartAfter><KeyCount>0</KeyCount>"
                        + "<MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>",
                xml);
        assertEquals(
                new ListQuery.AfterPrefix("a&b/"), store.asked(ListQuery.class).start());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "=", "Zm9v", "not base64"})
    void tokensOfOthersAreRefused(String token) {
        Given given = Given.of("/bucket").query("continuation-token", token);
        var handler = new ListObjectsV2Handler(FakeStore.answering(), SITE);
        assertEquals(
                S3Error.INVALID_ARGUMENT,
                assertThrows(S3Exception.class, () -> given.to(handler)).error());
    }

    @Test
    void aMarkerThatIsACommonPrefixSkipsIt() {
        ListingRequest listing = new ListingRequest(BUCKET, "a/", Optional.of("/"), 10, false);
        assertEquals(new ListQuery.AfterPrefix("a/b/"), listing.afterMarker("a/b/"));
        assertEquals(new ListQuery.AfterKey("a/b"), listing.afterMarker("a/b"));
        assertEquals(new ListQuery.AfterKey("a/b/c/"), listing.afterMarker("a/b/c/"));
        assertEquals(new ListQuery.AfterKey("a/"), listing.afterMarker("a/"));
        assertEquals(new ListQuery.AfterKey("b/"), listing.afterMarker("b/"));
        assertEquals(new ListQuery.Beginning(), listing.afterMarker(""));
        ListingRequest longer = new ListingRequest(BUCKET, "", Optional.of("//"), 10, false);
        assertEquals(new ListQuery.AfterKey("a"), longer.afterMarker("a"), "shorter than the delimiter");
        assertEquals(new ListQuery.AfterPrefix("a//"), longer.afterMarker("a//"));
        assertEquals(new ListQuery.AfterKey("a///"), longer.afterMarker("a///"));
        assertEquals(new ListQuery.AfterPrefix("//"), longer.afterMarker("//"));
    }

    @Test
    void noKeysAtAll() {
        Bucket bucket = new Bucket(BUCKET, FakeStore.WHEN, Bucket.Versioning.OFF);
        FakeStore store = FakeStore.answering(bucket);
        String xml = Given.of("/bucket")
                .query("max-keys", "0")
                .to(new ListObjectsV2Handler(store, SITE))
                .xml();
        assertEquals(
                "<ListBucketResult" + NAMESPACE + "><Name>bucket</Name><Prefix></Prefix><KeyCount>0</KeyCount>"
                        + "<MaxKeys>0</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>",
                xml);
        assertEquals(BUCKET, store.asked(BucketName.class));
    }

    @Test
    void otherEncodingsAreRefused() {
        var handler = new ListObjectsHandler(FakeStore.answering(), SITE);
        Given given = Given.of("/bucket").query("encoding-type", "base64");
        assertEquals(
                S3Error.INVALID_ARGUMENT,
                assertThrows(S3Exception.class, () -> given.to(handler)).error());
    }

    @Test
    void listsVersions() {
        ObjectVersion marker = ObjectVersion.deleteMarker(BUCKET, ObjectKey.of("k"), FakeStore.VERSION, FakeStore.WHEN);
        ListPage page = new ListPage(
                List.of(
                        new ListPage.Version(marker, true),
                        new ListPage.Version(FakeStore.version("k", "hello"), false)),
                true);
        FakeStore store = FakeStore.answering(page);
        String xml = Given.of("/bucket")
                .query("versions", "")
                .query("key-marker", "j")
                .query("version-id-marker", "null")
                .to(new ListObjectVersionsHandler(store, SITE))
                .xml();
        assertEquals(
                "<ListVersionsResult" + NAMESPACE + "><Name>bucket</Name><Prefix></Prefix><KeyMarker>j</KeyMarker>"
                        + "<VersionIdMarker>null</VersionIdMarker><NextKeyMarker>k</NextKeyMarker>"
                        + "<NextVersionIdMarker>null</NextVersionIdMarker><MaxKeys>1000</MaxKeys>"
                        + "<IsTruncated>true</IsTruncated><DeleteMarker><Key>k</Key><VersionId>" + FakeStore.VERSION
                        + "</VersionId><IsLatest>true</IsLatest><LastModified>" + DATE + "</LastModified>" + OWNER
                        + "</DeleteMarker><Version><Key>k</Key><VersionId>null</VersionId><IsLatest>false</IsLatest>"
                        + "<LastModified>" + DATE + "</LastModified><ETag>&quot;0123&quot;</ETag><Size>5</Size>"
                        + OWNER + "<StorageClass>STANDARD</StorageClass></Version></ListVersionsResult>",
                xml);
        assertEquals(
                new ListQuery.AfterVersion("j", VersionId.NULL),
                store.asked(ListQuery.class).start());
    }

    /** So that the next page goes on there, also when the version is gone. */
    @Test
    void aVersionMarkerHasThePlace() {
        ListPage page = new ListPage(
                List.of(new ListPage.Version(FakeStore.version("k", "hello"), false)), true, OptionalLong.of(0x2a));
        FakeStore store = FakeStore.answering(page);
        String xml = Given.of("/bucket")
                .query("versions", "")
                .query("key-marker", "j")
                .query("version-id-marker", FakeStore.VERSION + ".1f")
                .to(new ListObjectVersionsHandler(store, SITE))
                .xml();
        assertTrue(xml.contains("<NextVersionIdMarker>null.2a</NextVersionIdMarker>"), xml);
        assertTrue(xml.contains("<VersionIdMarker>" + FakeStore.VERSION + ".1f</VersionIdMarker>"), xml);
        assertEquals(
                new ListQuery.AfterVersion("j", FakeStore.VERSION, OptionalLong.of(0x1f)),
                store.asked(ListQuery.class).start());
    }

    @ParameterizedTest
    @ValueSource(strings = {"null.", "null.x", "null.-1", "null.1.2", "null.00000000000000001", ".1", "x.1"})
    void aVersionMarkerThatIsNoneIsRefused(String marker) {
        var handler = new ListObjectVersionsHandler(FakeStore.answering(), SITE);
        Given given = Given.of("/bucket").query("key-marker", "k").query("version-id-marker", marker);
        RuntimeException refused = assertThrows(RuntimeException.class, () -> given.to(handler));
        assertEquals(S3Error.INVALID_ARGUMENT, ErrorAnswer.of(refused).error());
    }

    @Test
    void aVersionMarkerNeedsAKey() {
        var handler = new ListObjectVersionsHandler(FakeStore.answering(), SITE);
        Given given = Given.of("/bucket").query("version-id-marker", "null");
        assertEquals(
                S3Error.INVALID_ARGUMENT,
                assertThrows(S3Exception.class, () -> given.to(handler)).error());
    }

    @Test
    void listsUploads() {
        FakeStore store = FakeStore.answering(new UploadsPage(List.of(UPLOAD), List.of("a/"), true));
        String xml = Given.of("/bucket")
                .query("delimiter", "/")
                .query("key-marker", "j")
                .query("upload-id-marker", UPLOAD_ID)
                .query("max-uploads", "2")
                .to(new ListMultipartUploadsHandler(store, SITE))
                .xml();
        assertEquals(
                "<ListMultipartUploadsResult" + NAMESPACE + "><Bucket>bucket</Bucket><KeyMarker>j</KeyMarker>"
                        + "<UploadIdMarker>" + UPLOAD_ID + "</UploadIdMarker><NextKeyMarker>k</NextKeyMarker>"
                        + "<NextUploadIdMarker>" + UPLOAD_ID + "</NextUploadIdMarker><Delimiter>/</Delimiter>"
                        + "<Prefix></Prefix><MaxUploads>2</MaxUploads><IsTruncated>true</IsTruncated><Upload>"
                        + "<Key>k</Key><UploadId>" + UPLOAD_ID + "</UploadId><Initiator>" + WHO + "</Initiator>"
                        + OWNER + "<StorageClass>STANDARD</StorageClass><Initiated>" + DATE + "</Initiated>"
                        + "<ChecksumAlgorithm>CRC32C</ChecksumAlgorithm><ChecksumType>COMPOSITE</ChecksumType>"
                        + "</Upload><CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes></ListMultipartUploadsResult>",
                xml);
        assertEquals(
                new UploadsQuery(BUCKET, "", Optional.of("/"), "j", Optional.of(UPLOAD.id()), 2),
                store.asked(UploadsQuery.class));
    }

    @Test
    void aPageOfUploadsMayEndWithAPrefix() {
        FakeStore store = FakeStore.answering(new UploadsPage(List.of(UPLOAD), List.of("z/"), true));
        String xml = Given.of("/bucket")
                .query("delimiter", "/")
                .to(new ListMultipartUploadsHandler(store, SITE))
                .xml();
        assertEquals("z/", xml.replaceAll(".*<NextKeyMarker>(.*)</NextKeyMarker>.*", "$1"));
    }

    @Test
    void listsParts() {
        FakeStore store = FakeStore.answering(
                new PartsPage(UPLOAD, List.of(new UploadedPart(FakeStore.part(2, 5), FakeStore.WHEN)), true));
        String xml = Given.of("/bucket/k")
                .query("uploadId", UPLOAD_ID)
                .query("part-number-marker", "1")
                .query("max-parts", "1")
                .to(new ListPartsHandler(store, SITE))
                .xml();
        assertEquals(
                "<ListPartsResult" + NAMESPACE + "><Bucket>bucket</Bucket><Key>k</Key><UploadId>" + UPLOAD_ID
                        + "</UploadId><Initiator>" + WHO + "</Initiator>" + OWNER
                        + "<StorageClass>STANDARD</StorageClass><PartNumberMarker>1</PartNumberMarker>"
                        + "<NextPartNumberMarker>2</NextPartNumberMarker><MaxParts>1</MaxParts>"
                        + "<IsTruncated>true</IsTruncated><ChecksumAlgorithm>CRC32C</ChecksumAlgorithm>"
                        + "<ChecksumType>COMPOSITE</ChecksumType><Part><PartNumber>2</PartNumber><LastModified>" + DATE
                        + "</LastModified><ETag>&quot;e2&quot;</ETag><Size>5</Size>"
                        + "<ChecksumCRC32C>AAAAAg==</ChecksumCRC32C></Part></ListPartsResult>",
                xml);
    }
}
