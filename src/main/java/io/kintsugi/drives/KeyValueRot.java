package io.kintsugi.drives;

/**
 * A file of a drive's key-value store is damaged. What it held may have been written anew since: then it lies below,
 * until a compaction meets it, at a moment that nobody chose, and stops the store.
 *
 * @param reason what was found
 * @param mayBeSetAside what {@link Drive#setAsideKeyValue} would answer
 */
public record KeyValueRot(String reason, boolean mayBeSetAside) {}
