package io.kintsugi.iam;

/** Who made a request, as far as it was proven. */
public sealed interface Identity {
    /** Nobody proved anything. */
    record Anonymous() implements Identity {}

    /** The owner of the whole store. */
    record Root(String accessKey) implements Identity {}

    /** For messages and logs: an access key is a name, not a secret. */
    default String accessKeyOrEmpty() {
        return switch (this) {
            case Anonymous anonymous -> "";
            case Root root -> root.accessKey();
        };
    }
}
