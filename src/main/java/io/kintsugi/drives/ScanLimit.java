package io.kintsugi.drives;

/** How much one scan may return. */
public record ScanLimit(int rows, long bytes) {
    public ScanLimit {
        if (rows < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "a scan returns at least one row: " + rows + " rows, " + bytes + " bytes");
        }
    }
}
