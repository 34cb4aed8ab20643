package io.kintsugi.sim;

import io.kintsugi.base.VersionId;
import io.kintsugi.objects.RangeSpec;
import io.kintsugi.sim.Step.Key;
import io.kintsugi.sim.Twists.Twist;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/** One client: one request after the other, of every kind. */
final class SimClient implements Runnable {
    private static final int MAX_PAUSE_MILLIS = 2_000;
    /** Longer than a blob stays that nothing refers to, when nobody reads it. */
    private static final Duration SLOW_READ = Duration.ofSeconds(9);

    private static final int READS_IN = 6;
    private static final int MOST_LOOKS = 20;
    private static final Duration AGAIN = Duration.ofMillis(100);

    private final int requestsToMake;
    private final SimHost host;
    private final Random random;
    private final Knowledge known;
    private final Writer writer;
    private final MultipartWriter uploads;
    private final Reader reader;
    private final boolean watched;
    private final boolean moving;

    /**
     * What all clients share.
     *
     * @param bodyEnds happens when the last byte of a body was read that goes to the drives
     */
    record Scene(SimHost host, History history, Knowledge known, Twists twists, Runnable bodyEnds) {}

    SimClient(String who, int requestsToMake, Scene scene, Random random) {
        this.host = scene.host();
        this.known = scene.known();
        this.watched = scene.twists().has(Twist.WATCHED);
        this.moving = scene.twists().has(Twist.TIDES);
        History history = scene.history();
        Requests requests = new Requests(host);
        this.requestsToMake = requestsToMake;
        this.random = random;
        this.writer = new Writer(who, requests, scene, random);
        this.uploads = new MultipartWriter(who, requests, scene, random);
        this.reader = new Reader(who, requests, history, known);
    }

    @Override
    public void run() {
        for (int i = 0; i < requestsToMake; i++) {
            while (!host.ready()) {
                SimHost.pause(AGAIN);
            }
            Key key = known.anyKey(random);
            if (watched) {
                watched(key);
            } else if (moving && random.nextInt(READS_IN) == 0) {
                readWhileItMoves(key);
            } else {
                request(key);
            }
            if (random.nextBoolean()) {
                SimHost.pause(Duration.ofMillis(random.nextInt(MAX_PAUSE_MILLIS)));
            }
        }
    }

    /** Others look at the key as long as the request is under way, some times at most. */
    private void watched(Key key) {
        AtomicBoolean over = new AtomicBoolean();
        Thread watcher = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < MOST_LOOKS && !over.get(); i++) {
                SimHost.pause(AGAIN);
                reader.head(key);
            }
        });
        request(key);
        over.set(true);
        join(watcher);
    }

    private void request(Key key) {
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5, 6 -> writer.put(key);
            case 7, 8 -> reader.get(key, new RangeSpec.Whole());
            case 9 -> reader.get(key, new RangeSpec.Whole(), SLOW_READ);
            case 10 -> reader.getRange(key, random);
            case 11 -> reader.head(key);
            case 12, 13 ->
                reader.list(
                        key.bucket(), random.nextBoolean() ? Optional.of("/") : Optional.empty(), random.nextInt(1, 6));
            case 14, 15 -> reader.listVersions(key.bucket());
            case 16 -> writer.delete(key);
            case 17 -> writer.deleteBatch(key.bucket());
            case 18 -> writer.remove(key);
            case 19 -> writer.copy(key, known.anyKey(random));
            case 20, 21 -> uploads.upload(key);
            case 22 -> readWhileItGoes(key);
            default -> oldVersion(key);
        }
    }

    private void readWhileItGoes(Key key) {
        uploads.upload(key);
        Thread reading = Thread.ofVirtual().start(() -> reader.get(key, new RangeSpec.Whole(), SLOW_READ));
        SimHost.pause(AGAIN);
        writer.delete(key);
        join(reading);
    }

    /** The parts that are read last may have gone elsewhere by then. */
    private void readWhileItMoves(Key key) {
        uploads.uploadMany(key);
        reader.get(key, new RangeSpec.Whole(), SLOW_READ);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a client", e);
        }
    }

    private void oldVersion(Key key) {
        Optional<Map.Entry<Integer, VersionId>> version = known.anyVersion(key, random);
        if (version.isPresent()) {
            reader.getVersion(key, version.get().getKey(), version.get().getValue());
        } else {
            reader.get(key, new RangeSpec.Whole());
        }
    }
}
