package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.iam.TestSigner;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets and hosts become buckets and keys, byte for byte. */
class RequestLineTest {
    private static final List<String> DOMAINS = List.of("s3.example.org", "localhost");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/|example.com||",
                "/b|example.com|b|",
                "/b/|example.com|b|",
                "/b/k|example.com|b|k",
                "/b//k/|example.com|b|/k/",
                "/b/../k/.|example.com|b|../k/.",
                "/b/a%2Fb%20c|example.com|b|a/b c",
                "/b/a+b|example.com|b|a+b",
                "/b/%C3%A4|example.com|b|ä",
                "/b/%F0%9F%98%80|example.com|b|😀",
                "/b/Ã¤|example.com|b|ä",
                "/k|b.s3.example.org|b|k",
                "/k/x|B.S3.Example.Org:9000|b|k/x",
                "/|b.c.localhost|b.c|",
                "//k|b.localhost|b|/k",
                "/b/k|s3.example.org|b|k",
                "/b/k|xs3.example.org|b|k",
                "/b/k|[::1]:9000|b|k",
                "/b/k|[::1]|b|k",
                "http://example.com/b/k|example.com|b|k",
                "http://example.com|example.com||",
                "*|example.com||",
                "//k|example.com||k"
            })
    void targets(String target, String host, String bucket, String key) {
        S3Target parsed = RequestLine.parse(target).target(host, DOMAINS);
        assertEquals(Optional.ofNullable(key), parsed.key());
        assertEquals(bucket == null ? "" : bucket, parsed.bucket().orElse(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/b/%", "/b/%4", "/b/%zz", "/b/%ff", "/b/%C3", "/b/%ED%A0%80", "/%e4/k", "/b/%C0%AF"})
    void brokenEncodingIsRefused(String target) {
        S3Exception refused =
                assertThrows(S3Exception.class, () -> RequestLine.parse(target).target("h", DOMAINS));
        assertEquals(S3Error.INVALID_URI, refused.error());
    }

    @Property
    void everyKeySurvives(@ForAll @StringLength(min = 1, max = 60) String key) {
        String valid = valid(key);
        S3Target parsed =
                RequestLine.parse("/bucket/" + TestSigner.encode(valid)).target("h", DOMAINS);
        assertEquals(Optional.of(valid), parsed.key());
    }

    @Property
    void everyParameterSurvives(
            @ForAll @StringLength(max = 20) String name, @ForAll @StringLength(max = 20) String value) {
        String validName = valid(name);
        String validValue = valid(value);
        String query = "x=1&&" + TestSigner.encode(validName) + "=" + TestSigner.encode(validValue) + "&y";
        QueryParams parsed = RequestLine.parse("/b?" + query).query();
        assertEquals(3, parsed.count());
        assertEquals(validName, parsed.name(1));
        assertEquals(validValue, parsed.value(1));
        assertEquals("", parsed.value(2));
    }

    /** Without lone surrogates, which UTF-8 can't hold. */
    private static String valid(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** Anything else is refused, and not with an accident. */
    @Property
    void anyTargetIsParsedOrRefused(
            @ForAll @StringLength(max = 40) String target, @ForAll @StringLength(max = 20) String host) {
        try {
            RequestLine line = RequestLine.parse(target);
            line.target(host, DOMAINS);
            line.query();
        } catch (S3Exception refused) {
            assertEquals(S3Error.INVALID_URI, refused.error());
        }
    }
}
