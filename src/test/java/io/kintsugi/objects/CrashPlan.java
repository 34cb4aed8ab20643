package io.kintsugi.objects;

import io.kintsugi.base.ChecksumAlgorithm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What the clients of {@link CrashWorkload} do: known to the process that does it and to the one that checks it. */
final class CrashPlan {
    static final int CLIENTS = 3;
    static final int MIN_PART = 20_000;

    /** Parts may be small, and what is deleted is reclaimed while the record runs. */
    static final ObjectSettings SETTINGS = new ObjectSettings(
            new ObjectSettings.Limits(4096, 2048, 5_000_000, 5_000_000, 5_000_000, MIN_PART, 1_000_000),
            Optional.of(ChecksumAlgorithm.CRC64NVME),
            new ObjectSettings.Upkeep(
                    Duration.ofMillis(200),
                    Duration.ofMillis(200),
                    Duration.ofHours(24),
                    Duration.ofMinutes(10),
                    Duration.ofHours(1),
                    Duration.ofMillis(50),
                    50));

    private static final int SLOTS = 3;
    /** Inline, packed, files. */
    private static final List<Integer> SIZES = List.of(100, 3000, 20_000, 50_000, 400_000);

    private static final int KINDS = 8;

    private CrashPlan() {}

    /** One request, or one upload of several. */
    sealed interface Step {
        String key();

        record Put(String key, int size) implements Step {}

        record Delete(String key) implements Step {}

        /** Two parts. */
        record Multipart(String key, int size) implements Step {}
    }

    static Step step(int client, int number) {
        Random random = new Random(client * 1_000_003L + number);
        String key = client + "/" + random.nextInt(SLOTS);
        return switch (random.nextInt(KINDS)) {
            case 0, 1 -> new Step.Delete(key);
            case 2 -> new Step.Multipart(key, MIN_PART + 1 + random.nextInt(30_000));
            default -> new Step.Put(key, SIZES.get(random.nextInt(SIZES.size())) + random.nextInt(100));
        };
    }

    /** What the key holds after the step; empty after a deletion. */
    static Optional<byte[]> content(int client, int number) {
        int seed = client * 7919 + number;
        return switch (step(client, number)) {
            case Step.Put(var _, var size) -> Optional.of(TestBody.bytes(size, seed));
            case Step.Multipart(var _, var size) -> Optional.of(TestBody.bytes(size, seed));
            case Step.Delete(var _) -> Optional.empty();
        };
    }
}
