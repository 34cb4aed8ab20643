package io.kintsugi.objects;

import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import java.util.List;

/** A page of an upload's parts. */
public record PartsPage(Upload upload, List<UploadedPart> parts, boolean truncated) {
    public PartsPage {
        parts = List.copyOf(parts);
    }
}
