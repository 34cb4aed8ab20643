package io.kintsugi.drives;

/**
 * How much one scan may return.
 *
 * @param sweeps whether it is one of many that pass by everything, and what it reads is not kept in memory for others
 */
public record ScanLimit(int rows, long bytes, boolean sweeps) {
    public ScanLimit {
        if (rows < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "a scan returns at least one row: " + rows + " rows, " + bytes + " bytes");
        }
    }

    public ScanLimit(int rows, long bytes) {
        this(rows, bytes, false);
    }

    public ScanLimit sweeping() {
        return new ScanLimit(rows, bytes, true);
    }
}
