package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.BUCKET;
import static io.kintsugi.objects.TestStore.KEY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadUseCaseTest {
    @AutoClose
    private final TestStore store = new TestStore();

    private static final int LEAST_PART = (int) ObjectSettings.DEFAULTS.limits().minPart();

    private GetObject request(ReadCondition condition) {
        return new GetObject(BUCKET, KEY, Optional.empty(), TestStore.WHOLE, condition);
    }

    private void refusesRange(RangeSpec range) {
        StoreException.Invalid refused =
                assertThrows(StoreException.Invalid.class, () -> store.objects.get(TestStore.getRequest(range)));
        assertEquals(Kind.RANGE, refused.kind());
    }

    // ---- ranges

    @ParameterizedTest
    @ValueSource(ints = {1000, 100_000})
    void rangesAreResolvedAgainstTheSize(int size) {
        byte[] bytes = TestBody.bytes(size, 1);
        store.put(TestBody.of(bytes));
        assertArrayEquals(Arrays.copyOfRange(bytes, 4, 8), store.read(new RangeSpec.FromTo(4, 7)));
        assertArrayEquals(Arrays.copyOfRange(bytes, 0, 1), store.read(new RangeSpec.FromTo(0, 0)));
        assertArrayEquals(Arrays.copyOfRange(bytes, 4, size), store.read(new RangeSpec.From(4)));
        assertArrayEquals(Arrays.copyOfRange(bytes, 4, size), store.read(new RangeSpec.FromTo(4, Long.MAX_VALUE)));
        assertArrayEquals(Arrays.copyOfRange(bytes, size - 7, size), store.read(new RangeSpec.Suffix(7)));
        assertArrayEquals(bytes, store.read(new RangeSpec.Suffix(size + 1L)));
        assertArrayEquals(bytes, store.read(new RangeSpec.Suffix(Long.MAX_VALUE)));
        assertArrayEquals(bytes, store.read(new RangeSpec.Part(1)));
    }

    @Test
    void whatCoversTheWholeObjectIsPartialWhenItWasAskedForAsARange() {
        store.put("hello");
        ObjectRead all = store.objects.get(TestStore.getRequest(new RangeSpec.FromTo(0, 4)));
        assertTrue(all.partial());
        assertEquals(new ByteRange(0, 5), all.range());
        assertFalse(store.objects.get(TestStore.getRequest(TestStore.WHOLE)).partial());
        assertTrue(
                store.objects.get(TestStore.getRequest(new RangeSpec.Part(1))).partial());
    }

    @Test
    void whatIsReadForLongDoesNotKeepWhereAllOtherPartsLie() {
        Uploading uploading = new Uploading(store, Optional.empty());
        byte[] bytes = TestBody.bytes(3 * LEAST_PART, 1);
        List<CompleteUpload.Part> parts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            parts.add(uploading.part(i + 1, Arrays.copyOfRange(bytes, i * LEAST_PART, (i + 1) * LEAST_PART)));
        }
        ObjectVersion made = uploading.complete(parts);
        RangeSpec some = new RangeSpec.FromTo(LEAST_PART - 10L, LEAST_PART + 10L);
        ObjectRead read = store.objects.get(TestStore.getRequest(some));
        assertEquals(made.with(List.of()), read.version());
        assertArrayEquals(Arrays.copyOfRange(bytes, LEAST_PART - 10, LEAST_PART + 11), TestStore.bytes(read));
        assertEquals(
                made,
                store.objects.get(TestStore.getRequest(new RangeSpec.Part(2))).version());
        assertEquals(
                made, store.objects.get(TestStore.getRequest(TestStore.WHOLE)).version());
        assertEquals(made, store.objects.head(TestStore.getRequest(some)).version());
    }

    @Test
    void rangesOutsideOfTheObjectAreRefused() {
        store.put("hello");
        refusesRange(new RangeSpec.FromTo(5, 9));
        refusesRange(new RangeSpec.From(5));
        refusesRange(new RangeSpec.Suffix(0));
        refusesRange(new RangeSpec.FromTo(Long.MAX_VALUE, Long.MAX_VALUE));
    }

    @Test
    void anEmptyObjectHasNoRanges() {
        store.put("");
        refusesRange(new RangeSpec.FromTo(0, 0));
        refusesRange(new RangeSpec.From(0));
        refusesRange(new RangeSpec.Suffix(1));
        assertEquals("", store.text());
        ObjectRead part = store.objects.get(TestStore.getRequest(new RangeSpec.Part(1)));
        assertFalse(part.partial());
        assertEquals(new ByteRange(0, 0), part.range());
    }

    @Test
    void anObjectOfOnePieceHasOnePart() {
        store.put("hello");
        StoreException.Invalid refused = assertThrows(
                StoreException.Invalid.class, () -> store.objects.get(TestStore.getRequest(new RangeSpec.Part(2))));
        assertEquals(Kind.PART_NUMBER, refused.kind());
    }

    // ---- conditions

    private enum Answer {
        OK,
        NOT_MODIFIED,
        FAILED
    }

    private Answer answer(ReadCondition condition) {
        try {
            store.objects.get(request(condition));
            return Answer.OK;
        } catch (StoreException.NotModified e) {
            return Answer.NOT_MODIFIED;
        } catch (StoreException.PreconditionFailed e) {
            return Answer.FAILED;
        }
    }

    /**
     * Columns: does the tag of If-Match / If-None-Match match; is the date of …-Since before, at, or after the last
     * change; "-" for absent.
     */
    @ParameterizedTest
    @CsvSource({
        "yes,-,-,-,OK",
        "no,-,-,-,FAILED",
        "-,yes,-,-,NOT_MODIFIED",
        "-,no,-,-,OK",
        "-,-,before,-,OK",
        "-,-,at,-,NOT_MODIFIED",
        "-,-,after,-,NOT_MODIFIED",
        "-,-,-,before,FAILED",
        "-,-,-,at,OK",
        "-,-,-,after,OK",
        // a tag outranks a date
        "yes,-,-,before,OK",
        "no,-,-,after,FAILED",
        "-,yes,before,-,NOT_MODIFIED",
        "-,no,after,-,OK",
        // what must hold comes before what must be new
        "no,yes,-,-,FAILED",
        "yes,yes,-,-,NOT_MODIFIED",
        "-,yes,-,before,FAILED",
        "yes,no,at,before,OK"
    })
    void conditionsHaveTheirPrecedence(String match, String none, String since, String unmodified, Answer expected) {
        ObjectVersion version = store.put("hello");
        assertEquals(
                expected,
                answer(new ReadCondition(
                        tag(match, version), tag(none, version), date(since, version), date(unmodified, version))));
    }

    private static Optional<String> tag(String match, ObjectVersion version) {
        return switch (match) {
            case "yes" -> Optional.of(version.etag().quoted());
            case "no" -> Optional.of("\"ABCORZ\"");
            default -> Optional.empty();
        };
    }

    private static Optional<Instant> date(String when, ObjectVersion version) {
        Instant second = Instant.ofEpochSecond(version.lastModified().getEpochSecond());
        return switch (when) {
            case "before" -> Optional.of(second.minusSeconds(1));
            case "at" -> Optional.of(second);
            case "after" -> Optional.of(second.plusSeconds(1));
            default -> Optional.empty();
        };
    }

    @Test
    void tagsMayBeListsStarsAndUnquoted() {
        String tag = store.put("hello").etag().value();
        assertEquals(Answer.OK, answer(ifMatch("\"a\", \"" + tag + "\"")));
        assertEquals(Answer.OK, answer(ifMatch(tag)));
        assertEquals(Answer.OK, answer(ifMatch("*")));
        assertEquals(Answer.FAILED, answer(ifMatch("\"a\",\"b\"")));
    }

    private static ReadCondition ifMatch(String tags) {
        return new ReadCondition(Optional.of(tags), Optional.empty(), Optional.empty(), Optional.empty());
    }

    @Test
    void headAnswersTheSame() {
        store.put("hello");
        assertEquals(
                5,
                store.objects
                        .head(TestStore.getRequest(TestStore.WHOLE))
                        .range()
                        .length());
        assertThrows(StoreException.PreconditionFailed.class, () -> store.objects.head(request(ifMatch("no"))));
        store.objects.head(TestStore.getRequest(TestStore.WHOLE)).sendTo((bytes, release) -> {
            throw new AssertionError("a head has no bytes");
        });
    }

    // ---- versions

    @Test
    void whatIsAbsentHasItsKind() {
        StoreException.NotFound key = assertThrows(
                StoreException.NotFound.class, () -> store.objects.get(TestStore.getRequest(TestStore.WHOLE)));
        assertEquals(StoreException.NotFound.Kind.KEY, key.kind());
        StoreException.NotFound version = assertThrows(
                StoreException.NotFound.class, () -> store.objects.get(TestStore.getRequest(VersionId.NULL)));
        assertEquals(StoreException.NotFound.Kind.VERSION, version.kind());
    }

    @Test
    void versionsStayReadableUnderAMarker() {
        store.versioning(Bucket.Versioning.ENABLED);
        ObjectVersion one = store.put("one");
        ObjectVersion two = store.put(TestBody.of(TestBody.bytes(50_000, 1)));
        store.delete(Optional.empty(), WriteCondition.NONE);
        StoreException.DeleteMarker current = assertThrows(
                StoreException.DeleteMarker.class, () -> store.objects.get(TestStore.getRequest(TestStore.WHOLE)));
        assertFalse(current.named());
        StoreException.DeleteMarker named = assertThrows(
                StoreException.DeleteMarker.class, () -> store.objects.head(TestStore.getRequest(current.version())));
        assertTrue(named.named());
        assertEquals(store.clock.now(), named.lastModified());
        assertEquals(3, TestStore.bytes(store.objects.get(TestStore.getRequest(one.id()))).length);
        assertEquals(50_000, TestStore.bytes(store.objects.get(TestStore.getRequest(two.id()))).length);
    }

    // ---- what changes while it is read

    @Test
    void inlineBytesThatAreOverwrittenLaterCameAlong() {
        store.put("one");
        ObjectRead read = store.objects.get(TestStore.getRequest(TestStore.WHOLE));
        store.put("three");
        assertEquals(3, read.version().size());
        assertArrayEquals(new byte[] {'o', 'n', 'e'}, TestStore.bytes(read));
    }

    @Test
    void aReadUnderWayKeepsItsBlobs() {
        ObjectVersion version = store.put(TestBody.of(100_000, 1));
        ReadPins pins = store.objects.pins();
        boolean[] seen = new boolean[1];
        store.objects.get(TestStore.getRequest(TestStore.WHOLE)).sendTo((bytes, release) -> {
            seen[0] = pins.pinned(version.parts().getFirst().blob().id());
            release.run();
        });
        assertTrue(seen[0]);
        assertEquals(0, pins.size());
    }

    @Test
    void aReaderThatGoesAwayLeavesNoPin() {
        store.put(TestBody.of(100_000, 1));
        ObjectRead read = store.objects.get(TestStore.getRequest(TestStore.WHOLE));
        assertThrows(
                StoreException.ClientGone.class,
                () -> read.sendTo((bytes, release) -> {
                    release.run();
                    throw new StoreException.ClientGone("gone");
                }));
        assertEquals(0, store.objects.pins().size());
    }

    @Test
    void lastModifiedIsThatOfTheWrite() {
        store.put("one");
        store.clock.pass(Duration.ofHours(1));
        ObjectVersion two = store.put("two");
        ObjectRead read = store.objects.get(TestStore.getRequest(TestStore.WHOLE));
        assertEquals(two.lastModified(), read.version().lastModified());
        assertInstanceOf(VersionRead.class, read);
    }
}
