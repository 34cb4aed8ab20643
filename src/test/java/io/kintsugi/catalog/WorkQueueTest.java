package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.catalog.WorkQueue.Offer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The taker gets everything in order, and is woken when it has to be. */
@Timeout(300)
class WorkQueueTest {
    /** Longer than a test: what ends such a wait is not the time. */
    private static final long LONG = Duration.ofHours(1).toNanos();

    private final WorkQueue queue = new WorkQueue(10, 8);
    private final CommitPace pace = new CommitPace(8, LONG);
    private final ExecutorService taker = Executors.newSingleThreadExecutor();

    @AfterEach
    void end() {
        queue.close();
        taker.shutdownNow();
    }

    private static Work change() {
        return new Work.Change<>(view -> 1, Known.NOTHING);
    }

    private List<Work> offer(int count) {
        List<Work> offered = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            offered.add(change());
            assertEquals(Offer.TAKEN, queue.offer(offered.get(i)));
        }
        return offered;
    }

    private Future<List<Work>> taking() {
        Future<List<Work>> taking = taker.submit(() -> queue.take(pace));
        SimCatalogs.until(() -> queue.isAwaited() || taking.isDone());
        return taking;
    }

    /** From now on so many are waited for, for ever. */
    private void expect(int changes) {
        pace.committed(changes, Long.MAX_VALUE);
    }

    @Test
    void everythingIsTakenInOrderAndNoMoreThanACommitTakes() throws InterruptedException {
        List<Work> offered = offer(10);
        assertEquals(offered.subList(0, 8), queue.take(pace));
        assertEquals(offered.subList(8, 10), queue.take(pace));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        offer(10);
        assertEquals(Offer.FULL, queue.offer(change()));
    }

    @Test
    void theFirstWakesWhoExpectsNobody() throws Exception {
        Future<List<Work>> taking = taking();
        assertEquals(offer(1), taking.get());
    }

    @Test
    void onlyTheLastOfThoseExpectedWakesTheTaker() throws Exception {
        expect(3);
        Future<List<Work>> taking = taking();
        List<Work> offered = new ArrayList<>(offer(2));
        assertTrue(queue.isAwaited(), "it was woken for each");
        offered.addAll(offer(1));
        assertEquals(offered, taking.get());
    }

    @Test
    void thoseThatWaitAlreadyCount() throws Exception {
        expect(3);
        List<Work> offered = new ArrayList<>(offer(2));
        Future<List<Work>> taking = taking();
        offered.addAll(offer(2));
        assertTrue(queue.isAwaited(), "five were expected");
        offered.addAll(offer(1));
        assertEquals(offered, taking.get());
    }

    @Test
    void timeEndsTheWaitForTheOthersAndIsRememberedAsInVain() throws Exception {
        CommitPace shortly = new CommitPace(8, 1);
        shortly.committed(3, LONG);
        for (int i = 0; i < 2; i++) {
            List<Work> offered = offer(1);
            assertEquals(offered, queue.take(shortly));
        }
        assertEquals(CommitPace.Wait.NONE, shortly.next(1));
    }

    @Test
    void aControlWaitsForNobody() throws Exception {
        expect(3);
        Future<List<Work>> taking = taking();
        List<Work> offered = new ArrayList<>(offer(1));
        Work control = new Work.Control(() -> {});
        assertEquals(Offer.TAKEN, queue.offer(control));
        offered.add(control);
        assertEquals(offered, taking.get());
    }

    /** It is left over when more wait than a commit takes. */
    @Test
    void aControlThatWasLeftOverWaitsForNobodyEither() throws Exception {
        List<Work> offered = offer(8);
        Work control = new Work.Control(() -> {});
        assertEquals(Offer.TAKEN, queue.offer(control));
        assertEquals(offered, queue.take(pace));
        expect(3);
        assertEquals(List.of(control), taking().get());
    }

    @Test
    void aControlThatWasTakenHoldsNobodyFromWaiting() throws Exception {
        queue.offer(new Work.Control(() -> {}));
        assertEquals(1, queue.take(pace).size());
        expect(2);
        Future<List<Work>> taking = taking();
        offer(1);
        assertTrue(queue.isAwaited());
        offer(1);
        assertEquals(2, taking.get().size());
    }

    @Test
    void afterItIsClosedWhatWaitsIsTakenAndNothingComesIn() throws Exception {
        expect(3);
        List<Work> offered = offer(2);
        queue.close();
        assertEquals(Offer.CLOSED, queue.offer(change()));
        assertEquals(offered, queue.take(pace));
        assertEquals(List.of(), queue.take(pace));
    }

    @Test
    void closingEndsAWait() throws Exception {
        expect(3);
        Future<List<Work>> taking = taking();
        List<Work> offered = offer(1);
        queue.close();
        assertEquals(offered, taking.get());
    }

    @Test
    void closingWakesTheTakerOfNothing() throws Exception {
        Future<List<Work>> taking = taking();
        queue.close();
        assertEquals(List.of(), taking.get());
    }
}
