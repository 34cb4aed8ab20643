package io.kintsugi.codec;

/**
 * An immutable set of shard indexes, 0 to 255.
 *
 * @param a indexes 0–63, bit i for index i
 * @param b indexes 64–127
 * @param c indexes 128–191
 * @param d indexes 192–255
 */
public record ShardSet(long a, long b, long c, long d) {
    private static final ShardSet EMPTY = new ShardSet(0, 0, 0, 0);

    public static ShardSet empty() {
        return EMPTY;
    }

    /** The set of these indexes. */
    public static ShardSet of(int... indexes) {
        ShardSet s = EMPTY;
        for (int i : indexes) {
            s = s.with(i);
        }
        return s;
    }

    /** Indexes 0 to {@code count - 1}. */
    public static ShardSet first(int count) {
        if (count < 0 || count > 256) {
            throw new IllegalArgumentException("shard set of " + count + " shards: 0 to 256 are possible");
        }
        return new ShardSet(ones(count), ones(count - 64), ones(count - 128), ones(count - 192));
    }

    /** The set of the indexes whose bit is set, for codes of up to 64 shards. */
    public static ShardSet ofMask(long mask) {
        return new ShardSet(mask, 0, 0, 0);
    }

    public ShardSet with(int index) {
        long bit = 1L << index;
        return switch (word(index)) {
            case 0 -> new ShardSet(a | bit, b, c, d);
            case 1 -> new ShardSet(a, b | bit, c, d);
            case 2 -> new ShardSet(a, b, c | bit, d);
            default -> new ShardSet(a, b, c, d | bit);
        };
    }

    public ShardSet without(int index) {
        return contains(index) ? minus(EMPTY.with(index)) : this;
    }

    public ShardSet minus(ShardSet o) {
        return new ShardSet(a & ~o.a, b & ~o.b, c & ~o.c, d & ~o.d);
    }

    public boolean contains(int index) {
        return (bits(word(index)) >>> index & 1) != 0;
    }

    public boolean isEmpty() {
        return (a | b | c | d) == 0;
    }

    public int size() {
        return Long.bitCount(a) + Long.bitCount(b) + Long.bitCount(c) + Long.bitCount(d);
    }

    /** The indexes in rising order. */
    public int[] toArray() {
        int[] out = new int[size()];
        for (int i = next(0), n = 0; i >= 0; i = next(i + 1)) {
            out[n++] = i;
        }
        return out;
    }

    /** The smallest index of the set that is {@code from} or more, or -1. */
    public int next(int from) {
        for (int w = from >> 6; w < 4; w++) {
            long bits = w == from >> 6 ? bits(w) & -1L << from : bits(w);
            if (bits != 0) {
                return (w << 6) + Long.numberOfTrailingZeros(bits);
            }
        }
        return -1;
    }

    /** The {@code count} smallest indexes of the set, or all when there are fewer. */
    ShardSet lowest(int count) {
        int inA = Long.bitCount(a);
        int inB = inA + Long.bitCount(b);
        int inC = inB + Long.bitCount(c);
        return new ShardSet(lowest(a, count), lowest(b, count - inA), lowest(c, count - inB), lowest(d, count - inC));
    }

    /** By hand: those of a record go through method handles, which a native image runs slowly. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ShardSet o && a == o.a && b == o.b && c == o.c && d == o.d;
    }

    @Override
    public int hashCode() {
        long mixed = (((a * 31 + b) * 31 + c) * 31 + d) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }

    @Override
    public String toString() {
        return java.util.Arrays.toString(toArray());
    }

    private long bits(int word) {
        return switch (word) {
            case 0 -> a;
            case 1 -> b;
            case 2 -> c;
            default -> d;
        };
    }

    private static long lowest(long bits, int count) {
        long out = bits;
        for (int extra = Long.bitCount(bits) - Math.max(count, 0); extra > 0; extra--) {
            out &= ~Long.highestOneBit(out);
        }
        return out;
    }

    private static int word(int index) {
        if (index < 0 || index > 255) {
            throw new IllegalArgumentException("shard index " + index + ": 0 to 255 are possible");
        }
        return index >> 6;
    }

    private static long ones(int count) {
        if (count <= 0) {
            return 0;
        }
        return count >= 64 ? -1L : (1L << count) - 1;
    }
}
