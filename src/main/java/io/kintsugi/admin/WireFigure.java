package io.kintsugi.admin;

import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * One figure of a protocol that is served, told by whoever put the rooms together: this room stands beside those that
 * serve, and knows none of them.
 *
 * @param counter whether it only goes up; else it is a gauge
 * @param value asked at each scrape; cheap
 */
public record WireFigure(
        String name, String description, Map<String, String> tags, boolean counter, DoubleSupplier value) {
    public WireFigure {
        tags = Map.copyOf(tags);
    }
}
