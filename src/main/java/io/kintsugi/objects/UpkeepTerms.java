package io.kintsugi.objects;

import io.kintsugi.base.Clock;

/**
 * The terms on which a worker works.
 *
 * @param times how long things wait
 * @param governor of the time that all workers have together
 */
record UpkeepTerms(Clock clock, ObjectSettings.Upkeep times, Governor governor) {}
