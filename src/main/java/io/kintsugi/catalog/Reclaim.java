package io.kintsugi.catalog;

import io.kintsugi.base.BlobRef;
import java.time.Instant;

/** A blob that nothing refers to any more, and since when. */
public record Reclaim(long sequence, BlobRef blob, Instant dropped) {}
