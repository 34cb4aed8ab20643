package io.kintsugi.shards;

/** Bytes that should be a shard and are not. */
final class ShardFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Four different answers, since they have four different cures. */
    enum Kind {
        /** Something else lies where a shard should be. */
        NOT_OURS,
        /** A format that this version does not read any more. */
        TOO_OLD,
        /** A format that this version does not know yet. */
        TOO_NEW,
        /** A shard of ours, damaged. */
        CORRUPT
    }

    private final Kind kind;

    ShardFormatException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    static ShardFormatException corrupt(String message) {
        return new ShardFormatException(Kind.CORRUPT, message);
    }

    Kind kind() {
        return kind;
    }
}
