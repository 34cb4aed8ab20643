package io.kintsugi.base;

import java.time.Instant;

/** A bucket and its settings. */
public record Bucket(BucketName name, Instant created, Versioning versioning) {
    /** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html">Versioning states</a> */
    public enum Versioning {
        /** Never switched on: every write replaces the null version. */
        OFF,
        ENABLED,
        /** Was on: writes replace the null version, older versions stay. */
        SUSPENDED
    }

    public Bucket withVersioning(Versioning state) {
        return new Bucket(name, created, state);
    }
}
