package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.drives.ShardName;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimTopology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DriveSurveyTest {
    @Test
    void findsWhatLiesOnADriveAndWhatItWasWrittenFor() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 1)) {
            DriveSurvey survey = new DriveSurvey(harness.topology, Duration.ofSeconds(30));
            List<BlobRef> blobs = new ArrayList<>();
            for (int size : new int[] {10_000, 20_000, 30_000, 400_000, 500_000}) {
                blobs.add(harness.write(BlobHarness.bytes(size)));
            }
            DriveId drive = survey.drives().get(2);
            List<SurveyedShard> found = new ArrayList<>(all(survey, drive, Form.PACKED));
            found.addAll(all(survey, drive, Form.FILES));
            assertEquals(
                    blobs.stream().map(BlobRef::id).sorted().toList(),
                    found.stream().map(SurveyedShard::blob).sorted().toList());
            for (SurveyedShard shard : found) {
                assertEquals(2, shard.index());
                assertEquals(Optional.of(BlobHarness.ORIGIN), survey.origin(shard));
                assertFacts(blobs, survey, shard);
            }
            found.forEach(survey::remove);
            assertEquals(List.of(), all(survey, drive, Form.FILES));
            assertEquals(Optional.empty(), survey.origin(found.getFirst()));
            assertEquals(Optional.empty(), survey.facts(found.getFirst()));
        }
    }

    private static void assertFacts(List<BlobRef> blobs, DriveSurvey survey, SurveyedShard shard) {
        BlobRef blob = blobs.stream()
                .filter(b -> b.id().equals(shard.blob()))
                .findFirst()
                .orElseThrow();
        ShardFacts facts = survey.facts(shard).orElseThrow();
        assertEquals(BlobHarness.ORIGIN, facts.origin());
        assertEquals(blob.code(), facts.code());
        assertEquals(blob.stripeSize(), facts.stripeBytes());
        assertEquals(blob.size(), facts.size());
        assertArrayEquals(BlobHarness.NOTE, facts.note());
    }

    /** Every byte of header and footer counts, and every byte that is missing or too many. */
    @Test
    void damagedEndsTellNothing() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 1)) {
            DriveSurvey survey = new DriveSurvey(harness.topology, Duration.ofSeconds(30));
            for (int size : new int[] {300, 400_000}) {
                BlobRef blob = harness.write(BlobHarness.bytes(size));
                SimDrive drive = harness.topology.sims().getFirst();
                ShardName name = new ShardName(blob.id(), 0);
                SurveyedShard shard = new SurveyedShard(drive.id(), blob.id(), 0, blob.form());
                int length = drive.bytesOf(name, blob.form()).orElseThrow().length;
                int footer = BlobHarness.NOTE.length + ShardFooter.FIXED_BYTES;
                for (int at : new int[] {0, 9, 50, 100, length - footer, length - 36, length - 10, length - 1}) {
                    drive.corrupt(name, blob.form(), at);
                    assertEquals(Optional.empty(), survey.facts(shard), "byte " + at);
                    harness.store.heal(blob, BlobHarness.ORIGIN);
                    assertFacts(List.of(blob), survey, shard);
                }
            }
        }
    }

    private static List<SurveyedShard> all(DriveSurvey survey, DriveId drive, Form form) {
        List<SurveyedShard> all = new ArrayList<>();
        Optional<SurveyedShard> last = Optional.empty();
        SurveyPage page;
        do {
            page = survey.shards(drive, form, last, 2);
            all.addAll(page.shards());
            last = all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
        } while (page.more());
        return all;
    }

    @Test
    void damagedHeadersTellNothingAndDrivesThatAreAwayAreSkipped() {
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(2, 1)) {
            DriveSurvey survey = new DriveSurvey(harness.topology, Duration.ofSeconds(30));
            BlobRef blob = harness.write(BlobHarness.bytes(400_000));
            DriveId drive = blob.placement().getFirst();
            harness.topology.sims().getFirst().corrupt(new ShardName(blob.id(), 0), Form.FILES, 100);
            assertEquals(Optional.empty(), survey.origin(new SurveyedShard(drive, blob.id(), 0, Form.FILES)));
            harness.topology.sims().getFirst().goOffline("away");
            assertTrue(!survey.drives().contains(drive) && survey.drives().size() == 2);
            assertThrows(Unavailable.class, () -> survey.shards(drive, Form.FILES, Optional.empty(), 10));
        }
    }
}
