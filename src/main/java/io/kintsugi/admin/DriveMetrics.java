package io.kintsugi.admin;

import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Figures of single drives, told apart by {@code drive}. Handles of drives last as long as the store, so each is
 * registered once; while a drive is away its counters stand at zero.
 */
final class DriveMetrics {
    private final MeterRegistry registry;

    DriveMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void register(Drive drive) {
        Tags tags = Tags.of("drive", drive.id().toString());
        states(drive, tags);
        gauge(
                "kintsugi.drive.total.bytes",
                "Size of the drive's file system",
                drive,
                tags,
                d -> d.status().totalBytes());
        gauge(
                "kintsugi.drive.free.bytes",
                "Space that the store may still use",
                drive,
                tags,
                d -> d.status().freeBytes());
        gauge(
                "kintsugi.drive.commits.queued",
                "Commits that wait for the drive's next group",
                drive,
                tags,
                d -> d.stats().queued());
        counter(
                "kintsugi.drive.read.bytes",
                "Bytes of shards and rows that were read",
                drive,
                tags,
                d -> d.stats().bytesRead());
        counter(
                "kintsugi.drive.written.bytes",
                "Bytes of shards and rows that were written",
                drive,
                tags,
                d -> d.stats().bytesWritten());
        errors(drive, tags);
    }

    private void states(Drive drive, Tags tags) {
        gauge(
                "kintsugi.drive.online",
                "1 while the drive answers and takes writes",
                drive,
                tags,
                d -> d.status().online() ? 1 : 0);
        for (DriveStatus.State state : DriveStatus.State.values()) {
            gauge(
                    "kintsugi.drive.state",
                    "1 for the state that the drive is in",
                    drive,
                    tags.and("state", state.name().toLowerCase(Locale.ROOT)),
                    d -> d.status().state() == state ? 1 : 0);
        }
    }

    private void errors(Drive drive, Tags tags) {
        for (DriveException.Kind kind : DriveException.Kind.values()) {
            counter(
                    "kintsugi.drive.errors",
                    "Operations of the drive that failed",
                    drive,
                    tags.and("kind", kind.name().toLowerCase(Locale.ROOT)),
                    d -> d.stats().errors().getOrDefault(kind, 0L));
        }
    }

    private void gauge(String name, String description, Drive drive, Tags tags, ToDoubleFunction<Drive> value) {
        Gauge.builder(name, drive, value).description(description).tags(tags).register(registry);
    }

    private void counter(String name, String description, Drive drive, Tags tags, ToDoubleFunction<Drive> value) {
        FunctionCounter.builder(name, drive, value)
                .description(description)
                .tags(tags)
                .register(registry);
    }
}
