package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.BlobRef;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A note that does not fit into the room that the last stripe keeps for it, as of a long key with much metadata. */
class LargeNoteTest {
    @ParameterizedTest
    @ValueSource(ints = {300_000, 1_000_003, 1 << 20, (1 << 20) + 1, 1_500_000, 3 << 20, 3_333_333})
    void isWrittenBehindStripesOfAnyLength(int size) {
        for (int note : new int[] {0, 900, 988, 989, 3000, 5000, 20_000, BlobNote.MAX_BYTES}) {
            for (OptionalLong length : new OptionalLong[] {OptionalLong.of(size), OptionalLong.empty()}) {
                writesAndReads(size, note, length);
            }
        }
    }

    private static void writesAndReads(int size, int note, OptionalLong length) {
        try (var harness = BlobHarness.simulated(2, 2)) {
            byte[] bytes = BlobHarness.bytes(size);
            BlobRef blob = harness.store.write(
                    BlobHarness.ORIGIN,
                    BlobNote.of(BlobHarness.bytes(note)),
                    length,
                    BlobHarness.inPieces(bytes),
                    pieces -> {});
            harness.assertReads(bytes, blob);
            HealResult result = harness.store.heal(blob, BlobHarness.ORIGIN);
            assertEquals(new HealResult(0, 0, 0, true), result, "with a note of " + note + " bytes");
            harness.assertNoMemoryLent();
        }
    }
}
