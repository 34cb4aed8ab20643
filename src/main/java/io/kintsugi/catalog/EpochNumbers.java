package io.kintsugi.catalog;

import io.kintsugi.cluster.Fanout;
import io.kintsugi.cluster.Quorum;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Takes care that no number of an epoch is used twice. An epoch may be cut off when only some replica has recorded it,
 * and that replica may be away when the next one is begun: so its number is announced to enough drives before any
 * replica records it, and asked of enough drives at start. Where m is less than half of the drives, any two such sets
 * share one, and so of two epochs the one that was begun later has the greater number, whoever knows of them.
 *
 * <p>A key-value store that is set aside takes the row with it. That is one lost drive among the m: with n &gt; 2 m, of
 * the n - m that have heard of a number at least one is left that is neither away nor has forgotten. Nor does it matter
 * for long: the epoch with which the next start begins is greater, and once it is in the identities of drives, which no
 * store takes with it, a replica of the one that was cut off is stale.
 */
final class EpochNumbers {
    /** Space LOCAL: the greatest number that was announced to this drive. */
    static final byte[] KEY = {1};

    private final Topology topology;
    private final Duration deadline;

    EpochNumbers(Topology topology, Duration deadline) {
        this.topology = topology;
        this.deadline = deadline;
    }

    /** Announces a number, durably; returns to how many drives. Ends early when that is enough, and a majority. */
    int announce(long epoch, int enough) {
        byte[] row = SmallRow.encodeNumber(epoch);
        int all = topology.drives().size();
        Fanout<Void> asked = start(
                Math.max(enough, all / 2 + 1),
                drive -> drive.keyValue().commit(new KvBatch().put(KvSpace.LOCAL, KEY, row)));
        int succeeded = 0;
        for (int i = 0; i < all; i++) {
            succeeded += asked.succeeded(i) ? 1 : 0;
        }
        return succeeded;
    }

    /** The greatest number that any drive that answers has heard of; empty when fewer than enough answer. */
    OptionalLong announced(int enough) {
        int all = topology.drives().size();
        Fanout<Optional<byte[]>> asked = start(all, drive -> drive.keyValue().get(KvSpace.LOCAL, KEY));
        long greatest = 0;
        int answers = 0;
        for (int i = 0; i < all; i++) {
            try {
                Optional<Optional<byte[]>> answer = asked.value(i);
                greatest = Math.max(
                        greatest,
                        answer.flatMap(row -> row).map(SmallRow::decodeNumber).orElse(0L));
                greatest = Math.max(greatest, topology.drives().get(i).catalogEpoch());
                answers += answer.isPresent() ? 1 : 0;
            } catch (RowException e) {
                // this drive can't tell; the others are asked too
            }
        }
        return answers < enough ? OptionalLong.empty() : OptionalLong.of(greatest);
    }

    /** Asks all drives; waits until so many have succeeded, or all have ended, or it is late. */
    private <T> Fanout<T> start(int needed, Function<Drive, CompletableFuture<T>> question) {
        List<Drive> drives = topology.drives();
        long until = System.nanoTime() + deadline.toNanos();
        Fanout<T> asked = Fanout.start(new Quorum(drives.size(), needed), i -> question.apply(drives.get(i)));
        if (asked.await(deadline) != Quorum.Decision.WON) {
            asked.awaitAll(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
        }
        return asked;
    }
}
