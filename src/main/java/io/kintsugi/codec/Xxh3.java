package io.kintsugi.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * XXH3 with seed 0 and the default secret, 64 and 128 bits, written from the specification ({@code doc/xxhash_spec.md}
 * of xxHash, "XXH3"). Inputs of up to 240 bytes are in {@link Xxh3Short}.
 */
final class Xxh3 implements XxhDigest.Hash {
    static final byte[] SECRET = HexFormat.of()
            .parseHex("b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
                    + "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
                    + "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
                    + "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
                    + "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
                    + "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e");
    static final int SHORT_MAX = 240;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int STRIPE = 64;
    private static final int STRIPES_IN_BLOCK = (SECRET.length - STRIPE) / 8;
    private static final int BUFFER = 4 * STRIPE;
    private static final long P32_1 = 0x9E3779B1L;
    private static final long P32_2 = 0x85EBCA77L;
    private static final long P32_3 = 0xC2B2AE3DL;

    /** Bytes that were not consumed yet: at first all, later one or more. */
    private final byte[] buffer = new byte[BUFFER];

    /** The stripe that was consumed last: it ends right before the buffer begins. */
    private final byte[] last = new byte[STRIPE];

    private final long[] acc = {P32_3, Xxh64.P1, Xxh64.P2, Xxh64.P3, Xxh64.P4, P32_2, Xxh64.P5, P32_1};
    private int buffered;
    private int stripesInBlock;
    private long total;

    @Override
    public void update(byte[] bytes, int offset, int length) {
        total += length;
        int at = offset;
        int left = length;
        while (left > 0) {
            if (buffered == BUFFER) {
                consumeBuffer();
            }
            int n = Math.min(BUFFER - buffered, left);
            System.arraycopy(bytes, at, buffer, buffered, n);
            buffered += n;
            at += n;
            left -= n;
        }
    }

    @Override
    public byte[] value(int length) {
        if (total <= SHORT_MAX) {
            Xxh3Short s = new Xxh3Short(buffer, (int) total);
            return length == 8 ? BigEndian.bytes(s.hash64(), 8) : s.hash128();
        }
        for (int n = 0; n < (buffered - 1) / STRIPE; n++) {
            accumulate(buffer, n * STRIPE);
        }
        accumulate(lastStripe(), 0, SECRET.length - 71);
        long low = merge(total * Xxh64.P1, 11);
        return length == 8
                ? BigEndian.bytes(low, 8)
                : BigEndian.bytes(merge(~(total * Xxh64.P2), SECRET.length - 75), low);
    }

    /** Called only when more bytes follow: the very last stripe of the input is never consumed here. */
    private void consumeBuffer() {
        for (int n = 0; n < BUFFER; n += STRIPE) {
            accumulate(buffer, n);
        }
        System.arraycopy(buffer, BUFFER - STRIPE, last, 0, STRIPE);
        buffered = 0;
    }

    private byte[] lastStripe() {
        byte[] out = new byte[STRIPE];
        int fromLast = Math.max(0, STRIPE - buffered);
        System.arraycopy(last, STRIPE - fromLast, out, 0, fromLast);
        System.arraycopy(buffer, buffered - (STRIPE - fromLast), out, fromLast, STRIPE - fromLast);
        return out;
    }

    /** Bytes always follow: a full block that is the input's end is not scrambled. */
    private void accumulate(byte[] bytes, int at) {
        accumulate(bytes, at, stripesInBlock * 8);
        stripesInBlock++;
        if (stripesInBlock == STRIPES_IN_BLOCK) {
            scramble();
            stripesInBlock = 0;
        }
    }

    private void accumulate(byte[] bytes, int at, int secret) {
        for (int i = 0; i < 8; i++) {
            long lane = (long) LONG.get(bytes, at + 8 * i);
            long value = lane ^ (long) LONG.get(SECRET, secret + 8 * i);
            acc[i ^ 1] += lane;
            acc[i] += (value & 0xffffffffL) * (value >>> 32);
        }
    }

    private void scramble() {
        for (int i = 0; i < 8; i++) {
            long x = acc[i] ^ acc[i] >>> 47 ^ (long) LONG.get(SECRET, SECRET.length - STRIPE + 8 * i);
            acc[i] = x * P32_1;
        }
    }

    private long merge(long start, int secret) {
        long out = start;
        for (int i = 0; i < 4; i++) {
            out += fold(acc[2 * i] ^ secret(secret + 16 * i), acc[2 * i + 1] ^ secret(secret + 16 * i + 8));
        }
        return avalanche(out);
    }

    /** Eight bytes of the secret as a number. */
    static long secret(int at) {
        return (long) LONG.get(SECRET, at);
    }

    static int secret32(int at) {
        return (int) INT.get(SECRET, at);
    }

    /** The halves of the 128-bit product, xored. */
    static long fold(long x, long y) {
        return x * y ^ Math.unsignedMultiplyHigh(x, y);
    }

    static long avalanche(long x) {
        long h = (x ^ x >>> 37) * 0x165667919E3779F9L;
        return h ^ h >>> 32;
    }
}
