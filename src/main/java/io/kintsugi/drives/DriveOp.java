package io.kintsugi.drives;

/** The kinds of operations of a drive, as its statistics count them. */
public enum DriveOp {
    CREATE("creating shard"),
    APPEND("appending to shard"),
    PUBLISH("publishing shard"),
    ABORT("dropping shard"),
    OPEN("opening shard"),
    READ("reading shard"),
    WRITE_PACKED("writing packed shard"),
    READ_PACKED("reading packed shard"),
    DELETE("deleting shard"),
    STAT("looking for shard"),
    LIST("listing shards"),
    COMMIT("committing rows"),
    GET("reading a row of"),
    SCAN("reading rows of"),
    /** One write of the group commit, with its sync. */
    GROUP("committing changes:");

    private final String doing;

    DriveOp(String doing) {
        this.doing = doing;
    }

    /**
     * Whether it moves so few bytes that a device which works is never at it for many seconds. Not those that sync a
     * whole file, that walk over many names or rows, or that free the space of a file.
     */
    boolean isShort() {
        return switch (this) {
            case CREATE, APPEND, OPEN, READ, READ_PACKED, STAT, GET -> true;
            case PUBLISH, ABORT, WRITE_PACKED, DELETE, LIST, COMMIT, SCAN, GROUP -> false;
        };
    }

    /** Whether it changes nothing on the drive. */
    boolean onlyReads() {
        return switch (this) {
            case OPEN, READ, READ_PACKED, STAT, LIST, GET, SCAN -> true;
            case CREATE, APPEND, PUBLISH, ABORT, WRITE_PACKED, DELETE, COMMIT, GROUP -> false;
        };
    }

    /** For messages, before the name of what it is done to. */
    String doing() {
        return doing;
    }
}
