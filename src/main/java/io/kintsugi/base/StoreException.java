package io.kintsugi.base;

import java.time.Instant;

/**
 * Everything that the store says no with. The family is sealed and its kinds are enums, so that the wire maps each
 * exactly once and the compiler knows when one is missing. Messages are for the person who made the request: what,
 * where, what to do; never a secret, a path or an address of the server.
 *
 * <p>These are answers, not accidents: they carry no stack trace unless they are {@link Failed}.
 */
public abstract sealed class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private StoreException(String message) {
        super(message, null, false, false);
    }

    private StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What was named does not exist. */
    public static final class NotFound extends StoreException {
        private static final long serialVersionUID = 1L;

        public enum Kind {
            BUCKET,
            KEY,
            VERSION,
            UPLOAD
        }

        private final Kind kind;

        public NotFound(Kind kind, String name) {
            super(messageOf(kind, name));
            this.kind = kind;
        }

        public Kind kind() {
            return kind;
        }

        private static String messageOf(Kind kind, String name) {
            return switch (kind) {
                case BUCKET -> "The specified bucket does not exist: " + name;
                case KEY -> "The specified key does not exist: " + name;
                case VERSION -> "The specified version does not exist: " + name;
                case UPLOAD -> "The specified upload does not exist. It may have been aborted or completed: " + name;
            };
        }
    }

    /** What was named is a delete marker: it has no bytes and no metadata. */
    public static final class DeleteMarker extends StoreException {
        private static final long serialVersionUID = 1L;
        private final transient VersionId version;
        private final boolean named;
        private final transient Instant lastModified;

        /** @param named whether the request named this version (405), or met it as the current one (404) */
        public DeleteMarker(VersionId version, boolean named, Instant lastModified) {
            super(named ? "The specified version is a delete marker" : "The specified key does not exist");
            this.version = version;
            this.named = named;
            this.lastModified = lastModified;
        }

        public VersionId version() {
            return version;
        }

        public boolean named() {
            return named;
        }

        public Instant lastModified() {
            return lastModified;
        }
    }

    /** The state of things does not allow it. */
    public static final class Conflict extends StoreException {
        private static final long serialVersionUID = 1L;

        public enum Kind {
            BUCKET_EXISTS,
            BUCKET_NOT_EMPTY,
            /** Another request changed the same thing at the same time; trying again may succeed. */
            CONCURRENT_CHANGE,
            /** The bucket's state forbids this state, as in suspending versioning under object lock. */
            BUCKET_STATE
        }

        private final Kind kind;

        public Conflict(Kind kind, String message) {
            super(message);
            this.kind = kind;
        }

        public Kind kind() {
            return kind;
        }
    }

    /** A condition of the request does not hold. */
    public static final class PreconditionFailed extends StoreException {
        private static final long serialVersionUID = 1L;
        private final String condition;

        /** @param condition the header that named the condition, as in {@code If-Match} */
        public PreconditionFailed(String condition) {
            super("At least one of the pre-conditions you specified did not hold: " + condition);
            this.condition = condition;
        }

        public String condition() {
            return condition;
        }
    }

    /** A conditional read found what the client has already. */
    public static final class NotModified extends StoreException {
        private static final long serialVersionUID = 1L;
        private final transient ObjectVersion version;

        public NotModified(ObjectVersion version) {
            super("Not modified");
            this.version = version;
        }

        public ObjectVersion version() {
            return version;
        }
    }

    /** The request is wrong and will stay so. */
    public static final class Invalid extends StoreException {
        private static final long serialVersionUID = 1L;

        public enum Kind {
            ARGUMENT,
            REQUEST,
            BUCKET_NAME,
            KEY_TOO_LONG,
            METADATA_TOO_LARGE,
            RANGE,
            PART,
            PART_NUMBER,
            PART_ORDER,
            ENTITY_TOO_SMALL,
            ENTITY_TOO_LARGE,
            INCOMPLETE_BODY,
            REQUEST_TIMEOUT,
            BAD_DIGEST,
            CONTENT_SHA256_MISMATCH,
            MALFORMED_CHUNK,
            CHUNK_SIGNATURE,
            MALFORMED_TRAILER
        }

        private final Kind kind;

        public Invalid(Kind kind, String message) {
            super(message);
            this.kind = kind;
        }

        public Kind kind() {
            return kind;
        }
    }

    /** Not now: the same request may succeed later. */
    public static final class Unavailable extends StoreException {
        private static final long serialVersionUID = 1L;

        public enum Kind {
            /** Too few drives answer to keep the promise of durability, or to restore the bytes. */
            QUORUM,
            /** Too much is asked at once. */
            SLOW_DOWN,
            /** A deadline passed. */
            TIMEOUT,
            /** The drives are full. */
            FULL,
            STARTING,
            STOPPING
        }

        private final Kind kind;

        public Unavailable(Kind kind, String message) {
            super(message);
            this.kind = kind;
        }

        public Unavailable(Kind kind, String message, Throwable cause) {
            super(message, cause);
            this.kind = kind;
        }

        public Kind kind() {
            return kind;
        }
    }

    /** The client has gone, or does not read: nobody is there to be answered. */
    public static final class ClientGone extends StoreException {
        private static final long serialVersionUID = 1L;

        public ClientGone(String message) {
            super(message);
        }
    }

    /** A fault of ours. The message says what was being done; the cause says what went wrong. */
    public static final class Failed extends StoreException {
        private static final long serialVersionUID = 1L;

        public Failed(String message, Throwable cause) {
            super(message, cause);
        }

        public Failed(String message) {
            this(message, null);
        }
    }
}
