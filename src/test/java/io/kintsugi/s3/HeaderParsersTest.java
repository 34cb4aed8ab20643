package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dates, copy sources, tags, numbers and the encoding of keys. */
class HeaderParsersTest {
    private static final Instant EXAMPLE = Instant.parse("1994-11-06T08:49:37Z");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "Sun Nov  6 08:49:37 1994",
                "Sun, 6 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:37 +0000",
                "06 Nov 1994 08:49:37 GMT",
                "1994-11-06T08:49:37Z",
                "1994-11-06T09:49:37+01:00",
                "1994-11-06T08:49:37.000Z"
            })
    void datesOfEveryForm(String text) {
        assertEquals(Optional.of(EXAMPLE), HttpDates.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "Sun, 36 Nov 1994 08:49:37 GMT", "784111777", "1994-11-06"})
    void notDates(String text) {
        assertEquals(Optional.empty(), HttpDates.parse(text));
    }

    @Test
    void datesAreWrittenAsS3DoesIt() {
        assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", HttpDates.header(EXAMPLE));
        assertEquals("Thu, 29 Feb 2024 23:59:59 GMT", HttpDates.header(Instant.parse("2024-02-29T23:59:59.999Z")));
        assertEquals("1994-11-06T08:49:37.004Z", HttpDates.xml(EXAMPLE.plusMillis(4)));
    }

    @ParameterizedTest
    @CsvSource({
        "bucket/key, bucket, key",
        "/bucket/key, bucket, key",
        "bucket/a/b/, bucket, a/b/",
        "bucket//key, bucket, /key",
        "bucket/..%2F..%2Fkey, bucket, ../../key",
        "bucket%2Fkey, bucket, key",
        "bucket/a+b%2Bc, bucket, a b+c",
        "bucket/%C3%A4%E2%82%AC, bucket, ä€",
        "bucket/what?really, bucket, what?really"
    })
    void copySources(String header, String bucket, String key) {
        assertEquals(
                new CopySource(new BucketName(bucket), ObjectKey.of(key), Optional.empty()), CopySource.parse(header));
    }

    @Test
    void copySourceOfAVersion() {
        String version = "0123456789abcdef0123456789abcdef";
        CopySource source = CopySource.parse("bucket/a%3FversionId=1?versionId=" + version);
        assertEquals(Optional.of(VersionId.parse(version)), source.version());
        assertEquals(ObjectKey.of("a?versionId=1"), source.key());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "bucket",
                "bucket/",
                "/bucket/",
                "//key",
                "b/key",
                "bucket/%",
                "bucket/%zz",
                "bucket/%FF",
                "bucket/key?versionId=nonsense"
            })
    void notCopySources(String header) {
        assertThrows(StoreException.Invalid.class, () -> CopySource.parse(header));
    }

    @Test
    void tags() {
        assertEquals(Map.of("a", "1", "b c", "", "d=", "/@"), TaggingHeader.parse("a=1&b+c&d%3D=%2F%40&"));
        assertEquals(Map.of(), TaggingHeader.parse(""));
    }

    @ParameterizedTest
    @CsvSource({
        "a=1&a=2, INVALID_ARGUMENT",
        "a=%, INVALID_ARGUMENT",
        "=1, INVALID_TAG",
        "aws:a=1, INVALID_TAG",
        "a=%3C, INVALID_TAG",
        "a%21=b, INVALID_TAG"
    })
    void wrongTags(String header, S3Error error) {
        assertEquals(
                error,
                assertThrows(S3Exception.class, () -> TaggingHeader.parse(header))
                        .error());
    }

    @Test
    void tagsHaveLimits() {
        String ten = IntStream.range(0, 10).mapToObj(i -> "t" + i + "=v").collect(Collectors.joining("&"));
        assertEquals(10, TaggingHeader.parse(ten).size());
        for (String header : List.of(ten + "&t=v", "n".repeat(129) + "=v", "n=" + "v".repeat(257))) {
            assertEquals(
                    S3Error.INVALID_TAG,
                    assertThrows(S3Exception.class, () -> TaggingHeader.parse(header))
                            .error());
        }
        assertEquals(
                1, TaggingHeader.parse("n".repeat(128) + "=" + "v".repeat(256)).size());
    }

    @ParameterizedTest
    @CsvSource({
        "test_file(3).png, test_file%283%29.png",
        "a b, a+b",
        "a+b, a%2Bb",
        "a/b, a/b",
        "~*-_., %7E*-_.",
        "ä, %C3%A4",
        "😀, %F0%9F%98%80"
    })
    void keysAreEncodedAsS3DoesIt(String key, String encoded) {
        assertEquals(encoded, UrlCoding.encode(key));
    }

    @ParameterizedTest
    @CsvSource({"'', 1000", "0, 0", "1, 1", "1000, 1000", "1001, 1000", "2147483647, 1000"})
    void pageSizes(String text, int size) {
        assertEquals(size, Numbers.pageSize("max-keys", Optional.of(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "blah", "1.5", "2147483648", "99999999999999999999", "+1", " 1"})
    void notPageSizes(String text) {
        assertEquals(
                S3Error.INVALID_ARGUMENT,
                assertThrows(S3Exception.class, () -> Numbers.pageSize("max-keys", Optional.of(text)))
                        .error());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "10001", "-1", "x"})
    void notPartNumbers(String text) {
        assertThrows(S3Exception.class, () -> Numbers.partNumber(text));
    }
}
