package io.kintsugi.s3;

import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import java.util.Optional;

/** {@code versionId} in a request and {@code x-amz-version-id} in its answer. */
final class VersionParam {
    static final String HEADER = "x-amz-version-id";

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
     * The version's id. The null version's is told only to those who asked for it by that name: others may know no
     * versions at all.
     */
    static void write(ObjectVersion version, Optional<VersionId> asked, S3Response response) {
        if (!version.id().isNull() || asked.isPresent()) {
            response.header(HEADER, version.id().toString());
        }
    }
}
