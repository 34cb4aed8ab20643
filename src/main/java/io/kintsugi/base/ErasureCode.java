package io.kintsugi.base;

/**
 * A Reed–Solomon code: {@code dataShards} (k) and {@code parityShards} (m); any k of the k + m shards restore the blob.
 */
public record ErasureCode(int dataShards, int parityShards) {
    public static final int MAX_SHARDS = 256;

    public ErasureCode {
        if (dataShards < 1 || parityShards < 0 || dataShards + parityShards > MAX_SHARDS) {
            throw new IllegalArgumentException("not a code: " + dataShards + "+" + parityShards);
        }
    }

    public int totalShards() {
        return dataShards + parityShards;
    }

    @Override
    public String toString() {
        return dataShards + "+" + parityShards;
    }
}
