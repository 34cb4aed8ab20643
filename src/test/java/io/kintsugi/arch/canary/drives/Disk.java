package io.kintsugi.arch.canary.drives;

/** A drive that keeps to its floor. */
public record Disk(String path) {}
