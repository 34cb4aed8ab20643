package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.objects.CompleteUpload;
import io.kintsugi.objects.CopyObject;
import io.kintsugi.objects.CopyResult;
import io.kintsugi.objects.CreateUpload;
import io.kintsugi.objects.DeleteObjects;
import io.kintsugi.objects.DeleteObjects.Deleted;
import io.kintsugi.objects.DeleteObjects.Item;
import io.kintsugi.objects.DeleteObjects.Refused;
import io.kintsugi.objects.PartCopyResult;
import io.kintsugi.objects.RangeSpec;
import io.kintsugi.objects.ReadCondition;
import io.kintsugi.objects.UploadName;
import io.kintsugi.objects.UploadPart;
import io.kintsugi.objects.UploadPartCopy;
import io.kintsugi.s3.FakeExchange.Given;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deleting, copying and uploading in parts. */
class ChangeHandlersTest {
    private static final BucketName BUCKET = new BucketName("bucket");
    private static final String NAMESPACE = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
    private static final String DATE = "2026-03-04T05:06:07.089Z";
    private static final String UPLOAD_ID = "0000000000000000000000000000000f";
    private static final UploadName UPLOAD = new UploadName(BUCKET, ObjectKey.of("k"), UploadId.parse(UPLOAD_ID));
    private static final ObjectVersion PLAIN = FakeStore.version("k", "hello");

    private static Item item(String key) {
        return new Item(ObjectKey.of(key), Optional.empty(), WriteCondition.NONE);
    }

    private static S3Error refusal(Given given, S3Handler handler) {
        return assertThrows(S3Exception.class, () -> given.to(handler)).error();
    }

    @Test
    void deletesAnObject() {
        FakeStore store = FakeStore.answering(List.of(new Deleted(item("k"), Optional.of(FakeStore.VERSION))));
        FakeExchange answer = Given.of("/bucket/k")
                .header("if-match", "*")
                .header("x-amz-if-match-size", "5")
                .header("x-amz-if-match-last-modified-time", "Wed, 04 Mar 2026 05:06:07 GMT")
                .to(new DeleteObjectHandler(store));
        assertEquals("204\nx-amz-delete-marker: true\nx-amz-version-id: " + FakeStore.VERSION + "\n", answer.head());
        WriteCondition condition = new WriteCondition(
                Optional.of("*"), false, Optional.of(Instant.parse("2026-03-04T05:06:07Z")), OptionalLong.of(5));
        assertEquals(
                new DeleteObjects(BUCKET, List.of(new Item(ObjectKey.of("k"), Optional.empty(), condition))),
                store.asked(DeleteObjects.class));
    }

    @Test
    void deletesAVersionOrNothing() {
        Item version = new Item(ObjectKey.of("k"), Optional.of(VersionId.NULL), WriteCondition.NONE);
        FakeStore store = FakeStore.answering(List.of(new Deleted(version, Optional.empty())));
        FakeExchange answer = Given.of("/bucket/k").query("versionId", "null").to(new DeleteObjectHandler(store));
        assertEquals("204\nx-amz-version-id: null\n", answer.head());
        FakeStore other = FakeStore.answering(List.of(new Deleted(item("k"), Optional.empty())));
        assertEquals(
                "204\n",
                Given.of("/bucket/k").to(new DeleteObjectHandler(other)).head());
        var reason = new StoreException.PreconditionFailed("If-Match");
        var refusing = new DeleteObjectHandler(FakeStore.answering(List.of(new Refused(item("k"), reason))));
        assertThrows(
                StoreException.PreconditionFailed.class,
                () -> Given.of("/bucket/k").to(refusing));
    }

    @ParameterizedTest
    @CsvSource({"x-amz-if-match-size, large", "x-amz-if-match-last-modified-time, lately"})
    void conditionsThatCannotBeReadDeleteNothing(String header, String value) {
        var handler = new DeleteObjectHandler(FakeStore.answering());
        assertEquals(S3Error.INVALID_ARGUMENT, refusal(Given.of("/bucket/k").header(header, value), handler));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deletesABatch(boolean quiet) {
        Item versioned = new Item(ObjectKey.of("b"), Optional.of(FakeStore.VERSION), WriteCondition.NONE);
        FakeStore store = FakeStore.answering(List.of(
                new Deleted(item("a<"), Optional.of(FakeStore.VERSION)),
                new Refused(versioned, new StoreException.PreconditionFailed("If-Match"))));
        String xml = Given.of("/bucket")
                .header("content-md5", "checked by the wire")
                .body("<Delete" + NAMESPACE + "><Object><Key>a&lt;</Key></Object><Object><Key>x</Key>"
                        + "<VersionId>no such</VersionId></Object><Object><Key>b</Key><VersionId>" + FakeStore.VERSION
                        + "</VersionId></Object><Quiet>" + quiet + "</Quiet></Delete>")
                .to(new DeleteObjectsHandler(store))
                .xml();
        String deleted = "<Deleted><Key>a&lt;</Key><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>"
                + FakeStore.VERSION + "</DeleteMarkerVersionId></Deleted>";
        assertEquals(
                "<DeleteResult" + NAMESPACE + ">" + (quiet ? "" : deleted)
                        + "<Error><Key>x</Key><VersionId>no such</VersionId><Code>NoSuchVersion</Code><Message>"
                        + "The specified version does not exist.</Message></Error><Error><Key>b</Key><VersionId>"
                        + FakeStore.VERSION + "</VersionId><Code>PreconditionFailed</Code><Message>"
                        + "At least one of the pre-conditions you specified did not hold: If-Match</Message></Error>"
                        + "</DeleteResult>",
                xml);
        assertEquals(
                List.of(item("a<"), versioned), store.asked(DeleteObjects.class).items());
    }

    @Test
    void conditionsOfABatch() {
        FakeStore store = FakeStore.answering(List.of(new Deleted(item("k"), Optional.empty())));
        Given.of("/bucket")
                .header("x-amz-checksum-crc32", "checked by the wire")
                .body("<Delete><Object><Key>k</Key><ETag>\"0123\"</ETag><Size>5</Size><LastModifiedTime>"
                        + "2026-03-04T05:06:07Z</LastModifiedTime></Object></Delete>")
                .to(new DeleteObjectsHandler(store));
        assertEquals(
                new WriteCondition(
                        Optional.of("\"0123\""),
                        false,
                        Optional.of(Instant.parse("2026-03-04T05:06:07Z")),
                        OptionalLong.of(5)),
                store.asked(DeleteObjects.class).items().getFirst().condition());
    }

    @Test
    void batchesThatAreNone() {
        var handler = new DeleteObjectsHandler(FakeStore.answering());
        Given signed = Given.of("/bucket").header("content-md5", "checked by the wire");
        String thousandAndOne = "<Object><Key>k</Key></Object>".repeat(1001);
        for (String document : List.of(
                "",
                "nonsense",
                "<Delete/>",
                "<Delete><Object/></Delete>",
                "<Delete><Object><Key/></Object></Delete>",
                "<Other><Object><Key>k</Key></Object></Other>",
                "<Delete>" + thousandAndOne + "</Delete>")) {
            assertEquals(S3Error.MALFORMED_XML, refusal(signed.body(document), handler));
        }
        Given unsigned = Given.of("/bucket").body("<Delete><Object><Key>k</Key></Object></Delete>");
        assertEquals(S3Error.INVALID_REQUEST, refusal(unsigned, handler));
    }

    @Test
    void copiesAnObject() {
        ObjectVersion target = FakeStore.with(
                FakeStore.version("t", "hello"),
                FakeStore.VERSION,
                Optional.of(Checksum.fullObject(ChecksumAlgorithm.CRC32, new byte[] {1, 2, 3, 4})));
        FakeStore store = FakeStore.answering(new CopyResult(PLAIN, target));
        FakeExchange answer = Given.of("/bucket/t")
                .header("x-amz-copy-source", "/bucket/k?versionId=null")
                .header("x-amz-copy-source-if-match", "\"0123\"")
                .header("x-amz-metadata-directive", "REPLACE")
                .header("x-amz-meta-a", "b")
                .header("x-amz-tagging-directive", "REPLACE")
                .header("x-amz-tagging", "t=v")
                .header("x-amz-checksum-algorithm", "CRC32")
                .header("if-none-match", "*")
                .to(new CopyObjectHandler(store));
        assertEquals(
                "<CopyObjectResult" + NAMESPACE + "><LastModified>" + DATE + "</LastModified>"
                        + "<ETag>&quot;0123&quot;</ETag><ChecksumCRC32>AQIDBA==</ChecksumCRC32>"
                        + "<ChecksumType>FULL_OBJECT</ChecksumType></CopyObjectResult>",
                answer.xml());
        assertEquals(List.of("null"), answer.headers("x-amz-copy-source-version-id"));
        assertEquals(List.of(FakeStore.VERSION.toString()), answer.headers("x-amz-version-id"));
        CopyObject copy = store.asked(CopyObject.class);
        assertEquals(Optional.of(VersionId.NULL), copy.source().version());
        assertEquals(Optional.of("\"0123\""), copy.source().condition().ifMatch());
        assertEquals(Map.of("a", "b"), copy.metadata().orElseThrow().user());
        assertEquals(Optional.of(Map.of("t", "v")), copy.tags());
        assertEquals(Optional.of(ChecksumAlgorithm.CRC32), copy.checksum());
        assertEquals(true, copy.target().condition().ifAbsent());
    }

    @Test
    void copiesMetadataUnlessItIsToldNotTo() {
        FakeStore store = FakeStore.answering(new CopyResult(PLAIN, FakeStore.version("t", "hello")));
        Given.of("/bucket/t")
                .header("x-amz-copy-source", "bucket/k")
                .header("x-amz-meta-a", "ignored")
                .header("x-amz-tagging", "ignored=too")
                .to(new CopyObjectHandler(store));
        assertEquals(Optional.empty(), store.asked(CopyObject.class).metadata());
        assertEquals(Optional.empty(), store.asked(CopyObject.class).tags());
    }

    @Test
    void copiesThatAreNone() {
        var handler = new CopyObjectHandler(FakeStore.answering());
        Given given = Given.of("/bucket/k").header("x-amz-copy-source", "bucket/k");
        assertEquals(S3Error.INVALID_REQUEST, refusal(given, handler), "to itself, without a change");
        assertEquals(S3Error.INVALID_ARGUMENT, refusal(given.header("x-amz-metadata-directive", "MERGE"), handler));
        assertEquals(S3Error.INVALID_ARGUMENT, refusal(Given.of("/bucket/k"), handler), "without a source");
    }

    @Test
    void whatSourcesSayIsSaidOfACopy() {
        Given given = Given.of("/bucket/t").header("x-amz-copy-source", "bucket/k");
        var same = new CopyObjectHandler(FakeStore.answering(new StoreException.NotModified(PLAIN)));
        assertThrows(StoreException.PreconditionFailed.class, () -> given.to(same));
        for (boolean named : List.of(false, true)) {
            var marker = new StoreException.DeleteMarker(FakeStore.VERSION, named, FakeStore.WHEN);
            assertEquals(
                    named ? S3Error.INVALID_REQUEST : S3Error.NO_SUCH_KEY,
                    refusal(given, new CopyObjectHandler(FakeStore.answering(marker))));
        }
    }

    @Test
    void createsAnUpload() {
        Upload.ChecksumPlan plan = new Upload.ChecksumPlan(ChecksumAlgorithm.SHA256, ChecksumType.COMPOSITE);
        FakeStore store = FakeStore.answering(new Upload(
                BUCKET, ObjectKey.of("k"), UPLOAD.id(), FakeStore.WHEN, ObjectMetadata.NONE, Optional.of(plan)));
        FakeExchange answer = Given.of("/bucket/k")
                .header("x-amz-checksum-algorithm", "sha256")
                .to(new CreateMultipartUploadHandler(store));
        assertEquals(
                "<InitiateMultipartUploadResult" + NAMESPACE + "><Bucket>bucket</Bucket><Key>k</Key><UploadId>"
                        + UPLOAD_ID + "</UploadId></InitiateMultipartUploadResult>",
                answer.xml());
        assertEquals(List.of("SHA256"), answer.headers("x-amz-checksum-algorithm"));
        assertEquals(List.of("COMPOSITE"), answer.headers("x-amz-checksum-type"));
        assertEquals(Optional.of(plan), store.asked(CreateUpload.class).checksum());
    }

    @ParameterizedTest
    @CsvSource({"SHA256, FULL_OBJECT", "CRC64NVME, COMPOSITE", "MD4, COMPOSITE", "CRC32, BOTH", "'', FULL_OBJECT"})
    void checksumsThatDoNotExist(String algorithm, String type) {
        Given given = Given.of("/bucket/k").header("x-amz-checksum-type", type);
        Given complete = algorithm.isEmpty() ? given : given.header("x-amz-checksum-algorithm", algorithm);
        assertEquals(
                S3Error.INVALID_REQUEST, refusal(complete, new CreateMultipartUploadHandler(FakeStore.answering())));
    }

    @Test
    void uploadsAPart() {
        FakeStore store = FakeStore.answering(new UploadedPart(FakeStore.part(7, 5), FakeStore.WHEN));
        FakeExchange answer = Given.of("/bucket/k")
                .query("partNumber", "7")
                .query("uploadId", UPLOAD_ID)
                .body("hello")
                .to(new UploadPartHandler(store));
        assertEquals("200\nETag: \"e7\"\nx-amz-checksum-crc32c: AAAABw==\n", answer.head());
        assertEquals(UPLOAD, store.asked(UploadPart.class).upload());
        Given stranger = Given.of("/bucket/k").query("partNumber", "7").query("uploadId", "nonsense");
        assertThrows(StoreException.NotFound.class, () -> stranger.to(new UploadPartHandler(FakeStore.answering())));
    }

    @Test
    void copiesAPart() {
        FakeStore store =
                FakeStore.answering(new PartCopyResult(PLAIN, new UploadedPart(FakeStore.part(1, 3), FakeStore.WHEN)));
        String xml = Given.of("/bucket/k")
                .query("partNumber", "1")
                .query("uploadId", UPLOAD_ID)
                .header("x-amz-copy-source", "bucket/k")
                .header("x-amz-copy-source-range", "bytes=1-3")
                .to(new UploadPartCopyHandler(store))
                .xml();
        assertEquals(
                "<CopyPartResult" + NAMESPACE + "><LastModified>" + DATE + "</LastModified><ETag>&quot;e1&quot;</ETag>"
                        + "<ChecksumCRC32C>AAAAAQ==</ChecksumCRC32C></CopyPartResult>",
                xml);
        UploadPartCopy copy = store.asked(UploadPartCopy.class);
        assertEquals(new RangeSpec.FromTo(1, 3), copy.source().range());
        assertEquals(ReadCondition.NONE, copy.source().condition(), "whatever is there when it is read is copied");
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=3-, INVALID_ARGUMENT",
        "bytes=-3, INVALID_ARGUMENT",
        "0-2, INVALID_ARGUMENT",
        "'bytes=0-1,2-3', INVALID_ARGUMENT",
        "bytes=3-1, INVALID_ARGUMENT"
    })
    void rangesThatAreNoneOfACopy(String range, S3Error error) {
        Given given = Given.of("/bucket/k")
                .query("partNumber", "1")
                .query("uploadId", UPLOAD_ID)
                .header("x-amz-copy-source", "bucket/k")
                .header("x-amz-copy-source-range", range);
        assertEquals(error, refusal(given, new UploadPartCopyHandler(FakeStore.answering())));
    }

    @Test
    void completesAnUpload() {
        FakeStore store = FakeStore.answering(FakeStore.ofParts("a b"));
        FakeExchange answer = Given.of("/bucket/k")
                .query("uploadId", UPLOAD_ID)
                .header("host", "s3.example.com:9000")
                .header("x-amz-checksum-crc32c", "CQkJCQ==-3")
                .header("x-amz-mp-object-size", "12")
                .header("if-match", "\"old\"")
                .body("<CompleteMultipartUpload" + NAMESPACE + "><Part><PartNumber>1</PartNumber><ETag>\"e1\"</ETag>"
                        + "<ChecksumCRC32C>AAAAAQ==</ChecksumCRC32C></Part><Part><ETag>e2</ETag>"
                        + "<PartNumber> 2 </PartNumber></Part></CompleteMultipartUpload>")
                .to(new CompleteMultipartUploadHandler(store));
        assertEquals(
                "<CompleteMultipartUploadResult" + NAMESPACE
                        + "><Location>http://s3.example.com:9000/bucket/k</Location><Bucket>bucket</Bucket>"
                        + "<Key>a b</Key><ETag>&quot;4567-3&quot;</ETag><ChecksumCRC32C>CQkJCQ==-3</ChecksumCRC32C>"
                        + "<ChecksumType>COMPOSITE</ChecksumType></CompleteMultipartUploadResult>",
                answer.xml());
        CompleteUpload complete = store.asked(CompleteUpload.class);
        Checksum part = Checksum.fullObject(ChecksumAlgorithm.CRC32C, new byte[] {0, 0, 0, 1});
        assertEquals(
                List.of(
                        new CompleteUpload.Part(1, "\"e1\"", Optional.of(part)),
                        new CompleteUpload.Part(2, "e2", Optional.empty())),
                complete.parts());
        assertEquals(
                Optional.of(new Checksum(ChecksumAlgorithm.CRC32C, ChecksumType.COMPOSITE, new byte[] {9, 9, 9, 9}, 3)),
                complete.checksum());
        assertEquals(OptionalLong.of(12), complete.objectSize());
        assertEquals(Optional.of("\"old\""), complete.condition().ifMatch());
    }

    @ParameterizedTest
    @CsvSource({
        "x-amz-checksum-crc32, AQIDBA==, , FULL_OBJECT, 0",
        "x-amz-checksum-crc32, AQIDBA==, COMPOSITE, COMPOSITE, 2",
        "x-amz-checksum-crc32, AQIDBA==-7, COMPOSITE, COMPOSITE, 7",
        "x-amz-checksum-sha1, AQIDBAUGBwgJCgsMDQ4PEBESExQ=, , COMPOSITE, 2"
    })
    void checksumsOfTheWhole(String header, String value, String type, ChecksumType meant, int parts) {
        Headers headers =
                type == null ? Headers.of(header, value) : Headers.of(header, value, Checksums.TYPE_HEADER, type);
        Checksum checksum =
                Checksums.ofWhole(headers, Checksums.type(headers), 2).orElseThrow();
        assertEquals(meant, checksum.type());
        assertEquals(parts, checksum.parts());
    }

    @Test
    void completionsThatAreNone() {
        var handler = new CompleteMultipartUploadHandler(FakeStore.answering());
        Given given = Given.of("/bucket/k").query("uploadId", UPLOAD_ID);
        for (String document : Arrays.asList(
                "",
                "<CompleteMultipartUpload/>",
                "<CompleteMultipartUpload><Part><ETag>e</ETag></Part></CompleteMultipartUpload>",
                "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>")) {
            assertEquals(S3Error.MALFORMED_XML, refusal(given.body(document), handler));
        }
        String part = "<Part><PartNumber>1</PartNumber><ETag>e</ETag><ChecksumCRC32>AA</ChecksumCRC32></Part>";
        Given wrongSum = given.body("<CompleteMultipartUpload>" + part + "</CompleteMultipartUpload>");
        assertEquals(S3Error.INVALID_REQUEST, refusal(wrongSum, handler));
    }

    @Test
    void abortsAnUpload() {
        FakeStore store = FakeStore.answering("done");
        FakeExchange answer =
                Given.of("/bucket/k").query("uploadId", UPLOAD_ID).to(new AbortMultipartUploadHandler(store));
        assertEquals(204, answer.status());
        assertEquals(UPLOAD, store.asked(UploadName.class));
    }
}
