package io.kintsugi.objects;

import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.StoreException.Invalid.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * How much a client may say about an object.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html">AWS: user-defined metadata is
 *     limited to 2 KB, the bytes of all names and values in UTF-8</a>
 */
final class MetadataRule {
    private MetadataRule() {}

    static void check(ObjectMetadata metadata, int limit) {
        long size = 0;
        for (Map.Entry<String, String> e : metadata.user().entrySet()) {
            size += e.getKey().getBytes(StandardCharsets.UTF_8).length;
            size += e.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (size > limit) {
            throw Refusal.invalid(
                    Kind.METADATA_TOO_LARGE,
                    "Your metadata headers have " + size + " bytes; at most " + limit + " are allowed");
        }
    }
}
