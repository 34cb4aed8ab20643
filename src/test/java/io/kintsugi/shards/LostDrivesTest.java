package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.sim.SimTopology;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** I7: with any m drives gone, everything is there. Every code of up to 12 drives, every choice of m of them. */
class LostDrivesTest {
    private static final int NARROW = 8;
    private static final int WIDE = 12;

    static Stream<int[]> codes() {
        List<int[]> codes = new ArrayList<>();
        for (int drives = 1; drives <= WIDE; drives++) {
            for (int parity = 0; parity < drives; parity++) {
                codes.add(new int[] {drives - parity, parity});
            }
        }
        return codes.stream();
    }

    private static List<byte[]> contents(int dataShards) {
        int stripe = BlobLayout.stripeBytes(dataShards);
        int[] sizes = {
            1, 63, 64 * dataShards + 1, 65_536, 200_001, StripeFiller.PACKED_BYTES, 300_000, stripe, stripe + 1
        };
        return Arrays.stream(sizes).mapToObj(BlobHarness::bytes).toList();
    }

    /**
     * Wide codes have hundreds of choices each: two packed blobs, and one in files of a whole stripe and a short one.
     */
    private static List<byte[]> fewContents(int dataShards) {
        return List.of(
                BlobHarness.bytes(64 * dataShards + 1),
                BlobHarness.bytes(StripeFiller.PACKED_BYTES),
                BlobHarness.bytes(BlobLayout.stripeBytes(dataShards) + 1));
    }

    @ParameterizedTest
    @MethodSource("codes")
    void everythingIsReadBackWithAnyChoiceOfDrivesGone(int[] code) {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(code[0], code[1])) {
            List<byte[]> contents = code[0] + code[1] <= NARROW ? contents(code[0]) : fewContents(code[0]);
            List<BlobRef> blobs = contents.stream().map(harness::write).toList();
            for (int gone = 0; gone < 1 << code[0] + code[1]; gone++) {
                if (Integer.bitCount(gone) == code[1]) {
                    takeAway(harness, gone);
                    for (int i = 0; i < blobs.size(); i++) {
                        harness.assertReads(contents.get(i), blobs.get(i));
                    }
                }
            }
            harness.assertNoMemoryLent();
        }
    }

    private static void takeAway(BlobHarness<SimTopology> harness, int gone) {
        for (int i = 0; i < harness.topology.sims().size(); i++) {
            if ((gone >> i & 1) != 0) {
                harness.topology.sims().get(i).goOffline("taken away by the test");
            } else {
                harness.topology.sims().get(i).comeOnline();
            }
        }
    }

    @Test
    void withOneDriveMoreGoneTheAnswerIsUnavailableAndNothingIsSent() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 2)) {
            BlobRef packed = harness.write(BlobHarness.bytes(100_000));
            BlobRef files = harness.write(BlobHarness.bytes(3_000_000));
            takeAway(harness, 0b0111);
            for (BlobRef blob : List.of(packed, files)) {
                Unavailable refusal = assertThrows(Unavailable.class, () -> harness.read(blob));
                assertEquals(Unavailable.Kind.QUORUM, refusal.kind());
            }
            harness.assertNoMemoryLent();
        }
    }

    @Test
    void unknownLengthsGiveTheSameBlobs() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(3, 2)) {
            for (byte[] content : contents(3)) {
                BlobRef known = harness.write(content);
                BlobRef unknown = harness.write(content, OptionalLong.empty());
                assertEquals(known.form(), unknown.form());
                harness.assertReads(content, unknown);
            }
            byte[] none = new byte[0];
            harness.assertReads(none, harness.write(none, OptionalLong.empty()));
            harness.assertReads(none, harness.write(none));
            harness.assertNoMemoryLent();
        }
    }
}
