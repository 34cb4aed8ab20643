package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class BlobLayoutPropertyTest {
    @Property(tries = 500)
    void stripesChunksAndFramesHoldTheBlobAndHardlyMore(
            @ForAll @LongRange(min = 1, max = 20_000_000) long size, @ForAll @IntRange(min = 1, max = 16) int k) {
        BlobLayout layout = new BlobLayout(size, k, BlobLayout.stripeBytes(k));
        long plain = 0;
        long position = 0;
        long frames = 0;
        for (long s = 0; s < layout.stripes(); s++) {
            int chunk = layout.chunkBytes(s);
            assertEquals(position, layout.framePosition(s, 0), "stripes follow each other");
            assertEquals(frames, layout.firstFrame(s));
            assertEquals(0, chunk % ShardFormat.ALIGNMENT);
            assertTrue((long) chunk * k >= layout.plainBytes(s));
            assertTrue((long) chunk * k - layout.plainBytes(s) < (long) ShardFormat.ALIGNMENT * k, "little is padding");
            plain += layout.plainBytes(s);
            position += BlobLayout.sealedBytes(chunk);
            frames += BlobLayout.framesOf(chunk);
        }
        assertEquals(size, plain);
        assertEquals(position, layout.framesBytes());
        assertEquals(frames, layout.frames());
    }

    @Property(tries = 100)
    void fullStripesHaveNoPadding(@ForAll @IntRange(min = 1, max = 16) int k) {
        int stripe = BlobLayout.stripeBytes(k);
        assertTrue(stripe <= 1 << 20 && stripe > (1 << 20) - 64 * k);
        assertEquals(stripe, BlobLayout.chunkBytes(stripe, k) * k);
    }
}
