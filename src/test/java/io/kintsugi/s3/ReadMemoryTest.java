package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.objects.ObjectRead;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Objects of many parts: where they lie is in memory while they are read, and how much that is is known only then. */
class ReadMemoryTest {
    private static final int MANY = 100;

    private static ObjectVersion version(int parts) {
        List<ObjectPart> list = IntStream.rangeClosed(1, parts)
                .mapToObj(i -> FakeStore.part(i, 1))
                .toList();
        return FakeStore.ofParts("k").with(list);
    }

    private static ObjectRead read(int parts) {
        String content = "x".repeat(parts);
        return FakeStore.read(version(parts), content, new ByteRange(0, parts), false);
    }

    private static FakeExchange get(FakeStore store, FakeExchange exchange) {
        new GetObjectHandler(store).handle(exchange);
        return exchange;
    }

    private static FakeExchange.Given attributes() {
        return FakeExchange.Given.of("/bucket/k").header("x-amz-object-attributes", "ObjectParts,ETag");
    }

    private static FakeExchange attributes(FakeStore store, FakeExchange exchange) {
        new GetObjectAttributesHandler(store).handle(exchange);
        return exchange;
    }

    @Test
    void aReadAsksForWhatItKeepsInMind() {
        FakeExchange.Given given = FakeExchange.Given.of("/bucket/k");
        assertEquals(
                MANY * ObjectRead.PIECE_BYTES,
                get(FakeStore.answering(read(MANY)), given.exchange()).kept());
        assertEquals(0, get(FakeStore.answering(read(3)), given.exchange()).kept(), "as most reads do");
    }

    @Test
    void whoHasToWaitFindsItOnceMore() {
        FakeStore store = FakeStore.answering(read(MANY), read(MANY - 1));
        FakeExchange answer =
                get(store, FakeExchange.Given.of("/bucket/k").exchange().crowded());
        assertEquals(2, store.calls(), "what was found at first is not kept while it waits");
        assertEquals(MANY * ObjectRead.PIECE_BYTES, answer.kept());
        assertEquals("x".repeat(MANY - 1), answer.sent());
    }

    @Test
    void whatHasGrownMeanwhileIsToBeAskedForAgain() {
        FakeStore store = FakeStore.answering(read(MANY), read(MANY + 1));
        FakeExchange exchange = FakeExchange.Given.of("/bucket/k").exchange().crowded();
        assertEquals(
                S3Error.SLOW_DOWN,
                assertThrows(S3Exception.class, () -> get(store, exchange)).error());
        assertFalse(exchange.isAnswered());
    }

    @Test
    void attributesAskForWhatTheyTake() {
        long one = attributes(FakeStore.answering(read(1)), attributes().exchange())
                .reserved();
        long many = attributes(FakeStore.answering(read(MANY)), attributes().exchange())
                .reserved();
        assertTrue(one < 64 << 10, () -> one + " bytes for an object of one part");
        assertTrue(many > one + MANY * ObjectRead.PIECE_BYTES, () -> many + " bytes");
    }

    @Test
    void attributesThatHaveToWaitAreReadOnceMore() {
        FakeStore store = FakeStore.answering(read(MANY), read(MANY - 1));
        FakeExchange answer = attributes(store, attributes().exchange().crowded());
        assertEquals(2, store.calls());
        assertTrue(answer.xml().contains("<PartsCount>" + (MANY - 1) + "</PartsCount>"), answer.xml());
        FakeStore grown = FakeStore.answering(read(MANY), read(MANY + 1));
        FakeExchange exchange = attributes().exchange().crowded();
        assertEquals(
                S3Error.SLOW_DOWN,
                assertThrows(S3Exception.class, () -> attributes(grown, exchange))
                        .error());
    }
}
