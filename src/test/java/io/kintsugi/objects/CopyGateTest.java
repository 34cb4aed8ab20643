package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Entropy;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.WriteCondition;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class CopyGateTest {
    private static void refuses(CopyGate gate) {
        isFull(gate::enter);
    }

    private static void isFull(Executable entry) {
        StoreException.Unavailable full = assertThrows(StoreException.Unavailable.class, entry);
        assertEquals(StoreException.Unavailable.Kind.SLOW_DOWN, full.kind());
    }

    @Test
    void itIsFullUntilOneLeaves() {
        CopyGate gate = new CopyGate(2, Duration.ZERO);
        CopyGate.Permit first = gate.enter();
        gate.enter();
        refuses(gate);
        first.close();
        gate.enter();
        refuses(gate);
    }

    @Test
    void whoWaitsGetsIn() throws InterruptedException {
        CopyGate gate = new CopyGate(1, Duration.ofMinutes(1));
        CopyGate.Permit permit = gate.enter();
        Thread waiting = Thread.ofVirtual().start(gate::enter);
        permit.close();
        assertTrue(waiting.join(Duration.ofMinutes(1)));
    }

    /** A source of thousands of parts is some hundred kilobytes of places, of each that waits. */
    @Test
    void whoWaitsHasNotFoundHisSourceYet() {
        try (TestStore store = new TestStore()) {
            ObjectSettings.Limits limits = store.settings.limits();
            Intake intake = new Intake(store.blobs, store.clock, Entropy.FAST, store.settings);
            ReadUseCase reads = new ReadUseCase(
                    store.catalog, new VersionRead.Hands(store.blobs, store.objects.pins(), store.objects.lost()));
            CopyUseCase.Settings full = new CopyUseCase.Settings(limits, new CopyGate(0, Duration.ZERO));
            Buckets buckets = new Buckets(store.catalog, store.clock, Entropy.FAST);
            CopyUseCase copies = new CopyUseCase(store.catalog, buckets, intake, reads, full);
            UploadUseCases uploads = new UploadUseCases(store.catalog, store.clock, Entropy.FAST, limits);
            PartUseCase parts = new PartUseCase(store.catalog, uploads, intake, reads, full);
            GetObject absent = TestStore.getRequest(TestStore.WHOLE);
            isFull(() -> copies.copy(new CopyObject(
                    absent,
                    new CopyObject.Target(TestStore.BUCKET, ObjectKey.of("copy"), WriteCondition.NONE),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty())));
            UploadName none = new UploadName(TestStore.BUCKET, TestStore.KEY, new UploadId(new Id128(1, 1)));
            isFull(() -> parts.copy(new UploadPartCopy(none, 1, absent)));
        }
    }

    @Test
    void anInterruptStaysPending() {
        CopyGate gate = new CopyGate(1, Duration.ofMinutes(1));
        gate.enter();
        Thread.currentThread().interrupt();
        refuses(gate);
        assertTrue(Thread.interrupted());
    }
}
