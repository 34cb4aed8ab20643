package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class DocumentsTest {
    private static final int MAX = 8_000;
    private final Documents documents = new Documents(new S3Limits.Documents(MAX, Duration.ofMinutes(5), 1_000));

    private long bytes() {
        return documents.statistics().bytes();
    }

    @Test
    void aRequestHoldsWhatItNeedsAtEachStep() {
        Documents.Hold hold = documents.hold(() -> {});
        hold.receive(600);
        assertEquals(600, bytes());
        hold.received(300);
        assertEquals(300, bytes());
        hold.reserve(3_000);
        assertEquals(3_000, bytes(), "the body is in it");
        hold.answer(1_000);
        assertEquals(1_000, bytes());
        hold.answer(500);
        assertEquals(500, bytes(), "another answer took its place");
        hold.close();
        hold.close();
        assertEquals(0, bytes());
    }

    @Test
    void anErrorGivesTheBodyBack() {
        Documents.Hold hold = documents.hold(() -> {});
        hold.receive(600);
        hold.answer(100);
        assertEquals(0, bytes());
        hold.close();
        assertEquals(new Counted.Documents(MAX, 0, 0, 0, 0), documents.statistics());
    }

    /** Bodies wait for room among what is made, which waits for none of them: all get through, a few at a time. */
    @Test
    void nobodyWaitsForHimself() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                all.add(CompletableFuture.runAsync(
                        () -> {
                            Documents.Hold hold = documents.hold(() -> {});
                            hold.receive(MAX);
                            hold.received(MAX);
                            Thread.yield();
                            hold.reserve(2 * MAX);
                            Thread.yield();
                            hold.answer(MAX);
                            hold.close();
                        },
                        executor));
            }
        }
        all.forEach(CompletableFuture::join);
        assertEquals(new Counted.Documents(MAX, 0, 0, 0, 0), documents.statistics());
    }
}
