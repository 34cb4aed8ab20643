package io.kintsugi.arch.canary.s3;

import io.kintsugi.arch.canary.base.LooksUp;
import io.kintsugi.arch.canary.drives.Disk;

/** Wrong on purpose: the wire goes to a drive by itself, and base and wire know each other. */
public record Wire(Disk disk, LooksUp looksUp) {}
