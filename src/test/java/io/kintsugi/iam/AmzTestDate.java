package io.kintsugi.iam;

import java.time.Instant;

/** The time as requests have it. */
public final class AmzTestDate {
    private AmzTestDate() {}

    public static String now() {
        return AmzDate.of(Instant.now()).text();
    }
}
