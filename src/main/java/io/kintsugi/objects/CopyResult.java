package io.kintsugi.objects;

import io.kintsugi.base.ObjectVersion;

/** The version that was read and the one that was made. */
public record CopyResult(ObjectVersion source, ObjectVersion target) {}
