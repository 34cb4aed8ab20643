package io.kintsugi.catalog;

import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.StoreException.Unavailable.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The one thread that orders all changes. Whatever waits becomes one commit: evaluated on the committed state and what
 * the same commit has changed before, synced on every live replica at once, then answered. While a commit is under way
 * the next is gathered by the queue, and a moment longer where that pays ({@link CommitPace}).
 *
 * <p>The order within a commit: evaluate; stamp what is touched ({@link Stamps}); submit; wait for every live replica,
 * and drop those that failed ({@link ReplicaSet}); forget cached buckets; end the flight; answer.
 */
final class Sequencer implements AutoCloseable {
    private final ReplicaSet replicas;
    private final Rows committed;
    private final BucketCache buckets;
    private final Stamps stamps;
    private final CatalogSettings settings;
    private final WorkQueue queue;
    private final CommitPace pace;
    private final Thread thread;

    Sequencer(ReplicaSet replicas, Rows committed, BucketCache buckets, Stamps stamps, CatalogSettings settings) {
        this.replicas = replicas;
        this.committed = committed;
        this.buckets = buckets;
        this.stamps = stamps;
        this.settings = settings;
        this.queue = new WorkQueue(settings.queue(), settings.batchChanges());
        this.pace = new CommitPace(settings.batchChanges());
        this.thread = Thread.ofPlatform().name("catalog-sequencer").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Evaluates in the order of commits, and returns when everything that it saw or changed is durable. */
    <T> T call(Function<View, T> evaluation, Known known) {
        Work.Change<T> change = new Work.Change<>(evaluation, known);
        enqueue(change);
        return change.await(settings.callDeadline());
    }

    /** Runs between two commits. */
    void between(Runnable task) {
        Work.Control control = new Work.Control(task);
        enqueue(control);
        control.await(settings.callDeadline());
    }

    private void enqueue(Work work) {
        switch (queue.offer(work)) {
            case TAKEN -> {}
            case FULL ->
                throw new Unavailable(
                        Kind.SLOW_DOWN,
                        "Too many changes wait for the catalog (" + settings.queue() + "): try again later");
            case CLOSED -> throw new Unavailable(Kind.STOPPING, "The catalog is closing");
        }
    }

    private void run() {
        boolean open = true;
        while (open) {
            List<Work> taken = List.of();
            try {
                taken = queue.take(pace);
                open = !taken.isEmpty();
                if (open) {
                    process(taken);
                }
            } catch (InterruptedException e) {
                queue.close();
            } catch (RuntimeException | Error e) {
                giveUp(taken, e);
            }
        }
    }

    /** Something failed where nothing should, as for want of memory. This thread goes on: nobody else takes changes. */
    private void giveUp(List<Work> taken, Throwable why) {
        replicas.stop("the sequencer failed: " + why);
        StoreException reason = new Unavailable(
                Kind.TIMEOUT, "It is not known whether the change took effect: " + why.getMessage(), why);
        taken.forEach(work -> work.refuse(reason));
    }

    private void process(List<Work> taken) {
        List<Work.Change<?>> changes = new ArrayList<>(taken.size());
        for (Work work : taken) {
            switch (work) {
                case Work.Control control -> control.run();
                case Work.Change<?> change -> changes.add(change);
            }
        }
        try {
            replicas.dropSuspects();
            long begun = System.nanoTime();
            commitAll(changes);
            if (!changes.isEmpty()) {
                pace.committed(changes.size(), System.nanoTime() - begun);
            }
        } catch (RuntimeException | Error e) {
            StoreException reason = Futures.asStore(e, "a commit");
            changes.forEach(change -> change.refuse(reason));
        }
    }

    private void commitAll(List<Work.Change<?>> changes) {
        int next = 0;
        while (next < changes.size()) {
            replicas.requireWritable();
            View view = new View(committed, buckets, replicas.state().nextOrder());
            List<Work.Change<?>> evaluated = new ArrayList<>();
            while (next < changes.size() && view.bytes() < settings.batchBytes()) {
                Work.Change<?> change = changes.get(next++);
                if (change.claim()) {
                    change.evaluate(view);
                    evaluated.add(change);
                }
            }
            if (!view.isUnchanged()) {
                commit(view, evaluated);
            }
            evaluated.forEach(Work.Change::answer);
        }
    }

    /**
     * When it fails, whoever is in it hears that the outcome is not known: no replica is left that could tell, or
     * something went wrong that must not happen. Then the catalog stops, and is opened again from what the drives hold.
     * Until then the flight is not over: whoever has read a row of it, and asks only now, must not take it for durable.
     */
    private void commit(View view, List<Work.Change<?>> evaluated) {
        Flight flight = new Flight(replicas.state().sequence() + 1, settings.callDeadline());
        stamps.begin(flight, view.stripes());
        try {
            replicas.commit(view.batch(), view.touchedRows(), view.nextOrder());
            view.touchedBuckets().forEach(buckets::forget);
            stamps.end();
            flight.land();
        } catch (RuntimeException | Error e) {
            replicas.stop("a commit failed: " + e);
            Unavailable unknown = new Unavailable(
                    Kind.TIMEOUT, "It is not known whether the change took effect: " + e.getMessage(), e);
            evaluated.forEach(change -> change.refuse(unknown));
            flight.fail(unknown);
            throw e;
        }
    }

    @Override
    public void close() {
        queue.close();
        try {
            thread.join(Duration.ofMillis(settings.callDeadline().toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
