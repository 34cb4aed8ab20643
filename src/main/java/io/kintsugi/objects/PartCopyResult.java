package io.kintsugi.objects;

import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.UploadedPart;

/** The version that was read and the part that was made of it. */
public record PartCopyResult(ObjectVersion source, UploadedPart part) {}
