package io.kintsugi.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** XXH3 of 0 to 240 bytes, seed 0; the names follow the specification. */
final class Xxh3Short {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MX2 = 0x9FB21C651E98DF25L;
    private static final long P32_2 = 0x85EBCA77L;

    private final byte[] in;
    private final int n;
    private long acc0;
    private long acc1;

    Xxh3Short(byte[] in, int length) {
        this.in = in;
        this.n = length;
    }

    long hash64() {
        if (n == 0) {
            return Xxh64.avalanche(Xxh3.secret(56) ^ Xxh3.secret(64));
        }
        if (n <= 3) {
            return Xxh64.avalanche(((Xxh3.secret32(0) ^ Xxh3.secret32(4)) & 0xffffffffL) ^ combined() & 0xffffffffL);
        }
        if (n <= 8) {
            return four64();
        }
        if (n <= 16) {
            return nine64();
        }
        return n <= 128 ? upTo128x64() : upTo240x64();
    }

    byte[] hash128() {
        if (n == 0) {
            return BigEndian.bytes(
                    Xxh64.avalanche(Xxh3.secret(80) ^ Xxh3.secret(88)),
                    Xxh64.avalanche(Xxh3.secret(64) ^ Xxh3.secret(72)));
        }
        if (n <= 3) {
            int swapped = Integer.rotateLeft(Integer.reverseBytes(combined()), 13);
            long high = ((Xxh3.secret32(8) ^ Xxh3.secret32(12)) & 0xffffffffL) ^ swapped & 0xffffffffL;
            return BigEndian.bytes(Xxh64.avalanche(high), hash64());
        }
        if (n <= 8) {
            return four128();
        }
        if (n <= 16) {
            return nine128();
        }
        acc0 = n * Xxh64.P1;
        acc1 = 0;
        if (n <= 128) {
            for (int i = (n - 1) >> 5; i >= 0; i--) {
                mixTwo(i * 16, n - i * 16 - 16, i * 32);
            }
        } else {
            upTo240x128();
        }
        long high = acc0 * Xxh64.P1 + acc1 * Xxh64.P4 + n * Xxh64.P2;
        return BigEndian.bytes(-Xxh3.avalanche(high), Xxh3.avalanche(acc0 + acc1));
    }

    private int combined() {
        return in[n - 1] & 0xff | n << 8 | (in[0] & 0xff) << 16 | (in[n >> 1] & 0xff) << 24;
    }

    private long four64() {
        long combined = word32(n - 4) & 0xffffffffL | (long) word32(0) << 32;
        long v = Xxh3.secret(8) ^ Xxh3.secret(16) ^ combined;
        v ^= Long.rotateLeft(v, 49) ^ Long.rotateLeft(v, 24);
        v *= MX2;
        v ^= (v >>> 35) + n;
        v *= MX2;
        return v ^ v >>> 28;
    }

    private byte[] four128() {
        long combined = word32(0) & 0xffffffffL | (long) word32(n - 4) << 32;
        long v = Xxh3.secret(16) ^ Xxh3.secret(24) ^ combined;
        long by = Xxh64.P1 + (n << 2);
        long low = v * by;
        long high = Math.unsignedMultiplyHigh(v, by) + (low << 1);
        low ^= high >>> 3;
        low ^= low >>> 35;
        low *= MX2;
        low ^= low >>> 28;
        return BigEndian.bytes(Xxh3.avalanche(high), low);
    }

    private long nine64() {
        long low = Xxh3.secret(24) ^ Xxh3.secret(32) ^ word(0);
        long high = Xxh3.secret(40) ^ Xxh3.secret(48) ^ word(n - 8);
        return Xxh3.avalanche(n + Long.reverseBytes(low) + high + Xxh3.fold(low, high));
    }

    private byte[] nine128() {
        long last = word(n - 8);
        long v1 = Xxh3.secret(32) ^ Xxh3.secret(40) ^ word(0) ^ last;
        long v2 = Xxh3.secret(48) ^ Xxh3.secret(56) ^ last;
        long low = v1 * Xxh64.P1 + ((long) (n - 1) << 54);
        long high = Math.unsignedMultiplyHigh(v1, Xxh64.P1) + v2 + (v2 & 0xffffffffL) * (P32_2 - 1);
        low ^= Long.reverseBytes(high);
        long high2 = Math.unsignedMultiplyHigh(low, Xxh64.P2) + high * Xxh64.P2;
        return BigEndian.bytes(Xxh3.avalanche(high2), Xxh3.avalanche(low * Xxh64.P2));
    }

    private long upTo128x64() {
        long acc = n * Xxh64.P1;
        for (int i = (n - 1) >> 5; i >= 0; i--) {
            acc += mix(i * 16, i * 32) + mix(n - i * 16 - 16, i * 32 + 16);
        }
        return Xxh3.avalanche(acc);
    }

    private long upTo240x64() {
        long acc = n * Xxh64.P1;
        for (int i = 0; i < 8; i++) {
            acc += mix(i * 16, i * 16);
        }
        acc = Xxh3.avalanche(acc);
        for (int i = 8; i < n >> 4; i++) {
            acc += mix(i * 16, (i - 8) * 16 + 3);
        }
        return Xxh3.avalanche(acc + mix(n - 16, 119));
    }

    private void upTo240x128() {
        for (int i = 0; i < 4; i++) {
            mixTwo(i * 32, i * 32 + 16, i * 32);
        }
        acc0 = Xxh3.avalanche(acc0);
        acc1 = Xxh3.avalanche(acc1);
        for (int i = 4; i < n >> 5; i++) {
            mixTwo(i * 32, i * 32 + 16, (i - 4) * 32 + 3);
        }
        mixTwo(n - 16, n - 32, 103);
    }

    private void mixTwo(int first, int second, int secret) {
        acc0 = acc0 + mix(first, secret) ^ word(second) + word(second + 8);
        acc1 = acc1 + mix(second, secret + 16) ^ word(first) + word(first + 8);
    }

    private long mix(int at, int secret) {
        return Xxh3.fold(word(at) ^ Xxh3.secret(secret), word(at + 8) ^ Xxh3.secret(secret + 8));
    }

    private long word(int at) {
        return (long) LONG.get(in, at);
    }

    private int word32(int at) {
        return (int) INT.get(in, at);
    }
}
