package io.kintsugi.base;

import java.time.Instant;

/** A part of an upload that is under way, and when it was stored. */
public record UploadedPart(ObjectPart part, Instant lastModified) {}
