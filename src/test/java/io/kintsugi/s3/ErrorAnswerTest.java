package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every refusal is one of S3's errors. */
class ErrorAnswerTest {
    private static final S3Target TARGET = S3Target.of(Optional.of("bucket"), Optional.of("a<b"));

    static List<StoreException> refusals() {
        List<StoreException> all = new ArrayList<>();
        for (StoreException.NotFound.Kind kind : StoreException.NotFound.Kind.values()) {
            all.add(new StoreException.NotFound(kind, "name"));
        }
        for (StoreException.Conflict.Kind kind : StoreException.Conflict.Kind.values()) {
            all.add(new StoreException.Conflict(kind, "why"));
        }
        for (StoreException.Invalid.Kind kind : StoreException.Invalid.Kind.values()) {
            all.add(new StoreException.Invalid(kind, "why"));
        }
        for (StoreException.Unavailable.Kind kind : StoreException.Unavailable.Kind.values()) {
            all.add(new StoreException.Unavailable(kind, "why"));
        }
        all.add(new StoreException.DeleteMarker(VersionId.NULL, false, Instant.EPOCH));
        all.add(new StoreException.DeleteMarker(VersionId.NULL, true, Instant.EPOCH));
        all.add(new StoreException.PreconditionFailed("If-Match"));
        return all;
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusalsOfTheStoreAreNoFaults(StoreException refusal) {
        S3Response response = ErrorAnswer.of(refusal).response(TARGET, "ID", "HOST");
        boolean unavailable = refusal instanceof StoreException.Unavailable;
        assertEquals(unavailable ? 5 : 4, response.status() / 100);
        assertEquals(
                unavailable,
                response.headers().stream().anyMatch(header -> header.name().equals("Retry-After")));
        assertFalse(ErrorAnswer.isOurs(refusal));
        assertTrue(text(response).contains("<RequestId>ID</RequestId><HostId>HOST</HostId></Error>"), text(response));
    }

    @Test
    void whatWasNotFoundIsNamed() {
        String xml = text(ErrorAnswer.of(new StoreException.NotFound(StoreException.NotFound.Kind.KEY, "a<b"))
                .response(TARGET, "ID", "HOST"));
        assertTrue(
                xml.contains("<Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>"
                        + "<Key>a&lt;b</Key><Resource>/bucket/a&lt;b</Resource>"),
                xml);
    }

    @Test
    void notModifiedSaysHowLongThatMayBeKept() {
        ObjectVersion plain = FakeStore.version("k", "hello");
        ObjectVersion cached = new ObjectVersion(
                plain.bucket(),
                plain.key(),
                plain.id(),
                false,
                plain.size(),
                plain.etag(),
                plain.lastModified(),
                new ObjectMetadata(Map.of("cache-control", "max-age=60", "content-type", "a/b"), Map.of(), Map.of()),
                false,
                plain.parts(),
                plain.checksum());
        S3Response response =
                ErrorAnswer.of(new StoreException.NotModified(cached)).response(TARGET, "ID", "HOST");
        assertEquals(304, response.status());
        assertEquals(
                List.of("ETag", "Last-Modified", "Cache-Control"),
                response.headers().stream()
                        .map(S3Response.Header::name)
                        .limit(3)
                        .toList());
    }

    @Test
    void aDeleteMarkerSaysThatItIsOne() {
        S3Response named = ErrorAnswer.of(new StoreException.DeleteMarker(VersionId.NULL, true, Instant.EPOCH))
                .response(TARGET, "ID", "HOST");
        assertEquals(405, named.status());
        assertTrue(named.headers().contains(new S3Response.Header("x-amz-delete-marker", "true")));
        assertTrue(named.headers().contains(new S3Response.Header("Allow", "DELETE")));
        assertEquals(
                404,
                ErrorAnswer.of(new StoreException.DeleteMarker(VersionId.NULL, false, Instant.EPOCH))
                        .response(TARGET, "ID", "HOST")
                        .status());
    }

    @Test
    void faultsOfOursTellNothing() {
        for (Throwable fault : List.of(
                new IllegalStateException("/secret/path"),
                new StoreException.Failed("/secret/path"),
                new StackOverflowError("/secret/path"))) {
            S3Response response = ErrorAnswer.of(fault).response(TARGET, "ID", "HOST");
            assertEquals(500, response.status());
            assertFalse(text(response).contains("secret"));
            assertTrue(ErrorAnswer.isOurs(fault));
        }
    }

    @ParameterizedTest
    @CsvSource({"SLOW_DOWN,SlowDown", "QUORUM,ServiceUnavailable", "STOPPING,ServiceUnavailable"})
    void tooMuchIsToldFromTooLittle(StoreException.Unavailable.Kind kind, String code) {
        assertEquals(
                code,
                ErrorAnswer.of(new StoreException.Unavailable(kind, "why"))
                        .error()
                        .code());
    }

    private static String text(S3Response response) {
        return XmlTest.text(response.body());
    }
}
