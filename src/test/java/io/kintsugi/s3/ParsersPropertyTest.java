package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.VersionId;
import io.kintsugi.objects.RangeSpec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** What is written is read again as what it was; whatever is read ends in an answer. */
class ParsersPropertyTest {
    @Provide
    Arbitrary<String> text() {
        return Arbitraries.strings()
                .all()
                .ofMinLength(1)
                .ofMaxLength(80)
                .map(s -> new String(s.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<Map<String, String>> tags() {
        Arbitrary<String> name = Arbitraries.strings()
                .withChars("abcXYZ019 +-=._:/@äλ字")
                .ofMinLength(1)
                .ofMaxLength(20);
        return Arbitraries.maps(name, name).ofMaxSize(10);
    }

    @Property
    void anyTextSurvivesUrlEncoding(@ForAll("text") String text) {
        assertEquals(Optional.of(text), UrlCoding.decode(UrlCoding.encode(text)));
        assertTrue(UrlCoding.isAscii(UrlCoding.encode(text)));
    }

    @Property
    void anyTextMayBeDecoded(@ForAll String text) {
        UrlCoding.decode(text).ifPresent(decoded -> assertTrue(decoded.length() <= 3 * text.length() + 1));
    }

    @Property
    void anyKeyMayBeASource(@ForAll("text") String key) {
        String header = "a-bucket/" + UrlCoding.encode(key) + "?versionId=null";
        CopySource source = CopySource.parse(header);
        assertEquals(ObjectKey.of(key), source.key());
        assertEquals(Optional.of(VersionId.NULL), source.version());
    }

    @Property
    void tagsAreReadAsTheyWereWritten(@ForAll("tags") Map<String, String> tags) {
        String header = tags.entrySet().stream()
                .map(tag -> UrlCoding.encode(tag.getKey()) + "=" + UrlCoding.encode(tag.getValue()))
                .collect(Collectors.joining("&"));
        assertEquals(tags, TaggingHeader.parse(header));
    }

    @Property
    void rangesAreReadAsTheyWereWritten(@ForAll @LongRange(min = 0) long first, @ForAll @LongRange(min = 0) long last) {
        RangeSpec expected = first <= last ? new RangeSpec.FromTo(first, last) : new RangeSpec.Whole();
        assertEquals(expected, RangeHeader.parse(Optional.of("bytes=" + first + "-" + last)));
        assertEquals(new RangeSpec.From(first), RangeHeader.parse(Optional.of("bytes=" + first + "-")));
        assertEquals(new RangeSpec.Suffix(last), RangeHeader.parse(Optional.of("bytes=-" + last)));
    }

    @Property
    void anyHeaderIsARangeOrNone(@ForAll String header) {
        RangeSpec range = RangeHeader.parse(Optional.of(header));
        assertTrue(range instanceof RangeSpec.Whole || header.strip().regionMatches(true, 0, "bytes=", 0, 6));
    }

    @Property
    void tokensLeadBack(@ForAll("text") String key) {
        assertEquals(new ListQuery.AfterKey(key), ContinuationToken.start(ContinuationToken.ofKey(key)));
    }

    /** Encoded words are ASCII, short, and together the text. */
    @Property
    void mailSafeTextIsTheText(@ForAll("text") String text) {
        String safe = MailSafe.encode(text);
        assertTrue(UrlCoding.isAscii(safe));
        if (UrlCoding.isAscii(text)) {
            assertEquals(text, safe);
            return;
        }
        StringBuilder decoded = new StringBuilder();
        for (String word : safe.split(" ")) {
            assertTrue(word.length() <= 75, word);
            String base64 = word.substring("=?UTF-8?B?".length(), word.length() - 2);
            decoded.append(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
        }
        assertEquals(text, decoded.toString());
    }

    @Property
    void datesAreReadAsTheyWereWritten(@ForAll @LongRange(min = 0, max = 253402300799L) long seconds) {
        Instant when = Instant.ofEpochSecond(seconds);
        assertEquals(Optional.of(when), HttpDates.parse(HttpDates.header(when)));
        assertEquals(Optional.of(when), HttpDates.parse(HttpDates.xml(when)));
        Instant withMillis = when.plusMillis(seconds % 1000);
        assertEquals(Optional.of(withMillis), HttpDates.parse(HttpDates.xml(withMillis.plusNanos(999_999))));
    }

    @Property
    void anyTextIsADateOrNone(@ForAll String text) {
        assertTrue(HttpDates.parse(text).map(Instant::toString).orElse("").length() < 40);
    }
}
