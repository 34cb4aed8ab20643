package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardSetTest {
    @Test
    void behavesLikeABitSet() {
        Random random = new Random(1);
        BitSet model = new BitSet();
        ShardSet set = ShardSet.empty();
        for (int n = 0; n < 2000; n++) {
            int i = random.nextInt(256);
            boolean in = random.nextBoolean();
            model.set(i, in);
            set = in ? set.with(i) : set.without(i);
            assertEquals(in, set.contains(i));
            assertEquals(model.cardinality(), set.size());
            int from = random.nextInt(257);
            assertEquals(model.nextSetBit(from), set.next(from));
            ShardSet lowest = set.lowest(from);
            assertEquals(Math.min(from, set.size()), lowest.size());
            assertArrayEquals(model.stream().limit(from).toArray(), lowest.toArray());
            assertEquals(set, ShardSet.of(set.toArray()));
            assertEquals(set.hashCode(), ShardSet.of(set.toArray()).hashCode());
            assertNotEquals(set, in ? set.without(i) : set.with(i));
        }
        assertArrayEquals(model.stream().toArray(), set.toArray());
    }

    @Test
    void firstHasAllUpToItsCount() {
        for (int count = 0; count <= 256; count++) {
            ShardSet s = ShardSet.first(count);
            assertEquals(count, s.size());
            assertEquals(-1, s.next(count));
        }
        assertThrows(IllegalArgumentException.class, () -> ShardSet.first(257));
    }

    @Test
    void indexesHaveBounds() {
        assertThrows(IllegalArgumentException.class, () -> ShardSet.of(256));
        assertThrows(IllegalArgumentException.class, () -> ShardSet.of(-1));
    }

    @Test
    void differenceAndText() {
        ShardSet s = ShardSet.of(0, 70, 255).minus(ShardSet.of(70, 3));
        assertEquals("[0, 255]", s.toString());
        assertFalse(s.isEmpty());
        assertTrue(s.minus(s).isEmpty());
        assertEquals(ShardSet.of(1, 3), ShardSet.ofMask(0b1010));
    }
}
