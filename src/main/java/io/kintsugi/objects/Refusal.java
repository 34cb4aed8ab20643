package io.kintsugi.objects;

import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Invalid;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.base.UploadId;

/** The refusals that more than one use case makes. */
final class Refusal {
    private Refusal() {}

    static Invalid invalid(Kind kind, String message) {
        return new Invalid(kind, message);
    }

    static Invalid request(String message) {
        return new Invalid(Kind.REQUEST, message);
    }

    static Invalid tooLarge(long size, long limit) {
        return new Invalid(
                Kind.ENTITY_TOO_LARGE,
                "Your proposed upload of " + size + " bytes exceeds the maximum allowed size of " + limit + " bytes");
    }

    static StoreException.NotFound noUpload(UploadId id) {
        return new StoreException.NotFound(StoreException.NotFound.Kind.UPLOAD, id.toString());
    }
}
