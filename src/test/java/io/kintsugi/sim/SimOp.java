package io.kintsugi.sim;

/** What a simulated drive is asked to do: the unit of its faults and counts. */
public enum SimOp {
    CREATE,
    APPEND,
    PUBLISH,
    ABORT,
    OPEN,
    READ,
    WRITE_PACKED,
    READ_PACKED,
    DELETE,
    STAT,
    LIST,
    COMMIT,
    GET,
    SCAN,
    CURSOR,
    RAISE_EPOCH;

    /** Whether it needs space and a writable file system. */
    boolean writes() {
        return switch (this) {
            case CREATE, APPEND, PUBLISH, WRITE_PACKED, COMMIT, RAISE_EPOCH -> true;
            case ABORT, OPEN, READ, READ_PACKED, DELETE, STAT, LIST, GET, SCAN, CURSOR -> false;
        };
    }

    /** Whether it goes through the one log of the key-value store. */
    boolean logged() {
        return this == COMMIT || this == WRITE_PACKED;
    }
}
