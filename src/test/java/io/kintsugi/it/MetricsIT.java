package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** What the store tells about its drives and its memory, as Prometheus reads it. */
class MetricsIT {
    private static final int DRIVES = 4;

    @TempDir
    Path root;

    @Test
    void drivesTellHowLongTheyTakeAndWhatTheyHold() throws Exception {
        try (StoreProcess store = StoreProcess.under(root).start();
                S3Client client = SharedStore.clientOf(store).build()) {
            client.createBucket(b -> b.bucket("metrics"));
            for (int i = 0; i < 20; i++) {
                String key = "k" + i;
                client.putObject(b -> b.bucket("metrics").key(key), RequestBody.fromBytes(new byte[100_000]));
            }
            List<String> lines = linesOf(store);
            assertEquals(DRIVES, matching(lines, "kintsugi_drive_state{", "state=\"online\"", "} 1.0"));
            assertEquals(
                    DRIVES, matching(lines, "kintsugi_drive_operations_seconds_count{", "operation=\"write_packed\""));
            assertTrue(matching(lines, "kintsugi_drive_commit_group_bucket{", "le=\"1\"") == DRIVES, () -> "" + lines);
            assertTrue(value(lines, "kintsugi_drive_written_bytes_total{") > 20 * 100_000 / 2);
            assertTrue(value(lines, "kintsugi_drives_cache_bytes") > 0);
            assertTrue(value(lines, "kintsugi_slabs_max_bytes") > 0);
            assertTrue(matching(lines, "kintsugi_codec_path{") > 0);
            bucketsAreCumulative(lines);
        }
    }

    /** Each histogram grows from bound to bound, and ends in its count. */
    private static void bucketsAreCumulative(List<String> lines) {
        Map<String, Double> last = new TreeMap<>();
        Map<String, Double> counts = new TreeMap<>();
        for (String line : lines) {
            double value = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            if (line.startsWith("kintsugi_drive_operations_seconds_bucket")) {
                String series = line.substring(line.indexOf('{') + 1, line.indexOf("le=\""));
                assertTrue(value >= last.getOrDefault(series, 0.0), line);
                last.put(series, value);
            } else if (line.startsWith("kintsugi_drive_operations_seconds_count")) {
                counts.put(line.substring(line.indexOf('{') + 1, line.indexOf('}')), value);
            }
        }
        assertEquals(new ArrayList<>(counts.values()), new ArrayList<>(last.values()));
    }

    private static List<String> linesOf(StoreProcess store) throws Exception {
        HttpResponse<String> answer = store.manage("/q/metrics");
        assertEquals(200, answer.statusCode());
        return answer.body().lines().filter(line -> !line.startsWith("#")).toList();
    }

    private static long matching(List<String> lines, String... parts) {
        return lines.stream()
                .filter(line -> List.of(parts).stream().allMatch(line::contains))
                .count();
    }

    private static double value(List<String> lines, String start) {
        return lines.stream()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
