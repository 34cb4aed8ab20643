package io.kintsugi.sim.engine;

/** What happened, as text and as one number. */
final class History {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final int limit;
    private final StringBuilder text = new StringBuilder();
    private long hash = FNV_OFFSET;

    History(int limit) {
        this.limit = limit;
    }

    void line(long nanos, String thread, String said) {
        String line = "%d.%09d %s: %s%n".formatted(nanos / 1_000_000_000, nanos % 1_000_000_000, thread, said);
        for (int i = 0; i < line.length(); i++) {
            mix(line.charAt(i));
        }
        if (text.length() < limit) {
            text.append(line);
        }
    }

    /** Something that is not worth a line, but has to be the same each time. */
    void mix(long value) {
        hash = (hash ^ value) * FNV_PRIME;
        hash ^= hash >>> 29;
    }

    long hash() {
        return hash;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
