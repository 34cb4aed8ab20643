package io.kintsugi.catalog;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import java.util.List;
import java.util.Optional;

/** A page of blobs that are referred to. {@code next} is empty at the end. */
public record BlobPage(List<Entry> entries, Optional<String> next) {
    public record Entry(BlobRef blob, BlobOrigin origin) {}

    public BlobPage {
        entries = List.copyOf(entries);
    }
}
