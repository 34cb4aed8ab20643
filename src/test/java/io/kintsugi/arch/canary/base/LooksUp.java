package io.kintsugi.arch.canary.base;

import io.kintsugi.arch.canary.s3.Wire;

/** Wrong on purpose: base knows the wire. */
public record LooksUp(Wire wire) {}
