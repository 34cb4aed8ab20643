package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.iam.Identity;
import io.kintsugi.objects.GetObject;
import io.kintsugi.objects.ObjectRead;
import io.kintsugi.objects.PutObject;
import io.kintsugi.objects.RangeSpec;
import io.kintsugi.objects.ReadCondition;
import io.kintsugi.s3.FakeExchange.Given;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectHandlersTest {
    private static final Checksum CRC = Checksum.fullObject(ChecksumAlgorithm.CRC32, new byte[] {1, 2, 3, 4});
    private static final ObjectVersion PLAIN = FakeStore.version("k", "hello");
    private static final ObjectVersion RICH = FakeStore.with(PLAIN, FakeStore.VERSION, Optional.of(CRC));
    private static final ObjectVersion PARTS = FakeStore.ofParts("k");
    private static final String DATE = "Wed, 04 Mar 2026 05:06:07 GMT";

    private static ObjectRead whole(ObjectVersion version, String content) {
        return FakeStore.read(version, content, new ByteRange(0, content.length()), false);
    }

    @Test
    void getsAnObject() {
        FakeStore store = FakeStore.answering(whole(PLAIN, "hello"));
        FakeExchange answer = Given.of("/bucket/k").to(new GetObjectHandler(store));
        assertEquals(
                "200\nLast-Modified: " + DATE + "\nETag: \"0123\"\nAccept-Ranges: bytes\n"
                        + "Content-Type: binary/octet-stream\n",
                answer.head());
        assertEquals("hello", answer.sent());
        assertEquals(
                new GetObject(PLAIN.bucket(), PLAIN.key(), Optional.empty(), new RangeSpec.Whole(), ReadCondition.NONE),
                store.asked(GetObject.class));
    }

    @Test
    void getsAllThatIsKnownOfAVersion() {
        FakeStore store = FakeStore.answering(whole(RICH, "hello"));
        FakeExchange answer = Given.of("/bucket/k")
                .query("versionId", FakeStore.VERSION.toString())
                .query("response-content-type", "text/html")
                .header("x-amz-checksum-mode", "ENABLED")
                .to(new GetObjectHandler(store));
        assertEquals(
                "200\nLast-Modified: " + DATE + "\nETag: \"0123\"\nAccept-Ranges: bytes\nx-amz-version-id: "
                        + FakeStore.VERSION
                        + "\nContent-Type: text/html\nx-amz-meta-color: blue\nx-amz-tagging-count: 1\n"
                        + "x-amz-checksum-crc32: AQIDBA==\nx-amz-checksum-type: FULL_OBJECT\n",
                answer.head());
        assertEquals(
                Optional.of(FakeStore.VERSION), store.asked(GetObject.class).version());
    }

    @Test
    void getsARange() {
        FakeStore store = FakeStore.answering(FakeStore.read(RICH, "hello", new ByteRange(1, 3), true));
        FakeExchange answer = Given.of("/bucket/k")
                .header("range", "bytes=1-3")
                .header("x-amz-checksum-mode", "ENABLED")
                .to(new GetObjectHandler(store));
        assertEquals(206, answer.status());
        assertEquals(List.of("bytes 1-3/5"), answer.headers("content-range"));
        assertEquals(List.of(), answer.headers("x-amz-checksum-crc32"), "no range has a checksum");
        assertEquals("ell", answer.sent());
        assertEquals(new RangeSpec.FromTo(1, 3), store.asked(GetObject.class).range());
    }

    @Test
    void getsAPart() {
        FakeStore store = FakeStore.answering(FakeStore.read(PARTS, "aaaaabbbbbcc", new ByteRange(5, 5), true));
        FakeExchange answer = Given.of("/bucket/k")
                .query("partNumber", "2")
                .header("x-amz-checksum-mode", "ENABLED")
                .to(new GetObjectHandler(store));
        assertEquals(206, answer.status());
        assertEquals(List.of("bytes 5-9/12"), answer.headers("content-range"));
        assertEquals(List.of("3"), answer.headers("x-amz-mp-parts-count"));
        assertEquals(List.of("AAAAAg=="), answer.headers("x-amz-checksum-crc32c"));
        assertEquals(List.of("COMPOSITE"), answer.headers("x-amz-checksum-type"));
        assertEquals("bbbbb", answer.sent());
        assertEquals(new RangeSpec.Part(2), store.asked(GetObject.class).range());
    }

    @Test
    void anEmptyObjectHasNoRange() {
        ObjectVersion empty = FakeStore.version("k", "");
        FakeStore store = FakeStore.answering(FakeStore.read(empty, "", new ByteRange(0, 0), true));
        FakeExchange answer = Given.of("/bucket/k").query("partNumber", "1").to(new GetObjectHandler(store));
        assertEquals(200, answer.status());
        assertEquals(List.of(), answer.headers("content-range"));
    }

    @Test
    void headsAnObject() {
        FakeStore store = FakeStore.answering(FakeStore.read(PLAIN, "hello", new ByteRange(1, 2), true));
        FakeExchange answer = Given.of("/bucket/k").header("range", "bytes=1-2").to(new HeadObjectHandler(store));
        assertEquals(206, answer.status());
        assertEquals(List.of("2"), answer.headers("content-length"));
        assertEquals("", answer.sent());
    }

    @Test
    void conditionsOfReads() {
        FakeStore store = FakeStore.answering(whole(PLAIN, "hello"));
        Given.of("/bucket/k")
                .header("if-match", "\"a\"")
                .header("if-none-match", "b")
                .header("if-modified-since", DATE)
                .header("if-unmodified-since", "never")
                .to(new GetObjectHandler(store));
        Instant when = Instant.parse("2026-03-04T05:06:07Z");
        assertEquals(
                new ReadCondition(Optional.of("\"a\""), Optional.of("b"), Optional.of(when), Optional.empty()),
                store.asked(GetObject.class).condition());
    }

    @Test
    void whatFailsBeforeTheFirstByteIsNotAnsweredYet() {
        ObjectRead failing = new ObjectRead() {
            @Override
            public ObjectVersion version() {
                return PLAIN;
            }

            @Override
            public ByteRange range() {
                return new ByteRange(0, 5);
            }

            @Override
            public boolean partial() {
                return false;
            }

            @Override
            public ObjectRead withoutParts() {
                return this;
            }

            @Override
            public void sendTo(ByteSink sink) {
                throw new StoreException.Unavailable(StoreException.Unavailable.Kind.QUORUM, "too few drives");
            }
        };
        FakeExchange exchange = Given.of("/bucket/k").exchange();
        var handler = new GetObjectHandler(FakeStore.answering(failing));
        assertThrows(StoreException.Unavailable.class, () -> handler.handle(exchange));
        assertFalse(exchange.isAnswered());
    }

    @ParameterizedTest
    @CsvSource({
        "'\"0123\"', 206, 1",
        "'\"other\"', 200, 2",
        "'Wed, 04 Mar 2026 05:06:07 GMT', 206, 1",
        "'Wed, 04 Mar 2026 05:06:08 GMT', 200, 2"
    })
    void aRangeOfWhatTheClientHasAPieceOf(String validator, int status, int reads) {
        FakeStore store =
                FakeStore.answering(FakeStore.read(PLAIN, "hello", new ByteRange(1, 3), true), whole(PLAIN, "hello"));
        FakeExchange answer = Given.of("/bucket/k")
                .header("range", "bytes=1-3")
                .header("if-range", validator)
                .to(new GetObjectHandler(store));
        assertEquals(status, answer.status());
        assertEquals(reads, store.calls());
    }

    @Test
    void aRangeThatOnlyAnotherVersionHadGivesTheWhole() {
        var beyond = new StoreException.Invalid(StoreException.Invalid.Kind.RANGE, "beyond the end");
        FakeStore store = FakeStore.answering(beyond, whole(PLAIN, "hello"));
        FakeExchange answer = Given.of("/bucket/k")
                .header("range", "bytes=10-13")
                .header("if-range", "\"other\"")
                .to(new GetObjectHandler(store));
        assertEquals("hello", answer.sent());
    }

    @Test
    void readsThatMakeNoSense() {
        var handler = new GetObjectHandler(FakeStore.answering());
        Map<Given, S3Error> refusals = Map.of(
                Given.of("/bucket/k").query("partNumber", "1").header("range", "bytes=0-1"), S3Error.INVALID_REQUEST,
                Given.of("/bucket/k").query("partNumber", "0"), S3Error.INVALID_ARGUMENT,
                Given.of("/bucket/k").query("versionId", ""), S3Error.INVALID_ARGUMENT,
                Given.of("/bucket/k").query("response-expires", "a\nb"), S3Error.INVALID_ARGUMENT,
                Given.of("/bucket/k").query("response-content-disposition", "€"), S3Error.INVALID_ARGUMENT,
                Given.of("/bucket/k").header("x-amz-server-side-encryption-customer-key", "k"),
                        S3Error.INVALID_REQUEST);
        refusals.forEach((given, error) -> assertEquals(
                error, assertThrows(S3Exception.class, () -> given.to(handler)).error(), given.toString()));
        FakeExchange anonymous = Given.of("/bucket/k")
                .query("response-expires", "now")
                .exchange()
                .by(new Identity.Anonymous());
        assertThrows(S3Exception.class, () -> handler.handle(anonymous));
    }

    @Test
    void putsAnObject() {
        FakeStore store = FakeStore.answering(RICH);
        FakeExchange answer = Given.of("/bucket/k")
                .header("content-type", "text/plain")
                .header("x-amz-meta-color", "blue")
                .header("if-none-match", "*")
                .body("hello")
                .to(new PutObjectHandler(store));
        assertEquals(
                "200\nETag: \"0123\"\nx-amz-version-id: " + FakeStore.VERSION
                        + "\nx-amz-checksum-crc32: AQIDBA==\nx-amz-checksum-type: FULL_OBJECT\n",
                answer.head());
        PutObject put = store.asked(PutObject.class);
        assertEquals(Map.of("color", "blue"), put.metadata().user());
        assertEquals(Map.of("content-type", "text/plain"), put.metadata().headers());
        assertEquals(
                new WriteCondition(Optional.empty(), true, Optional.empty(), OptionalLong.empty()), put.condition());
        assertEquals(OptionalLong.of(5), put.body().length());
    }

    @Test
    void putsThatAskForTooMuch() {
        var handler = new PutObjectHandler(FakeStore.answering());
        for (Given given : List.of(
                Given.of("/bucket/k").header("if-none-match", "\"0123\""),
                Given.of("/bucket/k").header("x-amz-acl", "public-read"),
                Given.of("/bucket/k").header("x-amz-server-side-encryption", "AES256"))) {
            assertEquals(
                    S3Error.NOT_IMPLEMENTED,
                    assertThrows(S3Exception.class, () -> given.to(handler)).error());
        }
    }

    @Test
    void tellsTheAttributes() {
        FakeStore store = FakeStore.answering(whole(PARTS, "aaaaabbbbbcc"));
        FakeExchange answer = Given.of("/bucket/k")
                .header("x-amz-object-attributes", "ETag,Checksum, ObjectParts")
                .header("x-amz-object-attributes", "StorageClass,ObjectSize")
                .header("x-amz-max-parts", "1")
                .header("x-amz-part-number-marker", "1")
                .to(new GetObjectAttributesHandler(store));
        assertEquals(
                "<GetObjectAttributesResponse xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><ETag>4567-3</ETag>"
                        + "<Checksum><ChecksumCRC32C>CQkJCQ==-3</ChecksumCRC32C><ChecksumType>COMPOSITE</ChecksumType>"
                        + "</Checksum><ObjectParts><PartsCount>3</PartsCount><PartNumberMarker>1</PartNumberMarker>"
                        + "<NextPartNumberMarker>2</NextPartNumberMarker><MaxParts>1</MaxParts>"
                        + "<IsTruncated>true</IsTruncated><Part><PartNumber>2</PartNumber><Size>5</Size>"
                        + "<ChecksumCRC32C>AAAAAg==</ChecksumCRC32C></Part></ObjectParts>"
                        + "<StorageClass>STANDARD</StorageClass><ObjectSize>12</ObjectSize>"
                        + "</GetObjectAttributesResponse>",
                answer.xml());
        assertEquals(List.of(DATE), answer.headers("last-modified"));
        var handler = new GetObjectAttributesHandler(FakeStore.answering());
        for (Given given :
                List.of(Given.of("/bucket/k"), Given.of("/bucket/k").header("x-amz-object-attributes", "Colour"))) {
            assertEquals(
                    S3Error.INVALID_ARGUMENT,
                    assertThrows(S3Exception.class, () -> given.to(handler)).error());
        }
    }

    @Test
    void theNullVersionIsNamedToThoseWhoNamedIt() {
        FakeStore store = FakeStore.answering(whole(PLAIN, "hello"));
        FakeExchange answer = Given.of("/bucket/k").query("versionId", "null").to(new HeadObjectHandler(store));
        assertEquals(List.of("null"), answer.headers("x-amz-version-id"));
        assertEquals(Optional.of(VersionId.NULL), store.asked(GetObject.class).version());
    }

    @Test
    void theNullVersionIsNamedInBucketsThatHaveVersions() {
        FakeStore store = FakeStore.answering(PLAIN, whole(PLAIN, "hello")).withVersions();
        FakeExchange put = Given.of("/bucket/k").body("hello").to(new PutObjectHandler(store));
        assertEquals(List.of("null"), put.headers("x-amz-version-id"));
        FakeExchange head = Given.of("/bucket/k").to(new HeadObjectHandler(store));
        assertEquals(List.of("null"), head.headers("x-amz-version-id"));
        FakeStore other = FakeStore.answering(PLAIN, whole(PLAIN, "hello"));
        put = Given.of("/bucket/k").body("hello").to(new PutObjectHandler(other));
        assertEquals(List.of(), put.headers("x-amz-version-id"));
        head = Given.of("/bucket/k").to(new HeadObjectHandler(other));
        assertEquals(List.of(), head.headers("x-amz-version-id"));
    }
}
