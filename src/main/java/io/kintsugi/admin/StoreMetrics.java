package io.kintsugi.admin;

import io.kintsugi.catalog.CatalogStatus;
import io.kintsugi.codec.CodecInfo;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.objects.UpkeepSnapshot;
import io.kintsugi.objects.UpkeepSnapshot.Walk;
import io.kintsugi.shards.BlobStatistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Puts the figures of the rooms on {@code :9002/q/metrics}. Each is read from its room when it is scraped. */
@ApplicationScoped
@SuppressWarnings("deprecation") // the Prometheus client that Quarkus still brings
public class StoreMetrics {
    private final MeterRegistry registry;
    private final PrometheusMeterRegistry prometheus;
    /** What counters read. The registry holds it weakly, and a counter whose source is collected stands still. */
    private final List<DoubleSupplier> sources = new ArrayList<>();

    public StoreMetrics(MeterRegistry registry, PrometheusMeterRegistry prometheus) {
        this.registry = registry;
        this.prometheus = prometheus;
    }

    /** Registers the meters of a store that has been opened. Called once. */
    public void register(Rooms rooms) {
        codec();
        DriveMetrics drives = new DriveMetrics(registry);
        rooms.topology().drives().forEach(drives::register);
        prometheus.getPrometheusRegistry().register(new DriveHistograms(rooms.topology()));
        memory(rooms.memory());
        gauge(
                "kintsugi.drives",
                "Drives that belong to the deployment",
                rooms.topology(),
                t -> t.statuses().size());
        gauge(
                "kintsugi.drives.online",
                "Drives that answer and take writes; without those that are drained",
                rooms.topology(),
                t -> t.statuses().stream().filter(DriveStatus::online).count());
        catalog(() -> rooms.catalog().status());
        blobs(rooms.blobs());
        upkeep(rooms.upkeep());
        balance(rooms);
        moving(rooms.upkeep());
        scrub(() -> rooms.upkeep().get().scrubbing());
        scrubRows(() -> rooms.upkeep().get().rowScrubbing());
        budget(rooms.upkeep());
        rooms.wire().forEach(this::wire);
    }

    private void codec() {
        CodecInfo.current()
                .paths()
                .forEach((kernel, path) -> Gauge.builder("kintsugi.codec.path", () -> 1)
                        .description("Which way a kernel takes on this machine; always 1")
                        .tag("kernel", kernel)
                        .tag("path", path)
                        .register(registry));
    }

    private void memory(Rooms.Memory memory) {
        gauge(
                "kintsugi.drives.cache.bytes",
                "Memory of the drives' key-value stores: blocks, filters, write buffers; not small bodies",
                memory,
                m -> m.cachedBytes().getAsLong());
        gauge(
                "kintsugi.slabs.max.bytes",
                "Bound of the memory of stripes",
                memory,
                m -> m.slabs().get().maxBytes());
        gauge(
                "kintsugi.slabs.used.bytes",
                "Of that, what stripes under way hold",
                memory,
                m -> m.slabs().get().inUseBytes());
        gauge(
                "kintsugi.slabs.free.bytes",
                "Of that, what is kept for the next",
                memory,
                m -> m.slabs().get().freeBytes());
        gauge(
                "kintsugi.slabs.waiting",
                "Requests that wait for such memory",
                memory,
                m -> m.slabs().get().waiting());
        counter(
                "kintsugi.slabs.refused",
                "Requests that waited for it in vain",
                () -> memory.slabs().get().refused());
    }

    private void catalog(Supplier<CatalogStatus> status) {
        gauge(
                "kintsugi.catalog.writable",
                "1 while commits are accepted",
                status,
                s -> s.get().writable() ? 1 : 0);
        gauge(
                "kintsugi.catalog.replicas.live",
                "Replicas that take every commit",
                status,
                s -> s.get().live().size());
        gauge(
                "kintsugi.catalog.replicas.rebuilding",
                "Replicas that are being made",
                status,
                s -> s.get().rebuilding().size());
        gauge(
                "kintsugi.catalog.epoch",
                "Goes up when the set of live replicas changes",
                status,
                s -> s.get().epoch());
        counter(
                "kintsugi.catalog.commits",
                "Commits since the deployment began",
                () -> status.get().sequence());
    }

    private void blobs(Supplier<BlobStatistics> statistics) {
        blob("written", "Blobs whose quorum was durable", statistics, BlobStatistics::blobsWritten);
        blob("written.bytes", "Bytes of blobs that were written", statistics, BlobStatistics::bytesWritten);
        blob("read.bytes", "Bytes of blobs that were read", statistics, BlobStatistics::bytesRead);
        blob("shards.read.bytes", "Bytes read from drives for that", statistics, BlobStatistics::shardBytesRead);
        blob("stripes.decoded", "Stripes that needed parity", statistics, BlobStatistics::stripesDecoded);
        blob("hedges", "Stripes for which more was read since a drive was late", statistics, BlobStatistics::hedges);
        blob(
                "frames.wrong",
                "Reads of a shard that did not match; never served",
                statistics,
                BlobStatistics::wrongFrames);
        blob("shards.missing", "Shards that were not where they belong", statistics, BlobStatistics::missingShards);
        blob("shards.rebuilt", "Shards restored by healing", statistics, BlobStatistics::shardsRebuilt);
        blob("writes.failed", "Blobs that too few drives took", statistics, BlobStatistics::writesFailed);
    }

    private void blob(
            String name, String description, Supplier<BlobStatistics> all, ToLongFunction<BlobStatistics> one) {
        counter("kintsugi.blobs." + name, description, () -> one.applyAsLong(all.get()));
    }

    private void upkeep(Supplier<UpkeepSnapshot> upkeep) {
        counter(
                "kintsugi.reclaim.blobs",
                "Blobs removed from the drives",
                () -> upkeep.get().reclaiming().removed().blobs());
        counter(
                "kintsugi.reclaim.bytes",
                "Bytes of those",
                () -> upkeep.get().reclaiming().removed().bytes());
        counter(
                "kintsugi.orphans.removed",
                "Shards that nothing referred to, removed",
                () -> upkeep.get().sweeping().removed());
        counter(
                "kintsugi.heal.blobs",
                "Blobs that lacked shards and have them again",
                () -> upkeep.get().healing().mended().blobs());
        counter(
                "kintsugi.heal.failed",
                "Times that a blob could not be mended; it is tried again",
                () -> upkeep.get().healing().failed());
        gauge(
                "kintsugi.heal.queued",
                "Blobs that were reported and wait",
                upkeep,
                u -> u.get().healing().queued());
        gauge(
                "kintsugi.heal.lost.blobs",
                "Blobs of which too few good shards are left, with all of their drives there; 1,000 at most",
                upkeep,
                u -> u.get().healing().lost());
        gauge(
                "kintsugi.heal.remaining.bytes",
                "What is left of the walks for drives",
                upkeep,
                u -> u.get().healing().walks().stream()
                        .map(Walk::remaining)
                        .mapToLong(UpkeepSnapshot.Count::bytes)
                        .sum());
    }

    private void balance(Rooms rooms) {
        Supplier<UpkeepSnapshot.Balancing> balancing =
                () -> rooms.upkeep().get().balancing();
        counter(
                "kintsugi.balance.moved.bytes",
                "Bytes of shards that were moved to where there is room",
                () -> balancing.get().movedBytes());
        gauge(
                "kintsugi.balance.remaining.bytes",
                "About what is left to be moved",
                balancing,
                b -> b.get().remainingBytes());
        gauge(
                "kintsugi.balance.bytes.per.second",
                "Since moving began; 0 when nothing moves",
                balancing,
                b -> b.get().bytesPerSecond());
        for (Drive drive : rooms.topology().drives()) {
            drain(
                    "kintsugi.drain.remaining.shards",
                    "Shards left on a drive that is emptied",
                    balancing,
                    drive,
                    d -> d.remaining().blobs());
            drain(
                    "kintsugi.drain.remaining.bytes",
                    "Bytes of those",
                    balancing,
                    drive,
                    d -> d.remaining().bytes());
            drain(
                    "kintsugi.drain.done",
                    "1 when the drive is empty and may be removed",
                    balancing,
                    drive,
                    d -> d.drained() ? 1 : 0);
        }
    }

    private void drain(
            String name,
            String description,
            Supplier<UpkeepSnapshot.Balancing> balancing,
            Drive drive,
            ToLongFunction<UpkeepSnapshot.Drain> value) {
        Gauge.builder(
                        name,
                        balancing,
                        all -> all.get().drains().stream()
                                .filter(drain -> drain.drive().equals(drive.id()))
                                .mapToLong(value)
                                .sum())
                .description(description)
                .tags(Tags.of("drive", drive.id().toString()))
                .strongReference(true)
                .register(registry);
    }

    private void moving(Supplier<UpkeepSnapshot> upkeep) {
        counter(
                "kintsugi.move.shards",
                "Shards that were made anew on another drive, verified and recorded there",
                () -> upkeep.get().moving().shards());
        counter(
                "kintsugi.move.failed",
                "Moves that were given up, with nothing changed",
                () -> upkeep.get().moving().failed());
        gauge(
                "kintsugi.move.waiting",
                "Moves whose old shards are kept for readers, or whose commit is not known",
                upkeep,
                u -> u.get().moving().waiting());
        gauge(
                "kintsugi.heal.homeless.blobs",
                "Blobs that lack shards for which no drive has room",
                upkeep,
                u -> u.get().healing().walks().stream()
                        .mapToLong(walk -> walk.homeless().blobs())
                        .sum());
        gauge(
                "kintsugi.heal.rate.bytes",
                "Bytes a second of the blobs that walks verify and rebuild",
                upkeep,
                u -> u.get().healing().walks().stream()
                        .filter(walk -> walk.state() == UpkeepSnapshot.State.HEALING)
                        .mapToLong(Walk::bytesPerSecond)
                        .sum());
    }

    private void scrub(Supplier<UpkeepSnapshot.Scrubbing> scrubbing) {
        counter(
                "kintsugi.scrub.blobs",
                "Blobs of which every shard was read and checked",
                () -> scrubbing.get().read().blobs());
        counter(
                "kintsugi.scrub.bytes",
                "Bytes of those",
                () -> scrubbing.get().read().bytes());
        counter(
                "kintsugi.scrub.mended.shards",
                "Shards that scrubbing found missing or wrong, and rebuilt",
                () -> scrubbing.get().shardsMended());
        pass(
                "verified.bytes",
                "Bytes of blobs that this pass found or made right",
                scrubbing,
                UpkeepSnapshot.Pass::verified);
        pass(
                "partly.bytes",
                "Bytes of blobs of which some shards could not be asked for",
                scrubbing,
                UpkeepSnapshot.Pass::partly);
        pass("failed.bytes", "Bytes of blobs that were handed to healing", scrubbing, UpkeepSnapshot.Pass::failed);
        pass("total.bytes", "Bytes of blobs that this pass is for", scrubbing, UpkeepSnapshot.Pass::total);
        gauge(
                "kintsugi.scrub.last.pass.seconds",
                "When a pass ended last, in Unix seconds; 0 when none has",
                scrubbing,
                s -> s.get().lastPass().map(Instant::getEpochSecond).orElse(0L));
    }

    private void scrubRows(Supplier<UpkeepSnapshot.RowScrubbing> scrubbing) {
        counter(
                "kintsugi.scrub.rows",
                "Rows of catalog replicas that were read and checked, each copy counted",
                () -> scrubbing.get().rows());
        counter(
                "kintsugi.scrub.rows.bytes",
                "Bytes of those",
                () -> scrubbing.get().bytes());
        counter(
                "kintsugi.scrub.replicas.damaged",
                "How often scrubbing found a catalog replica damaged, which is made anew from the others",
                () -> scrubbing.get().damaged());
        counter(
                "kintsugi.scrub.rows.undecided",
                "Rows whose copies differ, none of them in most catalog replicas",
                () -> scrubbing.get().undecided());
        gauge(
                "kintsugi.scrub.rows.last.pass.seconds",
                "When a pass through the rows ended last, in Unix seconds; 0 when none has",
                scrubbing,
                s -> s.get().lastPass().map(Instant::getEpochSecond).orElse(0L));
    }

    private void pass(
            String name,
            String description,
            Supplier<UpkeepSnapshot.Scrubbing> scrubbing,
            Function<UpkeepSnapshot.Pass, UpkeepSnapshot.Count> value) {
        gauge(
                "kintsugi.scrub.pass." + name,
                description,
                scrubbing,
                s -> value.apply(s.get().pass()).bytes());
    }

    private void budget(Supplier<UpkeepSnapshot> upkeep) {
        gauge(
                "kintsugi.background.share",
                "Share of the time that all background work together may have now",
                upkeep,
                u -> u.get().governing().share() / 1000.0);
        gauge(
                "kintsugi.background.slowdown",
                "How long clients wait, as a multiple of what they would wait alone",
                upkeep,
                u -> u.get().governing().slowdown());
        counter(
                "kintsugi.background.worked.seconds",
                "Time that background work has taken",
                () -> upkeep.get().governing().workedNanos() / 1e9);
        counter(
                "kintsugi.background.waited.seconds",
                "Time that background work has waited for its share",
                () -> upkeep.get().governing().waitedNanos() / 1e9);
        counter(
                "kintsugi.background.bytes",
                "Bytes of shards that background work has read and written",
                () -> upkeep.get().governing().bytes());
    }

    private void wire(WireFigure figure) {
        Tags tags = Tags.of(figure.tags().entrySet().stream()
                .map(entry -> Tag.of(entry.getKey(), entry.getValue()))
                .toList());
        if (figure.counter()) {
            FunctionCounter.builder(figure.name(), figure, f -> f.value().getAsDouble())
                    .description(figure.description())
                    .tags(tags)
                    .register(registry);
        } else {
            Gauge.builder(figure.name(), figure, f -> f.value().getAsDouble())
                    .description(figure.description())
                    .tags(tags)
                    .register(registry);
        }
    }

    private <T> void gauge(String name, String description, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    void counter(String name, String description, DoubleSupplier value) {
        sources.add(value);
        FunctionCounter.builder(name, value, DoubleSupplier::getAsDouble)
                .description(description)
                .register(registry);
    }
}
