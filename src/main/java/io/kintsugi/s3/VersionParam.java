package io.kintsugi.s3;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.objects.ObjectStore;
import java.util.Optional;

/** {@code versionId} in a request and {@code x-amz-version-id} in its answer. */
final class VersionParam {
    static final String HEADER = "x-amz-version-id";
    private static final String SOURCE_HEADER = "x-amz-copy-source-version-id";

    private VersionParam() {}

    /** @throws io.kintsugi.base.StoreException.Invalid when no version can have such an id */
    static Optional<VersionId> of(S3Request request) {
        Optional<String> text = request.query("versionId");
        if (text.filter(String::isEmpty).isPresent()) {
            throw S3Exception.invalidArgument("Version id cannot be the empty string", "versionId", "");
        }
        return text.map(VersionId::parse);
    }

    /**
     * The version's id. The null version has one only where versions are known: in a bucket that never had versioning
     * it is told to those alone who asked for it by that name.
     *
     * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html">
     *     Adding objects to versioning-suspended buckets</a>
     */
    static void write(ObjectVersion version, Optional<VersionId> asked, ObjectStore store, S3Response response) {
        write(HEADER, version, asked, store, response);
    }

    /** As {@link #write}, of the source of a copy. */
    static void writeSource(ObjectVersion version, Optional<VersionId> asked, ObjectStore store, S3Response response) {
        write(SOURCE_HEADER, version, asked, store, response);
    }

    private static void write(
            String header, ObjectVersion version, Optional<VersionId> asked, ObjectStore store, S3Response response) {
        if (isToldOf(version, asked, store).orWait()) {
            response.header(header, version.id().toString());
        }
    }

    /** Whether the client is told the version's id, by the rule of {@link #write}. */
    static AtOnce<Boolean> isToldOf(ObjectVersion version, Optional<VersionId> asked, ObjectStore store) {
        return !version.id().isNull() || asked.isPresent()
                ? AtOnce.told(true)
                : store.hasVersionsAtOnce(version.bucket());
    }
}
