package io.kintsugi.admin;

import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveOp;
import io.kintsugi.drives.DriveStats;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Histograms of the drives, as Prometheus reads them: how long each kind of operation took
 * ({@code kintsugi_drive_operations_seconds}), and how many commits shared a sync
 * ({@code kintsugi_drive_commit_group}). Drives count in powers of two; nothing is counted here.
 *
 * @see <a href="https://prometheus.io/docs/concepts/metric_types/#histogram">Histogram</a>
 */
final class DriveHistograms extends Collector {
    private static final String SECONDS = "kintsugi_drive_operations_seconds";
    private static final String GROUPS = "kintsugi_drive_commit_group";
    private static final double MICROS_PER_SECOND = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String INFINITY = "+Inf";

    private final Topology topology;

    DriveHistograms(Topology topology) {
        this.topology = topology;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        List<Sample> seconds = new ArrayList<>();
        List<Sample> groups = new ArrayList<>();
        for (Drive drive : topology.drives()) {
            DriveStats stats = drive.stats();
            String id = drive.id().toString();
            stats.operations().forEach((op, latency) -> operations(seconds, id, op, latency));
            groups(groups, id, stats.groupSizes());
        }
        return List.of(
                new MetricFamilySamples(
                        SECONDS,
                        Type.HISTOGRAM,
                        "Operations of the drive that ended well, and how long they took",
                        seconds),
                new MetricFamilySamples(GROUPS, Type.HISTOGRAM, "Commits that shared one sync of the drive", groups));
    }

    private static void operations(List<Sample> to, String drive, DriveOp op, DriveStats.Latency latency) {
        if (latency.count() == 0) {
            return;
        }
        String kind = op.name().toLowerCase(Locale.ROOT);
        List<String> names = List.of("drive", "operation", "le");
        long count = 0;
        for (int i = 0; i < latency.buckets().size(); i++) {
            count += latency.buckets().get(i);
            boolean last = i == latency.buckets().size() - 1;
            String bound = last ? INFINITY : Double.toString((1L << i) / MICROS_PER_SECOND);
            to.add(new Sample(SECONDS + "_bucket", names, List.of(drive, kind, bound), count));
        }
        List<String> labels = List.of("drive", "operation");
        to.add(new Sample(SECONDS + "_count", labels, List.of(drive, kind), count));
        to.add(new Sample(SECONDS + "_sum", labels, List.of(drive, kind), latency.totalNanos() / NANOS_PER_SECOND));
    }

    /** The sum is not counted by drives; a histogram of Prometheus may lack it. */
    private static void groups(List<Sample> to, String drive, List<Long> sizes) {
        long count = 0;
        for (int i = 0; i < sizes.size(); i++) {
            count += sizes.get(i);
            String bound = i == sizes.size() - 1 ? INFINITY : Long.toString(1L << i);
            to.add(new Sample(GROUPS + "_bucket", List.of("drive", "le"), List.of(drive, bound), count));
        }
        if (!sizes.isEmpty()) {
            to.add(new Sample(GROUPS + "_count", List.of("drive"), List.of(drive), count));
        }
    }
}
