package io.kintsugi.base;

/**
 * The name of one version of an object. {@link #NULL} is S3's null version: the one that an unversioned or suspended
 * bucket writes. Which version is newer is decided by the order of commits in the catalog, never by comparing names.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html">How versioning
 *     works</a>
 */
public record VersionId(Id128 value) {
    public static final VersionId NULL = new VersionId(new Id128(0, 0));
    private static final String NULL_TEXT = "null";

    public static VersionId next(Clock clock, Entropy entropy) {
        return new VersionId(Id128.next(clock, entropy));
    }

    public static boolean isValid(String text) {
        return text.equals(NULL_TEXT) || Id128.isValid(text);
    }

    /** @throws StoreException.Invalid with {@code ARGUMENT} when no version can have this name */
    public static VersionId parse(String text) {
        if (!isValid(text)) {
            throw new StoreException.Invalid(
                    StoreException.Invalid.Kind.ARGUMENT, "Invalid version id specified: '" + text + "'");
        }
        return text.equals(NULL_TEXT) ? NULL : new VersionId(Id128.parse(text));
    }

    public boolean isNull() {
        return equals(NULL);
    }

    @Override
    public String toString() {
        return isNull() ? NULL_TEXT : value.toString();
    }
}
